//! [`Admit`](crate::TickSystems::Admit): what may not even be asked for is refused.

use bevy_ecs::prelude::*;
use components::{
    Act, Admission, Ask, Cause, Charter, Control, Credits, QueuedAction, Refusal, Roster, Settings,
    TickClock,
};

use crate::credits::Allowance;
use crate::{RoomIndex, TickStats};

/// Charges clients for what they ask: a seat's credits, or the room's for those who hold none.
pub(crate) fn admit_actions(
    mut queued: Query<(Entity, &QueuedAction, &mut Admission)>,
    mut purses: Purses,
    mut stats: ResMut<TickStats>,
    mut charged: Local<Vec<(u64, Entity)>>,
) -> Result {
    charged.clear();
    for (entity, queued, mut admission) in &mut queued {
        if *admission != Admission::Pending {
            continue;
        }
        if let Cause::Client(..) = queued.cause {
            charged.push((queued.sequence, entity));
        } else {
            *admission = Admission::Granted;
        }
    }
    // Credits go to those who came first, whatever order the world keeps its entities in.
    charged.sort_unstable();
    for (_, entity) in charged.drain(..) {
        let (_, queued, mut admission) = queued.get_mut(entity)?;
        *admission = match purses.charge(queued) {
            Ok(()) => Admission::Granted,
            Err(retry_after_ms) => {
                stats.refused += 1;
                Admission::Refused(Refusal::RateLimited { retry_after_ms })
            }
        };
    }
    Ok(())
}

/// Who pays for what.
#[derive(bevy_ecs::system::SystemParam)]
pub(crate) struct Purses<'w, 's> {
    rooms: Query<'w, 's, (&'static Charter, &'static Roster, &'static mut Credits)>,
    players: Query<'w, 's, (&'static Control, &'static mut Credits), Without<Charter>>,
    index: Res<'w, RoomIndex>,
    settings: Res<'w, Settings>,
    clock: Res<'w, TickClock>,
}

impl Purses<'_, '_> {
    /// Takes a credit, or says in how many ms there is one. What `net` charges for, and a room
    /// that does not exist, cost nothing here.
    fn charge(&mut self, queued: &QueuedAction) -> Result<(), u32> {
        let Cause::Client(session, _) = queued.cause else { return Ok(()) };
        let charges_seat = match &queued.ask {
            Ask::Act(action) => match action.act {
                Act::Join(..) => false,
                Act::Open(_) | Act::Leave => return Ok(()),
                _ => true,
            },
            Ask::Look => true,
            Ask::Watch => false,
            Ask::Wake => return Ok(()),
        };
        let Some(room) = self.index.entity(queued.room) else { return Ok(()) };
        let Ok((charter, roster, mut room_credits)) = self.rooms.get_mut(room) else {
            return Ok(());
        };
        let now_ms = self.clock.now_ms;
        for player in roster.players.into_iter().flatten() {
            let Ok((control, mut credits)) = self.players.get_mut(player) else { continue };
            if control.human().is_some_and(|human| human.session == session) {
                let pace = self.settings.pace(charter.pace);
                let (max, per_second) = (pace.credits_max, pace.credits_per_second);
                return if charges_seat {
                    Allowance { max, per_second }.spend(&mut credits, now_ms)
                } else {
                    Ok(())
                };
            }
        }
        let rooms = &self.settings.rooms;
        let (max, per_second) = (rooms.room_credits_max, rooms.room_credits_per_second);
        Allowance { max, per_second }.spend(&mut room_credits, now_ms)
    }
}
