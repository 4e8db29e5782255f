//! The archive in PostgreSQL.

mod access;
pub(crate) mod database;
mod faults;
mod kinds;
mod stopped;
mod writers;
