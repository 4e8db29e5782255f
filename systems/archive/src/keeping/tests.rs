//! Keeping: what is seen before, between and after.

mod crash;
mod erasing;
mod others;
mod sweeping;
mod verifying;

use std::collections::{BTreeMap, HashSet};
use std::ops::RangeFull;

use futures_util::TryStreamExt;
use object_store::memory::InMemory;
use object_store::{ObjectMeta, ObjectStoreExt};

use super::*;
use crate::catalog::CatalogLimits;
use crate::merge::open;
use crate::object::publish;
use crate::testing::{HOUR, TempFolder, batch, batch_id, layout, match_id, run};
use crate::{Change, Hour, Kind, Table, part_path};

/// Long after the hour is closed; far from now, so that age by the wrong clock shows.
const NOW_MS: u64 = HOUR.end_ms() + 3_600_000;
const GRACE_MS: u64 = 10 * 60_000;

type Store = Arc<dyn ObjectStore>;

/// Three batches of one hour, their matches mingled; a fourth of the next hour.
fn batches() -> Vec<Change> {
    vec![
        batch(1, HOUR, &[1, 4, 7]),
        batch(2, HOUR, &[2, 3, 9]),
        batch(3, HOUR, &[5, 6, 8]),
        batch(4, Hour(HOUR.0 + 1), &[1]),
    ]
}

fn ids() -> HashSet<String> {
    let mut ids: HashSet<String> = (1..=9).map(|n| match_id(HOUR, n).to_string()).collect();
    ids.insert(match_id(Hour(HOUR.0 + 1), 1).to_string());
    ids
}

async fn filled() -> InMemory {
    let store = InMemory::new();
    for change in batches() {
        publish(&store, &change.manifest, &change.parts).await.unwrap();
    }
    store
}

async fn keeper(store: &Store) -> Result<Keeper, StoreError> {
    keeper_with(store, KeepingLimits::default()).await
}

async fn keeper_with(store: &Store, limits: KeepingLimits) -> Result<Keeper, StoreError> {
    let catalog = Catalog::load(Arc::clone(store), CatalogLimits::default()).await?;
    Ok(Keeper::new(catalog, limits, layout()))
}

fn quiet() -> impl FnMut(Progress) + Send {
    |_| {}
}

const ALL: RangeFull = ..;

async fn objects(store: &Store, folder: &str) -> Vec<ObjectMeta> {
    let folder = Location::from(folder);
    store.list(Some(&folder)).try_collect().await.unwrap()
}

/// How often each match is met by those who read all files of a table.
async fn by_glob(store: &Store, table: Table) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for object in objects(store, table.name()).await {
        let bytes = store.get(&object.location).await.unwrap().bytes().await.unwrap();
        let mut file = open(bytes).unwrap();
        while let Some(batch) = file.next().unwrap() {
            let ids = arrow_array::cast::AsArray::as_string::<i32>(batch.column(0));
            for id in ids.iter().flatten() {
                *found.entry(id.to_owned()).or_insert(0) += 1;
            }
        }
    }
    found
}

/// Everything counts exactly once, and nobody misses a match.
async fn check(store: &Store, place: &str) {
    let mut keeper = keeper(store).await.unwrap();
    let verified = keeper.verify(&mut quiet()).await.unwrap();
    assert_eq!(verified.findings, [], "{place}");
    assert_eq!(verified.matches, ids().len() as u64, "{place}");
    for table in [Table::Matches, Table::Seats, Table::Events] {
        let seen: HashSet<String> = by_glob(store, table).await.into_keys().collect();
        assert_eq!(seen, ids(), "{place}: {}", table.name());
    }
    for number in 1..=4 {
        assert!(keeper.catalog().holds(batch_id(number)), "{place}: batch {number}");
    }
}

