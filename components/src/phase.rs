//! Where a room is in its life.

use bevy_ecs::prelude::Component;

use crate::{PerSeat, PieceSet, Seat, SeatSet, SetKind};

/// Where a room is in its life; what belongs to one phase alone is in its variant. Nothing in it
/// is secret: every seat and spectator may see a room's phase.
#[derive(Component, Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Not yet opened: the room before its first action.
    #[default]
    Vacant,
    /// Before the first match: seats are taken and given up.
    Open,
    /// Hands have been dealt and are shown.
    Dealt,
    /// The weak seats are asked, all at the same time.
    Redealing {
        /// Who is asked.
        asked: SeatSet,
        /// Who has accepted so far.
        accepted: SeatSet,
        /// Who has declined so far.
        declined: SeatSet,
        /// Whether the warning has gone out. Before that, the phase clock runs to the warning.
        warned: bool,
    },
    /// The round's start is shown.
    Starting,
    /// A seat is to declare.
    Declaring {
        /// Which.
        seat: Seat,
    },
    /// A seat is to play.
    Playing {
        /// Which.
        seat: Seat,
        /// What lies there; nothing yet, if the seat leads.
        table: Table,
    },
    /// All have played; the last play stays on the table for a while.
    Staying {
        /// What lies there.
        table: Table,
    },
    /// The turn's result is shown.
    TurnWon {
        /// What lies there.
        table: Table,
        /// Who took it.
        winner: Seat,
    },
    /// The round's score is shown.
    Scored {
        /// What each seat got, multiplier included.
        points: PerSeat<i16>,
    },
    /// The match is over; seats may change, and a rematch begin.
    Finished {
        /// Who had the highest score.
        winners: SeatSet,
    },
    /// Nothing more will happen.
    Closed,
}

impl Phase {
    /// Whether a match is going on.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        !matches!(self, Self::Vacant | Self::Open | Self::Finished { .. } | Self::Closed)
    }
}

/// What has been played in the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Table {
    /// Who leads.
    pub leader: Seat,
    /// The lead's kind; `None` until it is played.
    pub kind: Option<SetKind>,
    /// Each seat's play; empty until it has played.
    pub plays: PerSeat<PieceSet>,
}

impl Table {
    /// An empty table with `leader` to begin.
    #[must_use]
    pub const fn led_by(leader: Seat) -> Self {
        Self { leader, kind: None, plays: [PieceSet::EMPTY; Seat::COUNT] }
    }

    /// How many pieces everyone must play: 0 until the lead is played.
    #[must_use]
    pub const fn count(&self) -> u8 {
        self.plays[self.leader.index()].len()
    }
}

/// Why a seat starts a round.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StarterReason {
    /// It accepted the last redeal.
    RedealAccepted,
    /// It holds the red General in the first round.
    RedGeneral,
    /// It won the last turn of the round before.
    WonLastTurn,
    /// Nothing else applied.
    #[default]
    FirstSeat,
}
