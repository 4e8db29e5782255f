#![doc = include_str!("../README.md")]
#![warn(clippy::unwrap_used)]

pub mod ask;
pub mod cli;
pub mod desk;
pub mod engine;
pub mod facts;
pub mod index;
pub mod kept;
pub mod live;
pub mod names;
pub mod place;
pub mod provider;
pub mod render;
pub mod rows;
pub mod schema;
pub mod serve;
pub mod snapshot;
