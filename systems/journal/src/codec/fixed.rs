//! The part of a room that most of its actions leave alone: who plays, which match, what room.

use components::{
    BotLevel, Charter, Control, Epoch, Human, Match, MatchId, Player, PlayerId, Presence, Recent,
    RoomCode, RoomState, SessionId, Tally,
};

use super::code::Coded;
use super::read::{Malformed, Reader};
use super::write::{put_bytes, put_varint};

/// Nobody sits here.
const SEAT_FREE: u8 = 0;
/// A person does.
const SEAT_HUMAN: u8 = 1;
/// A bot does; its level's code is added.
const SEAT_BOT: u8 = 2;

/// Bits of a charter's first byte, above the two of the pace.
const PRIVATE: u8 = 4;
const ENDLESS: u8 = 8;

/// Writes the charter, the match, and who sits in which seat.
pub(crate) fn write_fixed(state: &RoomState, out: &mut Vec<u8>) {
    let RoomState {
        charter,
        version: _,
        host: _,
        game: Match { id: MatchId(id), number, seed },
        round: _,
        phase: _,
        clocks: _,
        paused: _,
        players,
    } = state;
    out.push(charter.is_some().into());
    if let Some(charter) = charter {
        put_charter(out, charter);
    }
    put_varint(out, u64::from(*number));
    out.extend_from_slice(id);
    out.extend_from_slice(seed);
    for player in players {
        match player {
            None => out.push(SEAT_FREE),
            Some(Player { control, tally: _ }) => put_control(out, control),
        }
    }
}

/// Reads it into a room that has nothing else yet: its players hold nothing and are there.
pub(super) fn read_fixed(bytes: &[u8]) -> Result<RoomState, Malformed> {
    let mut reader = Reader::new(bytes);
    let mut state = RoomState::VACANT;
    if reader.bool("charter")? {
        state.charter = Some(charter(&mut reader)?);
    }
    state.game.number = reader.number("match number")?;
    state.game.id = MatchId(reader.array("match id")?);
    state.game.seed = reader.array("match seed")?;
    for player in &mut state.players {
        *player = control(&mut reader)?.map(|control| Player { control, tally: Tally::default() });
    }
    reader.finish("end of the fixed part")?;
    Ok(state)
}

pub(super) fn put_charter(out: &mut Vec<u8>, charter: &Charter) {
    let Charter { code: RoomCode(code), pace, private, endless, secret } = charter;
    let private = if *private { PRIVATE } else { 0 };
    let endless = if *endless { ENDLESS } else { 0 };
    out.push(pace.code() | private | endless);
    out.extend_from_slice(code);
    out.extend_from_slice(secret);
}

pub(super) fn charter(reader: &mut Reader<'_>) -> Result<Charter, Malformed> {
    let bits = reader.u8("charter")?;
    Ok(Charter {
        pace: reader.coded(bits & !(PRIVATE | ENDLESS), "pace")?,
        private: bits & PRIVATE != 0,
        endless: bits & ENDLESS != 0,
        code: RoomCode(reader.array("room code")?),
        secret: reader.array("room secret")?,
    })
}

fn put_control(out: &mut Vec<u8>, control: &Control) {
    match control {
        Control::Bot(level) => out.push(SEAT_BOT + level.code()),
        Control::Human(human) => {
            let Human { name, player, session, epoch: _, presence: _, recent: _ } = human;
            out.push(SEAT_HUMAN);
            put_bytes(out, name.as_bytes());
            out.extend_from_slice(&player.0.to_le_bytes());
            out.extend_from_slice(&session.0.to_le_bytes());
        }
    }
}

fn control(reader: &mut Reader<'_>) -> Result<Option<Control>, Malformed> {
    Ok(match reader.u8("who sits in a seat")? {
        SEAT_FREE => None,
        SEAT_HUMAN => Some(Control::Human(Human {
            name: reader.name()?,
            player: PlayerId(reader.u64("player")?),
            session: SessionId(reader.u64("session")?),
            epoch: Epoch(0),
            presence: Presence::Here,
            recent: Recent::default(),
        })),
        level => {
            Some(Control::Bot(reader.coded::<BotLevel>(level - SEAT_BOT, "who sits in a seat")?))
        }
    })
}
