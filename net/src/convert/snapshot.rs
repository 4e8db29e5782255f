//! Snapshots.

use std::borrow::Cow;

use components::{PerSeat, PieceSet, Presence, RoomView, Round, Seat, SeatView, Table};
use protocol::{Hex, MatchId, MatchInfo, PaceInfo, Phase, Pieces, RoundInfo, SeatInfo, Snapshot};

use super::event::name_in;
use super::{kind, level, pace, pieces, seat, seats, starter_reason};

/// A whole room as its viewer may see it.
pub(crate) fn snapshot(view: &RoomView) -> Snapshot<'_> {
    Snapshot {
        room: Cow::Borrowed(view.code.as_str()),
        version: view.version.0,
        seat: view.viewer.map(seat),
        pace: pace_info(view),
        private: view.private,
        host: view.host.map(seat),
        r#match: view.game.map(|game| MatchInfo {
            r#match: MatchId(game.id.as_u128()),
            number: game.number,
            seed_hash: Hex(game.seed_hash),
        }),
        round: round(&view.round),
        phase: phase(&view.phase),
        ms_left: view.ms_left,
        paused: view.paused,
        hand: view.hand.map(pieces),
        seats: Seat::ALL.map(|at| view.seats[at.index()].as_ref().map(|it| seat_info(at, it))),
    }
}

const fn pace_info(view: &RoomView) -> PaceInfo {
    let durations = &view.durations;
    PaceInfo {
        name: pace(view.pace),
        deal_ms: durations.deal_ms,
        redealt_ms: durations.redealt_ms,
        start_ms: durations.start_ms,
        redeal_ms: durations.redeal_ms,
        declare_ms: durations.declare_ms,
        play_ms: durations.play_ms,
        stay_ms: durations.stay_ms,
        turn_ms: durations.turn_ms,
        score_ms: durations.score_ms,
    }
}

fn round(round: &Round) -> RoundInfo {
    RoundInfo {
        number: round.number,
        redeals: round.redeals,
        multiplier: round.multiplier,
        starter: round.starter.map(seat),
        reason: starter_reason(round.reason),
        turn: round.turn,
    }
}

fn phase(phase: &components::Phase) -> Phase {
    match *phase {
        components::Phase::Vacant | components::Phase::Open => Phase::Open,
        components::Phase::Dealt => Phase::Dealt,
        components::Phase::Redealing { asked, accepted, declined, warned: _ } => Phase::Redealing {
            asked: seats(asked),
            accepted: seats(accepted),
            declined: seats(declined),
        },
        components::Phase::Starting => Phase::Starting,
        components::Phase::Declaring { seat: at } => Phase::Declaring { seat: seat(at) },
        components::Phase::Playing { seat: at, table: Table { leader, kind: of, plays: on } } => {
            let (leader, kind, plays) = (seat(leader), of.map(kind), plays(&on));
            Phase::Playing { seat: seat(at), leader, kind, plays }
        }
        components::Phase::Staying { table: Table { leader, kind: of, plays: on } } => {
            Phase::Staying { leader: seat(leader), kind: of.map(kind), plays: plays(&on) }
        }
        components::Phase::TurnWon { winner, table: Table { leader, kind: of, plays: on } } => {
            let (leader, kind, plays) = (seat(leader), of.map(kind), plays(&on));
            Phase::TurnWon { winner: seat(winner), leader, kind, plays }
        }
        components::Phase::Scored { points } => Phase::Scored { points },
        components::Phase::Finished { winners } => Phase::Finished { winners: seats(winners) },
        components::Phase::Closed => Phase::Closed,
    }
}

fn plays(plays: &PerSeat<PieceSet>) -> [Option<Pieces>; 4] {
    plays.map(|play| (!play.is_empty()).then(|| pieces(play)))
}

fn seat_info(at: Seat, view: &SeatView) -> SeatInfo<'_> {
    SeatInfo {
        name: name_in(at, view.name.as_ref()),
        bot: view.bot.map(level),
        presence: match view.presence {
            Presence::Here => protocol::Presence::Here,
            Presence::Lost => protocol::Presence::Lost,
            Presence::Away => protocol::Presence::Away,
        },
        held: view.held,
        declared: view.declared,
        captured: view.captured,
        score: view.score,
        zero_streak: view.zero_streak,
        turns_won: view.turns_won,
        perfect_rounds: view.perfect_rounds,
    }
}
