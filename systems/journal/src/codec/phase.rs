//! Where a room is in its life. The kind of phase is a number of four bits, which the moving part
//! keeps in its first byte; what belongs to that phase alone follows elsewhere.

use components::{PerSeat, Phase, Table};

use super::read::{Malformed, Reader};
use super::write::{code_or_none, put_pieces, put_zigzag};

const VACANT: u8 = 0;
const OPEN: u8 = 1;
const DEALT: u8 = 2;
const REDEALING: u8 = 3;
const STARTING: u8 = 4;
const DECLARING: u8 = 5;
const PLAYING: u8 = 6;
const STAYING: u8 = 7;
const TURN_WON: u8 = 8;
const SCORED: u8 = 9;
const FINISHED: u8 = 10;
const CLOSED: u8 = 11;

/// The number of the phase's kind, 0..=15.
pub(super) const fn phase_kind(phase: &Phase) -> u8 {
    match phase {
        Phase::Vacant => VACANT,
        Phase::Open => OPEN,
        Phase::Dealt => DEALT,
        Phase::Redealing { .. } => REDEALING,
        Phase::Starting => STARTING,
        Phase::Declaring { .. } => DECLARING,
        Phase::Playing { .. } => PLAYING,
        Phase::Staying { .. } => STAYING,
        Phase::TurnWon { .. } => TURN_WON,
        Phase::Scored { .. } => SCORED,
        Phase::Finished { .. } => FINISHED,
        Phase::Closed => CLOSED,
    }
}

/// Writes what belongs to this phase alone.
pub(super) fn put_phase(out: &mut Vec<u8>, phase: &Phase) {
    match phase {
        Phase::Vacant | Phase::Open | Phase::Dealt | Phase::Starting | Phase::Closed => {}
        Phase::Redealing { asked, accepted, declined, warned } => {
            out.extend_from_slice(&[asked.0, accepted.0, declined.0, u8::from(*warned)]);
        }
        Phase::Declaring { seat } => out.push(seat.number()),
        Phase::Playing { seat, table } => put_table(out, table, seat.number()),
        Phase::Staying { table } => put_table(out, table, 0),
        Phase::TurnWon { table, winner } => put_table(out, table, winner.number()),
        Phase::Scored { points } => {
            for points in points {
                put_zigzag(out, i64::from(*points));
            }
        }
        Phase::Finished { winners } => out.push(winners.0),
    }
}

/// Reads it, the kind being known.
pub(super) fn read_phase(kind: u8, reader: &mut Reader<'_>) -> Result<Phase, Malformed> {
    Ok(match kind {
        VACANT => Phase::Vacant,
        OPEN => Phase::Open,
        DEALT => Phase::Dealt,
        REDEALING => Phase::Redealing {
            asked: reader.seats()?,
            accepted: reader.seats()?,
            declined: reader.seats()?,
            warned: reader.bool("redeal warning")?,
        },
        STARTING => Phase::Starting,
        DECLARING => Phase::Declaring { seat: reader.seat()? },
        PLAYING => {
            let (table, seat) = table(reader)?;
            Phase::Playing { seat: reader.seat_of(seat)?, table }
        }
        STAYING => {
            let (table, nobody) = table(reader)?;
            if nobody != 0 {
                return Err(reader.before("table"));
            }
            Phase::Staying { table }
        }
        TURN_WON => {
            let (table, winner) = table(reader)?;
            Phase::TurnWon { table, winner: reader.seat_of(winner)? }
        }
        SCORED => Phase::Scored { points: scores(reader)? },
        FINISHED => Phase::Finished { winners: reader.seats()? },
        CLOSED => Phase::Closed,
        _ => return Err(reader.before("phase")),
    })
}

/// Four points or scores.
pub(super) fn scores(reader: &mut Reader<'_>) -> Result<PerSeat<i16>, Malformed> {
    let mut scores = PerSeat::default();
    for score in &mut scores {
        *score = reader.i16("score")?;
    }
    Ok(scores)
}

/// A table, with a seat's number that is put into its first byte.
fn put_table(out: &mut Vec<u8>, table: &Table, seat: u8) {
    let Table { leader, kind, plays } = table;
    out.push(leader.number() | seat << 2 | code_or_none(*kind) << 4);
    for pieces in plays {
        put_pieces(out, *pieces);
    }
}

fn table(reader: &mut Reader<'_>) -> Result<(Table, u8), Malformed> {
    let bits = reader.u8("table")?;
    let leader = reader.seat_of(bits & 3)?;
    let kind = reader.coded_or_none(bits >> 4, "set kind")?;
    let mut table = Table { kind, ..Table::led_by(leader) };
    for pieces in &mut table.plays {
        *pieces = reader.pieces()?;
    }
    Ok((table, bits >> 2 & 3))
}
