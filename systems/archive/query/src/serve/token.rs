//! The token that opens `/v1/sql`, and all of `/v1` to other machines.

use std::fmt;
use std::path::{Path, PathBuf};

use subtle::ConstantTimeEq;

/// Fewest characters of a token.
const CHARACTERS_MIN: usize = 16;

/// Most characters of a token.
const CHARACTERS_MAX: usize = 256;

/// A token: 16 to 256 visible ASCII characters, the only line of its file.
pub struct Token(Vec<u8>);

impl Token {
    /// Reads it.
    ///
    /// # Errors
    /// If the file cannot be read, or holds anything else.
    pub fn read(file: &Path) -> Result<Self, TokenError> {
        let named = |why: String| TokenError { file: file.to_owned(), why };
        let text = std::fs::read_to_string(file).map_err(|error| named(error.to_string()))?;
        let token = text.trim_end_matches(['\r', '\n']);
        let length = (CHARACTERS_MIN..=CHARACTERS_MAX).contains(&token.len());
        if !length || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(named(format!(
                "a token is one line of {CHARACTERS_MIN} to {CHARACTERS_MAX} visible ASCII \
                 characters, such as `openssl rand -hex 32` prints"
            )));
        }
        Ok(Self(token.as_bytes().to_vec()))
    }

    /// Whether this is it: the time that takes tells its length at most.
    #[must_use]
    pub fn is(&self, given: &[u8]) -> bool {
        self.0.ct_eq(given).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

/// Why there is no token.
#[derive(Debug)]
pub struct TokenError {
    file: PathBuf,
    why: String,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the token file {}: {}", self.file.display(), self.why)
    }
}

impl std::error::Error for TokenError {}
