//! What a target in a store does when things are there already, torn, or gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt, PutMode};

use super::*;
use crate::testing::{Dies, Faulty, Others, TempFolder, batch_id, run, text_batch};

fn memory() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}

fn target(store: &Arc<dyn ObjectStore>) -> ObjectTarget {
    ObjectTarget::new(Arc::clone(store), "memory", CatalogLimits::default())
}

async fn there(store: &Arc<dyn ObjectStore>, path: &str) -> Vec<u8> {
    store.get(&Location::from(path)).await.unwrap().bytes().await.unwrap().to_vec()
}

/// Whether all of the change is there, byte for byte.
async fn is_whole(store: &Arc<dyn ObjectStore>, change: &Change) -> bool {
    for (file, part) in change.manifest.files.iter().zip(&change.parts) {
        let found = store.get(&Location::from(file.path.as_str())).await;
        let Ok(found) = found else { return false };
        if found.bytes().await.unwrap() != part.bytes {
            return false;
        }
    }
    true
}

#[test]
fn a_batch_that_was_committed_is_not_written_again() {
    run(async {
        let (store, change) = (memory(), text_batch(1, "first"));
        let target = target(&store);
        assert_eq!(target.holds(batch_id(1)).await, Ok(false));
        assert_eq!(target.apply(&change).await, Ok(Applied::Now));
        assert_eq!(target.holds(batch_id(1)).await, Ok(true));
        assert_eq!(target.apply(&text_batch(1, "other")).await, Ok(Applied::Before));
        assert!(is_whole(&store, &change).await);
    });
}

#[test]
fn parts_of_an_attempt_that_was_not_committed_are_taken_or_overwritten() {
    run(async {
        let (store, change) = (memory(), text_batch(1, "now"));
        let older = text_batch(1, "an older program's");
        for (number, file) in change.manifest.files.iter().enumerate() {
            let bytes =
                if number % 2 == 0 { &change.parts } else { &older.parts }[number].bytes.clone();
            store.put(&Location::from(file.path.as_str()), bytes.into()).await.unwrap();
        }
        assert_eq!(target(&store).apply(&change).await, Ok(Applied::Now));
        assert!(is_whole(&store, &change).await);
    });
}

#[test]
fn wherever_a_process_dies_a_manifest_means_a_whole_batch_and_a_retry_completes_it() {
    run(async {
        let change = text_batch(1, "the");
        for n in 0.. {
            let mut died = false;
            for dies in [Dies::Before(n), Dies::After(n)] {
                let store = memory();
                let faulty = Faulty::new(&store, dies);
                let first: Arc<dyn ObjectStore> = faulty.clone();
                let answer = target(&first).apply(&change).await;
                assert_eq!(answer.is_err(), faulty.died(), "{dies:?}: {answer:?}");
                died |= faulty.died();
                let second = target(&store);
                let held = second.holds(batch_id(1)).await.unwrap();
                assert!(!held || is_whole(&store, &change).await, "{dies:?}");
                let again = second.apply(&change).await;
                assert_eq!(again, Ok(if held { Applied::Before } else { Applied::Now }));
                assert!(is_whole(&store, &change).await, "{dies:?}");
            }
            if !died {
                assert!(n > 8, "only {n} calls");
                break;
            }
        }
    });
}

#[test]
fn matches_come_after_all_other_tables_and_before_the_manifest() {
    run(async {
        let change = text_batch(1, "the");
        for n in 0..20 {
            let store = memory();
            let faulty: Arc<dyn ObjectStore> = Faulty::new(&store, Dies::After(n));
            let _ = target(&faulty).apply(&change).await;
            let seen = |path: &str| {
                let (store, path) = (Arc::clone(&store), Location::from(path));
                async move { store.head(&path).await.is_ok() }
            };
            let mut others = 0;
            for file in
                change.manifest.files.iter().filter(|file| file.table != crate::Table::Matches)
            {
                others += usize::from(seen(&file.path).await);
            }
            let matches = change.manifest.files.iter().find(|f| f.table == crate::Table::Matches);
            let matches = seen(&matches.unwrap().path).await;
            assert!(!matches || others == 6, "after call {n}");
            assert!(!seen(&Manifest::path(batch_id(1))).await || matches, "after call {n}");
        }
    });
}

