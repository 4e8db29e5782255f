//! The algorithms a provider may sign with.

use jsonwebtoken::Algorithm;

/// One of them (RFC 7518, RFC 8037). A key is for one of them alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderAlgorithm {
    /// HMAC with SHA-256: the provider and we share a secret. Who knows it can be anybody.
    Hs256,
    /// RSA, PKCS #1 v1.5, with SHA-256, keys of 2,048..=8,192 bits.
    Rs256,
    /// Ed25519.
    EdDsa,
}

impl ProviderAlgorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Hs256, Self::Rs256, Self::EdDsa];

    /// Its name in tokens and key sets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Rs256 => "RS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The one of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// What the library calls it.
    pub(super) const fn known_as(self) -> Algorithm {
        match self {
            Self::Hs256 => Algorithm::HS256,
            Self::Rs256 => Algorithm::RS256,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }
}
