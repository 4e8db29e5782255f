//! The codes of plain enums: written down, so that no reordering of variants changes a byte.

use components::{
    BotLevel, CloseReason, Decider, EndReason, LeaveReason, Pace, Presence, SetKind, StarterReason,
};

/// A plain enum with a code for each of its variants, from 0 without a gap.
pub(super) trait Coded: Sized {
    /// The variant's code.
    fn code(self) -> u8;

    /// The variant of this code, if there is one.
    fn of(code: u8) -> Option<Self>;
}

macro_rules! codes {
    ($type:ident: $($variant:ident = $code:literal),+) => {
        impl Coded for $type {
            #[inline]
            fn code(self) -> u8 {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            #[inline]
            fn of(code: u8) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

codes!(BotLevel: Simple = 0, Standard = 1);
codes!(CloseReason: Empty = 0, Finished = 1, Server = 2);
codes!(Decider: Person = 0, Bot = 1, Absence = 2, TimeOut = 3);
codes!(EndReason: ScoreReached = 0, RoundsPlayed = 1, Abandoned = 2, Closed = 3);
codes!(LeaveReason: Left = 0, Removed = 1, Away = 2);
codes!(Pace: Standard = 0, Classic = 1, Fast = 2, Instant = 3);
codes!(Presence: Here = 0, Lost = 1, Away = 2);
codes!(
    SetKind: Single = 0, Pair = 1, ThreeOfAKind = 2, Straight = 3, FourOfAKind = 4,
    ExtendedStraight = 5, FiveOfAKind = 6, ExtendedStraightOfFive = 7, DoubleStraight = 8
);
codes!(StarterReason: RedealAccepted = 0, RedGeneral = 1, WonLastTurn = 2, FirstSeat = 3);
