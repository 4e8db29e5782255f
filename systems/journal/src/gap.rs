//! Damage in the oldest file of the state, met while that is copied forward.

use std::ops::Range;

use crate::disk::read_range;
use crate::frame;
use crate::housekeeping::KeepError;
use crate::scan::Scan;
use crate::segment::{HEADER_BYTES, Segment, StreamKind, name};
use crate::source::ReadError;
use crate::{Disk, Journal};

impl<D: Disk> Journal<D> {
    /// There is no good record at `from`, in the oldest segment: passes over what is damaged, if
    /// nothing that lives is in it. Returns the position of the next good record, or the segment's
    /// end.
    pub(crate) fn pass_over(&mut self, oldest: Segment, from: u64) -> Result<u64, KeepError> {
        let file = name(StreamKind::State, oldest.start);
        let offset = HEADER_BYTES as u64 + (from - oldest.start);
        let bytes = read_range(&self.disk, &file, offset, (oldest.end - from) as usize)?;
        if frame::read(&bytes, from).is_some() {
            // It was read badly, and is good where it lies.
            return Ok(from);
        }
        let mut scan = Scan::new(StreamKind::State, &bytes, from);
        scan.resync();
        let next = scan.next().map_or(oldest.end, |(at, _)| from + at as u64);
        let gap = from..next;
        let is_needed = |position: u64| gap.contains(&position);
        let mut live = self.live.iter();
        let lost = live.find(|(_, live)| is_needed(live.newest) || is_needed(live.full));
        if let Some((room, _)) = lost {
            let what = format!("the newest state of room {:#x} is damaged", room.0);
            return Err(ReadError::Damaged { file, offset, what }.into());
        }
        self.copy_waiting_in(&gap);
        self.stats.damaged_pieces += 1;
        let bytes = next - from;
        tracing::error!(
            file,
            offset,
            bytes,
            "the state is damaged where nothing needs it any more"
        );
        Ok(next)
    }

    /// What is known of finished matches and of batches is all in memory.
    fn copy_waiting_in(&mut self, gap: &Range<u64>) {
        let lost = self.waiting.matches().values().filter(|done| gap.contains(&done.position));
        let lost: Vec<_> = lost.map(|done| done.match_id).collect();
        for id in lost {
            self.copy_finished(id);
        }
        for id in self.waiting.intents_in(gap) {
            self.copy_intent(id);
        }
    }
}