#[test]
fn a_torn_manifest_counts_as_absent_and_is_mended() {
    run(async {
        let (store, change) = (memory(), text_batch(1, "the"));
        let whole = serde_json::to_vec(&change.manifest).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            let path = Location::from(Manifest::path(batch_id(1)));
            store.put(&path, whole[..length].to_vec().into()).await.unwrap();
            let target = target(&store);
            assert_eq!(target.holds(batch_id(1)).await, Ok(false));
            assert_eq!(target.apply(&change).await, Ok(Applied::Now));
            assert_eq!(there(&store, path.as_ref()).await, whole);
            assert_eq!(target.holds(batch_id(1)).await, Ok(true));
        }
    });
}

#[test]
fn a_batch_that_was_merged_is_held_without_its_manifest() {
    run(async {
        let store = memory();
        let target = target(&store);
        let mut step = text_batch(1, "the");
        step.manifest.id = step_id(crate::testing::HOUR, 1);
        step.manifest.kind = Kind::Compaction;
        step.manifest.batches = vec![batch_id(1)];
        assert_eq!(target.apply(&step).await, Ok(Applied::Now));
        assert_eq!(target.apply(&step).await, Ok(Applied::Before));
        assert_eq!(target.holds(batch_id(1)).await, Ok(true));
        assert_eq!(target.apply(&text_batch(1, "late")).await, Ok(Applied::Before));
        assert!(is_whole(&store, &step).await);
        step.manifest.replaces = vec!["another keeper's".into()];
        assert!(matches!(target.apply(&step).await, Err(TargetError::Refused(_))));
    });
}

