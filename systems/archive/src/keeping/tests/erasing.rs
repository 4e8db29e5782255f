//! A player taken out.

use arrow_array::RecordBatch;

use super::*;
use crate::testing::{Dies, Faulty, player};

/// As the real one takes aliases out of events: the key goes there too.
fn redact(key: &str) -> impl FnMut(Table, &RecordBatch) -> Result<Option<RecordBatch>, String> {
    move |table, batch| {
        assert_eq!(table, Table::Events);
        erase::without(batch, key, &mut 0)
    }
}

async fn erase(store: &Store, key: &str) -> Result<Erased, StoreError> {
    let mut keeper = keeper(store).await?;
    let tables = [Table::Events];
    keeper.erase(key, &tables, NOW_MS, &mut redact(key), &mut quiet()).await
}

/// In how many files of all that lie there, counted or not, the key can be read.
async fn mentions(store: &Store, key: &str) -> usize {
    let mut found = 0;
    for object in objects(store, "").await {
        if object.location.as_ref().starts_with('_') {
            continue;
        }
        let bytes = store.get(&object.location).await.unwrap().bytes().await.unwrap();
        let mut file = open(bytes).unwrap();
        let mut seen = false;
        while let Some(batch) = file.next().unwrap() {
            for column in batch.columns() {
                let texts = arrow_array::cast::AsArray::as_string_opt::<i32>(column);
                seen |= texts.is_some_and(|texts| texts.iter().any(|text| text == Some(key)));
            }
        }
        found += usize::from(seen);
    }
    found
}

#[test]
fn nothing_of_a_player_is_left_and_all_else_stays() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let (key, other) = (player(1, 0).unwrap(), player(2, 0).unwrap());
        assert!(mentions(&store, &key).await > 0);
        let others = mentions(&store, &other).await;
        let erased = erase(&store, &key).await.unwrap();
        assert_eq!(erased.missing, Vec::<String>::new());
        assert!(erased.rows > 0 && erased.matches == erased.rows, "{erased:?}");
        assert_eq!(erased.files, erased.deleted);
        assert_eq!(mentions(&store, &key).await, 0);
        assert_eq!(mentions(&store, &other).await, others);
        check(&store, "erased").await;
        assert_eq!(erase(&store, &key).await.unwrap(), Erased::default());
        tend(&store, NOW_MS).await.unwrap();
        check_tidy(&store, "erased and merged").await;
    });
}

#[test]
fn what_was_merged_just_before_is_deleted_at_once_too() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let key = player(1, 0).unwrap();
        keeper(&store).await.unwrap().compact(ALL, NOW_MS, &mut quiet()).await.unwrap();
        erase(&store, &key).await.unwrap();
        assert_eq!(mentions(&store, &key).await, 0);
        check(&store, "erased").await;
    });
}

#[test]
fn erasing_may_die_at_any_call_and_be_asked_for_again() {
    run(async {
        let template = filled().await;
        let key = player(1, 0).unwrap();
        for n in 0.. {
            let mut died = false;
            for dies in [Dies::Before(n), Dies::After(n)] {
                let store: Store = Arc::new(template.fork());
                let faulty = Faulty::new(&store, dies);
                let first: Store = faulty.clone();
                let answer = erase(&first, &key).await;
                assert!(answer.is_ok() || faulty.died(), "{dies:?}: {answer:?}");
                died |= faulty.died();
                check(&store, &format!("{dies:?}")).await;
                erase(&store, &key).await.unwrap();
                assert_eq!(mentions(&store, &key).await, 0, "{dies:?}");
                check(&store, &format!("again after {dies:?}")).await;
            }
            if !died {
                assert!(n > 20, "only {n} calls");
                break;
            }
        }
    });
}
