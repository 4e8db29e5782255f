//! Rooms for tests.

use protocol::{
    BotLevel, Hex, MatchId, MatchInfo, Pace, PaceInfo, Phase, Pieces, Presence, RoundInfo, Seat,
    SeatInfo, SetKind, Snapshot, StarterReason,
};

/// The hand of [`playing`]: red General, red Cannon, red Soldier, black Advisor, two black Soldiers.
pub(super) const HAND: [u8; 6] = [0, 9, 12, 17, 30, 31];

fn seat(name: &'static str, held: u8, declared: Option<u8>, score: i16) -> SeatInfo<'static> {
    SeatInfo {
        name: name.into(),
        bot: name.starts_with("Bot").then_some(BotLevel::Standard),
        presence: if name == "Zoë" { Presence::Away } else { Presence::Here },
        held,
        declared,
        captured: 1,
        score,
        zero_streak: 0,
        turns_won: 1,
        perfect_rounds: 0,
    }
}

/// Seat 0 is to follow the pair that seat 2 leads, in turn 3 of round 2.
pub(super) fn playing() -> Snapshot<'static> {
    let plays = [None, None, Some(Pieces(0b11 << 3)), Some(Pieces(0b11 << 27))];
    Snapshot {
        room: "K7MPQ2".into(),
        version: 41,
        seat: Some(Seat::ALL[0]),
        pace: PaceInfo {
            name: Pace::Standard,
            deal_ms: 2_000,
            redealt_ms: 4_000,
            start_ms: 5_000,
            redeal_ms: 30_000,
            declare_ms: Some(30_000),
            play_ms: Some(45_000),
            stay_ms: 0,
            turn_ms: 7_000,
            score_ms: 7_000,
        },
        private: false,
        host: Some(Seat::ALL[0]),
        r#match: Some(MatchInfo { r#match: MatchId(7), number: 1, seed_hash: Hex([1; 32]) }),
        round: RoundInfo {
            number: 2,
            redeals: 0,
            multiplier: 1,
            starter: Some(Seat::ALL[2]),
            reason: StarterReason::WonLastTurn,
            turn: 3,
        },
        phase: Phase::Playing {
            seat: Seat::ALL[0],
            leader: Seat::ALL[2],
            kind: Some(SetKind::Pair),
            plays,
        },
        ms_left: Some(44_180),
        paused: false,
        hand: Some(HAND.into_iter().collect()),
        seats: [
            Some(seat("Ada", 6, Some(2), -3)),
            Some(seat("Zoë", 6, Some(0), 3)),
            Some(seat("Bot 3", 4, Some(2), 7)),
            Some(seat("Max", 4, Some(2), -2)),
        ],
    }
}

/// The room is before its first match, with so many seats filled, seat 0 as host.
pub(super) fn open(filled: usize) -> Snapshot<'static> {
    let mut room = playing();
    room.phase = Phase::Open;
    (room.ms_left, room.r#match, room.hand) = (None, None, Some(Pieces::default()));
    for seat in room.seats.iter_mut().skip(filled) {
        *seat = None;
    }
    room
}

/// Seat 0 is the last to declare; the others declared 1, 2 and 3.
pub(super) fn declaring() -> Snapshot<'static> {
    let mut room = playing();
    room.phase = Phase::Declaring { seat: Seat::ALL[0] };
    for (seat, declared) in room.seats.iter_mut().flatten().zip([None, Some(1), Some(2), Some(3)]) {
        (seat.declared, seat.captured) = (declared, 0);
    }
    room
}

/// Seat 0 is to lead.
pub(super) fn leading() -> Snapshot<'static> {
    let mut room = playing();
    let seat = Seat::ALL[0];
    room.phase = Phase::Playing { seat, leader: seat, kind: None, plays: [None; 4] };
    room
}
