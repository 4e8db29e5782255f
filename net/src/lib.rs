//! The outside: websockets, http, sessions and the directory of rooms.
//!
//! [`Server`] is the outer ring of tasks and sockets. Inside it is the hub, which does no I/O: it
//! takes messages, releases and the time, and fills queues and lanes; tests hold their other ends.
//! Who called it then writes the queues it filled to their sockets, on the spot: no other task has
//! to wake for that.

mod connection;
mod convert;
mod credits;
mod directory;
mod exchange;
mod fanout;
mod gate;
mod handshakes;
mod http;
mod hub;
mod identity;
mod intake;
mod json;
mod lanes;
mod limits;
mod line;
mod operator;
mod origin;
mod outbox;
mod outside;
mod pipe;
mod random;
mod readiness;
mod recovered;
mod refusal;
mod server;
mod session;
mod settings;
mod stats;
mod token;
mod touched;
mod turn_away;
mod upgrade;
mod wire;

pub use exchange::Exchange;
pub use gate::{Ban, Gate, TooManyBans};
pub use identity::{Identity, ProviderAlgorithm, ProviderKeys, self_test};
pub use json::{snapshot_json, update_json};
pub use lanes::Lanes;
pub use limits::{Limits, ProxyHeader, loopback, network};
pub use operator::Operator;
pub use readiness::{Degraded, NotReady, Ready};
pub use recovered::{Recovered, RecoveredSeat};
pub use server::{ReleaseReceiver, Server, Start};
pub use settings::NetSettings;
pub use stats::{Stats, StatsSnapshot};
pub use token::{Key, TokenKeys};
