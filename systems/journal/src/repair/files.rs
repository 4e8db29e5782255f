//! The files of a damaged journal: those that are there, and those that should be.

use super::salvage::Salvage;
use crate::Disk;
use crate::damage::{Case, Damage, OpenError};
use crate::disk::read_range;
use crate::segment::{
    FILE_FORMAT, HEADER_BYTES, Header, HeaderError, StreamKind, name, parse_name,
};

/// A file, as much of it as can be told.
pub(super) struct File {
    pub(super) name: String,
    pub(super) start: u64,
    pub(super) format: u16,
    pub(super) created_ms: u64,
    /// Bytes of records that count.
    pub(super) len: u64,
}

impl Salvage {
    /// The files of a stream. One whose header is damaged is read by its name.
    pub(super) fn files<D: Disk>(
        &mut self,
        disk: &D,
        stream: StreamKind,
    ) -> Result<Vec<File>, OpenError> {
        let names = disk.list()?;
        let mut starts: Vec<u64> = names
            .iter()
            .filter_map(|name| parse_name(name))
            .filter_map(|(of, start)| (of == stream).then_some(start))
            .collect();
        starts.sort_unstable();
        let mut files: Vec<File> = Vec::new();
        let (mut newer, mut good) = (None, 0);
        for start in starts {
            let name = name(stream, start);
            let len = disk.len(&name)?.saturating_sub(HEADER_BYTES as u64);
            let header = Header::decode(&read_range(disk, &name, 0, HEADER_BYTES)?);
            let mut file = File { name, start, format: FILE_FORMAT, created_ms: 0, len };
            match header {
                Ok(header) if header.start == start && header.stream == stream => {
                    good += 1;
                    self.next_room = self.next_room.max(header.next_room);
                    (file.format, file.created_ms) = (header.format, header.created_ms);
                    self.link(stream, files.last_mut(), header);
                }
                // It never began.
                Err(HeaderError::Damaged) if len == 0 => continue,
                header => {
                    if let Err(HeaderError::Newer(format)) = header {
                        newer = Some((file.name.clone(), format));
                    }
                    self.damage(&file.name, 0, "the header is not as it was written");
                }
            }
            files.push(file);
        }
        match newer {
            // A damaged header may look newer, but not all of them.
            Some((file, format)) if good == 0 => Err(OpenError::Newer { file, format }),
            _ => Ok(files),
        }
    }

    /// A file knows the one before it, and where that one ends.
    fn link(&mut self, stream: StreamKind, before: Option<&mut File>, header: Header) {
        let Some(before) = before else { return };
        if header.previous != before.start {
            self.missing(stream, header.previous);
            return;
        }
        let len = header.follows.saturating_sub(before.start);
        if len > before.len {
            let what = format!("{} bytes are missing at the end", len - before.len);
            self.damage(&before.name, before.len, &what);
        }
        before.len = len.min(before.len);
    }

    pub(super) fn check_kept(&mut self, stream: StreamKind, files: &[File]) {
        let Some(kept) = self.kept else { return };
        let first = files.first().map_or(u64::MAX, |file| file.start);
        let last = files.last().map_or(0, |file| file.start);
        match stream {
            StreamKind::State if first > kept.state_first => self.missing(stream, kept.state_first),
            StreamKind::Events if first > kept.events_first => {
                self.missing(stream, kept.events_first);
            }
            StreamKind::Events if last < kept.events_last => {
                self.missing(stream, kept.events_last);
            }
            _ => {}
        }
    }

    fn missing(&mut self, stream: StreamKind, start: u64) {
        let (case, file) = (Case::MissingFile, name(stream, start));
        let what = "the file is missing".to_owned();
        self.damages.push(Damage { case, file, offset: 0, what });
    }

    pub(super) fn damage(&mut self, file: &str, at: u64, what: &str) {
        let (case, offset) = (Case::BadInside, HEADER_BYTES as u64 + at);
        self.damages.push(Damage { case, file: file.to_owned(), offset, what: what.to_owned() });
    }
}
