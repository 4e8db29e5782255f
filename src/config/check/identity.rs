//! Section `identity`: nobody is to believe that a provider is asked when none is.

use super::{Clash, check};
use crate::config::identity::IdentityMode;
use crate::config::source::Source;
use crate::config::{Config, Origins};

/// A frame must hold a token: those of usual providers have 700 to 1,500 characters.
const FRAME_BYTES_MIN: usize = 2_048;

pub(super) fn check_identity(config: &Config, origins: &Origins, clashes: &mut Vec<Clash>) {
    let identity = &config.identity;
    let sources = [&identity.key_file, &identity.key_variable, &identity.jwks_file];
    let named = sources.iter().filter(|source| !source.is_empty()).count();
    if identity.mode == IdentityMode::Off {
        check(
            clashes,
            named == 0 || *origins.of("identity.mode") != Source::Default,
            &["identity.mode"],
            "identity.mode must be set when a key of the provider is: optional, required, or off \
             if it is not to be used",
        );
        return;
    }
    let filled = [
        ("identity.issuer", &identity.issuer),
        ("identity.audience", &identity.audience),
        ("identity.player_claim", &identity.player_claim),
        ("identity.name_claim", &identity.name_claim),
    ];
    for (key, text) in filled {
        let rule = format!("{key} must be set unless identity.mode is off");
        check(clashes, !text.is_empty(), &[key], &rule);
    }
    check(
        clashes,
        named == 1,
        &["identity.jwks_file", "identity.key_file", "identity.key_variable"],
        "one of identity.jwks_file, identity.key_file and identity.key_variable must be set, and \
         only one, unless identity.mode is off",
    );
    check(
        clashes,
        !identity.algorithms.is_empty(),
        &["identity.algorithms"],
        "identity.algorithms must name at least one unless identity.mode is off",
    );
    check(
        clashes,
        !identity.key_variable.starts_with("LIAP_"),
        &["identity.key_variable"],
        "identity.key_variable must not begin with LIAP_: such variables are keys of the \
         configuration, which is printed",
    );
    check(
        clashes,
        config.net.frame_bytes >= FRAME_BYTES_MIN,
        &["net.frame_bytes", "identity.mode"],
        "net.frame_bytes must be at least 2048 unless identity.mode is off, or no token fits in",
    );
}
