//! The part of a room that any action may change: written with every commit, so small and fast.

use components::{
    Clocks, Control, Epoch, Fault, Faults, Human, PerSeat, PieceSet, Player, Presence, Recent,
    RequestId, RoomState, Round, Tally, Version,
};

use super::code::Coded;
use super::phase::{phase_kind, put_phase, read_phase};
use super::read::{Malformed, Reader};
use super::write::{put_nibbles, put_varint, put_zigzag, seat_or_none};

/// Where the host is in the first byte, above the four bits of the phase.
pub(super) const HOST_SHIFT: u8 = 4;
/// The first byte's bit for a room that stands still.
const PAUSED: u8 = 0x80;

/// Who is in a seat, in two bits. A moving part says it again, since it is read with a fixed part
/// that was written at another time.
const FREE: u8 = 0;
const BOT: u8 = 1;
const HUMAN: u8 = 2;

/// Writes all that the fixed part leaves out, the version first.
pub(crate) fn write_moving(state: &RoomState, faults: Faults, out: &mut Vec<u8>) {
    let RoomState { charter: _, version, host, game: _, round, phase, clocks, paused, players } =
        state;
    let paused = if *paused { PAUSED } else { 0 };
    out.push(phase_kind(phase) | seat_or_none(*host) << HOST_SHIFT | paused);
    put_varint(out, version.0);
    put_round(out, round);
    put_phase(out, phase);
    if faults.has(Fault::DeadlineNotPersisted) {
        put_clocks(out, &Clocks::default());
    } else {
        put_clocks(out, clocks);
    }
    out.push(who(players));
    for Player { control, tally } in players.iter().flatten() {
        put_tally(out, tally);
        if let Control::Human(human) = control {
            put_human(out, human, *version, faults);
        }
    }
}

/// Reads it into a room that has its fixed part.
pub(super) fn read_moving(bytes: &[u8], mut state: RoomState) -> Result<RoomState, Malformed> {
    let mut reader = Reader::new(bytes);
    let head = reader.u8("head of the moving part")?;
    state.paused = head & PAUSED != 0;
    state.host = reader.seat_or_none_of(head >> HOST_SHIFT & 7)?;
    state.version = Version(reader.varint("version")?);
    state.round = round(&mut reader)?;
    state.phase = read_phase(head & 15, &mut reader)?;
    state.clocks = clocks(&mut reader)?;
    if reader.u8("players")? != who(&state.players) {
        return Err(reader.before("players: not those of the fixed part"));
    }
    for Player { control, tally } in state.players.iter_mut().flatten() {
        *tally = read_tally(&mut reader)?;
        if let Control::Human(human) = control {
            read_human(&mut reader, human, state.version)?;
        }
    }
    reader.finish("end of the moving part")?;
    Ok(state)
}

/// Who is in each seat, two bits each, the first seat's lowest.
fn who(players: &PerSeat<Option<Player>>) -> u8 {
    players.iter().rev().fold(0, |who, player| {
        let bits = match player.as_ref().map(|player| &player.control) {
            None => FREE,
            Some(Control::Bot(_)) => BOT,
            Some(Control::Human(_)) => HUMAN,
        };
        who << 2 | bits
    })
}

fn put_round(out: &mut Vec<u8>, round: &Round) {
    let Round { number, redeals, multiplier, starter, reason, turn, last_winner } = round;
    put_nibbles(out, (*number).into(), (*turn).into());
    put_nibbles(out, (*redeals).into(), (*multiplier).into());
    out.push(seat_or_none(*starter) | seat_or_none(*last_winner) << 3 | reason.code() << 6);
}

fn round(reader: &mut Reader<'_>) -> Result<Round, Malformed> {
    let (number, turn) = reader.small_pair("round and turn")?;
    let (redeals, multiplier) = reader.small_pair("redeals and multiplier")?;
    let bits = reader.u8("starter")?;
    Ok(Round {
        number,
        redeals,
        multiplier,
        starter: reader.seat_or_none_of(bits & 7)?,
        reason: reader.coded(bits >> 6, "starter's reason")?,
        turn,
        last_winner: reader.seat_or_none_of(bits >> 3 & 7)?,
    })
}

