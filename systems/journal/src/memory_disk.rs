//! A disk in memory: the same journal, and nothing of it survives the process.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Disk;

/// Bytes of one piece of a file. A file grows by whole pieces, so that an append copies what is
/// appended and nothing else.
const PIECE_BYTES: usize = 256 << 10;

/// Pieces of removed files that are used again: 80 MiB, a file of each stream. Memory that is new to
/// the process costs ten times as much to write to.
const SPARE_MAX: usize = 320;

/// A handle to files in memory: clones share them, and may be used on other threads. What limits it
/// are the journal's [`Options`](crate::Options).
#[derive(Debug, Clone, Default)]
pub struct MemoryDisk(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    files: Mutex<BTreeMap<String, MemoryFile>>,
    /// Empty pieces.
    spare: Mutex<Vec<Vec<u8>>>,
}

/// A file of a [`MemoryDisk`]: its memory is given back when it is removed and nobody reads it.
#[derive(Debug, Clone, Default)]
pub struct MemoryFile(Arc<Mutex<Pieces>>);

/// All but the last are full.
#[derive(Debug, Default)]
struct Pieces(Vec<Vec<u8>>);

impl Pieces {
    fn len(&self) -> usize {
        let last = self.0.last().map_or(0, Vec::len);
        self.0.len().saturating_sub(1) * PIECE_BYTES + last
    }

    fn append(&mut self, mut bytes: &[u8], spare: &Mutex<Vec<Vec<u8>>>) {
        while !bytes.is_empty() {
            if self.0.last().is_none_or(|last| last.len() == PIECE_BYTES) {
                let piece = lock(spare).pop();
                self.0.push(piece.unwrap_or_else(|| Vec::with_capacity(PIECE_BYTES)));
            }
            let Some(last) = self.0.last_mut() else { return };
            let (fits, rest) = bytes.split_at(bytes.len().min(PIECE_BYTES - last.len()));
            last.extend_from_slice(fits);
            bytes = rest;
        }
    }

    fn truncate(&mut self, len: usize) {
        self.0.truncate(len.div_ceil(PIECE_BYTES));
        let full = self.0.len().saturating_sub(1) * PIECE_BYTES;
        if let Some(last) = self.0.last_mut() {
            last.truncate(len - full);
        }
    }

    fn read_at(&self, offset: usize, buf: &mut [u8]) -> usize {
        let mut read = 0;
        while read < buf.len() {
            let at = offset + read;
            let piece =
                self.0.get(at / PIECE_BYTES).and_then(|piece| piece.get(at % PIECE_BYTES..));
            let Some(piece) = piece.filter(|piece| !piece.is_empty()) else { break };
            let len = piece.len().min(buf.len() - read);
            buf[read..read + len].copy_from_slice(&piece[..len]);
            read += len;
        }
        read
    }
}

impl MemoryDisk {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn file(&self, name: &str) -> io::Result<MemoryFile> {
        lock(&self.0.files).get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// A panic elsewhere leaves no file half-changed that matters: a part of an append is cut off.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// No promise that memory could keep.
fn unsynced() -> io::Error {
    let what = "what is in memory survives no loss of power";
    io::Error::new(io::ErrorKind::Unsupported, what)
}

impl Disk for MemoryDisk {
    type File = MemoryFile;

    fn list(&self) -> io::Result<Vec<String>> {
        Ok(lock(&self.0.files).keys().cloned().collect())
    }

    fn create(&mut self, name: &str) -> io::Result<MemoryFile> {
        let mut files = lock(&self.0.files);
        if files.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let file = MemoryFile::default();
        files.insert(name.to_owned(), file.clone());
        Ok(file)
    }

    fn append(&mut self, file: &mut MemoryFile, bytes: &[u8]) -> io::Result<()> {
        lock(&file.0).append(bytes, &self.0.spare);
        Ok(())
    }

    fn truncate(&mut self, file: &mut MemoryFile, len: u64) -> io::Result<()> {
        let mut pieces = lock(&file.0);
        let len = (len as usize).min(pieces.len());
        pieces.truncate(len);
        Ok(())
    }

    fn sync(&mut self, _: &mut MemoryFile) -> io::Result<()> {
        Err(unsynced())
    }

    fn sync_dir(&mut self) -> io::Result<()> {
        Err(unsynced())
    }

    fn len(&self, name: &str) -> io::Result<u64> {
        let file = self.file(name)?;
        let len = lock(&file.0).len();
        Ok(len as u64)
    }

