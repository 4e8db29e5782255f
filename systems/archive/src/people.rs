//! Who the people of the archive are: one small store beside it, and the only place that knows.
//!
//! It is a `SQLite` file for its owner alone. What is deleted is overwritten with zeros, and forgetting
//! writes the whole file anew, so that no byte of who somebody was stays behind.

mod ask;
mod everybody;
mod forget;
mod learn;

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

pub use ask::Found;
pub use forget::Forgotten;

/// The layout that is written, in `SQLite`'s `user_version`.
const LAYOUT: i64 = 1;

/// How long one process waits for another: the server for the operator's command, or the other way.
const BUSY_MS: u64 = 10_000;

const CREATE: &str = "
    CREATE TABLE players (
        id INTEGER PRIMARY KEY,
        key BLOB NOT NULL UNIQUE,
        alias INTEGER NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE sessions (
        alias INTEGER PRIMARY KEY,
        session INTEGER NOT NULL UNIQUE,
        player INTEGER
    ) STRICT;
    CREATE INDEX sessions_of_player ON sessions (player);
    CREATE TABLE names (
        alias TEXT PRIMARY KEY,
        player INTEGER NOT NULL,
        name TEXT NOT NULL,
        folded TEXT NOT NULL,
        used_ms INTEGER NOT NULL,
        UNIQUE (player, name)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX names_folded ON names (folded);
    PRAGMA user_version = 1;
";

/// Why the store of people did not answer.
#[derive(Debug)]
pub enum PeopleError {
    /// A newer version of the server has written it.
    Newer {
        /// Its layout.
        layout: i64,
    },
    /// The file system says no.
    Io(io::Error),
    /// `SQLite` says no.
    Sqlite(rusqlite::Error),
    /// The operating system has no random numbers.
    Random(String),
}

impl fmt::Display for PeopleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Newer { layout } => write!(
                f,
                "people.sqlite is of layout {layout}, but this version knows up to {LAYOUT}: use \
                 the version that wrote it, or a newer one"
            ),
            Self::Io(error) => write!(f, "people.sqlite: {error}"),
            Self::Sqlite(error) => write!(f, "people.sqlite: {error}"),
            Self::Random(error) => write!(f, "no random numbers for new players: {error}"),
        }
    }
}

impl std::error::Error for PeopleError {}

impl From<io::Error> for PeopleError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<rusqlite::Error> for PeopleError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The store of people. Several processes may have it open at once.
#[derive(Debug)]
pub struct People {
    connection: Connection,
}

impl People {
    /// Opens the store, or makes an empty one. The file is, or becomes, its owner's alone.
    ///
    /// # Errors
    ///
    /// When it cannot be made or read, is no such store, or is of a newer version.
    pub fn open(path: &Path) -> Result<Self, PeopleError> {
        make_private(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_millis(BUSY_MS))?;
        // `EXTRA`: what was committed stays so, even if the power goes the moment after.
        connection.execute_batch(
            "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;
             PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY;",
        )?;
        let change = rusqlite::TransactionBehavior::Immediate;
        let transaction = connection.transaction_with_behavior(change)?;
        if layout(&transaction)? == 0 {
            transaction.execute_batch(CREATE)?;
        }
        check(layout(&transaction)?)?;
        transaction.commit()?;
        Ok(Self { connection })
    }

    /// Opens a store that is there, only to ask it.
    ///
    /// # Errors
    ///
    /// When it is not there, cannot be read, is no such store, or is of a newer version.
    pub fn open_read_only(path: &Path) -> Result<Self, PeopleError> {
        // `SQLite`'s own words for a file that is not there name neither the file nor why.
        File::open(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_millis(BUSY_MS))?;
        check(layout(&connection)?)?;
        Ok(Self { connection })
    }
}

fn layout(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn check(layout: i64) -> Result<(), PeopleError> {
    if layout == LAYOUT { Ok(()) } else { Err(PeopleError::Newer { layout }) }
}

/// Makes the file if it is not there, with its entry in the directory, and its owner's alone. `SQLite`
/// gives what it makes beside it the same mode.
fn make_private(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let file =
        options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    file.sync_all()?;
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

/// A 64-bit id as `SQLite` keeps it: the same bits.
const fn kept(id: u64) -> i64 {
    id as i64
}
