//! Whole-shard tests: one binary, one module per subject.

mod process;
mod support;
mod words;

mod address;
mod admin;
mod archive;
mod determinism;
#[cfg(feature = "faults")]
mod faults;
mod identity;
mod lobby;
mod memory;
mod pause;
mod poison;
mod presence;
mod rate;
mod recovery;
mod rematch;
mod repeats;
mod replay;
mod restart;
mod secrets;
#[cfg(feature = "faults")]
mod simulation;
mod timeout;
mod tools;