    fn read_at(&self, name: &str, offset: u64, buf: &mut [u8]) -> io::Result<usize> {
        let file = self.file(name)?;
        let read = lock(&file.0).read_at(offset as usize, buf);
        Ok(read)
    }

    fn open_sync(&mut self, _: &str) -> io::Result<()> {
        Err(unsynced())
    }

    fn remove(&mut self, name: &str) -> io::Result<()> {
        let removed = lock(&self.0.files).remove(name);
        let file = removed.ok_or(io::ErrorKind::NotFound)?;
        // Unless somebody reads or writes it at this moment.
        if let Ok(pieces) = Arc::try_unwrap(file.0) {
            let pieces = pieces.into_inner().unwrap_or_else(PoisonError::into_inner).0;
            let mut spare = lock(&self.0.spare);
            let free = SPARE_MAX - spare.len().min(SPARE_MAX);
            spare.extend(pieces.into_iter().take(free).map(|mut piece| {
                piece.clear();
                piece
            }));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::read_range;

    /// Bytes that tell where they are.
    fn bytes(len: usize) -> Vec<u8> {
        (0..len).map(|at| (at / 7) as u8 ^ (at >> 12) as u8).collect()
    }

    #[test]
    fn what_was_appended_in_any_pieces_reads_back_at_any_place() {
        let all = bytes(3 * PIECE_BYTES + 1_000);
        for step in [1_000, PIECE_BYTES - 1, PIECE_BYTES, 2 * PIECE_BYTES + 3] {
            let mut disk = MemoryDisk::new();
            let mut file = disk.create("a").unwrap();
            for piece in all.chunks(step) {
                disk.append(&mut file, piece).unwrap();
            }
            let beside = disk.clone();
            assert_eq!(beside.len("a").unwrap(), all.len() as u64);
            for from in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, 3 * PIECE_BYTES, all.len()] {
                let read = read_range(&beside, "a", from as u64, all.len()).unwrap();
                assert_eq!(read, all[from..], "from {from}, in pieces of {step}");
                let read = read_range(&beside, "a", from as u64, 700).unwrap();
                assert_eq!(read, all[from..(from + 700).min(all.len())]);
            }
        }
    }

    #[test]
    fn a_file_that_was_cut_goes_on_where_it_ends() {
        let all = bytes(2 * PIECE_BYTES + 10);
        for len in [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 9 << 30] {
            let mut disk = MemoryDisk::new();
            let mut file = disk.create("a").unwrap();
            disk.append(&mut file, &all).unwrap();
            disk.truncate(&mut file, len as u64).unwrap();
            let kept = len.min(all.len());
            assert_eq!(disk.len("a").unwrap(), kept as u64);
            disk.append(&mut file, b"more").unwrap();
            let read = read_range(&disk, "a", 0, all.len() + 4).unwrap();
            assert_eq!(read, [&all[..kept], b"more"].concat(), "cut to {len}");
        }
    }

    #[test]
    fn what_was_in_a_removed_file_is_not_in_the_next_one() {
        let all = bytes(3 * PIECE_BYTES);
        let mut disk = MemoryDisk::new();
        let mut file = disk.create("a").unwrap();
        disk.append(&mut file, &all).unwrap();
        drop(file);
        disk.remove("a").unwrap();
        assert_eq!(lock(&disk.0.spare).len(), 3);
        let mut file = disk.create("b").unwrap();
        disk.append(&mut file, b"new").unwrap();
        assert_eq!(lock(&disk.0.spare).len(), 2);
        assert_eq!(read_range(&disk, "b", 0, 100).unwrap(), b"new");
    }

    #[test]
    fn names_are_there_once_and_gone_when_removed() {
        let mut disk = MemoryDisk::new();
        disk.create("a").unwrap();
        assert_eq!(disk.create("a").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(disk.list().unwrap(), ["a"]);
        disk.remove("a").unwrap();
        assert_eq!(disk.remove("a").unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(disk.len("a").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn memory_does_not_promise_to_survive_a_loss_of_power() {
        let mut disk = MemoryDisk::new();
        let mut file = disk.create("a").unwrap();
        assert_eq!(disk.sync(&mut file).unwrap_err().kind(), io::ErrorKind::Unsupported);
        assert_eq!(disk.sync_dir().unwrap_err().kind(), io::ErrorKind::Unsupported);
    }
}
