//! A player: an entity of its own, in a seat of a room.

use bevy_ecs::prelude::Component;

use crate::{Epoch, Name, PieceSet, PlayerId, RequestId, SessionId, Version};

/// How well a bot plays.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BotLevel {
    /// Plays by simple habits.
    Simple,
    /// Aims at its declaration and counts what has gone.
    #[default]
    Standard,
}

/// Whether a human is there.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Connected.
    #[default]
    Here,
    /// The connection is lost; a grace clock runs.
    Lost,
    /// Away: a bot decides for it.
    Away,
}

/// A person in a seat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Human {
    /// What the others read: 1..=50 characters.
    pub name: Name,
    /// Who it is.
    pub player: PlayerId,
    /// Under which session.
    pub session: SessionId,
    /// Its newest connection.
    pub epoch: Epoch,
    /// Whether that connection lives.
    pub presence: Presence,
    /// What was accepted of them.
    pub recent: Recent,
}

/// Who decides for a seat. A bot's name follows from its seat: `Bot 1` to `Bot 4`.
#[derive(Component, Debug, Clone, PartialEq, Eq, Hash)]
pub enum Control {
    /// A bot.
    Bot(BotLevel),
    /// A person.
    Human(Human),
}

impl Control {
    /// The person, if it is one.
    #[must_use]
    pub const fn human(&self) -> Option<&Human> {
        match self {
            Self::Human(human) => Some(human),
            Self::Bot(_) => None,
        }
    }

    /// The person, to change.
    #[must_use]
    pub const fn human_mut(&mut self) -> Option<&mut Human> {
        match self {
            Self::Human(human) => Some(human),
            Self::Bot(_) => None,
        }
    }

    /// Whether a bot decides now: it is one, or the person is away.
    #[must_use]
    pub const fn is_automatic(&self) -> bool {
        match self {
            Self::Bot(_) => true,
            Self::Human(human) => matches!(human.presence, Presence::Away),
        }
    }
}

/// The last accepted requests of a seat, oldest first, so that a repeated one changes nothing.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Recent {
    ids: [RequestId; Self::MAX],
    /// The low halves of the versions they made: a seat's memory is the larger part of a room.
    versions: [u32; Self::MAX],
    len: u8,
}

impl Recent {
    /// How many are remembered: what docs/protocol.md promises clients.
    pub const MAX: usize = 4;

    /// Each request with the version it made, oldest first; `now` is the room's version, less than
    /// 2^32 after them.
    pub fn accepted(&self, now: Version) -> impl Iterator<Item = (RequestId, Version)> + Clone {
        let versions = self
            .versions
            .map(move |low| Version(now.0 - u64::from((now.0 as u32).wrapping_sub(low))));
        self.ids.into_iter().zip(versions).take(self.len.into())
    }

    /// Whether another one would make it forget the oldest.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.len as usize == Self::MAX
    }

    /// Remembers a request with the version it made; the oldest is forgotten for it.
    pub fn push(&mut self, request: RequestId, version: Version) {
        if self.is_full() {
            self.ids.rotate_left(1);
            self.versions.rotate_left(1);
        } else {
            self.len += 1;
        }
        let newest = usize::from(self.len) - 1;
        self.ids[newest] = request;
        self.versions[newest] = version.0 as u32;
    }
}

/// What a player holds and has reached.
#[derive(Component, Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tally {
    /// The pieces in hand. Secret: it leaves the tick only in its own seat's view.
    pub hand: PieceSet,
    /// Piles declared this round, 0..=8, once declared.
    pub declared: Option<u8>,
    /// Piles captured this round, 0..=8.
    pub captured: u8,
    /// How many rounds before this one in a row it declared 0; counts to 2.
    pub zero_streak: u8,
    /// The match score; may be negative.
    pub score: i16,
    /// Turns won this match.
    pub turns_won: u16,
    /// Rounds in which a declaration above 0 was hit exactly.
    pub perfect_rounds: u8,
}

/// A seat's player as a value: part of a [`RoomState`](crate::RoomState).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Player {
    /// Who decides.
    pub control: Control,
    /// What it holds and has reached.
    pub tally: Tally,
}

/// What may be asked for lately, in thousandths of a request. Not part of the game: a restart
/// forgives.
#[derive(Component, Debug, Default, Clone, Copy)]
pub struct Credits {
    /// How much was spent and is not back yet, in thousandths.
    pub spent_milli: u32,
    /// As of this logical time in ms, its low half: who waits 49 days gets less back.
    pub at_ms: u32,
}