/// Readers by glob too see everything once; nothing lies about.
async fn check_tidy(store: &Store, place: &str) {
    check(store, place).await;
    for table in [Table::Matches, Table::Plays] {
        let seen = by_glob(store, table).await;
        let each = if table == Table::Matches { 1 } else { 30 };
        assert!(seen.values().all(|count| *count == each), "{place}: {seen:?}");
    }
    let verified = keeper(store).await.unwrap().verify(&mut quiet()).await.unwrap();
    assert_eq!((verified.replaced, verified.strays), (0, Vec::new()), "{place}");
}

/// What a server does now and then.
async fn tend(store: &Store, now_ms: u64) -> Result<(), StoreError> {
    let mut keeper = keeper(store).await?;
    keeper.compact(ALL, now_ms, &mut quiet()).await?;
    keeper.clean(now_ms + GRACE_MS, &mut quiet()).await?;
    keeper.sweep(now_ms, &HashSet::new(), &mut quiet()).await?;
    Ok(())
}

#[test]
fn a_closed_hour_becomes_one_file_a_table_in_the_order_of_its_matches() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut keeper = keeper(&store).await.unwrap();
        let done = keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap();
        assert_eq!((done.hours, done.files_before, done.files_after), (1, 21, 7));
        assert_eq!(done.rows, 9 * (1 + 4 + 5 * 30));
        check(&store, "merged").await;
        for table in Table::ALL {
            let files: Vec<_> = keeper.catalog().files(table, HOUR..=HOUR).cloned().collect();
            assert_eq!(files.len(), 1);
            let mut file = open(keeper.fetch(&files[0]).await.unwrap()).unwrap();
            let mut before = (String::new(), -1);
            while let Some(batch) = file.next().unwrap() {
                let ids = arrow_array::cast::AsArray::as_string::<i32>(batch.column(0));
                let numbers = batch.column(1);
                let numbers: &arrow_array::Int64Array = numbers.as_any().downcast_ref().unwrap();
                for (id, number) in ids.iter().flatten().zip(numbers.values()) {
                    assert!(before < (id.to_owned(), *number), "{table:?}");
                    before = (id.to_owned(), *number);
                }
            }
        }
        assert_eq!(by_glob(&store, Table::Matches).await.values().max(), Some(&2));
        keeper.clean(NOW_MS + GRACE_MS - 1, &mut quiet()).await.unwrap();
        assert_eq!(by_glob(&store, Table::Matches).await.values().max(), Some(&2));
        let cleaned = keeper.clean(NOW_MS + GRACE_MS, &mut quiet()).await.unwrap();
        assert_eq!((cleaned.files, cleaned.manifests, cleaned.missing), (21, 3, vec![]));
        check_tidy(&store, "cleaned").await;
        assert_eq!(keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap().hours, 0);
    });
}

#[test]
fn an_hour_that_is_open_or_not_settled_is_left() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut keeper = keeper(&store).await.unwrap();
        for now in [HOUR.start_ms(), HOUR.end_ms(), HOUR.end_ms() + GRACE_MS - 1] {
            assert_eq!(keeper.compact(ALL, now, &mut quiet()).await.unwrap().hours, 0);
        }
        let next = Hour(HOUR.0 + 1);
        assert_eq!(keeper.compact(next.., NOW_MS, &mut quiet()).await.unwrap().hours, 0);
        let now = HOUR.end_ms() + GRACE_MS;
        assert_eq!(keeper.compact(ALL, now, &mut quiet()).await.unwrap().hours, 1);
    });
}

#[test]
fn a_late_batch_is_merged_with_what_was_merged_before() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let late = batches().remove(2);
        for object in objects(&store, "").await {
            if object.location.as_ref().contains(&batch_id(3).to_string()) {
                store.delete(&object.location).await.unwrap();
            }
        }
        tend(&store, NOW_MS).await.unwrap();
        publish(&*store, &late.manifest, &late.parts).await.unwrap();
        check_tidy(&store, "late").await;
        tend(&store, NOW_MS + 1).await.unwrap();
        check_tidy(&store, "merged again").await;
        assert_eq!(keeper(&store).await.unwrap().catalog().files(Table::Plays, ALL).count(), 2);
    });
}

