//! What verifying finds.

use super::*;

async fn findings(store: &Store) -> Vec<String> {
    let verified = keeper(store).await.unwrap().verify(&mut quiet()).await.unwrap();
    assert_eq!(verified.wrong, verified.findings.len() as u64);
    verified.findings.into_iter().map(|found| format!("{}: {}", found.place, found.why)).collect()
}

#[test]
fn what_is_whole_has_no_findings_and_true_counts() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let verified = keeper(&store).await.unwrap().verify(&mut quiet()).await.unwrap();
        assert!(verified.is_fine());
        assert_eq!((verified.files, verified.matches, verified.manifests), (28, 10, 4));
        assert_eq!(verified.rows, 10 * (1 + 4 + 5 * 30));
    });
}

#[test]
fn torn_changed_and_missing_files_are_found() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let path = |table, n| Location::from(part_path(table, HOUR, batch_id(n)));
        let torn = path(Table::Plays, 1);
        let whole = store.get(&torn).await.unwrap().bytes().await.unwrap();
        store.put(&torn, whole.slice(..whole.len() / 2).into()).await.unwrap();
        let changed = path(Table::Rounds, 2);
        let mut bytes = store.get(&changed).await.unwrap().bytes().await.unwrap().to_vec();
        bytes[10] ^= 1;
        store.put(&changed, bytes.into()).await.unwrap();
        store.delete(&path(Table::Seats, 3)).await.unwrap();
        let found = findings(&store).await;
        assert!(found.iter().any(|why| why.contains(torn.as_ref()) && why.contains("bytes")));
        assert!(found.iter().any(|why| why.contains(changed.as_ref()) && why.contains("SHA-256")));
        assert!(found.iter().any(|why| why.contains("seats") && why.contains("not there")));
        assert!(found.iter().any(|why| why.contains("0 rows of seats, not four")));
    });
}

#[test]
fn a_match_that_is_there_twice_is_found() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let twice = batch(5, HOUR, &[4]);
        publish(&*store, &twice.manifest, &twice.parts).await.unwrap();
        let found = findings(&store).await;
        assert_eq!(found.len(), 1, "{found:?}");
        let id = match_id(HOUR, 4).to_string();
        assert!(found[0].starts_with(&id) && found[0].contains("2 rows of matches"), "{found:?}");
        assert!(found[0].contains("8 rows of seats") && found[0].contains("2 runs of events"));
    });
}

#[test]
fn strays_are_listed_and_are_no_fault() {
    run(async {
        let store: Store = Arc::new(filled().await);
        store.put(&Location::from("plays/notes.txt"), "mine".into()).await.unwrap();
        let verified = keeper(&store).await.unwrap().verify(&mut quiet()).await.unwrap();
        assert_eq!(verified.strays, ["plays/notes.txt"]);
        assert!(verified.is_fine());
    });
}
