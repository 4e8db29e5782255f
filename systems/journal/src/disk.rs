//! The one seam to storage: a directory of flat files that only grow.

use std::{fmt, io};

/// One directory of files with flat names. All sizes and offsets in bytes.
///
/// There are [`FileDisk`](crate::FileDisk), [`MemoryDisk`](crate::MemoryDisk), either of them as
/// [`AnyDisk`](crate::AnyDisk), and with the feature `faults` a simulated one that tears, loses, fails
/// and fills up.
pub trait Disk {
    /// A file that is being written.
    type File: fmt::Debug;

    /// Whether files can be begun and removed at all.
    ///
    /// # Errors
    /// When it is there for reading only.
    fn may_write(&self) -> io::Result<()> {
        Ok(())
    }

    /// The names of all files, in any order.
    ///
    /// # Errors
    /// When the directory cannot be read.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Begins a file.
    ///
    /// # Errors
    /// When there is one of this name already, or there can be none.
    fn create(&mut self, name: &str) -> io::Result<Self::File>;

    /// Adds bytes at the file's end.
    ///
    /// # Errors
    /// When not all of them could be written; any part of them may have been.
    fn append(&mut self, file: &mut Self::File, bytes: &[u8]) -> io::Result<()>;

    /// Cuts the file to this length; what is appended next comes there.
    ///
    /// # Errors
    /// When it cannot be cut.
    fn truncate(&mut self, file: &mut Self::File, len: u64) -> io::Result<()>;

    /// Returns once the file's bytes would survive a loss of power.
    ///
    /// # Errors
    /// When that is not certain. It must not be tried again: the bytes may be gone by then.
    fn sync(&mut self, file: &mut Self::File) -> io::Result<()>;

    /// The same for the files' names: those created, and those removed.
    ///
    /// # Errors
    /// As [`Disk::sync`].
    fn sync_dir(&mut self) -> io::Result<()>;

    /// The length of a file.
    ///
    /// # Errors
    /// When there is none of this name.
    fn len(&self, name: &str) -> io::Result<u64>;

    /// Reads bytes of a file: as many as there are from `offset` on and `buf` has room for.
    ///
    /// # Errors
    /// When there is none of this name, or it cannot be read.
    fn read_at(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize>;

    /// [`Disk::sync`] for a file that was there before.
    ///
    /// # Errors
    /// As [`Disk::sync`], or when there is none of this name.
    fn open_sync(&mut self, name: &str) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// When it is still there.
    fn remove(&mut self, name: &str) -> io::Result<()>;
}

/// Reads a file from `offset` on, at most `len` bytes of it.
pub(crate) fn read_range<D: Disk>(
    disk: &D,
    name: &str,
    offset: u64,
    len: usize,
) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len];
    let read = disk.read_at(name, offset, &mut bytes)?;
    bytes.truncate(read);
    Ok(bytes)
}
