//! What a catalog sees of a store.

use futures_util::FutureExt;
use object_store::ObjectStoreExt;
use object_store::memory::InMemory;
use object_store::path::Path as Location;

use super::*;
use crate::object::{publish, step_id};
use crate::testing::{Faulty, HOUR, Others, batch_id, run, text_batch};
use crate::{Change, Kind};

fn memory() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}

async fn put(store: &Arc<dyn ObjectStore>, change: &Change) {
    publish(&**store, &change.manifest, &change.parts).await.unwrap();
}

fn paths(catalog: &Catalog, table: Table) -> Vec<String> {
    catalog.files(table, ..).map(|file| file.path.clone()).collect()
}

/// A step that takes over all of these batches.
fn step(number: u32, batches: &[&Change]) -> Change {
    let mut step = text_batch(0, &format!("step {number}"));
    step.manifest.id = step_id(HOUR, number);
    step.manifest.kind = Kind::Compaction;
    for file in &mut step.manifest.files {
        file.path = file.path.replace(&batch_id(0).to_string(), &step.manifest.id.to_string());
    }
    for batch in batches {
        step.manifest.replaces.extend(batch.manifest.files.iter().map(|file| file.path.clone()));
        step.manifest.batches.push(batch.manifest.id);
    }
    step
}

#[test]
fn what_no_manifest_lists_is_not_seen() {
    run(async {
        let store = memory();
        let (first, second) = (text_batch(1, "a"), text_batch(2, "b"));
        put(&store, &first).await;
        for (file, part) in second.manifest.files.iter().zip(&second.parts) {
            store
                .put(&Location::from(file.path.as_str()), part.bytes.clone().into())
                .await
                .unwrap();
        }
        let mut catalog =
            Catalog::load(Arc::clone(&store), CatalogLimits::default()).await.unwrap();
        assert_eq!(paths(&catalog, Table::Matches), [part(&first, Table::Matches)]);
        let version = catalog.version();
        assert!(!catalog.refresh().await.unwrap());
        put(&store, &second).await;
        assert!(catalog.refresh().await.unwrap() && catalog.version() > version);
        assert_eq!(paths(&catalog, Table::Matches).len(), 2);
    });
}

fn part(change: &Change, table: Table) -> String {
    change.manifest.files.iter().find(|file| file.table == table).unwrap().path.clone()
}

#[test]
fn the_newest_step_of_an_hour_alone_says_what_is_there() {
    run(async {
        let store = memory();
        let (first, second) = (text_batch(1, "a"), text_batch(2, "b"));
        put(&store, &first).await;
        put(&store, &second).await;
        let one = step(1, &[&first]);
        put(&store, &one).await;
        let mut catalog =
            Catalog::load(Arc::clone(&store), CatalogLimits::default()).await.unwrap();
        let (b, s) = (part(&second, Table::Seats), part(&one, Table::Seats));
        assert_eq!(paths(&catalog, Table::Seats), [b, s]);
        let two = step(2, &[&first, &second, &one]);
        put(&store, &two).await;
        catalog.refresh().await.unwrap();
        assert_eq!(paths(&catalog, Table::Seats), [part(&two, Table::Seats)]);
        // Its manifest gone, nothing comes back; nor if a keeper wakes up and puts it once more.
        store.delete(&Location::from(Manifest::path(one.manifest.id))).await.unwrap();
        store.delete(&Location::from(Manifest::path(first.manifest.id))).await.unwrap();
        put(&store, &step(1, &[])).await;
        let fresh = Catalog::load(Arc::clone(&store), CatalogLimits::default()).await.unwrap();
        catalog.refresh().await.unwrap();
        for catalog in [fresh, catalog] {
            assert_eq!(paths(&catalog, Table::Seats), [part(&two, Table::Seats)]);
            assert!(catalog.holds(batch_id(1)) && catalog.holds(batch_id(2)));
            assert!(!catalog.holds(batch_id(3)));
        }
    });
}

#[test]
fn a_batch_that_is_published_again_after_it_was_merged_is_not_seen() {
    run(async {
        let (store, first) = (memory(), text_batch(1, "a"));
        let mut step = step(1, &[&first]);
        step.manifest.replaces.clear();
        put(&store, &step).await;
        put(&store, &first).await;
        let catalog = Catalog::load(store, CatalogLimits::default()).await.unwrap();
        assert_eq!(paths(&catalog, Table::Seats), [part(&step, Table::Seats)]);
    });
}

