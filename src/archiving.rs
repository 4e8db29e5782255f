//! The archive's thread and tools: finished matches out of the journal, into their places.

mod find;
mod following;
mod hand_over;
mod handed;
mod lower;
mod outlet;
mod place;
mod port;
mod remains;
mod step;
mod tidy;

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use archive::{ArchiverOptions, Compression, WriterOptions};
use crossbeam_channel::{Receiver, RecvTimeoutError};
use journal::{AnyDisk, MatchReader};
use tokio::runtime::Runtime;

use crate::config::{self, ArchiveConfig, ArchiveTarget, Named};
use crate::serve::control::Question;
pub(crate) use find::find;
use following::follow;
pub(crate) use hand_over::{Answer, HandOver};
pub(crate) use handed::Handed;
pub(crate) use outlet::RootOutlet;
use place::Follows;
pub(crate) use place::{Places, Use, folder_of, is_unborn, keeper};
pub(crate) use port::{JournalLine, RootPort};
use step::ArchiveThread;
use tidy::Tidy;

/// Who players are: beside the archive, never in it.
pub(crate) const PEOPLE: &str = "people.sqlite";

/// Matches that could not be archived.
pub(crate) const DEAD: &str = "dead";

/// Which archive the folder is that this data directory writes into.
pub(crate) const ARCHIVE_ID: &str = "archive.id";

/// Takes what is wrong with the place of this name, if anything.
pub(crate) type Note = Arc<dyn Fn(&str, Option<String>) + Send + Sync>;

/// Between two attempts to open an archive.
const OPEN_PAUSE: Duration = Duration::from_secs(10);

/// How finished matches are archived: section `archive` of a configuration.
#[derive(Debug, Clone)]
pub struct Archiving(Arc<ArchiveConfig>);

/// What the archive's thread is started with.
pub(crate) struct Means<'a> {
    /// The data directory.
    pub(crate) data: &'a Path,
    /// Where the journal's files are, to read.
    pub(crate) disk: AnyDisk,
    /// Their directory; `None` if they are in memory.
    pub(crate) journal: Option<&'a Path>,
    /// To whoever writes them.
    pub(crate) line: JournalLine,
    /// What operators ask.
    pub(crate) questions: Receiver<Question>,
    /// Disconnects when everything stops.
    pub(crate) stopped: Receiver<()>,
    /// Whether what cannot be opened is tried again and again, rather than being an error.
    pub(crate) insists: bool,
    /// Takes what is wrong, if anything.
    pub(crate) note: Note,
}

impl Archiving {
    /// As configured; `None` if nothing is to be archived.
    pub(crate) fn of(config: &ArchiveConfig) -> Option<Self> {
        (config.target != ArchiveTarget::None).then(|| Self(Arc::new(config.clone())))
    }

    /// Starts the thread, and from it one for each place that follows. It ends soon after it is told
    /// to stop. What cannot be opened is tried again and again if `means` say so: then games go on
    /// without an archive meanwhile.
    ///
    /// # Errors
    ///
    /// The thread cannot be started; what it needs cannot be opened, and is not tried again.
    pub(crate) fn start(&self, means: Means<'_>) -> io::Result<JoinHandle<()>> {
        let (config, data) = (Arc::clone(&self.0), means.data.to_owned());
        // Who does not insist is told at once.
        let mut first = match means.insists {
            true => None,
            false => Some(Opened::open(&config, &data)?),
        };
        let options = options(&config)?;
        let Means { disk, journal, line, questions, stopped, note, .. } = means;
        let journal = journal.map(Path::to_owned);
        thread::Builder::new().name("archive".to_owned()).spawn(move || {
            lower::lower_priority();
            let mut open = || first.take().map_or_else(|| Opened::open(&config, &data), Ok);
            let Some(opened) = insist(&mut open, "archive", &stopped, &note) else { return };
            let (outlet, tidy, followers) = opened.begin(&config, &data, &stopped, &note);
            let reader = MatchReader::new(disk);
            let (known, batches) = Default::default();
            let dead = data.join(DEAD);
            let port = RootPort { line, reader, journal, dead, known, batches, outlet };
            ArchiveThread { options, port, tidy, questions, stopped, note }.run();
            followers.into_iter().for_each(|follower| _ = follower.join());
        })
    }
}

/// What an archive's thread needs.
struct Opened {
    places: Places,
    outlet: RootOutlet,
}

impl Opened {
    fn open(config: &ArchiveConfig, data: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(data)?;
        let places = Places::open(config, data, Use::Server)?;
        let outlet = RootOutlet::open(config, data, &places)?;
        Ok(Self { places, outlet })
    }

    /// Has those that follow begin.
    fn begin(
        self,
        config: &Arc<ArchiveConfig>,
        data: &Path,
        stopped: &Receiver<()>,
        note: &Note,
    ) -> (RootOutlet, Option<Tidy>, Vec<JoinHandle<()>>) {
        let Self { places, outlet } = self;
        let Some(objects) = &places.objects else { return (outlet, None, Vec::new()) };
        let keeper = keeper(config, objects);
        let tidy = Tidy::new(keeper, config.compact_minutes.is_some(), config.retention_days);
        let begin = |name: &String| {
            let target = ArchiveTarget::named(name)?;
            let (config, data) = (Arc::clone(config), data.to_owned());
            let open = move || Follows::open(&config, &data, target);
            let source = Arc::clone(objects);
            let started = follow(source, name, open, stopped.clone(), Arc::clone(note));
            started.inspect_err(|error| tracing::error!(%error, "a place cannot follow")).ok()
        };
        let followers = config.followers.iter().filter_map(begin).collect();
        (outlet, Some(tidy), followers)
    }
}

/// Tries until it works, or until the server stops. `name` is that of the place.
fn insist<T>(
    open: &mut dyn FnMut() -> io::Result<T>,
    name: &str,
    stopped: &Receiver<()>,
    note: &Note,
) -> Option<T> {
    loop {
        match open() {
            Ok(opened) => {
                note(name, None);
                return Some(opened);
            }
            Err(error) => {
                tracing::error!(
                    %error, name, "a place of the archive cannot be opened; games go on, it is tried again"
                );
                let what = match error.kind() {
                    io::ErrorKind::NotFound => "its folder is not there (not mounted?), or another",
                    _ => "it cannot be opened",
                };
                note(name, Some(format!("{name}: {what}; the log has more")));
            }
        }
        if stopped.recv_timeout(OPEN_PAUSE) != Err(RecvTimeoutError::Timeout) {
            return None;
        }
    }
}

/// The runtime of a tool.
pub(crate) fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

fn options(config: &ArchiveConfig) -> io::Result<ArchiverOptions> {
    let mut seed = [0; 8];
    getrandom::fill(&mut seed).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(ArchiverOptions {
        matches_max: config.batch_matches,
        bytes_max: u64::from(config.batch_mb) << 20,
        flush_ms: config.flush_seconds * 1000,
        settle_ms: 2 * config.timeout_seconds * 1000,
        seed: u64::from_le_bytes(seed),
        ..ArchiverOptions::default()
    })
}

/// How files are written.
pub(crate) fn writer(config: &ArchiveConfig) -> WriterOptions {
    let compression = match config.compression {
        config::Compression::Zstd => Compression::Zstd,
        config::Compression::Gzip => Compression::Gzip,
    };
    WriterOptions { compression }
}
