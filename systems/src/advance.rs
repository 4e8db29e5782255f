//! [`Advance`](crate::TickSystems::Advance): touched rooms get their timers set anew.

use bevy_ecs::prelude::*;
use components::{Deadlines, Phase, TickClock};

use crate::rooms::first_deadline;
use crate::{RoomIndex, Timers, Touched};

/// A room whose own action made the rules panic is woken again after this long, in ms.
const PANIC_RETRY_MS: u64 = 1_000;

pub(crate) fn set_timers(
    touched: Res<Touched>,
    index: Res<RoomIndex>,
    clock: Res<TickClock>,
    rooms: Query<(&Phase, &Deadlines)>,
    mut timers: ResMut<Timers>,
) -> Result {
    for room in &touched.rooms {
        let Some(entry) = index.entry(*room) else { continue };
        let (phase, deadlines) = rooms.get(entry.entity)?;
        let closed = matches!(phase, Phase::Closed);
        let due = if closed { None } else { first_deadline(deadlines) };
        timers.0.set(entry.timer, due);
    }
    for room in &touched.panicked {
        let Some(entry) = index.entry(*room) else { continue };
        timers.0.set(entry.timer, Some(clock.now_ms + PANIC_RETRY_MS));
    }
    Ok(())
}
