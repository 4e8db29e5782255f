//! The hand-over from the journal to the archive, simulated: whatever fails and whenever the process
//! dies, each match is archived once or buried once, and none is lost.

#![expect(clippy::print_stdout, reason = "a simulation that says nothing could have done nothing")]

mod backup;
mod behaviour;
mod chance;
mod copies;
mod exhaustive;
mod followers;
mod histories;
mod house;
mod journal;
mod planted;
mod port;
mod primary;
mod real;
mod scenes;
mod target;
mod world;
