//! [`Advance`](crate::TickSystems::Advance): touched rooms get their timers set anew.

use bevy_ecs::prelude::*;
use components::{Deadlines, Phase, TickClock};

use crate::rooms::{Standstill, first_deadline};
use crate::sickbay::Sickbay;
use crate::{RoomIndex, Timers, Touched};

pub(crate) fn set_timers(
    touched: Res<Touched>,
    index: Res<RoomIndex>,
    clock: Res<TickClock>,
    sickbay: Res<Sickbay>,
    rooms: Query<(&Phase, &Deadlines, &Standstill)>,
    mut timers: ResMut<Timers>,
) -> Result {
    for room in &touched.rooms {
        let Some(entry) = index.entry(*room) else { continue };
        let (phase, deadlines, standstill) = rooms.get(entry.entity)?;
        let ends = matches!(phase, Phase::Closed) || sickbay.is_quarantined(*room);
        let due = if ends { None } else { first_deadline(deadlines, standstill) };
        timers.0.set(entry.timer, due);
    }
    for room in &touched.panicked {
        let Some(entry) = index.entry(*room) else { continue };
        // There is none for a room that was settled after all, or stopped.
        if let Some(retry_ms) = sickbay.retry_ms(*room) {
            timers.0.set(entry.timer, Some(clock.now_ms + retry_ms));
        }
    }
    Ok(())
}
