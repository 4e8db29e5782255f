//! The wire from outside: examples to the byte, round trips, and hostile input.

mod examples;
mod hostile;
mod random;
mod round_trips;
mod samples;
mod words;
