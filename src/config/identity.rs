//! Section `identity`: players whom the operator's own provider knows.

/// Who has to be known to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdentityMode {
    /// Nobody: there is no provider.
    Off,
    /// Who wants to be.
    Optional,
    /// Everybody.
    Required,
}

/// Section `identity`. Keys are in files or variables, never in here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IdentityConfig {
    /// Who has to be known to the provider.
    pub(crate) mode: IdentityMode,
    /// What a token's `iss` must be.
    pub(crate) issuer: String,
    /// What a token's `aud` must be, or be among.
    pub(crate) audience: String,
    /// Names of the algorithms a key may be for.
    pub(crate) algorithms: Vec<String>,
    /// A file with one key; may be empty.
    pub(crate) key_file: String,
    /// An environment variable with one key; may be empty.
    pub(crate) key_variable: String,
    /// A file with a set of keys; may be empty.
    pub(crate) jwks_file: String,
    /// The claim that tells players apart.
    pub(crate) player_claim: String,
    /// The claim that says what a player is called.
    pub(crate) name_claim: String,
    /// How many seconds the provider's clock may differ.
    pub(crate) leeway_seconds: u64,
}

impl Default for IdentityConfig {
    fn default() -> Self {
        Self {
            mode: IdentityMode::Off,
            issuer: String::new(),
            audience: String::new(),
            algorithms: ["RS256", "EdDSA"].map(str::to_owned).to_vec(),
            key_file: String::new(),
            key_variable: String::new(),
            jwks_file: String::new(),
            player_claim: "sub".to_owned(),
            name_claim: "name".to_owned(),
            leeway_seconds: 30,
        }
    }
}
