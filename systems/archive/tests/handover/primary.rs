//! A primary that lives: batches come, hours are compacted and rewritten, what was replaced is
//! removed. And a follower's target, which is such a thing too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use archive::{
    Applied, Change, Ended, FileEntry, Hour, Kind, Manifest, ManifestId, Part, Source, Standing,
    Table, Target, TargetError,
};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use uuid::Uuid;

use crate::chance::Chance;

/// An archive of one table: which matches are in which file.
#[derive(Debug, Default)]
pub(crate) struct Place {
    pub(crate) manifests: BTreeMap<ManifestId, Manifest>,
    files: BTreeMap<String, Vec<u8>>,
    names: u64,
    pub(crate) chance: Option<Chance>,
    /// In how many of 100 calls something fails.
    pub(crate) flaky: u64,
}

impl Place {
    fn replaced(&self) -> BTreeSet<&str> {
        self.manifests.values().flat_map(|of| &of.replaces).map(String::as_str).collect()
    }

    /// The files that count, and the manifest each is in.
    fn live(&self) -> Vec<(&FileEntry, ManifestId)> {
        let replaced = self.replaced();
        let all = self.manifests.values();
        all.flat_map(|of| of.files.iter().map(|file| (file, of.id)))
            .filter(|(file, _)| !replaced.contains(file.path.as_str()))
            .collect()
    }

    /// How often each match is seen in each hour.
    pub(crate) fn seen(&self) -> BTreeMap<(Hour, u8), usize> {
        let mut seen = BTreeMap::new();
        for (file, _) in self.live() {
            for of in self.files.get(&file.path).into_iter().flatten() {
                *seen.entry((file.hour, *of)).or_insert(0) += 1;
            }
        }
        seen
    }

    fn publish(
        &mut self,
        kind: Kind,
        created_ms: u64,
        hours: BTreeMap<Hour, Vec<u8>>,
        replaces: Vec<String>,
        batches: Vec<ManifestId>,
    ) {
        self.names += 1;
        // Names need not be in the order of time.
        let scattered = Chance(self.names).next();
        let id = ManifestId(Uuid::from_u64_pair(scattered, self.names));
        let mut files = Vec::new();
        for (hour, matches) in hours {
            let path = format!("{hour}/{id}");
            let (rows, bytes) = (matches.len() as u64, matches.len() as u64);
            files.push(FileEntry {
                table: Table::Matches,
                hour,
                path: path.clone(),
                rows,
                bytes,
                sha256: String::new(),
            });
            self.files.insert(path, matches);
        }
        let matches = files.iter().map(|file| file.rows).sum();
        let writer = "simulation".to_owned();
        let (format, schema) = (1, 1);
        self.manifests.insert(
            id,
            Manifest {
                format,
                id,
                kind,
                created_ms,
                writer,
                schema,
                matches,
                files,
                replaces,
                batches,
            },
        );
    }

    pub(crate) fn add_batch(&mut self, created_ms: u64, matches: &[(Hour, u8)]) {
        let mut hours: BTreeMap<Hour, Vec<u8>> = BTreeMap::new();
        for (hour, of) in matches {
            hours.entry(*hour).or_default().push(*of);
        }
        self.publish(Kind::Batch, created_ms, hours, Vec::new(), Vec::new());
    }

    /// The files of an hour become one. With `forgetful`, what the replaced ones replaced is not
    /// listed again.
    pub(crate) fn rewrite(&mut self, kind: Kind, created_ms: u64, hour: Hour, forgetful: bool) {
        let (mut matches, mut replaces) = (Vec::new(), BTreeSet::new());
        let mut batches = BTreeSet::new();
        for (file, id) in self.live() {
            if file.hour == hour {
                let manifest = &self.manifests[&id];
                matches.extend(self.files.get(&file.path).into_iter().flatten());
                replaces.insert(file.path.clone());
                if !forgetful {
                    replaces.extend(manifest.replaces.iter().cloned());
                }
                batches.extend(manifest.batches.iter().copied());
                batches.extend((manifest.kind == Kind::Batch).then_some(id));
            }
        }
        let (replaces, batches): (Vec<_>, Vec<_>) =
            (replaces.into_iter().collect(), batches.into_iter().collect());
        if kind == Kind::Retention {
            self.publish(kind, created_ms, BTreeMap::new(), replaces, Vec::new());
        } else if !matches.is_empty() {
            let hours = BTreeMap::from([(hour, matches)]);
            self.publish(kind, created_ms, hours, replaces, batches);
        }
    }

