//! What each event changes in what is known.

use protocol::{
    Event, MatchInfo, Phase, Pieces, Presence, RoundInfo, Seat, SeatInfo, Seats, Snapshot,
    StarterReason, bot_name,
};

/// Folds one event in. Events this build does not know change nothing.
pub(super) fn event(room: &mut Snapshot<'static>, event: &Event<'static>) {
    match *event {
        Event::PlayerJoined { .. }
        | Event::PlayerLeft { .. }
        | Event::PlayerAway { .. }
        | Event::PlayerBack { .. }
        | Event::HostChanged { .. } => people(room, event),
        Event::MatchStarted { r#match, number, seed_hash } => {
            room.r#match = Some(MatchInfo { r#match, number, seed_hash });
            begin_match(room);
        }
        Event::Dealt { round, redeal, multiplier, hand } => {
            dealt(room, round, redeal, multiplier, hand);
        }
        Event::RedealOffered { seats: asked } => {
            let (accepted, declined) = (Seats::default(), Seats::default());
            room.ms_left = Some(room.pace.redeal_ms);
            room.phase = Phase::Redealing { asked, accepted, declined };
        }
        Event::RedealWarned { ms_left } => room.ms_left = Some(ms_left),
        Event::RedealDecided { seat, accept, .. } => {
            if let Phase::Redealing { accepted, declined, .. } = &mut room.phase {
                let answered = if accept { accepted } else { declined };
                *answered = answered.iter().chain([seat]).collect();
            }
        }
        Event::RoundStarted { round, starter, reason, multiplier } => {
            let starter = Some(starter);
            room.round = RoundInfo { number: round, starter, reason, multiplier, ..room.round };
            show(room, Phase::Starting, room.pace.start_ms);
        }
        Event::DeclareStarted { seat } => ask_declaration(room, seat),
        Event::Declared { seat, piles, next, .. } => {
            if let Some(player) = &mut room.seats[seat.index()] {
                player.declared = Some(piles);
            }
            if let Some(next) = next {
                ask_declaration(room, next);
            }
        }
        Event::TurnStarted { turn, seat } => {
            room.round.turn = turn;
            room.phase = Phase::Playing { seat, leader: seat, kind: None, plays: [None; 4] };
            room.ms_left = room.pace.play_ms;
        }
        Event::Played { .. } => played(room, event),
        Event::TurnWon { seat: winner, piles, .. } => turn_won(room, winner, piles),
        Event::RoundScored { declared, captured, points, scores, .. } => {
            for (at, player) in room.seats.iter_mut().enumerate() {
                let Some(player) = player else { continue };
                player.declared = Some(declared[at]);
                player.captured = captured[at];
                player.score = scores[at];
                let is_perfect = declared[at] > 0 && declared[at] == captured[at];
                player.perfect_rounds = player.perfect_rounds.saturating_add(u8::from(is_perfect));
            }
            show(room, Phase::Scored { points }, room.pace.score_ms);
        }
        Event::MatchOver { winners, scores, turns_won, perfect_rounds, .. } => {
            for (at, player) in room.seats.iter_mut().enumerate() {
                let Some(player) = player else { continue };
                player.score = scores[at];
                player.turns_won = turns_won[at];
                player.perfect_rounds = perfect_rounds[at];
            }
            room.phase = Phase::Finished { winners };
            room.ms_left = None;
        }
        Event::RoomClosed { .. } => {
            room.phase = Phase::Closed;
            room.ms_left = None;
        }
        Event::RoomPaused => room.paused = true,
        Event::RoomResumed => room.paused = false,
        Event::Other => {}
    }
}

/// Who sits where, and who is host.
fn people(room: &mut Snapshot<'static>, event: &Event<'static>) {
    match event {
        Event::PlayerJoined { seat, name, bot } => {
            let player = SeatInfo {
                name: name.clone(),
                bot: *bot,
                presence: Presence::Here,
                held: 0,
                declared: None,
                captured: 0,
                score: 0,
                zero_streak: 0,
                turns_won: 0,
                perfect_rounds: 0,
            };
            room.seats[seat.index()] = Some(player);
            if room.seat == Some(*seat) {
                room.hand = Some(Pieces::default());
            }
        }
        Event::PlayerLeft { seat, bot, .. } => {
            // A new host, if there is one, has an event of its own after this.
            room.host = room.host.filter(|host| host != seat);
            let left = &mut room.seats[seat.index()];
            match (bot, left) {
                (Some(level), Some(player)) => {
                    player.name = bot_name(*seat).into();
                    player.bot = Some(*level);
                    player.presence = Presence::Here;
                }
                (_, left) => *left = None,
            }
        }
        Event::PlayerAway { seat } => set_presence(room, *seat, Presence::Away),
        Event::PlayerBack { seat } => set_presence(room, *seat, Presence::Here),
        Event::HostChanged { seat } => room.host = Some(*seat),
        _ => {}
    }
}

