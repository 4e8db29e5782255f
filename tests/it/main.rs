//! Whole-shard tests: one binary, one module per subject.

mod support;
mod words;

mod determinism;
mod lobby;
mod presence;
mod rate;
mod rematch;
mod repeats;
mod secrets;
mod timeout;
