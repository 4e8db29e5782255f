//! Where values live: the places in a configuration that a key can read and write.

use std::net::SocketAddr;

use components::{BotLevel, Pace};
use net::ProxyHeader;

use super::archive::{ArchiveTarget, Compression};
use super::identity::IdentityMode;
use crate::Lineup;

/// A value on its way between a source and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// A number.
    Int(i64),
    /// No limit, where there could be a number.
    Unlimited,
    /// One of a few names.
    Choice(&'static str),
    /// Any text.
    Text(String),
    /// An IP address and a port.
    Address(SocketAddr),
    /// Texts.
    List(Vec<String>),
}

/// A place in a configuration. A value of another type, or one that does not fit, is not taken:
/// kinds are to see to that, and a test that they do.
pub(crate) trait Slot {
    /// What is there.
    fn get(&self) -> Value;
    /// Puts something else there.
    fn set(&mut self, value: Value);
}

/// A type whose values have names.
pub(crate) trait Named: Copy + 'static {
    /// The names, in the order in which they are told to people.
    const NAMES: &'static [&'static str];
    /// The name of this one.
    fn name(self) -> &'static str;
    /// The one of this name.
    fn named(name: &str) -> Option<Self>;
}

/// The bots of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BotMix {
    /// All simple.
    Simple,
    /// All standard.
    Standard,
    /// Both, in turn.
    Mixed,
}

impl BotMix {
    /// Who sits where.
    pub(crate) fn lineup(self) -> Lineup {
        match self {
            Self::Simple => Lineup::All(BotLevel::Simple),
            Self::Standard => Lineup::All(BotLevel::Standard),
            Self::Mixed => Lineup::Mixed,
        }
    }
}

/// What is done with what happened before anybody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Nothing: all is lost with the process.
    None,
    /// It is handed to the operating system: only that, or the machine, can lose it.
    Process,
    /// It is on the disk.
    Disk,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
}

macro_rules! named {
    ($type:ty: $($variant:ident $name:literal),+) => {
        impl Named for $type {
            const NAMES: &'static [&'static str] = &[$($name),+];

            fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            fn named(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

named!(Pace: Standard "standard", Classic "classic", Fast "fast", Instant "instant");
named!(BotLevel: Simple "simple", Standard "standard");
named!(BotMix: Simple "simple", Standard "standard", Mixed "mixed");
named!(Durability: None "none", Process "process", Disk "disk");
named!(ArchiveTarget: None "none", Folder "folder", S3 "s3", Postgres "postgres");
named!(Compression: Zstd "zstd", Gzip "gzip");
named!(ProxyHeader: XForwardedFor "x-forwarded-for", Forwarded "forwarded");
named!(IdentityMode: Off "off", Optional "optional", Required "required");
named!(LogFormat: Text "text", Json "json");

impl<T: Named> Slot for T {
    fn get(&self) -> Value {
        Value::Choice(self.name())
    }

    fn set(&mut self, value: Value) {
        if let Value::Choice(name) = value
            && let Some(named) = Self::named(name)
        {
            *self = named;
        }
    }
}

macro_rules! numbers {
    ($($type:ty),+) => {$(
        impl Slot for $type {
            fn get(&self) -> Value {
                Value::Int(i64::try_from(*self).unwrap_or(i64::MAX))
            }

            fn set(&mut self, value: Value) {
                if let Value::Int(number) = value
                    && let Ok(number) = Self::try_from(number)
                {
                    *self = number;
                }
            }
        }
    )+};
}

numbers!(u8, i16, u32, u64, usize);

impl Slot for Option<u32> {
    fn get(&self) -> Value {
        self.map_or(Value::Unlimited, |number| Value::Int(number.into()))
    }

    fn set(&mut self, value: Value) {
        match value {
            Value::Unlimited => *self = None,
            Value::Int(number) => *self = u32::try_from(number).ok().or(*self),
            _ => {}
        }
    }
}

/// The names of `false` and `true` where [`RoomSettings`](components::RoomSettings) has a yes or
/// no: what becomes of an abandoned match.
pub(super) const ABANDONED: [&str; 2] = ["close", "finish"];

impl Slot for bool {
    fn get(&self) -> Value {
        Value::Choice(ABANDONED[usize::from(*self)])
    }

    fn set(&mut self, value: Value) {
        if let Value::Choice(name) = value {
            *self = name == ABANDONED[1];
        }
    }
}

macro_rules! plain {
    ($($type:ty: $variant:ident),+) => {$(
        impl Slot for $type {
            fn get(&self) -> Value {
                Value::$variant(self.clone())
            }

            fn set(&mut self, value: Value) {
                if let Value::$variant(value) = value {
                    *self = value;
                }
            }
        }
    )+};
}

plain!(String: Text, SocketAddr: Address, Vec<String>: List);
