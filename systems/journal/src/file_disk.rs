//! The real disk: a directory that one process at a time may write.

use std::cell::RefCell;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::Disk;

/// The file whose lock says that a process writes this directory.
const LOCK: &str = "LOCK";

/// Who may read a file: its owner.
pub(crate) const FILE_MODE: u32 = 0o600;

/// Who may look into a directory: its owner.
pub(crate) const DIRECTORY_MODE: u32 = 0o700;

/// Files kept open for reading: the newest of both streams and the one that is being given up.
const READERS_MAX: usize = 4;

/// A directory of the file system. All that is written goes through one append or one rename-free
/// create: no file is ever changed in place. What it makes is for its owner alone, since it holds
/// seeds and secrets of games that are going on.
#[derive(Debug)]
pub struct FileDisk {
    dir: PathBuf,
    /// Held for as long as the disk: the lock goes with the process, however it ends.
    lock: Option<File>,
    readers: RefCell<Vec<(String, File)>>,
}

impl FileDisk {
    /// Opens a directory for writing; makes it where there is none.
    ///
    /// # Errors
    /// When it cannot be made, or another process writes it: `ResourceBusy` (recovery case R11).
    pub fn open(dir: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(DIRECTORY_MODE).create(dir)?;
        let lock =
            OpenOptions::new().create(true).append(true).mode(FILE_MODE).open(dir.join(LOCK))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let dir = dir.display();
                return Err(io::Error::new(
                    io::ErrorKind::ResourceBusy,
                    format!("{dir} is in use: another process holds the lock on {dir}/{LOCK}"),
                ));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
        Ok(Self { dir: dir.to_owned(), lock: Some(lock), readers: RefCell::default() })
    }

    /// Opens a directory for reading: also one that a server writes at this moment. Nothing in it
    /// is changed.
    ///
    /// # Errors
    /// When there is no such directory.
    pub fn read_only(dir: &Path) -> io::Result<Self> {
        fs::read_dir(dir)?;
        Ok(Self { dir: dir.to_owned(), lock: None, readers: RefCell::default() })
    }
}

impl Disk for FileDisk {
    type File = File;

    fn may_write(&self) -> io::Result<()> {
        if self.lock.is_some() {
            return Ok(());
        }
        let dir = self.dir.display();
        Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            format!("{dir} was opened for reading only"),
        ))
    }

    fn list(&self) -> io::Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.dir)? {
            names.extend(entry?.file_name().into_string());
        }
        // A file that another handle removed takes space for as long as it is open here.
        self.readers.borrow_mut().retain(|(known, _)| names.contains(known));
        Ok(names)
    }

    fn create(&mut self, name: &str) -> io::Result<File> {
        self.may_write()?;
        let mut options = OpenOptions::new();
        options.append(true).create_new(true).mode(FILE_MODE).open(self.dir.join(name))
    }

    fn append(&mut self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn truncate(&mut self, file: &mut File, len: u64) -> io::Result<()> {
        file.set_len(len)
    }

    fn sync(&mut self, file: &mut File) -> io::Result<()> {
        file.sync_data()
    }

    fn sync_dir(&mut self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        Ok(fs::metadata(self.dir.join(name))?.len())
    }

    fn read_at(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let mut readers = self.readers.borrow_mut();
        let at = match readers.iter().position(|(known, _)| known == name) {
            Some(at) => at,
            None => {
                if readers.len() == READERS_MAX {
                    readers.remove(0);
                }
                readers.push((name.to_owned(), File::open(self.dir.join(name))?));
                readers.len() - 1
            }
        };
        let mut read = 0;
        while read < buf.len() {
            match readers[at].1.read_at(&mut buf[read..], offset + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    fn open_sync(&mut self, name: &str) -> io::Result<()> {
        self.may_write()?;
        OpenOptions::new().append(true).open(self.dir.join(name))?.sync_data()
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        self.may_write()?;
        self.readers.borrow_mut().retain(|(known, _)| known != name);
        fs::remove_file(self.dir.join(name))
    }
}
