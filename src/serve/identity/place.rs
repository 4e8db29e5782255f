//! Where a provider's keys are.

use std::env;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use net::{ProviderAlgorithm, ProviderKeys, self_test};

use crate::config::IdentityConfig;

/// What nobody but the owner may do with a file that holds a secret: anything.
const SECRET_BITS: u32 = 0o077;

/// What nobody but the owner may do with a file of public keys: change it.
const PUBLIC_BITS: u32 = 0o022;

/// Where the keys are, and what they may be for.
pub(super) struct Place {
    kind: Kind,
    algorithms: Vec<ProviderAlgorithm>,
}

enum Kind {
    /// A set.
    Set(PathBuf),
    /// One key.
    Key(PathBuf),
    /// One key, in the environment.
    Variable(String),
}

/// What was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    bytes: Vec<u8>,
    /// Who may do what with it, where it is a file.
    mode: u32,
}

impl Place {
    /// The one that is configured.
    pub(super) fn of(config: &IdentityConfig, algorithms: Vec<ProviderAlgorithm>) -> Self {
        let IdentityConfig { jwks_file, key_file, key_variable, .. } = config;
        let kind = if !jwks_file.is_empty() {
            Kind::Set(jwks_file.into())
        } else if !key_file.is_empty() {
            Kind::Key(key_file.into())
        } else {
            Kind::Variable(key_variable.clone())
        };
        Self { kind, algorithms }
    }

    /// What is there now.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub(super) fn read(&self) -> io::Result<Found> {
        let read = match &self.kind {
            Kind::Set(path) | Kind::Key(path) => read_file(path),
            Kind::Variable(name) => {
                let bytes = env::var_os(name).map(OsStringExt::into_vec);
                let absent = || io::Error::new(io::ErrorKind::NotFound, "it is not set");
                bytes.map(|bytes| Found { bytes, mode: 0o600 }).ok_or_else(absent)
            }
        };
        read.map_err(|error| io::Error::new(error.kind(), format!("{self}: {error}")))
    }

    /// The keys in it, which work.
    ///
    /// # Errors
    ///
    /// Others may do too much with it, or the keys cannot be used: says why not, never what they
    /// are.
    pub(super) fn keys(&self, found: &Found) -> Result<ProviderKeys, String> {
        let keys = match &self.kind {
            Kind::Set(_) => ProviderKeys::from_jwks(&found.bytes, &self.algorithms),
            Kind::Key(_) | Kind::Variable(_) => {
                ProviderKeys::from_key(&found.bytes, &self.algorithms)
            }
        };
        let keys = keys.map_err(|what| format!("{self}: {what}"))?;
        if keys.has_secret() && found.mode & SECRET_BITS != 0 {
            return Err(format!("{self}: it holds a secret, and others may read it: chmod 600 it"));
        }
        if found.mode & PUBLIC_BITS != 0 {
            return Err(format!("{self}: others may change it: chmod 644 it"));
        }
        self_test(&keys).map_err(|what| format!("{self}: {what}"))?;
        Ok(keys)
    }

    /// Says what was taken up.
    pub(super) fn tell(&self, keys: &ProviderKeys) {
        let count = keys.count();
        tracing::info!(count, from = %self, "tokens of the identity provider are believed");
        for why in keys.unused() {
            tracing::info!(from = %self, "not used: {why}");
        }
    }

    /// Whether something else may be there later.
    pub(super) const fn may_change(&self) -> bool {
        !matches!(self.kind, Kind::Variable(_))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Set(path) => write!(f, "identity.jwks_file {}", path.display()),
            Kind::Key(path) => write!(f, "identity.key_file {}", path.display()),
            Kind::Variable(name) => write!(f, "identity.key_variable {name}"),
        }
    }
}

fn read_file(path: &PathBuf) -> io::Result<Found> {
    let file = File::open(path)?;
    let mode = file.metadata()?.permissions().mode();
    let mut bytes = Vec::new();
    // One more than is taken: a longer one is refused, not cut.
    file.take(ProviderKeys::BYTES_MAX as u64 + 1).read_to_end(&mut bytes)?;
    Ok(Found { bytes, mode })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const SECRET: &str = "a secret of the tests, 32 bytes and more";

    fn key_file(name: &str, text: &str, mode: u32) -> (Place, PathBuf) {
        let path = env::temp_dir().join(format!("liap-id-{}-{name}", std::process::id()));
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let kind = Kind::Key(path.clone());
        (Place { kind, algorithms: ProviderAlgorithm::ALL.to_vec() }, path)
    }

    fn keys(place: &Place) -> Result<ProviderKeys, String> {
        place.keys(&place.read().unwrap())
    }

    #[test]
    fn a_secret_that_others_may_read_is_refused_and_not_told() {
        for (mode, is_good) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false)] {
            let (place, path) = key_file(&format!("secret-{mode:o}"), SECRET, mode);
            let read = keys(&place);
            fs::remove_file(&path).unwrap();
            assert_eq!(read.is_ok(), is_good, "{mode:o}");
            let Err(what) = read else { continue };
            assert!(what.contains(path.to_str().unwrap()) && what.contains("chmod 600"), "{what}");
            assert!(!what.contains(SECRET), "{what}");
        }
    }

    #[test]
    fn a_public_key_may_be_read_by_all_and_changed_by_its_owner_alone() {
        let pem = "-----BEGIN PUBLIC KEY-----\n\
                   MCowBQYDK2VwAyEAdVwww3zKVcRHT/097MukGopsdAtjpeSgn+XGBAKBK84=\n\
                   -----END PUBLIC KEY-----\n";
        for (mode, is_good) in [(0o644, true), (0o444, true), (0o664, false), (0o646, false)] {
            let (place, path) = key_file(&format!("public-{mode:o}"), pem, mode);
            let read = keys(&place);
            fs::remove_file(path).unwrap();
            assert_eq!(read.is_ok(), is_good, "{mode:o}");
        }
    }

    #[test]
    fn a_variable_is_read_as_it_is() {
        let place = Place { kind: Kind::Variable("PATH".to_owned()), algorithms: Vec::new() };
        assert_eq!(place.read().unwrap().bytes, env::var("PATH").unwrap().into_bytes());
        assert!(!place.may_change());
    }

    #[test]
    fn what_is_not_there_is_named() {
        let variable = "LIAP_TEST_NO_SUCH_VARIABLE".to_owned();
        let place = Place { kind: Kind::Variable(variable), algorithms: Vec::new() };
        let error = place.read().unwrap_err().to_string();
        assert_eq!(error, "identity.key_variable LIAP_TEST_NO_SUCH_VARIABLE: it is not set");
        let place = Place { kind: Kind::Set("/no/such".into()), algorithms: Vec::new() };
        let error = place.read().unwrap_err().to_string();
        assert!(error.starts_with("identity.jwks_file /no/such: No such file"), "{error}");
    }
}
