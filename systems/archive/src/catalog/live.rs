//! Which files count: of each hour those its newest step lists, and those of batches it does not
//! know yet.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use crate::object::step_of;
use crate::{FileEntry, Hour, Kind, Manifest, ManifestId, Table};

/// What follows from a set of manifests.
#[derive(Default)]
pub(super) struct Live {
    pub(super) files: BTreeMap<(Table, Hour), Vec<Slot>>,
    pub(super) hours: BTreeMap<Hour, OneHour>,
    /// Batches that were merged into others, and a manifest that says so.
    pub(super) merged: BTreeMap<ManifestId, ManifestId>,
}

/// An hour that has files or was kept.
#[derive(Default)]
pub(super) struct OneHour {
    /// The newest change that keeping made here: it says what is there of all before it.
    pub(super) step: Option<Arc<Manifest>>,
    pub(super) files: usize,
}

/// A file, held by the manifest that lists it.
pub(super) struct Slot {
    manifest: Arc<Manifest>,
    index: usize,
}

impl Slot {
    pub(super) fn entry(&self) -> &FileEntry {
        &self.manifest.files[self.index]
    }
}

impl Live {
    pub(super) fn of<'a>(manifests: impl Iterator<Item = &'a Arc<Manifest>> + Clone) -> Self {
        let mut live = Self::default();
        // Ids of an hour's steps sort by their number, so the last one stays.
        for manifest in manifests.clone() {
            if let Some((hour, _)) = step_of(manifest.id).filter(|_| manifest.kind != Kind::Batch) {
                live.hours.entry(hour).or_default().step = Some(Arc::clone(manifest));
            }
        }
        // Besides what a step names, all it knows the batch or the step of: one that is published
        // again by who did not hear that it had been merged since is not seen twice.
        let (mut gone, mut told) = (HashSet::new(), HashSet::new());
        for (hour, step) in &live.hours {
            let Some(step) = &step.step else { continue };
            gone.extend(step.replaces.iter().map(String::as_str));
            told.extend(step.batches.iter().map(|batch| (*hour, *batch)));
            live.merged.extend(step.batches.iter().map(|batch| (*batch, step.id)));
        }
        let mut slots = Vec::new();
        for manifest in manifests {
            if manifest.kind != Kind::Batch && !live.is_newest(manifest.id) {
                continue;
            }
            for (index, file) in manifest.files.iter().enumerate() {
                if !told.contains(&(file.hour, manifest.id)) && !gone.contains(file.path.as_str()) {
                    slots.push(Slot { manifest: Arc::clone(manifest), index });
                }
            }
        }
        for slot in slots {
            let (table, hour) = (slot.entry().table, slot.entry().hour);
            live.files.entry((table, hour)).or_default().push(slot);
            live.hours.entry(hour).or_default().files += 1;
        }
        live
    }

    fn is_newest(&self, id: ManifestId) -> bool {
        let hour = step_of(id).and_then(|(hour, _)| self.hours.get(&hour));
        hour.and_then(|hour| hour.step.as_ref()).is_some_and(|step| step.id == id)
    }
}
