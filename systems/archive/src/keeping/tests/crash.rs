//! A keeper that dies at every single call.

use super::*;
use crate::testing::{Dies, Faulty};

/// Runs `work` on a store that dies at its n-th call, for every n; after each death, everything is
/// there once, and the next keeper finishes.
async fn at_each_call<F>(
    template: InMemory,
    work: impl Fn(Store) -> F,
    after: impl AsyncFn(&Store, &str),
) where
    F: Future<Output = Result<(), StoreError>>,
{
    for n in 0.. {
        let mut died = false;
        for dies in [Dies::Before(n), Dies::After(n)] {
            let store: Store = Arc::new(template.fork());
            let faulty = Faulty::new(&store, dies);
            let answer = work(faulty.clone()).await;
            assert!(answer.is_ok() || faulty.died(), "{dies:?}: {answer:?}");
            died |= faulty.died();
            after(&store, &format!("{dies:?}")).await;
        }
        if !died {
            assert!(n > 20, "only {n} calls");
            return;
        }
    }
}

#[test]
fn merging_and_cleaning_lose_and_double_nothing_wherever_they_die() {
    run(async {
        let work = |store: Store| async move { tend(&store, NOW_MS).await };
        at_each_call(filled().await, work, async |store, place| {
            check(store, place).await;
            tend(store, NOW_MS + GRACE_MS).await.unwrap();
            tend(store, NOW_MS + 2 * GRACE_MS).await.unwrap();
            check_tidy(store, place).await;
            let keeper = keeper(store).await.unwrap();
            assert_eq!(keeper.catalog().files(Table::Plays, HOUR..=HOUR).count(), 1, "{place}");
            assert_eq!(keeper.catalog().manifests().count(), 2, "{place}");
        })
        .await;
    });
}

#[test]
fn retention_removes_an_hour_whole_wherever_it_dies() {
    run(async {
        let now = HOUR.end_ms() + 2 * 86_400_000;
        let retire = async move |store: &Store| {
            let mut keeper = keeper(store).await?;
            keeper.retention(1, now, &mut quiet()).await?;
            keeper.clean(now + GRACE_MS, &mut quiet()).await.map(|_| ())
        };
        let work = |store: Store| async move { retire(&store).await };
        at_each_call(filled().await, work, async |store, place| {
            // Of a match that is seen in `matches`, all else is seen.
            let seats = by_glob(store, Table::Seats).await;
            let matches = by_glob(store, Table::Matches).await;
            assert!(matches.keys().all(|id| seats.contains_key(id)), "{place}");
            let verified = keeper(store).await.unwrap().verify(&mut quiet()).await.unwrap();
            assert_eq!(verified.findings, [], "{place}");
            retire(store).await.unwrap();
            assert!(objects(store, "matches").await.is_empty(), "{place}");
            let mut keeper = keeper(store).await.unwrap();
            keeper.clean(now + 3 * 86_400_000, &mut quiet()).await.unwrap();
            assert!(objects(store, "_manifests").await.is_empty(), "{place}");
        })
        .await;
    });
}
