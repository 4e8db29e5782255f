//! One manifest from the primary to a follower's target.

use super::{BlockOn, Followed, Follower, Source};
use crate::archiver::caught;
use crate::{Change, Kind, Manifest, Target, TargetError};

impl Follower {
    pub(super) fn transfer(
        &mut self,
        manifest: Manifest,
        source: &dyn Source,
        target: &dyn Target,
        run: &mut impl BlockOn,
    ) -> Followed {
        let id = manifest.id;
        let bytes: u64 = manifest.files.iter().map(|file| file.bytes).sum();
        if self.options.bytes_max < bytes {
            let max = self.options.bytes_max;
            return self.leave_out(id, &format!("its files have {bytes} bytes, more than {max}"));
        }
        match run.block_on(target.holds(id)) {
            Ok(true) => {
                self.breaker.succeeded(self.now.at_ms);
                self.seen.insert(id);
                return Followed::Met;
            }
            // Whether it takes anything is not known yet: a target that is full answers this too.
            Ok(false) => {}
            Err(error) => {
                self.queue.push_front(manifest);
                return self.unavailable(&error);
            }
        }
        let change = match fetch(&manifest, source, run) {
            Ok(Some(change)) => change,
            Ok(None) => {
                self.seen.insert(id);
                return Followed::Gone;
            }
            Err(TargetError::Refused(why)) => return self.leave_out(id, &why),
            Err(error) => {
                self.queue.push_front(manifest);
                return self.troubled(&error);
            }
        };
        self.trouble.reset();
        match caught(|| run.block_on(target.apply(&change))) {
            Ok(_) => {
                self.breaker.succeeded(self.now.at_ms);
                self.seen.insert(id);
                self.counts.manifests += 1;
                self.counts.bytes += bytes;
                Followed::Applied
            }
            Err(TargetError::Refused(why)) => {
                self.breaker.succeeded(self.now.at_ms);
                self.leave_out(id, &why)
            }
            Err(error) => {
                self.queue.push_front(manifest);
                self.unavailable(&error)
            }
        }
    }
}

/// What is left of a manifest in the primary: what is not, is in one that comes later. `None` if
/// that is nothing, or if it is not a batch: then the later one says all there is of its hour.
fn fetch(
    manifest: &Manifest,
    source: &dyn Source,
    run: &mut impl BlockOn,
) -> Result<Option<Change>, TargetError> {
    let mut change = Change { manifest: manifest.clone(), parts: Vec::new() };
    change.manifest.files.clear();
    for file in &manifest.files {
        match run.block_on(source.part(file))? {
            Some(part) => {
                change.manifest.files.push(file.clone());
                change.parts.push(part);
            }
            None if manifest.kind == Kind::Batch => {}
            None => return Ok(None),
        }
    }
    let is_gone = change.parts.is_empty() && !manifest.files.is_empty();
    Ok((!is_gone).then_some(change))
}
