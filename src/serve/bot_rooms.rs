//! `--bot-rooms N`: rooms of four bots that play for ever.

use std::collections::HashSet;
use std::io;

use components::{
    Act, Action, Ask, By, Cause, Charter, Inbound, Opening, RoomCode, RoomId, RoomState,
};

use crate::config::Config;

/// What opens and closes bot rooms.
pub(super) struct BotRooms {
    /// What to ask first, by shard thread.
    pub(super) openings: Vec<Vec<Inbound>>,
    /// The number of the first room name that is free after them.
    pub(super) next_room: u64,
}

/// Opens as many bot rooms as were asked for and are not there yet, from the `next_room`-th name
/// on, and closes those above that.
pub(super) fn plan(
    config: &Config,
    threads: usize,
    rooms: &[(RoomId, RoomState)],
    next_room: u64,
) -> io::Result<BotRooms> {
    let wanted = config.server.bot_rooms;
    let charter = |state: &RoomState| state.charter;
    let mut codes: HashSet<RoomCode> =
        rooms.iter().filter_map(|(_, state)| Some(charter(state)?.code)).collect();
    let own: Vec<RoomId> = rooms
        .iter()
        .filter(|(_, state)| charter(state).is_some_and(|charter| charter.endless))
        .map(|(room, _)| *room)
        .collect();
    let mut plan = BotRooms { openings: vec![Vec::new(); threads], next_room };
    for room in own.iter().skip(wanted) {
        plan.ask(*room, Act::Close);
    }
    for _ in own.len()..wanted {
        let code = loop {
            let code = random_code()?;
            if codes.insert(code) {
                break code;
            }
        };
        let charter = Charter {
            code,
            pace: config.server.bot_rooms_pace,
            private: false,
            endless: true,
            secret: random()?,
        };
        let bots = config.server.bot_rooms_level.lineup().levels(plan.next_room).to_vec();
        let opening = Opening { charter, guest: None, bots };
        let room = RoomId::nth(plan.next_room);
        plan.next_room += 1;
        plan.ask(room, Act::Open(Box::new(opening)));
    }
    Ok(plan)
}

impl BotRooms {
    fn ask(&mut self, room: RoomId, act: Act) {
        let thread = room.thread(self.openings.len());
        let ask = Ask::Act(Action { by: By::Nobody, act });
        self.openings[thread].push(Inbound { room, cause: Cause::Server, ask });
    }
}

fn random_code() -> io::Result<RoomCode> {
    let bytes: [u8; 6] = random()?;
    let letters = RoomCode::ALPHABET;
    Ok(RoomCode(bytes.map(|byte| letters[usize::from(byte) % letters.len()])))
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(bytes)
}