/// Which clocks run, a bit each, and the time left of those.
fn put_clocks(out: &mut Vec<u8>, clocks: &Clocks) {
    let Clocks { phase, bot, empty, grace: [first, second, third, fourth] } = *clocks;
    let clocks = [phase, bot, empty, first, second, third, fourth];
    out.push(clocks.iter().rev().fold(0, |bits, clock| bits << 1 | u8::from(clock.is_some())));
    for left_ms in clocks.into_iter().flatten() {
        put_varint(out, left_ms.into());
    }
}

fn clocks(reader: &mut Reader<'_>) -> Result<Clocks, Malformed> {
    let bits = reader.u8("clocks")?;
    if bits & 0x80 != 0 {
        return Err(reader.before("clocks"));
    }
    let mut clock = |bit: u8| {
        if bits & 1 << bit == 0 { Ok(None) } else { reader.number("time left").map(Some) }
    };
    Ok(Clocks {
        phase: clock(0)?,
        bot: clock(1)?,
        empty: clock(2)?,
        grace: [clock(3)?, clock(4)?, clock(5)?, clock(6)?],
    })
}

fn put_tally(out: &mut Vec<u8>, tally: &Tally) {
    let Tally { hand, declared, captured, zero_streak, score, turns_won, perfect_rounds } = tally;
    out.extend_from_slice(&hand.0.to_le_bytes());
    put_nibbles(out, declared.map_or(0, |piles| u16::from(piles) + 1), (*captured).into());
    put_nibbles(out, (*zero_streak).into(), (*perfect_rounds).into());
    put_zigzag(out, i64::from(*score));
    put_varint(out, u64::from(*turns_won));
}

fn read_tally(reader: &mut Reader<'_>) -> Result<Tally, Malformed> {
    let hand = PieceSet(reader.u32("hand")?);
    let start = reader.malformed("piles");
    let (declared, captured) = reader.nibbles("piles")?;
    let declared = declared.checked_sub(1).map(u8::try_from).transpose().map_err(|_| start)?;
    let captured = u8::try_from(captured).map_err(|_| start)?;
    let (zero_streak, perfect_rounds) = reader.small_pair("streaks")?;
    Ok(Tally {
        hand,
        declared,
        captured,
        zero_streak,
        score: reader.i16("score")?,
        turns_won: reader.number("turns won")?,
        perfect_rounds,
    })
}

fn put_human(out: &mut Vec<u8>, human: &Human, now: Version, faults: Faults) {
    let Human { name: _, player: _, session: _, epoch, presence, recent } = human;
    let forgotten = Recent::default();
    let recent = if faults.has(Fault::DedupeForgotten) { &forgotten } else { recent };
    let accepted = recent.accepted(now);
    out.push(presence.code() | (accepted.clone().count() as u8) << 2);
    put_varint(out, u64::from(epoch.0));
    let (mut id, mut age) = (0, 0);
    for (RequestId(next), version) in accepted {
        // Ids only grow; where they do not, they wrap, and only cost more.
        put_varint(out, u64::from(next.wrapping_sub(id)));
        let next_age = now.0.wrapping_sub(version.0) as i64;
        put_zigzag(out, age - next_age);
        (id, age) = (next, next_age);
    }
}

fn read_human(reader: &mut Reader<'_>, human: &mut Human, now: Version) -> Result<(), Malformed> {
    let bits = reader.u8("presence")?;
    let count = bits >> 2;
    if usize::from(count) > Recent::MAX {
        return Err(reader.before("number of accepted requests"));
    }
    human.presence = reader.coded::<Presence>(bits & 3, "presence")?;
    human.epoch = Epoch(reader.number("epoch")?);
    let (mut id, mut age) = (0_u32, 0_i64);
    for _ in 0..count {
        id = id.wrapping_add(reader.number("accepted request")?);
        let start = reader.malformed("accepted request's version");
        age = age.wrapping_sub(reader.zigzag("accepted request's version")?);
        // Recent keeps the low half of a version: an older one than that it could not tell.
        let age = u32::try_from(age).map_err(|_| start)?;
        let version = now.0.checked_sub(age.into()).ok_or(start)?;
        human.recent.push(RequestId(id), Version(version));
    }
    Ok(())
}
