//! The table: every key there is, in the order in which people read them.

mod admin;
mod archive;
mod game;
mod identity;
mod journal;
mod limits;
mod net;
mod pace;
mod rooms;
mod server;

use std::sync::LazyLock;

use super::key::Key;

/// The longest duration: a day. What should take longer is a mistake in the unit.
const DAY_MS: i64 = 86_400_000;
/// Credits at once or per second; they are counted in thousandths, far within 64 bits.
const CREDITS_MAX: i64 = 1_000_000;

/// Every key.
pub(super) fn keys() -> &'static [Key] {
    static KEYS: LazyLock<Vec<Key>> = LazyLock::new(|| {
        [
            server::keys(),
            journal::keys(),
            archive::keys(),
            net::keys(),
            admin::keys(),
            limits::keys(),
            identity::keys(),
            rooms::keys(),
            game::keys(),
            pace::keys(),
        ]
        .into_iter()
        .flatten()
        .collect()
    });
    &KEYS
}

/// The key of this name.
pub(super) fn find(name: &str) -> Option<&'static Key> {
    keys().iter().find(|key| key.name == name)
}
