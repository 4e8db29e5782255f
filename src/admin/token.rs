//! `DATA/admin.token`: who has it is an operator.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use sha2::{Digest, Sha256};

const FILE: &str = "admin.token";

/// Bytes of a token that is made; it is written in hexadecimal digits.
const BYTES: usize = 32;

/// Characters of a token that somebody wrote into the file: fewer can be guessed.
const CHARS_MIN: usize = 32;

/// What an operator must know. It is never shown: not in a log, not by `Debug`.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// Reads it; makes it where there is none.
    ///
    /// # Errors
    ///
    /// The file cannot be read or made, is too short, or may be read by others.
    pub(crate) fn load(data: &Path) -> io::Result<Self> {
        match Self::read(data) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(data),
            read => read,
        }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// As [`Token::load`]; `NotFound` where there is none.
    pub(crate) fn read(data: &Path) -> io::Result<Self> {
        let path = data.join(FILE);
        let name = path.display();
        if fs::metadata(&path)?.permissions().mode() & 0o077 != 0 {
            return Err(io::Error::other(format!("{name} may be read by others: chmod 600 it")));
        }
        let text = fs::read_to_string(&path)?;
        let token = text.trim();
        if token.len() < CHARS_MIN || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what = format!("{name} must hold at least {CHARS_MIN} visible ASCII characters");
            return Err(io::Error::other(what));
        }
        Ok(Self(token.to_owned()))
    }

    fn make(data: &Path) -> io::Result<Self> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|error| io::Error::other(error.to_string()))?;
        let token: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        fs::create_dir_all(data)?;
        let mut options = OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(data.join(FILE))?;
        writeln!(file, "{token}")?;
        Ok(Self(token))
    }

    /// Whether this is it. Takes as long for one wrong token as for another: what is compared are
    /// hashes, of which nobody can choose the first bytes.
    pub(crate) fn is(&self, presented: &str) -> bool {
        Sha256::digest(&self.0) == Sha256::digest(presented)
    }

    /// As it is sent.
    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_for_its_owner_alone_and_one_that_others_may_read_is_refused() {
        let data = std::env::temp_dir().join(format!("liap-admin-token-{}", std::process::id()));
        _ = fs::remove_dir_all(&data);
        let made = Token::load(&data).unwrap();
        let again = Token::load(&data).unwrap();
        assert!(made.is(&again.0) && !made.is("") && !made.is(&made.0[1..]));
        let path = data.join(FILE);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = Token::load(&data).err().unwrap().to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "secret\n").unwrap();
        let refused = Token::load(&data).err().unwrap().to_string();
        assert!(refused.contains("at least 32") && !refused.contains("secret"), "{refused}");
        fs::remove_dir_all(&data).unwrap();
    }
}
