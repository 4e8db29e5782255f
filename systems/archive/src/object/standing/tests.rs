//! Which matches a target in a store knows.

use std::sync::Arc;

use components::{MatchId, RoomId};
use object_store::memory::InMemory;
use object_store::path::Path as Location;
use object_store::{ObjectStore, ObjectStoreExt};

use super::*;
use crate::testing::{Dies, Faulty, HOUR, batch, ended_ms, layout, match_id, run};
use crate::{Applied, Catalog, CatalogLimits, Keeper, KeepingLimits, Target};

const NEXT: Hour = Hour(HOUR.0 + 1);

fn memory() -> Arc<dyn ObjectStore> {
    Arc::new(InMemory::new())
}

fn target(store: &Arc<dyn ObjectStore>) -> ObjectTarget {
    ObjectTarget::new(Arc::clone(store), "memory", CatalogLimits::default())
}

/// The n-th match that ended in this hour.
fn ended(hour: Hour, n: u32) -> Ended {
    let match_id = MatchId(match_id(hour, n).into_bytes());
    Ended { match_id, room: RoomId(n.into()), ended_ms: ended_ms(hour, n) }
}

/// Three batches in two hours, of even matches.
async fn fill(store: &Arc<dyn ObjectStore>) {
    let target = target(store);
    for change in [batch(1, HOUR, &[2, 4]), batch(2, HOUR, &[6, 8]), batch(3, NEXT, &[2, 10])] {
        assert_eq!(target.apply(&change).await, Ok(Applied::Now));
    }
}

/// What is asked in these tests, and what the right answer is.
fn questions() -> Vec<(Ended, Standing)> {
    let mut earlier = ended(NEXT, 10);
    earlier.ended_ms -= 3_600_000;
    let other = Standing::Other { ended_ms: ended_ms(NEXT, 10) };
    vec![
        (ended(HOUR, 2), Standing::Same),
        (ended(HOUR, 8), Standing::Same),
        (ended(NEXT, 2), Standing::Same),
        (earlier, other),
        (ended(HOUR, 3), Standing::Absent),
        (ended(NEXT, 4), Standing::Absent),
        (ended(Hour(HOUR.0 - 9), 1), Standing::Absent),
    ]
}

async fn assert_answers(target: &ObjectTarget) {
    let (asked, answers): (Vec<_>, Vec<_>) = questions().into_iter().unzip();
    assert_eq!(target.standing(&asked).await, Ok(answers));
    for (one, answer) in questions() {
        assert_eq!(target.standing(&[one]).await, Ok(vec![answer]), "{one:?}");
    }
}

#[test]
fn a_match_is_found_in_whatever_hour_it_ended_and_told_from_one_with_another_end() {
    run(async {
        let store = memory();
        assert_eq!(target(&store).standing(&[ended(HOUR, 2)]).await, Ok(vec![Standing::Absent]));
        fill(&store).await;
        assert_answers(&target(&store)).await;
        assert_eq!(target(&store).standing(&[]).await, Ok(Vec::new()));
    });
}

#[test]
fn matches_are_found_in_files_that_were_merged_since_they_were_asked_for() {
    run(async {
        let store = memory();
        fill(&store).await;
        let target = target(&store);
        assert_answers(&target).await;
        let limits = KeepingLimits { grace_ms: 0, ..KeepingLimits::default() };
        let catalog = Catalog::new(Arc::clone(&store), CatalogLimits::default());
        let mut keeper = Keeper::new(catalog, limits, layout());
        let now_ms = NEXT.end_ms() + 3_600_000;
        assert_eq!(keeper.compact(.., now_ms, &mut |_| {}).await.unwrap().hours, 1);
        assert!(keeper.clean(now_ms + 1, &mut |_| {}).await.unwrap().files > 0);
        assert_answers(&target).await;
    });
}

#[test]
fn files_that_cannot_have_a_match_are_not_read_again() {
    run(async {
        let store = memory();
        fill(&store).await;
        let counted = Faulty::new(&store, Dies::Before(u64::MAX));
        let faulty: Arc<dyn ObjectStore> = counted.clone();
        let target = target(&faulty);
        // Between the matches of both hours: no file may have it.
        let asked = [ended(HOUR, 100)];
        assert_eq!(target.standing(&asked).await, Ok(vec![Standing::Absent]));
        let before = counted.calls();
        assert_eq!(target.standing(&asked).await, Ok(vec![Standing::Absent]));
        assert_eq!(counted.calls(), before + 1, "the manifests are listed, and no more");
    });
}

#[test]
fn a_damaged_file_hides_no_matches_but_its_own() {
    run(async {
        let store = memory();
        fill(&store).await;
        let catalog = Catalog::load(Arc::clone(&store), CatalogLimits::default()).await.unwrap();
        let damaged = catalog.files(Table::Matches, HOUR..=HOUR).next().unwrap().path.clone();
        store.put(&Location::from(damaged), b"no Parquet".to_vec().into()).await.unwrap();
        let asked = [ended(HOUR, 2), ended(HOUR, 8), ended(NEXT, 2)];
        let answers = vec![Standing::Absent, Standing::Same, Standing::Same];
        assert_eq!(target(&store).standing(&asked).await, Ok(answers));
    });
}

#[test]
fn a_store_that_is_away_says_nothing_about_matches() {
    run(async {
        let store = memory();
        fill(&store).await;
        let away: Arc<dyn ObjectStore> = Faulty::new(&store, Dies::Before(3));
        let answer = target(&away).standing(&[ended(HOUR, 2)]).await;
        assert!(matches!(answer, Err(crate::TargetError::Unavailable(_))), "{answer:?}");
    });
}