fn set_presence(room: &mut Snapshot<'static>, seat: Seat, presence: Presence) {
    if let Some(player) = &mut room.seats[seat.index()] {
        player.presence = presence;
    }
}

fn begin_match(room: &mut Snapshot<'static>) {
    room.round = RoundInfo {
        number: 0,
        redeals: 0,
        multiplier: 0,
        starter: None,
        reason: StarterReason::FirstSeat,
        turn: 0,
    };
    for player in room.seats.iter_mut().flatten() {
        player.declared = None;
        (player.held, player.captured, player.score) = (0, 0, 0);
        (player.zero_streak, player.turns_won, player.perfect_rounds) = (0, 0, 0);
    }
}

fn dealt(
    room: &mut Snapshot<'static>,
    round: u8,
    redeal: u8,
    multiplier: u8,
    hand: Option<Pieces>,
) {
    if redeal == 0 {
        for player in room.seats.iter_mut().flatten() {
            player.zero_streak = match player.declared.take() {
                Some(0) => player.zero_streak.saturating_add(1),
                _ => 0,
            };
            player.captured = 0;
        }
    } else if let Some(starter) = first_accepter(room) {
        room.round.starter = Some(starter);
        room.round.reason = StarterReason::RedealAccepted;
    }
    room.round = RoundInfo { number: round, redeals: redeal, multiplier, turn: 0, ..room.round };
    for player in room.seats.iter_mut().flatten() {
        player.held = 8;
    }
    room.hand = hand;
    let pace = &room.pace;
    let shown_ms = if redeal == 0 { pace.deal_ms } else { pace.redealt_ms };
    show(room, Phase::Dealt, shown_ms);
}

/// The first accepter in play order from the starter, or from seat 0 while there is none.
fn first_accepter(room: &Snapshot<'static>) -> Option<Seat> {
    let Phase::Redealing { accepted, .. } = room.phase else { return None };
    let first = room.round.starter.map_or(0, Seat::index);
    (first..first + 4).map(|at| Seat::ALL[at % 4]).find(|seat| accepted.contains(*seat))
}

fn show(room: &mut Snapshot<'static>, phase: Phase, ms: u32) {
    room.phase = phase;
    room.ms_left = Some(ms);
}

fn ask_declaration(room: &mut Snapshot<'static>, seat: Seat) {
    room.phase = Phase::Declaring { seat };
    room.ms_left = room.pace.declare_ms;
}

fn played(room: &mut Snapshot<'static>, event: &Event<'static>) {
    let Event::Played { seat, pieces, kind: played, next, .. } = *event else { return };
    if let Some(player) = &mut room.seats[seat.index()] {
        player.held = player.held.saturating_sub(pieces.len());
    }
    if let (true, Some(hand)) = (room.seat == Some(seat), &mut room.hand) {
        hand.0 &= !pieces.0;
    }
    let Phase::Playing { leader, mut kind, mut plays, .. } = room.phase else { return };
    plays[seat.index()] = Some(pieces);
    if seat == leader {
        kind = played;
    }
    match next {
        Some(seat) => {
            room.phase = Phase::Playing { seat, leader, kind, plays };
            room.ms_left = room.pace.play_ms;
        }
        None => show(room, Phase::Staying { leader, kind, plays }, room.pace.stay_ms),
    }
}

fn turn_won(room: &mut Snapshot<'static>, winner: Seat, piles: u8) {
    if let Some(player) = &mut room.seats[winner.index()] {
        player.captured = player.captured.saturating_add(piles);
        player.turns_won = player.turns_won.saturating_add(1);
    }
    if let Phase::Staying { leader, kind, plays } = room.phase {
        show(room, Phase::TurnWon { winner, leader, kind, plays }, room.pace.turn_ms);
    }
}
