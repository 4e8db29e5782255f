//! Section `admin`.

use super::super::key::Key;
use super::super::kind::Kind::Address;

pub(super) fn keys() -> Vec<Key> {
    vec![Key::new(
        "admin.listen",
        Address,
        "Where `liap admin` is listened to: a loopback address. Port 0 lets the system choose one; \
         `DATA/run/admin` says which.",
        |config, _| &mut config.admin.listen,
    )]
}
