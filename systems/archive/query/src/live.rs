//! The files that count: all of all manifests, but those that another manifest replaced.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use archive::{FileEntry, Kind, Manifest, ManifestId, Table};
use futures_util::{StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use uuid::Uuid;

/// Manifests that are held: at some 2 KB each, 400 MB. An archive that is compacted has a few
/// thousand.
pub const MANIFESTS_MAX: usize = 200_000;

/// Bytes of a manifest that are read.
const MANIFEST_BYTES_MAX: u64 = 64 << 20;

/// Manifests that are read at once.
const READS_AT_ONCE: usize = 16;

/// What of the archive counts, as of the last look.
#[derive(Debug, Clone, Default)]
pub struct Live {
    manifests: BTreeMap<ManifestId, Arc<Manifest>>,
    /// Names of objects among the manifests that are none that can be read.
    pub damaged: Vec<String>,
}

impl Live {
    /// Looks for manifests that came or went. Returns whether there were any.
    ///
    /// # Errors
    /// If the store cannot be asked, or has more than [`MANIFESTS_MAX`].
    pub async fn refresh(&mut self, store: &Arc<dyn ObjectStore>) -> Result<bool, LiveError> {
        let folder = Path::from(Manifest::FOLDER);
        let listed: Vec<_> =
            store.list(Some(&folder)).take(MANIFESTS_MAX + 1).try_collect().await?;
        if listed.len() > MANIFESTS_MAX {
            return Err(LiveError::TooMany);
        }
        let mut there = HashSet::new();
        let mut new = Vec::new();
        let mut damaged = Vec::new();
        for object in listed {
            match id_of(&object.location) {
                Some(id) => {
                    there.insert(id);
                    if !self.manifests.contains_key(&id) {
                        new.push((id, object));
                    }
                }
                None => damaged.push(object.location.to_string()),
            }
        }
        let before = self.manifests.len();
        self.manifests.retain(|id, _| there.contains(id));
        let mut changed = self.manifests.len() != before;
        let reads: Vec<_> =
            new.into_iter().map(|(id, object)| read(Arc::clone(store), id, object)).collect();
        let mut reads = futures_util::stream::iter(reads).buffer_unordered(READS_AT_ONCE);
        while let Some(one) = reads.next().await {
            let (id, name, manifest) = one?;
            match manifest {
                Some(manifest) if manifest.id == id => {
                    self.manifests.insert(id, Arc::new(manifest));
                    changed = true;
                }
                _ => damaged.push(name),
            }
        }
        damaged.sort();
        self.damaged = damaged;
        Ok(changed)
    }

    /// The files that count, by table, the oldest hours first.
    #[must_use]
    pub fn files(&self) -> BTreeMap<Table, Vec<FileEntry>> {
        let replaced: HashSet<&str> = self
            .manifests
            .values()
            .flat_map(|one| one.replaces.iter().map(String::as_str))
            .collect();
        let mut files: BTreeMap<Table, Vec<FileEntry>> = BTreeMap::new();
        for file in self.manifests.values().flat_map(|one| &one.files) {
            if !replaced.contains(file.path.as_str()) {
                files.entry(file.table).or_default().push(file.clone());
            }
        }
        for list in files.values_mut() {
            list.sort_by(|a, b| (a.hour, &a.path).cmp(&(b.hour, &b.path)));
        }
        files
    }

    /// How many manifests there are.
    #[must_use]
    pub fn manifests(&self) -> usize {
        self.manifests.len()
    }

    /// When the newest batch was written, in ms since 1970; 0 if there is none.
    #[must_use]
    pub fn as_of_ms(&self) -> u64 {
        let batches = self.manifests.values().filter(|one| one.kind != Kind::Retention);
        batches.map(|one| one.created_ms).max().unwrap_or(0)
    }
}

fn id_of(path: &Path) -> Option<ManifestId> {
    let name = path.filename()?.strip_suffix(".json")?;
    Uuid::try_parse(name).ok().map(ManifestId)
}

/// The manifest, or nothing if it is damaged, or gone since it was listed.
async fn read(
    store: Arc<dyn ObjectStore>,
    id: ManifestId,
    object: object_store::ObjectMeta,
) -> Result<(ManifestId, String, Option<Manifest>), LiveError> {
    let name = object.location.to_string();
    if object.size > MANIFEST_BYTES_MAX {
        return Ok((id, name, None));
    }
    let bytes = match store.get(&object.location).await {
        Ok(found) => found.bytes().await?,
        Err(object_store::Error::NotFound { .. }) => return Ok((id, name, None)),
        Err(other) => return Err(other.into()),
    };
    let manifest: Option<Manifest> = serde_json::from_slice(&bytes).ok();
    Ok((id, name, manifest.filter(|one| one.format <= Manifest::FORMAT)))
}

/// Why it is not known what counts.
#[derive(Debug)]
pub enum LiveError {
    /// The store did not answer.
    Store(object_store::Error),
    /// More than [`MANIFESTS_MAX`].
    TooMany,
}

impl From<object_store::Error> for LiveError {
    fn from(error: object_store::Error) -> Self {
        Self::Store(error)
    }
}

impl std::fmt::Display for LiveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Store(error) => write!(f, "the archive cannot be read: {error}"),
            Self::TooMany => {
                write!(
                    f,
                    "the archive has more than {MANIFESTS_MAX} manifests: run `liap archive compact`"
                )
            }
        }
    }
}

impl std::error::Error for LiveError {}
