//! [`Tag`](crate::TickSystems::Tag): finished matches are named in the batch, closed rooms marked.

use bevy_ecs::prelude::*;
use components::{Closed, Event, Fact, Phase, TickBatch};

use crate::{RoomIndex, TickStats};

/// Names every match that ended in this tick, for the archive.
pub(crate) fn name_finished(mut batch: ResMut<TickBatch>, mut stats: ResMut<TickStats>) {
    let durable = &mut batch.durable;
    for commit in &durable.commits {
        let events = &durable.events[commit.events.start as usize..commit.events.end as usize];
        if events.iter().any(|event| matches!(event, Event::Public(Fact::MatchOver(_)))) {
            durable.finished.push((commit.room, commit.state.game.id));
            stats.finished += 1;
        }
    }
}

/// Marks the rooms that Reap will take away.
pub(crate) fn mark_closed(batch: Res<TickBatch>, index: Res<RoomIndex>, mut commands: Commands) {
    for commit in &batch.durable.commits {
        if let (Phase::Closed, Some(entity)) = (commit.state.phase, index.entity(commit.room)) {
            commands.entity(entity).insert(Closed);
        }
    }
}
