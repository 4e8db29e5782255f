//! A chain, commit by commit, as the rows of a match.

mod game;
mod people;

use components::{
    Act, Action, By, Control, Event, Fact, MatchEnd, PerSeat, Presence, Seat, SessionId, Settings,
};
use journal::{Chain, Recorded};

use super::ConvertError;
use super::settings_id::settings_id;
use crate::Aliases;
use crate::replay::redact;
use crate::rows::{
    EventRow, MatchRow, MatchRows, PlayRow, PresenceRow, RedealRow, RoundRow, SeatRow, fact_word,
};

/// The rows of a finished match.
pub(super) fn rows(chain: &Chain, aliases: &Aliases) -> Result<MatchRows, ConvertError> {
    let mut fold = Fold::begin(chain, aliases)?;
    for (index, step) in chain.steps.iter().enumerate() {
        fold.step(index, step)?;
    }
    fold.finish(redact(chain, aliases)?.to_bytes())
}

/// A match on its way from its first commit to its last.
struct Fold<'a> {
    chain: &'a Chain,
    /// Those in force at its beginning.
    first_settings: &'a Settings,
    settings: &'a Settings,
    /// Time that passed in the room since the first commit: not while it was paused, nor while the
    /// server was down.
    clock_ms: u64,
    paused: bool,
    /// The commit at hand.
    step: &'a Recorded,
    /// Since when, on the room's clock, a seat is the one to decide.
    asked: PerSeat<Option<u64>>,
    away_since: PerSeat<Option<u64>>,
    sessions: PerSeat<Option<SessionId>>,
    seats: PerSeat<SeatRow>,
    round: u8,
    redeal: u8,
    turn: u8,
    /// The first play of the turn.
    turn_from: usize,
    turns_won: PerSeat<u16>,
    scores: PerSeat<i16>,
    redeals_held: u32,
    restarts: u32,
    end: Option<&'a MatchEnd>,
    rounds: Vec<RoundRow>,
    plays: Vec<PlayRow>,
    redeals: Vec<RedealRow>,
    presence: Vec<PresenceRow>,
    events: Vec<EventRow>,
    facts: String,
}

impl<'a> Fold<'a> {
    fn begin(chain: &'a Chain, aliases: &Aliases) -> Result<Self, ConvertError> {
        let (Some(id), Some(first)) = (chain.match_id, chain.steps.first()) else {
            return Err(ConvertError::NoMatch);
        };
        let begins = matches!(first.events.first(), Some(Event::MatchStarted(start))
            if start.id == id && start.seed == chain.base.game.seed);
        let (true, Some(settings)) = (begins, &first.settings) else {
            return Err(ConvertError::NoBeginning);
        };
        let mut fold = Self {
            chain,
            first_settings: settings,
            settings,
            clock_ms: 0,
            paused: false,
            step: first,
            asked: [None; 4],
            away_since: [None; 4],
            sessions: [None; 4],
            seats: [SeatRow::default(); 4],
            round: 0,
            redeal: 0,
            turn: 0,
            turn_from: 0,
            turns_won: [0; 4],
            scores: [0; 4],
            redeals_held: 0,
            restarts: 0,
            end: None,
            rounds: Vec::new(),
            plays: Vec::new(),
            redeals: Vec::new(),
            presence: Vec::new(),
            events: Vec::with_capacity(chain.steps.len()),
            facts: String::new(),
        };
        for seat in Seat::ALL {
            fold.sit_down(seat, aliases)?;
        }
        Ok(fold)
    }

    fn sit_down(&mut self, seat: Seat, aliases: &Aliases) -> Result<(), ConvertError> {
        let player = self.chain.base.players[seat.index()].as_ref();
        let row = &mut self.seats[seat.index()];
        match player.map(|player| &player.control) {
            None => return Err(self.wrong("a match began with an empty seat")),
            Some(Control::Bot(level)) => row.bot = Some(*level),
            Some(Control::Human(human)) => {
                let key = aliases.key(human.player);
                row.key = Some(key.ok_or(ConvertError::UnknownPlayer(human.player))?);
                self.sessions[seat.index()] = Some(human.session);
                if human.presence == Presence::Away {
                    row.away_count = 1;
                    self.away_since[seat.index()] = Some(0);
                }
            }
        }
        Ok(())
    }

    fn wrong(&self, what: &'static str) -> ConvertError {
        ConvertError::Inconsistent { version: self.step.version, what }
    }

