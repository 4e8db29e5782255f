//! The archive in real servers, reached through a proxy that fails as networks do. Run by
//! `tests/services/with.sh cargo test -p archive --features s3,postgres`.

mod made;
mod postgres;
mod proxy;
mod real;
mod s3;
mod services;
mod standing;
#[path = "../it/table.rs"]
mod table;
