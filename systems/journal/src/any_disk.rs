//! One of the disks that a server has, as its configuration says.

use std::fs::File;
use std::io;

use crate::{Disk, FileDisk, MemoryDisk, MemoryFile};

/// A directory, or memory.
#[derive(Debug)]
pub enum AnyDisk {
    /// A directory of the file system.
    File(FileDisk),
    /// Memory: nothing survives the process.
    Memory(MemoryDisk),
}

/// A file of an [`AnyDisk`] that is being written.
#[derive(Debug)]
pub enum AnyFile {
    /// Of a [`FileDisk`].
    File(File),
    /// Of a [`MemoryDisk`].
    Memory(MemoryFile),
}

impl From<FileDisk> for AnyDisk {
    fn from(disk: FileDisk) -> Self {
        Self::File(disk)
    }
}

impl From<MemoryDisk> for AnyDisk {
    fn from(disk: MemoryDisk) -> Self {
        Self::Memory(disk)
    }
}

/// The same of either.
macro_rules! either {
    ($any:expr, $disk:ident => $call:expr) => {
        match $any {
            AnyDisk::File($disk) => $call,
            AnyDisk::Memory($disk) => $call,
        }
    };
}

/// The same of either, with a file of the same.
macro_rules! either_file {
    ($any:expr, $of:expr, $disk:ident, $file:ident => $call:expr) => {
        match ($any, $of) {
            (AnyDisk::File($disk), AnyFile::File($file)) => $call,
            (AnyDisk::Memory($disk), AnyFile::Memory($file)) => $call,
            _ => Err(io::Error::new(io::ErrorKind::InvalidInput, "a file of another disk")),
        }
    };
}

impl Disk for AnyDisk {
    type File = AnyFile;

    fn may_write(&self) -> io::Result<()> {
        either!(self, disk => disk.may_write())
    }

    fn list(&self) -> io::Result<Vec<String>> {
        either!(self, disk => disk.list())
    }

    fn create(&mut self, name: &str) -> io::Result<AnyFile> {
        match self {
            Self::File(disk) => disk.create(name).map(AnyFile::File),
            Self::Memory(disk) => disk.create(name).map(AnyFile::Memory),
        }
    }

    fn append(&mut self, file: &mut AnyFile, bytes: &[u8]) -> io::Result<()> {
        either_file!(self, file, disk, file => disk.append(file, bytes))
    }

    fn truncate(&mut self, file: &mut AnyFile, len: u64) -> io::Result<()> {
        either_file!(self, file, disk, file => disk.truncate(file, len))
    }

    fn sync(&mut self, file: &mut AnyFile) -> io::Result<()> {
        either_file!(self, file, disk, file => disk.sync(file))
    }

    fn sync_dir(&mut self) -> io::Result<()> {
        either!(self, disk => disk.sync_dir())
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        either!(self, disk => disk.len(name))
    }

    fn read_at(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        either!(self, disk => disk.read_at(name, offset, buf))
    }

    fn open_sync(&mut self, name: &str) -> io::Result<()> {
        either!(self, disk => disk.open_sync(name))
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        either!(self, disk => disk.remove(name))
    }
}
