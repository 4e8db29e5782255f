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
mod fanout;
mod http;
mod hub;
mod lanes;
mod line;
mod origin;
mod outbox;
mod outside;
mod pipe;
mod random;
mod refusal;
mod server;
mod session;
mod settings;
mod stats;
mod touched;
mod upgrade;
mod wire;

pub use lanes::Lanes;
pub use outside::Ready;
pub use server::{ReleaseReceiver, Server};
pub use settings::NetSettings;
pub use stats::{Stats, StatsSnapshot};
