//! What is deleted, and what must not be.

use super::*;
use crate::object::{step_id, step_path};

#[test]
fn strays_are_swept_when_they_are_old_and_not_under_way() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let (left, under_way) = (batch(7, HOUR, &[40]), batch(8, HOUR, &[41]));
        for (file, part) in [&left, &under_way].map(|c| (&c.manifest.files[1], &c.parts[1])) {
            let path = Location::from(file.path.as_str());
            store.put(&path, part.bytes.clone().into()).await.unwrap();
        }
        let written = objects(&store, "rounds").await[0].last_modified.timestamp_millis() as u64;
        let mut keeper = keeper(&store).await.unwrap();
        let open = HashSet::from([batch_id(8)]);
        let young = keeper.sweep(written, &open, &mut quiet()).await.unwrap();
        assert_eq!((young.files, young.left), (0, 2));
        let later = written + 25 * 3_600_000;
        let swept = keeper.sweep(later, &open, &mut quiet()).await.unwrap();
        assert_eq!((swept.files, swept.left), (1, 1));
        let path = Location::from(part_path(Table::Rounds, HOUR, batch_id(8)));
        assert!(store.head(&path).await.is_ok());
        check(&store, "swept").await;
    });
}

#[test]
fn files_of_a_damaged_manifest_are_not_swept_and_its_hour_is_not_kept() {
    run(async {
        let store: Store = Arc::new(filled().await);
        tend(&store, NOW_MS).await.unwrap();
        let step = keeper(&store).await.unwrap().catalog().newest_step(HOUR).unwrap().id;
        let path = Location::from(crate::Manifest::path(step));
        let whole = store.get(&path).await.unwrap().bytes().await.unwrap();
        store.put(&path, whole.slice(..100).into()).await.unwrap();
        let mut keeper = keeper(&store).await.unwrap();
        let far = u64::MAX / 2;
        assert_eq!(keeper.sweep(far, &HashSet::new(), &mut quiet()).await.unwrap().files, 0);
        assert_eq!(keeper.clean(far, &mut quiet()).await.unwrap().files, 0);
        let verified = keeper.verify(&mut quiet()).await.unwrap();
        assert!(verified.findings.iter().any(|finding| finding.place == path.as_ref()));
        store.put(&path, whole.into()).await.unwrap();
        check(&store, "mended").await;
    });
}

#[test]
fn files_of_a_step_to_come_stay_and_those_of_a_step_that_was_taken_go_at_once() {
    run(async {
        let store: Store = Arc::new(filled().await);
        tend(&store, NOW_MS).await.unwrap();
        let path =
            |number| step_path(Table::Plays, HOUR, step_id(HOUR, number), "0123456789abcdef");
        for number in [1, 2] {
            store.put(&Location::from(path(number)), "half".into()).await.unwrap();
        }
        let mut keeper = keeper(&store).await.unwrap();
        let swept = keeper.sweep(0, &HashSet::new(), &mut quiet()).await.unwrap();
        assert_eq!((swept.files, swept.bytes, swept.left), (1, 4, 1));
        assert!(store.head(&Location::from(path(2))).await.is_ok());
        check(&store, "swept").await;
    });
}

#[test]
fn nothing_is_deleted_whose_replacement_is_not_there() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut keeper = keeper(&store).await.unwrap();
        keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap();
        let merged = keeper.catalog().files(Table::Events, HOUR..=HOUR).next().unwrap().clone();
        let path = Location::from(merged.path.as_str());
        let bytes = store.get(&path).await.unwrap().bytes().await.unwrap();
        for bad in [None, Some(bytes.slice(1..))] {
            match bad {
                None => store.delete(&path).await.unwrap(),
                Some(bytes) => drop(store.put(&path, bytes.into()).await.unwrap()),
            }
            let before = objects(&store, "").await.len();
            let cleaned = keeper.clean(NOW_MS + GRACE_MS, &mut quiet()).await.unwrap();
            assert_eq!((cleaned.files, cleaned.manifests), (0, 0));
            assert_eq!(cleaned.missing, std::slice::from_ref(&merged.path));
            assert_eq!(objects(&store, "").await.len(), before);
        }
        store.put(&path, bytes.into()).await.unwrap();
        keeper.clean(NOW_MS + GRACE_MS, &mut quiet()).await.unwrap();
        check_tidy(&store, "mended").await;
    });
}
