//! What may be shown: the room as one seat or a spectator sees it, secrets cut.

use components::{
    Control, Event, Fact, Human, MatchShown, Phase, Player, Presence, RoomCode, RoomId, RoomState,
    RoomSummary, RoomView, Seat, SeatSummary, SeatView, Settings, Stage, ViewEvent,
};

use crate::deal::seed_hash;

/// A whole room as `viewer` may see it; `None` is a spectator. Of all hands and seeds it holds the
/// viewer's own hand alone.
#[must_use]
pub fn room_view(
    state: &RoomState,
    room: RoomId,
    viewer: Option<Seat>,
    settings: &Settings,
) -> RoomView {
    let charter = state.charter.as_ref();
    let pace = charter.map(|charter| charter.pace).unwrap_or_default();
    let game = &state.game;
    RoomView {
        room,
        code: code(state),
        version: state.version,
        viewer,
        pace,
        durations: *settings.pace(pace),
        private: charter.is_some_and(|charter| charter.private),
        host: state.host,
        game: (game.number > 0).then(|| MatchShown {
            id: game.id,
            number: game.number,
            seed_hash: seed_hash(&game.seed),
        }),
        round: state.round,
        phase: state.phase,
        ms_left: ms_left(state, settings),
        paused: state.paused,
        hand: viewer.map(|seat| tally(state, seat).hand),
        seats: state.players.each_ref().map(|player| player.as_ref().map(seat_view)),
    }
}

/// The room's code; one that nobody can type before the room is opened.
fn code(state: &RoomState) -> RoomCode {
    state.charter.as_ref().map_or(RoomCode([b'?'; 6]), |charter| charter.code)
}

fn tally(state: &RoomState, seat: Seat) -> components::Tally {
    state.players[seat.index()].as_ref().map(|player| player.tally).unwrap_or_default()
}

/// Until the phase ends by itself. Before its warning, a redeal's clock runs to that only.
fn ms_left(state: &RoomState, settings: &Settings) -> Option<u32> {
    let left = state.clocks.phase?;
    match state.phase {
        Phase::Redealing { warned: false, .. } => {
            Some(left.saturating_add(settings.redeal_warning_ms))
        }
        _ => Some(left),
    }
}

fn seat_view(player: &Player) -> SeatView {
    let (name, bot, presence) = match &player.control {
        Control::Bot(level) => (None, Some(*level), Presence::Here),
        Control::Human(human) => (Some(human.name.clone()), None, human.presence),
    };
    let tally = &player.tally;
    SeatView {
        name,
        bot,
        presence,
        held: tally.hand.len(),
        declared: tally.declared,
        captured: tally.captured,
        score: tally.score,
        zero_streak: tally.zero_streak,
        turns_won: tally.turns_won,
        perfect_rounds: tally.perfect_rounds,
    }
}

/// What the directory must know of a room.
#[must_use]
pub fn summary(state: &RoomState, room: RoomId) -> RoomSummary {
    let charter = state.charter.as_ref();
    RoomSummary {
        room,
        code: code(state),
        version: state.version,
        pace: charter.map(|charter| charter.pace).unwrap_or_default(),
        private: charter.is_some_and(|charter| charter.private),
        stage: stage(&state.phase),
        host: state.host,
        seats: state.players.each_ref().map(|player| player.as_ref().map(seat_summary)),
    }
}

fn stage(phase: &Phase) -> Stage {
    match phase {
        Phase::Vacant | Phase::Open => Stage::Open,
        Phase::Finished { .. } => Stage::Finished,
        Phase::Closed => Stage::Closed,
        _ => Stage::Running,
    }
}

fn seat_summary(player: &Player) -> SeatSummary {
    match &player.control {
        Control::Bot(level) => SeatSummary::Bot(*level),
        Control::Human(Human { session, name, presence, .. }) => {
            SeatSummary::Human { session: *session, name: name.clone(), presence: *presence }
        }
    }
}

/// An event as `viewer` may see it; `None` is a spectator. `after` is the room after the step that
/// the event belongs to: nobody plays in the same step after a deal, so its hands are those dealt.
#[must_use]
pub fn view_event(event: &Event, after: &RoomState, viewer: Option<Seat>) -> ViewEvent {
    match event {
        Event::Public(fact) => ViewEvent::Public(fact.clone()),
        Event::MatchStarted(start) => {
            let seed_hash = seed_hash(&start.seed);
            ViewEvent::MatchStarted(Box::new(MatchShown {
                id: start.id,
                number: start.number,
                seed_hash,
            }))
        }
        Event::Dealt { round, redeal, multiplier } => ViewEvent::Dealt {
            round: *round,
            redeal: *redeal,
            multiplier: *multiplier,
            hand: viewer.map(|seat| tally(after, seat).hand),
        },
    }
}

/// Whether an event may have changed the room's [`summary`]: who sits there, who is host, what the
/// room is up to. (A connection lost or found again within its grace has no event.)
#[must_use]
pub fn tells_lobby(event: &Event) -> bool {
    match event {
        Event::MatchStarted(_) => true,
        Event::Dealt { .. } => false,
        Event::Public(fact) => matches!(
            fact,
            Fact::PlayerJoined { .. }
                | Fact::PlayerLeft { .. }
                | Fact::PlayerAway { .. }
                | Fact::PlayerBack { .. }
                | Fact::HostChanged { .. }
                | Fact::MatchOver(_)
                | Fact::RoomClosed { .. }
        ),
    }
}
