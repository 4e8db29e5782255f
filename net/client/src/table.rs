//! What a seat, or a spectator, knows of its room: the last snapshot with all updates since folded
//! in. No sockets and no clock.

mod fold;
#[cfg(test)]
mod tests;

use protocol::{Phase, Pieces, Seat, SeatInfo, Snapshot, Turn, Update};

/// What a seat, or a spectator, knows of its room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableView {
    state: Snapshot<'static>,
    behind: bool,
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
        Self { state: snapshot, behind: false }
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
        }
        self.state.version = update.version;
        Fold::Done
    }

    /// Whether updates are missing, so that a `resync` is needed.
    #[must_use]
    pub const fn needs_resync(&self) -> bool {
        self.behind
    }

    /// All that is known, in the shape of a snapshot. Its `ms_left` is as of the last snapshot or
    /// update; `None` also where the server alone knows it. A lost connection shows in snapshots
    /// only, being away in updates too.
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
