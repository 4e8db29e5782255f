//! The archive in an S3-compatible store.

pub(crate) mod bucket;
mod faults;
mod stopped;
mod writers;
