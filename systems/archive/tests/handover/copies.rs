//! A follower between two real object stores.

use std::sync::Arc;

use archive::{
    Applied, BlockOn, Catalog, CatalogLimits, Change, FileEntry, FollowOptions, Followed, Follower,
    Hour, Kind, Manifest, ManifestId, Moment, ObjectTarget, Part, Table, Target, part_path,
};
use futures_util::future::BoxFuture;
use object_store::memory::InMemory;
use object_store::path::Path as Location;
use object_store::{ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

struct Waits(Runtime);

impl BlockOn for Waits {
    fn block_on<T: Send>(&mut self, future: BoxFuture<'_, T>) -> T {
        self.0.block_on(future)
    }
}

fn change(n: u64, hour: Hour) -> Change {
    let id = ManifestId(Uuid::from_u64_pair(n, 0x8000_0000_0000_0000));
    let part = |table: Table| Part {
        table,
        hour,
        rows: 1,
        bytes: format!("{table:?} {n}").into_bytes().into(),
    };
    let parts: Vec<Part> = Table::ALL.into_iter().map(part).collect();
    let file = |part: &Part| FileEntry {
        table: part.table,
        hour,
        path: part_path(part.table, hour, id),
        rows: 1,
        bytes: part.bytes.len() as u64,
        sha256: Sha256::digest(&part.bytes).iter().map(|byte| format!("{byte:02x}")).collect(),
    };
    let manifest = Manifest {
        format: Manifest::FORMAT,
        id,
        kind: Kind::Batch,
        created_ms: n,
        writer: "test".to_owned(),
        schema: 1,
        matches: 1,
        files: parts.iter().map(file).collect(),
        replaces: Vec::new(),
        batches: Vec::new(),
    };
    Change { manifest, parts }
}

#[test]
fn what_is_in_one_store_is_in_the_other_byte_by_byte() {
    let mut run = Waits(Builder::new_current_thread().enable_all().build().unwrap());
    let stores: [Arc<dyn ObjectStore>; 2] = [Arc::new(InMemory::new()), Arc::new(InMemory::new())];
    let [primary, copy] =
        stores.clone().map(|store| ObjectTarget::new(store, "memory", CatalogLimits::default()));
    for n in 0..5 {
        let applied = run.block_on(primary.apply(&change(n, Hour(n as u32 / 2)))).unwrap();
        assert_eq!(applied, Applied::Now);
    }
    let damaged = change(3, Hour(1)).manifest.files[2].path.clone();
    let damaged = Location::from(damaged.as_str());
    let whole = run.0.block_on(async { stores[0].get(&damaged).await?.bytes().await }).unwrap();
    run.0.block_on(stores[0].put(&damaged, b"Plays x".to_vec().into())).unwrap();

    let mut now = Moment { at_ms: 0, wall_ms: 0 };
    let mut follower = Follower::new(FollowOptions::default(), now);
    let mut catch_up = |now: Moment, run: &mut Waits| {
        while follower.step(now, &primary, &copy, run).did != Followed::Idle {}
        follower.status(now).counts
    };
    let counts = catch_up(now, &mut run);
    assert_eq!((counts.manifests, counts.left_out), (4, 1));
    assert!(counts.last_error.unwrap().text.contains("SHA-256"));

    run.0.block_on(stores[0].put(&damaged, whole.into())).unwrap();
    now.at_ms = 3_600_000;
    assert_eq!(catch_up(now, &mut run).manifests, 5);
    let limits = CatalogLimits::default();
    for table in Table::ALL {
        let seen = stores.clone().map(|store| {
            let catalog = run.0.block_on(Catalog::load(store, limits)).unwrap();
            catalog.files(table, Hour(0)..=Hour(9)).cloned().collect::<Vec<_>>()
        });
        assert_eq!(seen[0], seen[1]);
        assert_eq!(seen[0].len(), 5);
    }
}