#[test]
fn a_manifest_of_a_newer_format_stops_everything_with_a_clear_word() {
    run(async {
        let store = memory();
        let path = Location::from(Manifest::path(batch_id(9)));
        store.put(&path, r#"{"format":2,"new":true}"#.into()).await.unwrap();
        let error = target(&store).apply(&text_batch(1, "the")).await.unwrap_err();
        let TargetError::Unavailable(why) = error else { panic!("{error}") };
        assert!(why.contains("format 2") && why.contains("use a newer one"), "{why}");
    });
}

#[test]
fn parts_that_are_not_the_manifests_are_refused() {
    run(async {
        let mut change = text_batch(1, "the");
        change.parts.swap(0, 1);
        let store = memory();
        assert!(matches!(target(&store).apply(&change).await, Err(TargetError::Refused(_))));
        change.parts.pop();
        assert!(matches!(target(&store).apply(&change).await, Err(TargetError::Refused(_))));
    });
}

#[test]
fn a_probe_leaves_nothing_a_reader_sees() {
    run(async {
        let store = memory();
        for _ in 0..2 {
            assert_eq!(target(&store).probe().await, Ok(()));
        }
        assert!(there(&store, "_probe").await.len() < 10);
        let dead: Arc<dyn ObjectStore> = Faulty::new(&store, Dies::Before(0));
        assert!(matches!(target(&dead).probe().await, Err(TargetError::Unavailable(_))));
    });
}

#[test]
fn a_folder_keeps_what_was_applied_and_no_half_written_files() {
    let folder = TempFolder::new("object-folder");
    run(async {
        let change = text_batch(1, "the");
        let open = || ObjectTarget::local(&folder.0, CatalogLimits::default()).unwrap();
        assert_eq!(open().apply(&change).await, Ok(Applied::Now));
        let left = folder.0.join("seats/left.parquet#7");
        std::fs::write(&left, "half of").unwrap();
        let kept = folder.0.join("seats/notes.txt");
        std::fs::write(&kept, "mine").unwrap();
        let again = open();
        assert!(!left.exists() && kept.exists());
        assert_eq!(again.holds(batch_id(1)).await, Ok(true));
        assert_eq!(again.apply(&change).await, Ok(Applied::Before));
        assert!(is_whole(&again.store(), &change).await);
        assert_eq!(again.probe().await, Ok(()));
    });
}

#[test]
fn a_probe_of_a_folder_writes_a_mebibyte_and_removes_it() {
    let folder = TempFolder::new("object-probe");
    run(async {
        let opened = Folder::open(&folder.0).unwrap();
        let store: Arc<dyn ObjectStore> = Arc::new(opened.clone());
        let (path, seen) = (folder.0.join("_probe"), Arc::new(AtomicU64::new(0)));
        let (look, at) = (Arc::clone(&seen), path.clone());
        let others: Arc<Others> = Arc::new(move || {
            look.store(std::fs::metadata(&at).unwrap().len(), Ordering::Relaxed);
            async {}.boxed()
        });
        // The second call finds what the first wrote.
        let meeting: Arc<dyn ObjectStore> = Faulty::meeting(&store, 1, others);
        let mut target = target(&meeting);
        target.folder = Some(opened);
        assert_eq!(target.probe().await, Ok(()));
        assert_eq!(seen.load(Ordering::Relaxed), 1 << 20);
        assert!(!path.exists());
        assert_eq!(target.probe().await, Ok(()));
    });
}

#[test]
fn a_folder_that_is_a_file_is_named_in_the_error() {
    let folder = TempFolder::new("object-file");
    std::fs::write(&folder.0, "not a folder").unwrap();
    let opened = ObjectTarget::local(&folder.0, CatalogLimits::default());
    let error = opened.err().unwrap().to_string();
    let _ = std::fs::remove_file(&folder.0);
    assert!(error.contains("object-file"), "{error}");
}

#[test]
fn deleting_the_last_file_of_a_folder_removes_the_folder() {
    let folder = TempFolder::new("object-delete");
    run(async {
        let store: Arc<dyn ObjectStore> = Arc::new(Folder::open(&folder.0).unwrap());
        let path = Location::from("plays/date=2026-01-01/hour=03/a.parquet");
        store.put_opts(&path, "x".into(), PutMode::Create.into()).await.unwrap();
        let refused = store.put_opts(&path, "y".into(), PutMode::Create.into()).await;
        assert!(matches!(refused, Err(object_store::Error::AlreadyExists { .. })));
        assert_eq!(there(&store, path.as_ref()).await, b"x");
        store.delete(&path).await.unwrap();
        assert!(matches!(store.delete(&path).await, Err(object_store::Error::NotFound { .. })));
        assert_eq!(std::fs::read_dir(&folder.0).unwrap().count(), 0);
    });
}

#[test]
fn followers_read_manifests_and_files_and_are_told_what_is_gone_or_changed() {
    run(async {
        let (store, change) = (memory(), text_batch(1, "the"));
        let target = target(&store);
        target.apply(&change).await.unwrap();
        assert_eq!(target.list_manifests().await.unwrap(), [batch_id(1)]);
        assert_eq!(target.read_manifest(batch_id(1)).await, Ok(Some(change.manifest.clone())));
        assert_eq!(target.read_manifest(batch_id(2)).await, Ok(None));
        let file = &change.manifest.files[3];
        assert_eq!(target.read_part(file).await, Ok(Some(change.parts[3].clone())));
        let path = Location::from(file.path.as_str());
        let mut changed = change.parts[3].bytes.to_vec();
        changed[0] ^= 1;
        store.put(&path, changed.into()).await.unwrap();
        assert!(matches!(target.read_part(file).await, Err(TargetError::Refused(_))));
        store.delete(&path).await.unwrap();
        assert_eq!(target.read_part(file).await, Ok(None));
    });
}

#[test]
fn two_that_publish_the_same_batch_at_once_publish_one() {
    run(async {
        for n in 0.. {
            let store = memory();
            let change = text_batch(1, "the");
            let (inner, same) = (Arc::clone(&store), change.clone());
            let others: Arc<Others> = Arc::new(move || {
                let (inner, same) = (Arc::clone(&inner), same.clone());
                async move { assert!(target(&inner).apply(&same).await.is_ok()) }.boxed()
            });
            let meeting = Faulty::meeting(&store, n, others);
            let first: Arc<dyn ObjectStore> = meeting.clone();
            assert!(target(&first).apply(&change).await.is_ok(), "met at call {n}");
            assert!(is_whole(&store, &change).await, "met at call {n}");
            if meeting.calls() <= n {
                assert!(n > 8, "only {n} calls");
                break;
            }
        }
    });
}

#[test]
fn half_written_files_of_who_lives_stay() {
    let folder = TempFolder::new("object-staged");
    std::fs::create_dir_all(folder.0.join("plays")).unwrap();
    let path = folder.0.join("plays/new.parquet#1");
    let writer = std::fs::File::create(&path).unwrap();
    writer.lock().unwrap();
    Folder::open(&folder.0).unwrap();
    assert!(path.exists());
    drop(writer);
    Folder::open(&folder.0).unwrap();
    assert!(!path.exists());
}

#[test]
fn a_store_that_overwrites_against_its_word_is_found_by_the_probe() {
    run(async {
        let store = memory();
        let careless: Arc<dyn ObjectStore> = Faulty::careless(&store);
        let error = target(&careless).probe().await.unwrap_err().to_string();
        assert!(error.contains("If-None-Match"), "{error}");
    });
}
