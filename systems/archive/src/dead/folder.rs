//! The folder of dead letters: `{match}.json` says what was wrong, `{match}.liap` is its replay file.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use components::MatchId;
use journal::{Chain, ReplayFileError};
use uuid::Uuid;

use crate::batch::match_text;
use crate::{DeadLetter, TargetError};

const LETTER: &str = "json";
/// What a file is called while it is being written.
const UNFINISHED: &str = "tmp";

/// The folder of dead letters. Replay files hold names, and letters hold what went wrong: all is for
/// the owner alone (0700, 0600).
#[derive(Debug)]
pub struct Dead {
    folder: PathBuf,
}

impl Dead {
    /// Letters at most: so many are no accident, and somebody has to look.
    pub const LETTERS_MAX: usize = 100_000;

    /// Opens the folder to bury in: makes it where there is none, and removes what another process
    /// that died had begun to write. One process at a time may do this.
    ///
    /// # Errors
    /// When it cannot be made or read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == UNFINISHED) {
                fs::remove_file(path)?;
            }
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// The folder as it is, while another process may write it. It need not be there.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Where this match's replay file is, if there is one.
    #[must_use]
    pub fn replay_path(&self, of: MatchId) -> PathBuf {
        self.path(of, Chain::EXTENSION)
    }

    /// Buries a match, durably when this returns: first its chain, then its letter, each whole or
    /// not at all. An earlier letter is replaced; an earlier chain stays, if none is given.
    ///
    /// # Errors
    /// When the letter names no match, the folder is full, or it cannot be written.
    pub fn bury(&self, letter: &DeadLetter, chain: Option<&Chain>) -> Result<(), DeadError> {
        let of = letter.of().ok_or(DeadError::Unnamed)?.match_id;
        let path = self.path(of, LETTER);
        if !path.exists() && Self::LETTERS_MAX <= self.list()?.len() {
            return Err(DeadError::Full);
        }
        if let Some(chain) = chain {
            self.write(&self.replay_path(of), &chain.to_bytes())?;
        }
        let text = serde_json::to_vec_pretty(letter).map_err(io::Error::other)?;
        self.write(&path, &text)?;
        Ok(())
    }

    /// The matches that are buried, in order of their ids. At most [`Dead::LETTERS_MAX`].
    ///
    /// # Errors
    /// When the folder cannot be read. That it is not there is no error.
    pub fn list(&self) -> Result<Vec<MatchId>, DeadError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let mut all = Vec::new();
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == LETTER) {
                let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                all.extend(Uuid::parse_str(name).map(|id| MatchId(id.into_bytes())));
            }
        }
        all.sort_unstable();
        all.truncate(Self::LETTERS_MAX);
        Ok(all)
    }

    /// The letter about a match; `None` if it is not buried.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn letter(&self, of: MatchId) -> Result<Option<DeadLetter>, DeadError> {
        let Some(bytes) = Self::bytes(&self.path(of, LETTER))? else { return Ok(None) };
        let letter: DeadLetter = serde_json::from_slice(&bytes).map_err(DeadError::Letter)?;
        if letter.format > DeadLetter::FORMAT {
            return Err(DeadError::Newer(letter.format));
        }
        if letter.of().is_none_or(|named| named.match_id != of) {
            return Err(DeadError::Unnamed);
        }
        Ok(Some(letter))
    }

    /// A buried match's chain; `None` if none was kept.
    ///
    /// # Errors
    /// When it cannot be read or understood.
    pub fn chain(&self, of: MatchId) -> Result<Option<Chain>, DeadError> {
        let Some(bytes) = Self::bytes(&self.replay_path(of))? else { return Ok(None) };
        Chain::from_bytes(&bytes).map(Some).map_err(DeadError::Replay)
    }

    /// Removes a match, durably: first its chain, then its letter. Nothing to remove is no error.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn remove(&self, of: MatchId) -> Result<(), DeadError> {
        for path in [self.replay_path(of), self.path(of, LETTER)] {
            match fs::remove_file(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
                Ok(()) => File::open(&self.folder)?.sync_all()?,
            }
        }
        Ok(())
    }

    fn path(&self, of: MatchId, extension: &str) -> PathBuf {
        self.folder.join(format!("{}.{extension}", match_text(of)))
    }

    fn bytes(path: &Path) -> Result<Option<Vec<u8>>, DeadError> {
        match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => Ok(Some(read?)),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}.{UNFINISHED}", std::process::id()));
        let unfinished = PathBuf::from(name);
        let mut options = OpenOptions::new();
        let mut file =
            options.create(true).write(true).truncate(true).mode(0o600).open(&unfinished)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(error) = written.and_then(|()| fs::rename(&unfinished, path)) {
            _ = fs::remove_file(&unfinished);
            return Err(error);
        }
        File::open(&self.folder)?.sync_all()
    }
}

/// Why something about a buried match could not be done.
#[derive(Debug)]
pub enum DeadError {
    /// The folder or a file in it.
    Io(io::Error),
    /// There are too many letters.
    Full,
    /// A letter is of a newer layout.
    Newer(u32),
    /// A letter names no match, or another than its file.
    Unnamed,
    /// A letter cannot be understood.
    Letter(serde_json::Error),
    /// A replay file cannot be understood.
    Replay(ReplayFileError),
}

impl fmt::Display for DeadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => error.fmt(f),
            Self::Full => write!(
                f,
                "there are {} dead letters already: find out why, then retry or remove them",
                Dead::LETTERS_MAX
            ),
            Self::Newer(format) => write!(
                f,
                "the letter is of format {format}, but this version reads up to {}: use the \
                 version that wrote it, or a newer one",
                DeadLetter::FORMAT
            ),
            Self::Unnamed => f.write_str("the letter does not name the match of its file"),
            Self::Letter(error) => write!(f, "the letter cannot be understood: {error}"),
            Self::Replay(error) => write!(f, "the replay file cannot be understood: {error}"),
        }
    }
}

impl std::error::Error for DeadError {}

impl From<io::Error> for DeadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<DeadError> for TargetError {
    /// What a [`Port`](crate::Port) says of it.
    fn from(error: DeadError) -> Self {
        match error {
            DeadError::Io(_) | DeadError::Full => {
                Self::Unavailable(format!("dead letters: {error}"))
            }
            _ => Self::Refused(format!("dead letters: {error}")),
        }
    }
}

#[cfg(test)]
mod tests;
