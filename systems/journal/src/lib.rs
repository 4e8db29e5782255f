#![doc = include_str!("../README.md")]
#![warn(clippy::unwrap_used)]

mod codec;
