#![doc = include_str!("../README.md")]

mod client;
mod connect;
mod error;
mod incoming;
mod table;

pub use client::Client;
pub use connect::Options;
pub use error::ClientError;
pub use incoming::{Incoming, Push};
pub use protocol;
pub use table::{Fold, TableView};
