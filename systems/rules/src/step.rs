//! One action of a room: the room after it and what happened, or why not.

mod begin;
mod decide;
mod declare;
mod end;
mod flow;
mod host;
mod lobby;
mod pause;
mod presence;
mod redeal;
mod round;
mod turn;

use std::mem::{Discriminant, discriminant};

use arrayvec::ArrayVec;
use components::{
    Act, Action, By, Event, Fact, Human, PaceSettings, Phase, PieceSet, Presence, Rejection,
    RoomState, Round, Seat, Settings,
};

use crate::{
    asked::{automatic_seat, seat_of},
    random::{Purpose, random},
};

/// The most events one step has. A last answer to a redeal that decides for all four seats, deals
/// and starts the round comes to 7, and so do no others.
pub const EVENTS_MAX: usize = 8;

/// What happened in one step, in order.
pub type Events = ArrayVec<Event, EVENTS_MAX>;

/// What `action` makes of a room: the room after it, one version on, and what happened; or why
/// nothing did. `state` has the time left now in its clocks; those that the action does not
/// concern stay as they are.
///
/// Phases that are shown for 0 ms are passed through in the same step.
///
/// # Errors
///
/// A [`Rejection`] says why the action may not happen; the room is then as it was.
pub fn step(
    state: &RoomState,
    action: &Action,
    settings: &Settings,
) -> Result<(RoomState, Events), Rejection> {
    let (mut after, mut events) = (state.clone(), Events::new());
    apply(&mut after, action, settings, &mut events)?;
    Ok((after, events))
}

/// As [`step`], in place: for those who hold a copy of the room that they can throw away.
///
/// # Errors
///
/// A [`Rejection`] says why the action may not happen. What is in `state` and `events` then is
/// neither the room before nor the room after: throw it away.
pub fn apply(
    state: &mut RoomState,
    action: &Action,
    settings: &Settings,
    events: &mut Events,
) -> Result<(), Rejection> {
    let opens = matches!(action.act, Act::Open(_));
    if matches!(state.phase, Phase::Closed) || (state.charter.is_none() && !opens) {
        return Err(Rejection::RoomNotFound);
    }
    if state.paused && !Step::may_happen_paused(&action.act) {
        return Err(Rejection::Paused);
    }
    let asked_before = Asked::by(state);
    let mut step = Step { room: state, events, settings };
    step.room.version.0 += 1;
    step.settle(action)?;
    step.arm_bot(&asked_before);
    Ok(())
}

/// Which bot is asked what: a round, a kind of phase, and a seat.
#[derive(PartialEq)]
struct Asked(Round, Discriminant<Phase>, Option<Seat>);

impl Asked {
    fn by(room: &RoomState) -> Self {
        Self(room.round, discriminant(&room.phase), automatic_seat(room))
    }
}

/// A room on its way through one action.
struct Step<'a> {
    room: &'a mut RoomState,
    events: &'a mut Events,
    settings: &'a Settings,
}

impl<'a> Step<'a> {
    fn settle(&mut self, action: &Action) -> Result<(), Rejection> {
        let by = action.by;
        match &action.act {
            Act::Decide { decision, turn, decider } => {
                let seat = self.seat_by(by)?;
                self.decide(seat, *decision, *turn, *decider)
            }
            Act::PhaseOver => self.phase_over(),
            Act::Open(opening) => self.open(opening),
            Act::Join(guest, seat) => self.join(guest, *seat),
            Act::Leave => self.leave(by),
            Act::AddBot(seat, level) => self.add_bot(by, *seat, *level),
            Act::Remove(seat) => self.remove(by, *seat),
            Act::Start { wall_ms } => self.start(by, *wall_ms),
            Act::Rematch { wall_ms } => self.rematch(by, *wall_ms),
            Act::Connected(epoch) => self.connected(by, *epoch),
            Act::Disconnected(epoch) => self.disconnected(by, *epoch),
            Act::GraceOver(seat) => self.grace_over(*seat),
            Act::EmptyOver => self.empty_over(),
            Act::Close => {
                self.close_by_server();
                Ok(())
            }
            Act::Pause => self.pause(),
            Act::Resume => self.resume(),
        }
    }

    /// The seat an action is on behalf of.
    fn seat_by(&self, by: By) -> Result<Seat, Rejection> {
        match by {
            By::Session(session) => seat_of(self.room, session),
            By::Seat(seat) => self.room.players[seat.index()].as_ref().map(|_| seat),
            By::Nobody => None,
        }
        .ok_or(Rejection::NotInRoom)
    }

    fn human(&self, seat: Seat) -> Option<&Human> {
        self.room.players[seat.index()].as_ref()?.control.human()
    }

    fn human_mut(&mut self, seat: Seat) -> Option<&mut Human> {
        self.room.players[seat.index()].as_mut()?.control.human_mut()
    }

    fn is_here(&self, seat: Seat) -> bool {
        self.human(seat).is_some_and(|human| human.presence == Presence::Here)
    }

    fn hand(&self, seat: Seat) -> PieceSet {
        self.room.players[seat.index()].as_ref().map_or(PieceSet::EMPTY, |own| own.tally.hand)
    }

    fn pace(&self) -> &'a PaceSettings {
        let pace = self.room.charter.as_ref().map(|charter| charter.pace).unwrap_or_default();
        self.settings.pace(pace)
    }

    fn is_endless(&self) -> bool {
        self.room.charter.as_ref().is_some_and(|charter| charter.endless)
    }

    fn tell(&mut self, fact: Fact) {
        self.events.push(Event::Public(fact));
    }

    /// Sets the bot clock anew if another seat's bot, or the same for another decision, is asked
    /// than before this step.
    fn arm_bot(&mut self, before: &Asked) {
        let asked = Asked::by(self.room);
        let Some(seat) = asked.2 else {
            self.room.clocks.bot = None;
            return;
        };
        if asked != *before {
            self.room.clocks.bot = Some(self.think_ms(seat));
        }
    }

    /// How long the bot of a seat thinks about what it is asked now.
    fn think_ms(&self, seat: Seat) -> u32 {
        let pace = self.pace();
        let spread = pace.think_ms_max.saturating_sub(pace.think_ms_min);
        if spread == 0 {
            return pace.think_ms_min;
        }
        let random = random(&self.room.game, Purpose::Think, seat, self.room.version);
        pace.think_ms_min + (random % (u64::from(spread) + 1)) as u32
    }
}