#[test]
fn files_of_another_layout_are_not_merged_with_these() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut other = batch(5, HOUR, &[20]);
        // A seats file where one of `plays` should be: columns that differ.
        let seats = other.parts[0].clone();
        other.parts[2].bytes = seats.bytes.clone();
        other.parts[2].rows = seats.rows;
        other.manifest.files[2].bytes = seats.bytes.len() as u64;
        other.manifest.files[2].sha256 = sha256_hex(&seats.bytes);
        other.manifest.files[2].rows = seats.rows;
        publish(&*store, &other.manifest, &other.parts).await.unwrap();
        let mut keeper = keeper(&store).await.unwrap();
        assert_eq!(keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap().hours, 1);
        assert_eq!(keeper.catalog().files(Table::Plays, HOUR..=HOUR).count(), 2);
        assert_eq!(keeper.catalog().files(Table::Rounds, HOUR..=HOUR).count(), 1);
        let found = keeper.catalog.fetch(match_id(HOUR, 20), Table::Plays).await.unwrap().unwrap();
        assert_eq!(found.iter().map(|batch| batch.num_rows()).sum::<usize>(), 4);
    });
}

#[test]
fn the_limit_on_a_file_holds() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let sizes = objects(&store, "plays").await;
        let largest = sizes.iter().map(|object| object.size).max().unwrap();
        let limits =
            KeepingLimits { file_bytes_max: largest * 2 + 100, ..KeepingLimits::default() };
        let mut keeper = keeper_with(&store, limits).await.unwrap();
        keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap();
        assert_eq!(keeper.catalog().files(Table::Plays, HOUR..=HOUR).count(), 2);
        check(&store, "limited").await;
    });
}

#[test]
fn a_match_is_found_by_its_id_and_read_back() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut catalog =
            Catalog::load(Arc::clone(&store), CatalogLimits::default()).await.unwrap();
        for round in 0..2 {
            for n in 1..=9 {
                let id = match_id(HOUR, n);
                assert_eq!(catalog.find_match(id).await.unwrap(), Some(HOUR), "{round} {n}");
                let rows = catalog.fetch_events(id).await.unwrap().unwrap();
                assert_eq!(rows.iter().map(|batch| batch.num_rows()).sum::<usize>(), 30);
                assert_eq!(rows[0].num_columns(), 3);
            }
            let unknown = match_id(HOUR, 77);
            assert_eq!(catalog.fetch_events(unknown).await.unwrap(), None);
            // The files go while this catalog still knows the old ones.
            tend(&store, NOW_MS).await.unwrap();
        }
    });
}

#[test]
fn hours_that_were_kept_long_enough_go() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut keeper = keeper(&store).await.unwrap();
        keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap();
        let now = HOUR.end_ms() + 86_400_000;
        assert_eq!(keeper.retention(1, now, &mut quiet()).await.unwrap().hours, 0);
        let retired = keeper.retention(1, now + 1, &mut quiet()).await.unwrap();
        assert_eq!((retired.hours, retired.matches, retired.files), (1, 9, 7));
        assert_eq!(keeper.catalog().hours().collect::<Vec<_>>(), [Hour(HOUR.0 + 1)]);
        assert_eq!(by_glob(&store, Table::Matches).await.len(), 10);
        keeper.clean(now + 1 + GRACE_MS, &mut quiet()).await.unwrap();
        assert_eq!(by_glob(&store, Table::Matches).await.len(), 1);
        assert!(keeper.catalog().holds(batch_id(1)));
        let day_later = now + 1 + GRACE_MS + 86_400_000;
        keeper.clean(day_later, &mut quiet()).await.unwrap();
        assert_eq!(objects(&store, "_manifests").await.len(), 1);
        assert_eq!(keeper.retention(1, 5, &mut quiet()).await.unwrap().hours, 0);
    });
}

