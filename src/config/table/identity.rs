//! Section `identity`.

use super::super::identity::IdentityMode;
use super::super::key::Key;
use super::super::kind::Kind::{Choice, Choices, Int, Text};
use super::super::slot::Named;

/// What a key may be for.
const ALGORITHMS: &[&str] = &["RS256", "EdDSA", "HS256"];

pub(super) fn keys() -> Vec<Key> {
    whom().into_iter().chain(proof()).collect()
}

fn whom() -> Vec<Key> {
    vec![
        Key::new(
            "identity.mode",
            Choice(IdentityMode::NAMES),
            "Whether players may (`optional`) or must (`required`) prove who they are with a token \
             (JWT) of your identity provider.",
            |config, _| &mut config.identity.mode,
        ),
        Key::new(
            "identity.issuer",
            Text,
            "The provider: what a token's `iss` must be, exactly.",
            |config, _| &mut config.identity.issuer,
        ),
        Key::new(
            "identity.audience",
            Text,
            "This game, as the provider calls it: what a token's `aud` must be, or be among.",
            |config, _| &mut config.identity.audience,
        ),
        Key::new(
            "identity.player_claim",
            Text,
            "The claim that tells players apart, and never changes for one.",
            |config, _| &mut config.identity.player_claim,
        ),
        Key::new(
            "identity.name_claim",
            Text,
            "The claim that says what a player is called.",
            |config, _| &mut config.identity.name_claim,
        ),
    ]
}

fn proof() -> Vec<Key> {
    vec![
        Key::new(
            "identity.algorithms",
            Choices(ALGORITHMS),
            "The algorithms a key may be for. With `HS256` the key is a secret: who knows it can be \
             anybody.",
            |config, _| &mut config.identity.algorithms,
        ),
        Key::new(
            "identity.jwks_file",
            Text,
            "A file with the provider's key set (JWKS), looked at every second.",
            |config, _| &mut config.identity.jwks_file,
        ),
        Key::new(
            "identity.key_file",
            Text,
            "A file with the provider's one key: a public key as PEM, or a secret of at least 32 \
             bytes; looked at every second.",
            |config, _| &mut config.identity.key_file,
        ),
        Key::new(
            "identity.key_variable",
            Text,
            "The name of an environment variable with the same.",
            |config, _| &mut config.identity.key_variable,
        ),
        Key::new(
            "identity.leeway_seconds",
            Int(0, 600),
            "How far the provider's clock may be off.",
            |config, _| &mut config.identity.leeway_seconds,
        ),
    ]
}
