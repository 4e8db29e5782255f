//! The network fails: by its manifests the bucket never has half a batch, and each once in the end.

use std::time::Duration;

use archive::{Applied, ObjectTarget, Target, TargetError};
use tokio::time::{Instant, timeout};

use super::bucket::{Bucket, Census, insist};
use crate::made::{self, HOUR};
use crate::proxy::Mode;

fn assert_unavailable<T: std::fmt::Debug>(answer: Result<T, TargetError>, when: &str) {
    assert!(matches!(answer, Err(TargetError::Unavailable(_))), "{when}: {answer:?}");
}

async fn with_one_batch() -> (Bucket, ObjectTarget) {
    let bucket = Bucket::new().await;
    let target = bucket.target();
    assert_eq!(target.probe().await, Ok(()));
    assert_eq!(target.apply(&made::batch(HOUR, 0..3)).await, Ok(Applied::Now));
    (bucket, target)
}

#[tokio::test]
async fn a_batch_cut_anywhere_is_in_whole_or_not_at_all_and_once_in_the_end() {
    let (bucket, target) = with_one_batch().await;
    bucket.proxy.set(Mode::Pass);
    assert_eq!(target.apply(&made::batch(HOUR, 3..6)).await, Ok(Applied::Now));
    let whole = bucket.proxy.requested();
    assert!(whole > 10_000, "{whole}");

    let (mut matches, mut failed) = (6, 0);
    for step in 0..16_u32 {
        let change = made::batch(HOUR, 100 + step * 3..103 + step * 3);
        bucket.proxy.set(Mode::Cut(whole * u64::from(step) / 15));
        let first = target.apply(&change).await;
        let seen = bucket.census().await;
        let after = Census::of(matches + 3);
        failed += u32::from(first.is_err());
        assert!(seen == after || first.is_err() && seen == Census::of(matches), "{step}: {seen:?}");
        bucket.proxy.set(Mode::Pass);
        insist(&target, &change).await;
        matches += 3;
        assert_eq!(bucket.census().await, Census::of(matches), "{step}");
    }
    assert!(failed > 10, "{failed} of 16 were cut");
}

#[tokio::test]
async fn a_batch_whose_answer_was_lost_after_commit_had_been_in_before() {
    let (bucket, target) = with_one_batch().await;
    let change = made::batch(HOUR, 3..6);
    bucket.proxy.set(Mode::LoseAnswerTo(bucket.puts_manifest()));
    assert_unavailable(target.apply(&change).await, "the answer was lost");
    assert_eq!(bucket.census().await, Census::of(6), "it was in");
    bucket.proxy.set(Mode::Pass);
    assert_eq!(target.holds(change.manifest.id).await, Ok(true));
    assert_eq!(target.apply(&change).await, Ok(Applied::Before));
    assert_eq!(bucket.census().await, Census::of(6));
}

#[tokio::test]
async fn a_store_that_is_overloaded_full_or_broken_is_unavailable_until_it_is_not() {
    let (bucket, target) = with_one_batch().await;
    for (at, status) in (1_u32..).zip([503, 507, 500, 502, 429, 403]) {
        let change = made::batch(HOUR, at * 3..at * 3 + 3);
        let when = status.to_string();
        bucket.proxy.set(Mode::Http(status));
        // Connections that are open already would still pass.
        let fresh = bucket.target();
        assert_unavailable(fresh.apply(&change).await.map(|_| ()), &when);
        assert_unavailable(fresh.probe().await, &when);
        assert_unavailable(fresh.holds(change.manifest.id).await.map(|_| ()), &when);
        bucket.proxy.set(Mode::Pass);
        assert_eq!(bucket.census().await, Census::of(u64::from(at) * 3), "{status}");
        assert_eq!(insist(&target, &change).await, Applied::Now);
    }
}

#[tokio::test]
async fn a_store_that_hangs_up_or_answers_nothing_is_given_up_in_time() {
    let (bucket, target) = with_one_batch().await;
    let change = made::batch(HOUR, 3..6);
    for mode in [Mode::Refuse, Mode::BlackHole] {
        bucket.proxy.set(mode);
        let began = Instant::now();
        assert_unavailable(target.apply(&change).await, "hung up");
        assert_unavailable(target.probe().await, "hung up");
        assert!(began.elapsed() < Duration::from_secs(20), "{mode:?}: {:?}", began.elapsed());
    }
    bucket.proxy.set(Mode::Pass);
    assert_eq!(insist(&target, &change).await, Applied::Now);
    assert_eq!(bucket.census().await, Census::of(6));
}

#[tokio::test]
async fn a_slow_line_brings_a_batch_in_all_the_same() {
    let (bucket, target) = with_one_batch().await;
    let change = made::batch(HOUR, 3..33);
    bucket.proxy.set(Mode::Slow(200_000));
    let applied = timeout(Duration::from_secs(60), insist(&target, &change)).await.unwrap();
    assert_eq!(applied, Applied::Now);
    assert_eq!(bucket.census().await, Census::of(33));
}
