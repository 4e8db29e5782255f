//! A folder as a store: what was put there is on the disk before the answer.

mod identity;

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Location;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};
use uuid::Uuid;

pub use identity::{adopt_folder, check_folder};

/// A put starts over when another process swept its folder away beneath it, this often.
const TRIES: u32 = 5;

/// A local folder. Reading is `object_store`'s; what writes is here, since that one syncs nothing.
/// It works on the thread it is called on, which is the archive's own.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    root: PathBuf,
    reads: LocalFileSystem,
    /// Which archive it was when it was opened, if it said so.
    id: Option<Uuid>,
}

impl Folder {
    /// Opens the folder, creating it if need be, and removes what killed processes left half-written
    /// there. Errors: it cannot be created, or is no folder.
    pub(crate) fn open(root: &Path) -> io::Result<Self> {
        fs::create_dir_all(root)?;
        let root = root.canonicalize()?;
        sync_folders(&root, &root)?;
        if let Some(parent) = root.parent() {
            File::open(parent)?.sync_all()?;
        }
        remove_staged(&root)?;
        let reads = LocalFileSystem::new_with_prefix(&root).map_err(io::Error::other)?;
        let id = identity::id_of(&root)?;
        Ok(Self { root, reads, id })
    }

    /// Whether it is still the archive that was opened: a mount may go, and another folder be there.
    fn check(&self) -> io::Result<()> {
        if self.id.is_none() || identity::id_of(&self.root)? == self.id {
            return Ok(());
        }
        let root = self.root.display();
        Err(io::Error::other(format!(
            "{root} is not the archive any more: it has no _archive.json, or another; if it is a \
             mount, mount it"
        )))
    }

    /// Brings a file that another process may have written, and its name, to the disk.
    pub(crate) fn sync(&self, location: &Location) -> Result<()> {
        let path = self.reads.path_to_filesystem(location)?;
        sync_file(&self.root, &path).map_err(|error| failed(&path, error))
    }

    fn put(&self, path: &Path, payload: &PutPayload, create: bool) -> io::Result<()> {
        for _ in 1..TRIES {
            match self.try_put(path, payload, create) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                other => return other,
            }
        }
        self.try_put(path, payload, create)
    }

    fn try_put(&self, path: &Path, payload: &PutPayload, create: bool) -> io::Result<()> {
        self.check()?;
        let folder = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)?;
        let mut staged = Staged::new(path)?;
        for bytes in payload {
            staged.file.write_all(bytes)?;
        }
        staged.file.sync_all()?;
        if create {
            let linked = fs::hard_link(&staged.path, path);
            if linked.as_ref().is_err_and(|error| error.kind() == ErrorKind::AlreadyExists) {
                sync_file(&self.root, path)?;
            }
            linked?;
        } else {
            fs::rename(&staged.path, path)?;
        }
        drop(staged);
        sync_folders(&self.root, folder)
    }

    /// Removes a file, and the folders that are empty then.
    fn delete(&self, location: &Location) -> Result<()> {
        let path = self.reads.path_to_filesystem(location)?;
        fs::remove_file(&path).map_err(|error| failed(&path, error))?;
        let mut folder = path.parent();
        while let Some(empty) = folder.filter(|folder| *folder != self.root) {
            if fs::remove_dir(empty).is_err() {
                break;
            }
            folder = empty.parent();
        }
        match folder.map(|folder| sync_folders(folder, folder)) {
            Some(Err(error)) if error.kind() != ErrorKind::NotFound => Err(failed(&path, error)),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for Folder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "folder {}", self.root.display())
    }
}

#[async_trait]
impl ObjectStore for Folder {
    async fn put_opts(
        &self,
        location: &Location,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let create = match options.mode {
            PutMode::Create => true,
            PutMode::Overwrite => false,
            PutMode::Update(_) => return Err(not_here("an update")),
        };
        let path = self.reads.path_to_filesystem(location)?;
        self.put(&path, &payload, create).map_err(|error| failed(&path, error))?;
        Ok(PutResult { e_tag: None, version: None })
    }

    async fn put_multipart_opts(
        &self,
        _location: &Location,
        _options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(not_here("an upload in parts"))
    }

    async fn get_opts(&self, location: &Location, options: GetOptions) -> Result<GetResult> {
        self.reads.get_opts(location, options).await
    }

    async fn get_ranges(&self, location: &Location, ranges: &[Range<u64>]) -> Result<Vec<Bytes>> {
        self.reads.get_ranges(location, ranges).await
    }

    fn delete_stream(
        &self,
        locations: BoxStream<'static, Result<Location>>,
    ) -> BoxStream<'static, Result<Location>> {
        let folder = self.clone();
        locations
            .map(move |location| {
                let location = location?;
                folder.delete(&location).map(|()| location)
            })
            .boxed()
    }

    fn list(&self, prefix: Option<&Location>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.check() {
            // What is not there any more must not look empty.
            Err(error) => stream::iter([Err(failed(&self.root, error))]).boxed(),
            Ok(()) => self.reads.list(prefix),
        }
    }

    fn list_with_offset(
        &self,
        prefix: Option<&Location>,
        offset: &Location,
    ) -> BoxStream<'static, Result<ObjectMeta>> {
        self.reads.list_with_offset(prefix, offset)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Location>) -> Result<ListResult> {
        self.reads.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, _: &Location, _: &Location, _: CopyOptions) -> Result<()> {
        Err(not_here("a copy"))
    }
}

/// A file on its way in, named `{name}#{number}` so that no listing shows it. Its lock tells that
/// its writer lives.
struct Staged {
    file: File,
    path: PathBuf,
}

impl Staged {
    fn new(target: &Path) -> io::Result<Self> {
        for number in 1_u32..=u32::from(u16::MAX) {
            let mut path = target.as_os_str().to_owned();
            path.push(format!("#{number}"));
            let path = PathBuf::from(path);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    // One that starts this moment may take it for a dead one's, and remove it: then
                    // its name is gone, and the put starts over.
                    let _ = file.try_lock();
                    return Ok(Self { file, path });
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
        Err(io::Error::other("too many half-written files of this name: remove those with a #"))
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes half-written files whose writer is gone.
fn remove_staged(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            remove_staged(&path)?;
        } else if is_staged(&entry.file_name().to_string_lossy()) {
            let Ok(file) = File::open(&path) else { continue };
            match file.try_lock().map(|()| fs::remove_file(&path)) {
                Ok(Err(error)) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
    }
    Ok(())
}

fn is_staged(name: &str) -> bool {
    let number = name.rsplit_once('#').map(|(_, number)| number);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

fn sync_file(root: &Path, path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    sync_folders(root, path.parent().unwrap_or(root))
}

/// Brings the names in this folder, and those on the way to it, to the disk.
fn sync_folders(root: &Path, folder: &Path) -> io::Result<()> {
    for folder in folder.ancestors() {
        File::open(folder)?.sync_all()?;
        if folder == root {
            break;
        }
    }
    Ok(())
}

fn failed(path: &Path, error: io::Error) -> Error {
    let shown = path.display().to_string();
    match error.kind() {
        ErrorKind::AlreadyExists => Error::AlreadyExists { path: shown, source: error.into() },
        ErrorKind::NotFound => Error::NotFound { path: shown, source: error.into() },
        ErrorKind::PermissionDenied => {
            Error::PermissionDenied { path: shown, source: error.into() }
        }
        _ => Error::Generic { store: "folder", source: format!("{shown}: {error}").into() },
    }
}

fn not_here(operation: &str) -> Error {
    Error::NotImplemented { operation: operation.into(), implementer: "folder".into() }
}
