//! `--bot-rooms N`: rooms of four bots that play for ever.

use std::collections::HashSet;
use std::io;

use components::{Act, Action, Ask, By, Cause, Charter, Inbound, Opening, RoomCode, RoomId};

use crate::config::Config;

/// What opens the bot rooms, by shard thread. Their numbers are 1 to `server.bot_rooms`.
pub(super) fn plan(config: &Config, threads: usize) -> io::Result<Vec<Vec<Inbound>>> {
    let mut openings = vec![Vec::new(); threads];
    let mut codes = HashSet::new();
    for number in 1..=config.server.bot_rooms as u64 {
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
        let bots = config.server.bot_rooms_level.lineup().levels(number).to_vec();
        let act = Act::Open(Box::new(Opening { charter, guest: None, bots }));
        let room = RoomId::nth(number);
        let ask = Ask::Act(Action { by: By::Nobody, act });
        openings[room.thread(threads)].push(Inbound { room, cause: Cause::Server, ask });
    }
    Ok(openings)
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
