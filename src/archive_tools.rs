//! `liap archive`: looking into, checking, tidying, filling and redacting the archive.

mod bar;
mod compact;
mod flush;
mod forget;
mod ls;
mod retry;
mod verify;

use std::future::Future;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use archive::{Keeper, StoreError};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::archiving::{self, Places, Use, keeper};
use crate::args::{ArchiveCommand, Exit, Told};
use crate::config::{ArchiveTarget, Config, explain};
use crate::journal_tools::Failure;

/// Does what the command line asks for.
pub(crate) fn run(
    asked: &ArchiveCommand,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<Exit> {
    let told = asked.told();
    let config = match Config::load(&told.archive.sources()) {
        Ok((config, _)) => config,
        Err(errors) => {
            write!(err, "{}", explain(&errors))?;
            return Ok(Exit::Usage);
        }
    };
    let mut desk = Desk { config, json: told.json };
    let done = match asked {
        ArchiveCommand::Ls(asked) => ls::run(asked.hours, &desk, out),
        ArchiveCommand::Verify(_) => verify::run(&desk, out),
        ArchiveCommand::Compact(_) => compact::run(&desk, out),
        ArchiveCommand::Flush(_) => flush::run(&desk, out),
        ArchiveCommand::Retry(_) => retry::run(&desk, out),
        ArchiveCommand::Forget(asked) => forget::run(asked, &mut desk, out),
    };
    done.or_else(|failure| failure.tell(err))
}

/// What every command needs.
struct Desk {
    config: Config,
    json: bool,
}

/// An archive in objects, and who keeps it.
struct Kept {
    keeper: Keeper,
    runtime: Runtime,
}

impl Desk {
    fn data(&self) -> &Path {
        Path::new(&self.config.server.data)
    }

    /// A file or folder of the data directory, beside the archive.
    fn beside(&self, name: &str) -> PathBuf {
        self.data().join(name)
    }

    /// Fails where no archive is configured, or none is there yet: nothing is made by looking.
    fn places(&self) -> Result<Places, Failure> {
        let archive = &self.config.archive;
        if archive.target == ArchiveTarget::None {
            return Err(Failure::Missing("there is no archive: archive.target is none".to_owned()));
        }
        if archiving::is_unborn(archive, self.data()) {
            let folder = archiving::folder_of(archive, self.data());
            let folder = folder.display();
            return Err(Failure::Missing(format!("there is no archive in {folder} yet")));
        }
        Ok(Places::open(archive, self.data(), Use::Tool)?)
    }

    fn kept(&self) -> Result<Kept, Failure> {
        let Some(objects) = self.places()?.objects else {
            return Err(Failure::Missing(
                "PostgreSQL keeps the archive by itself: ask it in SQL, schema liap".to_owned(),
            ));
        };
        let keeper = keeper(&self.config.archive, &objects);
        Ok(Kept { keeper, runtime: archiving::runtime()? })
    }

    /// Tells what came out: as JSON, or in words.
    fn tell(&self, out: &mut impl Write, json: &Value, words: &str) -> io::Result<()> {
        if self.json { writeln!(out, "{json:#}") } else { writeln!(out, "{words}") }
    }
}

/// What the store did, or why not.
fn done<T>(
    runtime: &Runtime,
    asked: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, Failure> {
    runtime.block_on(asked).map_err(|error| match error {
        StoreError::Unavailable(_) => Failure::Io(io::Error::other(error.to_string())),
        _ => Failure::Data(error.to_string()),
    })
}

impl ArchiveCommand {
    const fn told(&self) -> &Told {
        match self {
            Self::Ls(asked) => &asked.told,
            Self::Forget(asked) => &asked.told,
            Self::Verify(told) | Self::Compact(told) | Self::Flush(told) | Self::Retry(told) => {
                told
            }
        }
    }
}
