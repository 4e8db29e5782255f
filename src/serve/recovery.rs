//! What was kept goes back to where it was: rooms to their shards, seats to their sessions.

use components::{Control, PerSeat, Player, Presence, RoomId, RoomState, Seat, Settings};
use net::{Recovered, RecoveredSeat};

use crate::Shard;

/// Gives every room to its shard, and tells what the network must know of it.
pub(crate) fn recover(
    rooms: &[(RoomId, RoomState)],
    shards: &mut [Shard],
    settings: &Settings,
) -> Recovered {
    let threads = shards.len();
    let mut recovered = Recovered {
        rooms: Vec::with_capacity(rooms.len()),
        seats: Vec::new(),
        grace_ms: settings.rooms.recovery_grace_ms.into(),
    };
    for (room, state) in rooms {
        shards[room.thread(threads)].recover(*room, state);
        recovered.rooms.push(rules::summary(state, *room));
        recovered.seats.extend(seats(*room, &state.players));
    }
    recovered
}

fn seats(
    room: RoomId,
    players: &PerSeat<Option<Player>>,
) -> impl Iterator<Item = RecoveredSeat> + use<'_> {
    Seat::ALL.into_iter().filter_map(move |seat| {
        let Control::Human(human) = &players[seat.index()].as_ref()?.control else { return None };
        Some(RecoveredSeat {
            session: human.session,
            player: human.player,
            epoch: human.epoch,
            name: human.name.clone(),
            room,
            seat,
            present: human.presence != Presence::Away,
        })
    })
}