#[test]
fn the_outlook_tells_what_would_go_and_when_the_newest_batch_was_made() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut keeper = keeper(&store).await.unwrap();
        let made_ms: Vec<u64> =
            keeper.catalog().manifests().map(|manifest| manifest.created_ms).collect();
        let newest_ms = made_ms.iter().max().copied();
        let soon = HOUR.end_ms();
        let outlook = keeper.outlook(1, soon, u64::MAX).await.unwrap();
        assert_eq!(outlook, Outlook { hours: 0, newest_ms });
        let later = HOUR.end_ms() + 86_400_001;
        assert_eq!(keeper.outlook(1, later, u64::MAX).await.unwrap().hours, 1);
        let before = keeper.outlook(1, later, HOUR.start_ms()).await.unwrap();
        assert_eq!(before.newest_ms, None, "batches since do not count");
        // Merged since: their names tell.
        tend(&store, NOW_MS).await.unwrap();
        let merged = keeper.outlook(1, later, u64::MAX).await.unwrap().newest_ms.unwrap();
        assert!(merged.abs_diff(newest_ms.unwrap()) < 60_000 && merged < NOW_MS, "{merged}");
    });
}

#[test]
fn a_summary_counts_by_hour_and_by_day() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let keeper = keeper(&store).await.unwrap();
        let hours = keeper.catalog().by_hour();
        assert_eq!(hours.len(), 2);
        assert_eq!((hours[&HOUR].matches(), hours[&HOUR].whole().files), (9, 21));
        assert_eq!(hours[&HOUR].tables[&Table::Seats].rows, 36);
        let days = keeper.catalog().by_day();
        assert_eq!(days.values().map(crate::Summary::matches).sum::<u64>(), 10);
        assert!(days.contains_key(&HOUR.date()));
    });
}

#[test]
fn a_folder_is_kept_like_any_store() {
    let folder = TempFolder::new("keeping-folder");
    run(async {
        let store: Store = Arc::new(crate::local::Folder::open(&folder.0).unwrap());
        for change in batches() {
            publish(&*store, &change.manifest, &change.parts).await.unwrap();
        }
        check_tidy(&store, "new").await;
        tend(&store, NOW_MS).await.unwrap();
        check_tidy(&store, "kept").await;
        let now = HOUR.end_ms() + 100 * 86_400_000;
        let mut keeper = keeper(&store).await.unwrap();
        keeper.retention(90, now, &mut quiet()).await.unwrap();
        keeper.clean(now + 2 * 86_400_000, &mut quiet()).await.unwrap();
        assert_eq!(objects(&store, "").await.len(), 0);
        assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 0);
    });
}

#[test]
fn progress_goes_from_nothing_to_all() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut told = Vec::new();
        let mut tell = |progress| told.push(progress);
        keeper(&store).await.unwrap().verify(&mut tell).await.unwrap();
        let (first, last) = (told[0], told[told.len() - 1]);
        assert_eq!((first.done, first.activity), (0, Activity::Checking));
        assert!(last.done == last.total && last.total > 0);
    });
}

#[test]
fn many_hours_are_merged_each_by_itself() {
    run(async {
        let store: Store = Arc::new(InMemory::new());
        for n in 0..40 {
            for half in 0..2 {
                let change =
                    batch(100 + 2 * n + half, Hour(HOUR.0 + u32::from(n)), &[u32::from(half)]);
                publish(&*store, &change.manifest, &change.parts).await.unwrap();
            }
        }
        let mut keeper = keeper(&store).await.unwrap();
        let now = NOW_MS + 40 * 3_600_000;
        let done = keeper.compact(Hour(HOUR.0 + 1).., now, &mut quiet()).await.unwrap();
        assert_eq!((done.hours, done.files_before, done.files_after), (39, 39 * 14, 39 * 7));
        keeper.clean(now + GRACE_MS, &mut quiet()).await.unwrap();
        assert_eq!(keeper.catalog().manifests().count(), 41);
        let verified = keeper.verify(&mut quiet()).await.unwrap();
        assert!(verified.is_fine() && verified.matches == 80 && verified.strays.is_empty());
        let id = match_id(Hour(HOUR.0 + 33), 1);
        let found = keeper.catalog.find_match(id).await.unwrap();
        assert_eq!(found, Some(Hour(HOUR.0 + 33)));
    });
}