#[test]
fn a_manifest_that_goes_while_others_are_read_is_not_missed() {
    run(async {
        for n in 0..8 {
            let (store, first) = (memory(), text_batch(1, "a"));
            put(&store, &first).await;
            let inner = Arc::clone(&store);
            let others: Arc<Others> = Arc::new(move || {
                let (store, first) = (Arc::clone(&inner), first.clone());
                async move {
                    put(&store, &step(1, &[&first])).await;
                    let path = Location::from(Manifest::path(first.manifest.id));
                    store.delete(&path).await.unwrap();
                }
                .boxed()
            });
            let meeting: Arc<dyn ObjectStore> = Faulty::meeting(&store, n, others);
            let catalog = Catalog::load(meeting, CatalogLimits::default()).await.unwrap();
            assert_eq!(paths(&catalog, Table::Seats).len(), 1, "at call {n}");
            assert!(catalog.holds(batch_id(1)), "at call {n}");
        }
    });
}

#[test]
fn a_file_that_two_manifests_list_is_seen_once() {
    run(async {
        let store = memory();
        let first = text_batch(1, "a");
        put(&store, &first).await;
        let mut step = step(1, &[&first]);
        step.manifest.replaces.clear();
        (step.manifest.files, step.parts) = (first.manifest.files.clone(), first.parts.clone());
        put(&store, &step).await;
        let catalog = Catalog::load(store, CatalogLimits::default()).await.unwrap();
        assert_eq!(paths(&catalog, Table::Seats).len(), 1);
    });
}

#[test]
fn damaged_manifests_are_told_and_seen_when_they_are_mended() {
    run(async {
        let (store, first) = (memory(), text_batch(1, "a"));
        put(&store, &first).await;
        let path = Location::from(Manifest::path(batch_id(2)));
        for text in ["", "{}", "[1, 2", r#"{"format":1}"#] {
            store.put(&path, text.into()).await.unwrap();
            let catalog =
                Catalog::load(Arc::clone(&store), CatalogLimits::default()).await.unwrap();
            assert_eq!(catalog.damaged().len(), 1, "{text}");
            assert_eq!(catalog.damaged()[0].id, batch_id(2));
            assert_eq!(paths(&catalog, Table::Plays).len(), 1);
        }
        let mut catalog =
            Catalog::load(Arc::clone(&store), CatalogLimits::default()).await.unwrap();
        put(&store, &text_batch(2, "b")).await;
        assert!(catalog.refresh().await.unwrap());
        assert!(catalog.damaged().is_empty() && catalog.holds(batch_id(2)));
    });
}

#[test]
fn a_manifest_that_lists_a_file_elsewhere_is_damaged() {
    run(async {
        for path in
            ["../people.sqlite", "plays/x.parquet", "seats/date=2026-11-18/hour=11/a/b.parquet"]
        {
            let (store, mut first) = (memory(), text_batch(1, "a"));
            first.manifest.files[0].path = path.into();
            let text = serde_json::to_vec(&first.manifest).unwrap();
            store.put(&Location::from(Manifest::path(batch_id(1))), text.into()).await.unwrap();
            let catalog = Catalog::load(store, CatalogLimits::default()).await.unwrap();
            assert_eq!(catalog.damaged().len(), 1, "{path}");
        }
    });
}

#[test]
fn more_manifests_than_the_limit_are_an_error_that_says_what_to_do() {
    run(async {
        let store = memory();
        put(&store, &text_batch(1, "a")).await;
        put(&store, &text_batch(2, "b")).await;
        let limits = CatalogLimits { manifests_max: 1, ..CatalogLimits::default() };
        let error = Catalog::load(Arc::clone(&store), limits).await.err().unwrap();
        assert!(error.to_string().contains("liap archive compact"), "{error}");
        let limits = CatalogLimits { bytes_max: 100, ..CatalogLimits::default() };
        assert!(matches!(Catalog::load(store, limits).await, Err(StoreError::TooLarge(_))));
    });
}

#[test]
fn files_are_found_by_their_hours() {
    run(async {
        let store = memory();
        put(&store, &text_batch(1, "a")).await;
        let catalog = Catalog::load(store, CatalogLimits::default()).await.unwrap();
        let next = Hour(HOUR.0 + 1);
        assert_eq!(catalog.files(Table::Seats, HOUR..=HOUR).count(), 1);
        assert_eq!(catalog.files(Table::Seats, HOUR..next).count(), 1);
        assert_eq!(catalog.files(Table::Seats, next..).count(), 0);
        assert_eq!(catalog.files(Table::Seats, ..HOUR).count(), 0);
        assert_eq!(catalog.hours().collect::<Vec<_>>(), [HOUR]);
    });
}
