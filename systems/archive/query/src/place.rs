//! Where the archive is, and that nothing is ever written there.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use object_store::ObjectStore;
use object_store::local::LocalFileSystem;

/// An archive to read.
#[derive(Debug, Clone)]
pub enum Place {
    /// A folder.
    Folder(PathBuf),
}

impl Place {
    /// Opens it.
    ///
    /// # Errors
    /// If there is none.
    pub fn open(&self) -> Result<Arc<dyn ObjectStore>, PlaceError> {
        match self {
            Self::Folder(folder) => open_folder(folder),
        }
    }
}

fn open_folder(folder: &Path) -> Result<Arc<dyn ObjectStore>, PlaceError> {
    if !folder.is_dir() {
        return Err(PlaceError(format!(
            "there is no archive in {}: no such folder; --archive names it",
            folder.display()
        )));
    }
    let store = LocalFileSystem::new_with_prefix(folder);
    store.map(|store| Arc::new(store) as Arc<dyn ObjectStore>).map_err(|error| {
        PlaceError(format!("the archive in {} cannot be opened: {error}", folder.display()))
    })
}

/// Why there is no archive to read.
#[derive(Debug)]
pub struct PlaceError(String);

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PlaceError {}
