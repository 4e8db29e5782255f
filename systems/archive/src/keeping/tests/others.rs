//! Two keepers at once: the other does all its work between two calls of the first.

use futures_util::future::{BoxFuture, FutureExt};

use super::*;
use crate::testing::{Faulty, Others};

/// Lets `others` work before each call of a keeper that merges, and looks at what came of it.
async fn meet(
    others: impl Fn(Store) -> BoxFuture<'static, ()> + Send + Sync + 'static,
    ids_stay: bool,
) {
    let (template, others) = (filled().await, Arc::new(others));
    for n in 0.. {
        let store: Store = Arc::new(template.fork());
        let (inner, work) = (Arc::clone(&store), Arc::clone(&others));
        let hook: Arc<Others> = Arc::new(move || work(Arc::clone(&inner)));
        let meeting = Faulty::meeting(&store, n, hook);
        let first: Store = meeting.clone();
        tend(&first, NOW_MS).await.unwrap();
        let place = format!("met at call {n}");
        if ids_stay {
            check(&store, &place).await;
            tend(&store, NOW_MS + GRACE_MS).await.unwrap();
            tend(&store, NOW_MS + 2 * GRACE_MS).await.unwrap();
            check_tidy(&store, &place).await;
        } else {
            let verified = keeper(&store).await.unwrap().verify(&mut quiet()).await.unwrap();
            assert_eq!(verified.findings, [], "{place}");
        }
        if meeting.calls() <= n {
            assert!(n > 20, "only {n} calls");
            return;
        }
    }
}

#[test]
fn two_that_merge_the_same_hour_double_nothing() {
    run(meet(|store| async move { tend(&store, NOW_MS).await.unwrap() }.boxed(), true));
}

#[test]
fn one_that_only_merges_and_one_that_cleans_too_double_nothing() {
    let others = |store: Store| {
        async move {
            let mut keeper = keeper(&store).await.unwrap();
            keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap();
        }
        .boxed()
    };
    run(meet(others, true));
}

#[test]
fn a_batch_that_comes_meanwhile_is_not_lost() {
    let others = |store: Store| {
        async move {
            // Nobody was asked about a redeal: so both merge the same files of that table into one of
            // the same name, and who is late must not take it away.
            let mut late = batch(5, HOUR, &[20]);
            late.manifest.files.retain(|file| file.table != Table::Redeals);
            late.parts.retain(|part| part.table != Table::Redeals);
            publish(&*store, &late.manifest, &late.parts).await.unwrap();
            let mut keeper = keeper(&store).await.unwrap();
            keeper.compact(ALL, NOW_MS, &mut quiet()).await.unwrap();
            let found = keeper.catalog.fetch_events(match_id(HOUR, 20)).await.unwrap();
            assert!(found.is_some());
        }
        .boxed()
    };
    run(meet(others, false));
}

#[test]
fn an_hour_that_is_removed_meanwhile_stays_removed() {
    let others = |store: Store| {
        async move {
            let mut keeper = keeper(&store).await.unwrap();
            let now = HOUR.end_ms() + 2 * 86_400_000;
            keeper.retention(1, now, &mut quiet()).await.unwrap();
            keeper.clean(now + GRACE_MS, &mut quiet()).await.unwrap();
        }
        .boxed()
    };
    run(meet(others, false));
}

#[test]
fn a_keeper_that_slept_until_its_step_was_forgotten_changes_nothing() {
    run(async {
        let store: Store = Arc::new(filled().await);
        let mut sleeper = keeper(&store).await.unwrap();
        let plan = sleeper.plan_merge(HOUR).await.unwrap().0;
        // Two steps later, the first is no longer there to be met.
        tend(&store, NOW_MS).await.unwrap();
        let late = batch(5, HOUR, &[20]);
        publish(&*store, &late.manifest, &late.parts).await.unwrap();
        tend(&store, NOW_MS + GRACE_MS).await.unwrap();
        assert!(sleeper.commit(plan, NOW_MS).await.unwrap().is_none());
        let mut keeper = keeper(&store).await.unwrap();
        let verified = keeper.verify(&mut quiet()).await.unwrap();
        assert_eq!((verified.findings, verified.strays), (vec![], vec![]));
        assert_eq!(verified.matches, 11);
    });
}