#[test]
fn an_hour_with_a_damaged_file_is_left_and_told_and_the_others_are_kept() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let more = batch(5, Hour(HOUR.0 + 1), &[2]);
        publish(&*store, &more.manifest, &more.parts).await.unwrap();
        let path = Location::from(part_path(Table::Seats, HOUR, batch_id(1)));
        let whole = store.get(&path).await.unwrap().bytes().await.unwrap();
        store.put(&path, vec![7; whole.len()].into()).await.unwrap();
        let mut keeper = keeper(&store).await.unwrap();
        let done = keeper.compact(ALL, NOW_MS + 3_600_000, &mut quiet()).await.unwrap();
        assert_eq!((done.hours, done.left_alone, done.damage.len()), (1, 1, 1));
        assert!(done.damage[0].contains(path.as_ref()), "{:?}", done.damage);
        let key = crate::testing::player(2, 0).unwrap();
        let mut none = |_: Table, _: &arrow_array::RecordBatch| Ok(None);
        let erased = keeper.erase(&key, &[], NOW_MS, &mut none, &mut quiet()).await.unwrap();
        assert_eq!((erased.hours, erased.left_alone, erased.damage.len()), (1, 1, 1));
        store.put(&path, whole.into()).await.unwrap();
        let erased = keeper.erase(&key, &[], NOW_MS, &mut none, &mut quiet()).await.unwrap();
        assert_eq!((erased.hours, erased.left_alone), (1, 0));
    });
}

#[test]
fn a_file_with_a_flipped_bit_that_can_still_be_decoded_is_not_merged() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let path = Location::from(part_path(Table::Plays, HOUR, batch_id(1)));
        let whole = store.get(&path).await.unwrap().bytes().await.unwrap();
        let decodes = |at: usize| {
            let mut bytes = whole.to_vec();
            bytes[at] ^= 1;
            let rows = open(bytes.clone().into()).and_then(|mut file| {
                let mut rows = 0;
                while let Some(batch) = file.next()? {
                    rows += batch.num_rows();
                }
                Ok(rows)
            });
            (rows == Ok(90)).then_some(bytes)
        };
        let flipped = (4..whole.len()).find_map(decodes).unwrap();
        store.put(&path, flipped.into()).await.unwrap();
        let mut keeper = keeper(&store).await.unwrap();
        let done = keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap();
        assert_eq!((done.hours, done.left_alone, done.damage.len()), (0, 1, 1));
        assert!(!keeper.verify(&mut quiet()).await.unwrap().is_fine());
    });
}

#[test]
fn a_damaged_file_does_not_hide_matches_in_others() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let path = Location::from(part_path(Table::Matches, HOUR, batch_id(1)));
        let length = store.head(&path).await.unwrap().size as usize;
        store.put(&path, vec![7; length].into()).await.unwrap();
        let mut catalog =
            Catalog::load(Arc::clone(&store), CatalogLimits::default()).await.unwrap();
        assert_eq!(catalog.find_match(match_id(HOUR, 5)).await.unwrap(), Some(HOUR));
        let lost = catalog.find_match(match_id(HOUR, 4)).await;
        assert!(matches!(lost, Err(StoreError::Damaged(why)) if why.contains(path.as_ref())));
    });
}

#[test]
fn a_step_says_how_it_came_to_be() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut keeper = keeper(&store).await.unwrap();
        keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap();
        let step = keeper.catalog().newest_step(HOUR).unwrap();
        assert_eq!((step.kind, step.matches, step.batches.len()), (Kind::Compaction, 9, 3));
        assert_eq!((step.replaces.len(), step.created_ms), (21, NOW_MS));
    });
}
