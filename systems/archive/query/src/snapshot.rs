//! The archive as it was at one moment: answers that belong together read one of these.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use archive::{FileEntry, Table};

use crate::ask::AskError;
use crate::engine::Engine;
use crate::index::Index;
use crate::live::{Live, LiveError};
use crate::provider::ArchiveTable;

/// The files that counted at one moment, and who is in them.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Counts up with every change that was noticed.
    pub number: u64,
    /// When the newest batch was written, in ms since 1970.
    pub as_of_ms: u64,
    /// How many manifests there were.
    pub manifests: usize,
    /// Manifests that could not be read.
    pub damaged: Vec<String>,
    /// Who is in which file.
    pub index: Index,
    files: BTreeMap<Table, Vec<FileEntry>>,
    tables: Vec<(Table, Arc<ArchiveTable>)>,
}

impl Snapshot {
    fn new(number: u64, live: &Live, index: Index) -> Self {
        let files = live.files();
        let tables = Table::ALL.map(|table| {
            let of_it = files.get(&table).map(Vec::as_slice).unwrap_or_default();
            (table, Arc::new(ArchiveTable::new(table, of_it)))
        });
        Self {
            number,
            as_of_ms: live.as_of_ms(),
            manifests: live.manifests(),
            damaged: live.damaged.clone(),
            index,
            files,
            tables: tables.into(),
        }
    }

    /// A table's files, the oldest hours first.
    #[must_use]
    pub fn files(&self, table: Table) -> &[FileEntry] {
        self.files.get(&table).map(Vec::as_slice).unwrap_or_default()
    }

    /// All tables, for SQL.
    pub fn tables(&self) -> impl Iterator<Item = (Table, Arc<ArchiveTable>)> + '_ {
        self.tables.iter().map(|(table, provider)| (*table, Arc::clone(provider)))
    }
}

/// An archive that is looked at again and again.
#[derive(Debug)]
pub struct Archive {
    engine: Arc<Engine>,
    /// `None`: nobody asks who is in which file.
    indexed_max: Option<usize>,
    live: tokio::sync::Mutex<Live>,
    current: Mutex<Arc<Snapshot>>,
}

impl Archive {
    /// An archive of which nothing is known yet. `indexed_max` bounds its index of players, in
    /// entries of 36 bytes; without one there is no index.
    #[must_use]
    pub fn new(engine: Arc<Engine>, indexed_max: Option<usize>) -> Self {
        let live = tokio::sync::Mutex::new(Live::default());
        Self { engine, indexed_max, live, current: Mutex::default() }
    }

    /// What runs its queries.
    #[must_use]
    pub const fn engine(&self) -> &Arc<Engine> {
        &self.engine
    }

    /// The newest snapshot that was published.
    #[must_use]
    pub fn now(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks at the archive. If it changed, the next snapshot: nobody sees it before it is
    /// published, so that its caches can be filled first.
    ///
    /// # Errors
    /// If it cannot be read, or was rewritten meanwhile: then it is to be tried again.
    pub async fn look(&self) -> Result<Option<Arc<Snapshot>>, AskError> {
        let mut live = self.live.lock().await;
        let before = self.now();
        let mut next = live.clone();
        let changed = next.refresh(self.engine.store()).await?;
        if !changed && before.number > 0 {
            return Ok(None);
        }
        let index = match self.indexed_max {
            Some(most) => before.index.next(&self.engine, &next.files(), most).await?,
            None => Index::default(),
        };
        let snapshot = Arc::new(Snapshot::new(before.number + 1, &next, index));
        *live = next;
        Ok(Some(snapshot))
    }

    /// From here on, this is what is seen.
    pub fn publish(&self, snapshot: Arc<Snapshot>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = snapshot;
    }
}

impl From<LiveError> for AskError {
    fn from(error: LiveError) -> Self {
        Self::Unavailable(error.to_string())
    }
}