    /// Removes what was replaced: files, and manifests that have no others.
    pub(crate) fn sweep(&mut self) {
        let replaced: BTreeSet<String> = self.replaced().into_iter().map(str::to_owned).collect();
        self.files.retain(|path, _| !replaced.contains(path));
        let is_gone = |file: &FileEntry| replaced.contains(&file.path);
        self.manifests.retain(|_, of| of.files.is_empty() || !of.files.iter().all(is_gone));
    }

    fn fails(&mut self) -> bool {
        let flaky = self.flaky;
        self.chance.as_mut().is_some_and(|chance| chance.is(flaky))
    }
}

/// A [`Place`] behind a lock, as primary or as follower.
#[derive(Debug, Default)]
pub(crate) struct Shared(pub(crate) Mutex<Place>);

fn away<T>() -> Result<T, TargetError> {
    Err(TargetError::Unavailable("simulated".to_owned()))
}

impl Source for Shared {
    fn manifests(&self) -> BoxFuture<'_, Result<Vec<ManifestId>, TargetError>> {
        let mut place = self.0.lock().unwrap();
        let done =
            if place.fails() { away() } else { Ok(place.manifests.keys().copied().collect()) };
        ready(done).boxed()
    }

    fn manifest(&self, id: ManifestId) -> BoxFuture<'_, Result<Option<Manifest>, TargetError>> {
        let mut place = self.0.lock().unwrap();
        let done = if place.fails() { away() } else { Ok(place.manifests.get(&id).cloned()) };
        ready(done).boxed()
    }

    fn part<'a>(&'a self, file: &'a FileEntry) -> BoxFuture<'a, Result<Option<Part>, TargetError>> {
        let mut place = self.0.lock().unwrap();
        if place.fails() {
            return ready(away()).boxed();
        }
        let part = place.files.get(&file.path).map(|bytes| Part {
            table: file.table,
            hour: file.hour,
            rows: file.rows,
            bytes: bytes.clone().into(),
        });
        ready(Ok(part)).boxed()
    }
}

impl Target for Shared {
    fn name(&self) -> &str {
        "follower"
    }

    fn apply<'a>(&'a self, change: &'a Change) -> BoxFuture<'a, Result<Applied, TargetError>> {
        let mut place = self.0.lock().unwrap();
        if place.fails() {
            return ready(away()).boxed();
        }
        let id = change.manifest.id;
        let before = place.manifests.insert(id, change.manifest.clone());
        for (file, part) in change.manifest.files.iter().zip(&change.parts) {
            place.files.insert(file.path.clone(), part.bytes.to_vec());
        }
        let applied = if before.is_some() { Applied::Before } else { Applied::Now };
        let done = if place.fails() { away() } else { Ok(applied) };
        ready(done).boxed()
    }

    fn holds(&self, batch: ManifestId) -> BoxFuture<'_, Result<bool, TargetError>> {
        let mut place = self.0.lock().unwrap();
        if place.fails() {
            return ready(away()).boxed();
        }
        let held = place.manifests.contains_key(&batch)
            || place.manifests.values().any(|of| of.batches.contains(&batch));
        ready(Ok(held)).boxed()
    }

    fn standing<'a>(
        &'a self,
        matches: &'a [Ended],
    ) -> BoxFuture<'a, Result<Vec<Standing>, TargetError>> {
        let seen = self.0.lock().unwrap().seen();
        let has = |of: &Ended| seen.keys().any(|(_, id)| *id == of.match_id.0[15]);
        let of = |of: &Ended| if has(of) { Standing::Same } else { Standing::Absent };
        ready(Ok(matches.iter().map(of).collect())).boxed()
    }

    fn probe(&self) -> BoxFuture<'_, Result<(), TargetError>> {
        let done = if self.0.lock().unwrap().fails() { away() } else { Ok(()) };
        ready(done).boxed()
    }
}