    fn step(&mut self, index: usize, step: &'a Recorded) -> Result<(), ConvertError> {
        if self.end.is_some() {
            return Err(self.wrong("more is recorded after the match was over"));
        }
        self.step = step;
        if index > 0 && !self.paused {
            self.clock_ms += u64::from(step.elapsed_ms);
        }
        self.restarts += u32::from(step.recovered);
        if let Some(settings) = &step.settings {
            self.settings = settings;
        }
        for (number, event) in step.events.iter().enumerate() {
            match event {
                Event::MatchStarted(_) if (index, number) == (0, 0) => {}
                Event::MatchStarted(_) => return Err(self.wrong("another match begins in it")),
                Event::Dealt { round, redeal, multiplier } => {
                    self.dealt(*round, *redeal, *multiplier)?;
                }
                Event::Public(fact) => self.fact(fact)?,
            }
        }
        self.event_row();
        Ok(())
    }

    fn event_row(&mut self) {
        let step = self.step;
        for (number, event) in step.events.iter().enumerate() {
            if number > 0 {
                self.facts.push(',');
            }
            self.facts.push_str(fact_word(event));
        }
        self.events.push(EventRow {
            version: step.version.0,
            at_ms: step.wall_ms,
            cause: step.cause.into(),
            seat: self.seat_of(&step.action),
            action: (&step.action.act).into(),
            facts_end: self.facts.len() as u32,
        });
    }

    /// Whom an action is about.
    fn seat_of(&self, action: &Action) -> Option<Seat> {
        match (action.by, &action.act) {
            (By::Nobody, Act::GraceOver(seat)) => Some(*seat),
            (By::Nobody, _) => None,
            (By::Seat(seat), _) => Some(seat),
            (By::Session(session), _) => {
                Seat::ALL.into_iter().find(|seat| self.sessions[seat.index()] == Some(session))
            }
        }
    }

    fn fact(&mut self, fact: &'a Fact) -> Result<(), ConvertError> {
        match fact {
            Fact::RedealOffered { seats } => {
                seats.iter().for_each(|seat| self.ask(seat));
                Ok(())
            }
            Fact::RedealDecided { seat, accept, decider } => {
                self.redeal_decided(*seat, *accept, *decider);
                Ok(())
            }
            Fact::RoundStarted { round, starter, reason, .. } => {
                self.round_started(*round, *starter, *reason)
            }
            Fact::DeclareStarted { seat } => {
                self.ask(*seat);
                Ok(())
            }
            Fact::Declared { seat, piles, next, decider } => {
                self.declared(*seat, *piles, *next, *decider)
            }
            Fact::TurnStarted { turn, seat } => self.turn_started(*turn, *seat),
            Fact::Played { .. } => self.played(fact),
            Fact::TurnWon { turn, seat, piles } => self.turn_won(*turn, *seat, *piles),
            Fact::RoundScored { .. } => self.round_scored(fact),
            Fact::MatchOver(end) => self.match_over(end),
            Fact::RedealWarned { .. } => Ok(()),
            Fact::PlayerJoined { .. }
            | Fact::PlayerLeft { .. }
            | Fact::PlayerAway { .. }
            | Fact::PlayerBack { .. }
            | Fact::HostChanged { .. }
            | Fact::RoomPaused
            | Fact::RoomResumed
            | Fact::RoomClosed { .. } => {
                self.came_or_went(fact);
                Ok(())
            }
        }
    }

    fn finish(mut self, chain: Vec<u8>) -> Result<MatchRows, ConvertError> {
        let Some(end) = self.end else { return Err(ConvertError::NoEnd) };
        let base = &self.chain.base;
        let charter = base.charter.ok_or_else(|| self.wrong("a room without a charter"))?;
        let started_ms = self.chain.steps.first().map_or(0, |first| first.wall_ms);
        for seat in Seat::ALL {
            self.back(seat);
        }
        let game = MatchRow {
            id: end.id,
            room: self.chain.room,
            charter,
            number: base.game.number,
            started_ms,
            ended_ms: self.step.wall_ms,
            duration_ms: self.clock_ms,
            reason: end.reason,
            rounds: end.rounds,
            turns: self.turns_won.iter().map(|turns| u32::from(*turns)).sum(),
            redeals: self.redeals_held,
            humans: self.seats.iter().filter(|seat| seat.key.is_some()).count() as u8,
            winning_score: end.scores.into_iter().max().unwrap_or(0),
            score_target: self.first_settings.score_target,
            rounds_max: self.first_settings.rounds_max,
            settings_id: settings_id(self.first_settings),
            restarts: self.restarts,
            owner_epoch: self.chain.owner_epoch,
            seed: end.seed,
        };
        let Self { seats, rounds, plays, redeals, presence, events, facts, .. } = self;
        Ok(MatchRows { game, seats, rounds, plays, redeals, presence, events, facts, chain })
    }
}
