//! The archive, asked as it will be: real files, real sockets, questions of all kinds.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod document;
mod hostile_http;
mod hostile_sql;
mod names;
mod refresh;
mod sql;
mod support;
#[path = "../synthetic/synthetic.rs"]
mod synthetic;
mod tools;
