//! A step: one change of one hour. The store takes one step of a number, so of two keepers that
//! planned on the same state one is first; the other sees it and plans anew.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::object::{
    Published, StoreError, delete, publish, sha256_hex, step_id, step_of, step_path,
};
use crate::{FileEntry, Hour, Kind, Manifest, ManifestId, Part, Table};

use super::Keeper;

/// What is to be different in an hour.
pub(super) struct Plan {
    pub(super) hour: Hour,
    pub(super) kind: Kind,
    /// Files to come.
    pub(super) parts: Vec<Part>,
    /// Files to go.
    pub(super) gone: HashSet<String>,
}

impl Keeper {
    /// The id of the next step of this hour: files are written for it before it is taken.
    pub(super) fn next_step(&self, hour: Hour) -> ManifestId {
        let newest = self.catalog.newest_step(hour).and_then(|step| step_of(step.id));
        step_id(hour, newest.map_or(1, |(_, number)| number.saturating_add(1)))
    }

    /// Takes the step, and says what it is now; none if another keeper was quicker: then the
    /// catalog is up to date, and nothing of this plan is left.
    pub(super) async fn commit(
        &mut self,
        plan: Plan,
        now_ms: u64,
    ) -> Result<Option<Arc<Manifest>>, StoreError> {
        let store = self.store();
        let manifest = self.manifest_of(&plan, now_ms);
        let published = publish(&*store, &manifest, &plan.parts).await?;
        self.catalog.refresh().await?;
        let newest = self.catalog.newest_step(plan.hour).cloned();
        let first =
            newest.filter(|newest| published != Published::Lost && newest.id == manifest.id);
        if first.is_some() {
            return Ok(first);
        }
        if published == Published::Now {
            // We slept while others took this step, later ones, and forgot it again: ours counts for
            // nothing, and is not to be met by anybody.
            delete(&*store, &[Manifest::path(manifest.id)]).await?;
            self.catalog.refresh().await?;
        }
        self.withdraw(&manifest, plan.parts.len()).await?;
        Ok(None)
    }

    /// Removes the files of a step that was not taken, but for those the other keeper wrote too.
    async fn withdraw(&mut self, manifest: &Manifest, parts: usize) -> Result<(), StoreError> {
        let listed = |path: &String| {
            let mut all = self.catalog.manifests().flat_map(|manifest| &manifest.files);
            all.any(|file| file.path == *path)
        };
        let ours = manifest.files.iter().take(parts).map(|file| file.path.clone());
        let ours: Vec<String> = ours.filter(|path| !listed(path)).collect();
        delete(&*self.store(), &ours).await?;
        Ok(())
    }

    /// The step says all there is of its hour, and all that was replaced there ever, so that the
    /// manifests before it may go.
    fn manifest_of(&self, plan: &Plan, now_ms: u64) -> Manifest {
        let (hour, id) = (plan.hour, self.next_step(plan.hour));
        let mut files: Vec<FileEntry> = plan.parts.iter().map(|part| entry(id, part)).collect();
        let live = Table::ALL.into_iter().flat_map(|table| self.catalog.files(table, hour..=hour));
        files.extend(live.filter(|file| !plan.gone.contains(&file.path)).cloned());
        let (mut batches, mut schema) = (BTreeSet::new(), 1);
        for manifest in self.catalog.manifests() {
            if manifest.files.iter().any(|file| file.hour == hour) {
                schema = schema.max(manifest.schema);
                batches.extend((manifest.kind == Kind::Batch).then_some(manifest.id));
            }
        }
        let mut replaces: BTreeSet<String> = plan.gone.iter().cloned().collect();
        if let Some(before) = self.catalog.newest_step(hour) {
            batches.extend(&before.batches);
            replaces.extend(before.replaces.iter().cloned());
        }
        let matches = files.iter().filter(|file| file.table == Table::Matches);
        Manifest {
            format: Manifest::FORMAT,
            id,
            kind: plan.kind,
            created_ms: now_ms,
            writer: concat!("liap ", env!("CARGO_PKG_VERSION")).into(),
            schema,
            matches: matches.map(|file| file.rows).sum(),
            files,
            replaces: replaces.into_iter().collect(),
            batches: batches.into_iter().collect(),
        }
    }
}

fn entry(id: ManifestId, part: &Part) -> FileEntry {
    let sha256 = sha256_hex(&part.bytes);
    FileEntry {
        table: part.table,
        hour: part.hour,
        path: step_path(part.table, part.hour, id, &sha256),
        rows: part.rows,
        bytes: part.bytes.len() as u64,
        sha256,
    }
}
