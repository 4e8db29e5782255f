//! What a seat, or a spectator, knows of its room: the last snapshot with all updates since folded
//! in. No sockets and no clock.

mod fold;
#[cfg(test)]
mod tests;

use protocol::{Event, Phase, Pieces, Seat, SeatInfo, Snapshot, Turn, Update};

/// What a seat, or a spectator, knows of its room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableView {
    state: Snapshot<'static>,
    behind: bool,
    /// Who won the newest turn of the match, as far as it was seen.
    last_winner: Option<Seat>,
}

/// What became of an update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    /// It was the next one and is in.
    Done,
    /// It is of another room, or its version is known already.
    Passed,
    /// Something before it is missing: a `resync` is needed, and until its snapshot comes no
    /// update is folded in.
    Gap,
}

impl TableView {
    /// Begins with a snapshot.
    #[must_use]
    pub const fn new(snapshot: Snapshot<'static>) -> Self {
        let last_winner = match snapshot.phase {
            Phase::TurnWon { winner, .. } => Some(winner),
            _ => None,
        };
        Self { state: snapshot, behind: false, last_winner }
    }

    /// Begins anew, with a snapshot that is not older than what is known.
    pub fn apply_snapshot(&mut self, snapshot: Snapshot<'static>) {
        let is_older = snapshot.room == self.state.room && snapshot.version < self.state.version;
        if !is_older {
            *self = Self::new(snapshot);
        }
    }

    /// Folds an update in, if it is the next one.
    pub fn apply_update(&mut self, update: &Update<'static>) -> Fold {
        if update.room != self.state.room || update.version <= self.state.version {
            return Fold::Passed;
        }
        if self.behind || update.version > self.state.version + 1 {
            self.behind = true;
            return Fold::Gap;
        }
        for event in &update.events {
            fold::event(&mut self.state, event);
            self.note_starter(event);
        }
        self.state.version = update.version;
        Fold::Done
    }

    /// From its deal on, and until it starts, a round's starter is who won the last turn before it:
    /// redeals are counted from there.
    fn note_starter(&mut self, event: &Event<'static>) {
        match event {
            Event::MatchStarted { .. } => self.last_winner = None,
            Event::TurnWon { seat, .. } => self.last_winner = Some(*seat),
            Event::Dealt { redeal: 0, .. } => {
                self.state.round.starter = self.last_winner.or(self.state.round.starter);
            }
            _ => {}
        }
    }

    /// Whether updates are missing, so that a `resync` is needed.
    #[must_use]
    pub const fn needs_resync(&self) -> bool {
        self.behind
    }

    /// All that is known, in the shape of a snapshot. Its `ms_left` is as of the last snapshot or
    /// update; `None` also where the server alone knows it. A lost connection shows in snapshots
    /// only, being away in updates too. After a first snapshot of a round's score, the next round's
    /// starter is not known before it starts.
    #[must_use]
    pub const fn state(&self) -> &Snapshot<'static> {
        &self.state
    }

    /// The own seat; `None` for a spectator.
    #[must_use]
    pub const fn seat(&self) -> Option<Seat> {
        self.state.seat
    }

    /// The own hand; empty for a spectator.
    #[must_use]
    pub fn hand(&self) -> Pieces {
        self.state.hand.unwrap_or_default()
    }

    /// The phase.
    #[must_use]
    pub const fn phase(&self) -> &Phase {
        &self.state.phase
    }

    /// Who sits in a seat.
    #[must_use]
    pub const fn player(&self, seat: Seat) -> Option<&SeatInfo<'static>> {
        self.state.seats[seat.index()].as_ref()
    }

    /// The match scores.
    #[must_use]
    pub fn scores(&self) -> [i16; 4] {
        self.state.seats.each_ref().map(|seat| seat.as_ref().map_or(0, |seat| seat.score))
    }

    /// The moment of the match, for the field `turn` of a decision.
    #[must_use]
    pub const fn turn(&self) -> Turn {
        Turn { round: self.state.round.number, turn: self.state.round.turn }
    }

    /// Whether a decision of this seat is awaited now.
    #[must_use]
    pub fn is_asked(&self, seat: Seat) -> bool {
        match self.state.phase {
            Phase::Redealing { asked, accepted, declined } => {
                asked.contains(seat) && !accepted.contains(seat) && !declined.contains(seat)
            }
            Phase::Declaring { seat: asked } | Phase::Playing { seat: asked, .. } => asked == seat,
            _ => false,
        }
    }

    /// Whether a decision of the own seat is awaited now.
    #[must_use]
    pub fn is_my_turn(&self) -> bool {
        self.state.seat.is_some_and(|seat| self.is_asked(seat))
    }

    /// What has been played in the turn, by seat.
    #[must_use]
    pub const fn plays(&self) -> [Option<Pieces>; 4] {
        match self.state.phase {
            Phase::Playing { plays, .. }
            | Phase::Staying { plays, .. }
            | Phase::TurnWon { plays, .. } => plays,
            _ => [None; 4],
        }
    }

    /// How many pieces everyone must play in the turn; `None` before the lead.
    #[must_use]
    pub fn lead_count(&self) -> Option<u8> {
        match self.state.phase {
            Phase::Playing { leader, plays, .. } => plays[leader.index()].map(Pieces::len),
            _ => None,
        }
    }
}
