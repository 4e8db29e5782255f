//! The files of a stream: which there are, and whether one is missing.

use crate::Disk;
use crate::damage::{Case, Damage, OpenError};
use crate::disk::read_range;
use crate::segment::{
    HEADER_BYTES, Header, HeaderError, NONE_BEFORE, StreamKind, name, parse_name,
};

/// A segment on the disk.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) header: Header,
    /// Bytes of records that count: up to where the next segment says that this one ends.
    pub(crate) len: u64,
    /// Bytes of records that are there.
    pub(crate) physical: u64,
}

/// All segments of a stream.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    /// The oldest first.
    pub(crate) segments: Vec<Listed>,
    /// Files whose creation did not come to its end.
    pub(crate) unbegun: Vec<String>,
    pub(crate) damages: Vec<Damage>,
}

/// Lists a stream's segments, and checks by their headers that none is missing in between.
pub(crate) fn list<D: Disk>(disk: &D, stream: StreamKind) -> Result<Listing, OpenError> {
    let mut starts: Vec<u64> = disk
        .list()?
        .iter()
        .filter_map(|name| parse_name(name))
        .filter_map(|(of, start)| (of == stream).then_some(start))
        .collect();
    starts.sort_unstable();
    let mut listing = Listing::default();
    for start in starts {
        listing.add(disk, stream, start)?;
    }
    listing.link(stream);
    Ok(listing)
}

impl Listing {
    fn add<D: Disk>(&mut self, disk: &D, stream: StreamKind, start: u64) -> Result<(), OpenError> {
        let name = name(stream, start);
        let physical = disk.len(&name)?.checked_sub(HEADER_BYTES as u64);
        let header = Header::decode(&read_range(disk, &name, 0, HEADER_BYTES)?);
        match header {
            // R8: an older format is read as what it is; what is written is the newest.
            Ok(header) if header.start == start && header.stream == stream => {
                let physical = physical.unwrap_or(0);
                self.segments.push(Listed { name, header, len: physical, physical });
            }
            // R7.
            Err(HeaderError::Newer(format)) => {
                return Err(OpenError::Newer { file: name, format });
            }
            // A header is written before anything else: without records, it was the last there was.
            Err(HeaderError::Damaged) if physical.is_none_or(|bytes| bytes == 0) => {
                self.unbegun.push(name);
            }
            _ => self.damages.push(Damage {
                case: Case::BadInside,
                file: name,
                offset: 0,
                what: "the header is not as it was written".to_owned(),
            }),
        }
        Ok(())
    }

    /// Every segment knows the one before it, and where that one ends.
    fn link(&mut self, stream: StreamKind) {
        for next in 1..self.segments.len() {
            let Header { previous, follows, .. } = self.segments[next].header;
            let before = &mut self.segments[next - 1];
            if previous != before.header.start {
                self.damages.push(Damage {
                    case: Case::MissingFile,
                    file: if previous == NONE_BEFORE {
                        before.name.clone()
                    } else {
                        name(stream, previous)
                    },
                    offset: 0,
                    what: "the file is missing".to_owned(),
                });
                continue;
            }
            let len = follows.saturating_sub(before.header.start);
            if len > before.physical {
                self.damages.push(Damage {
                    case: Case::BadInside,
                    file: before.name.clone(),
                    offset: HEADER_BYTES as u64 + before.physical,
                    what: format!("{} bytes are missing at the end", len - before.physical),
                });
            }
            before.len = len.min(before.physical);
        }
    }
}
