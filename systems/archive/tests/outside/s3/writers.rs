//! Several at once: writers of the same, and readers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use archive::Target;

use super::bucket::{Bucket, Census, insist};
use crate::made::{self, HOUR};
use crate::proxy::Mode;

#[tokio::test]
async fn two_that_bring_the_same_batch_in_at_once_bring_it_in_once() {
    let bucket = Bucket::new().await;
    let (one, other) = (bucket.target(), bucket.target());
    for at in 0..8_u32 {
        let change = made::batch(HOUR, at * 3..at * 3 + 3);
        tokio::join!(insist(&one, &change), insist(&other, &change));
        assert_eq!(bucket.census().await, Census::of(u64::from(at) * 3 + 3));
    }
}

#[tokio::test]
async fn a_reader_sees_whole_batches_only_while_they_come_in_and_fail() {
    let bucket = Arc::new(Bucket::new().await);
    let target = bucket.target();
    let done = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn({
        let (bucket, done) = (Arc::clone(&bucket), Arc::clone(&done));
        async move {
            let mut looks = 0;
            while !done.load(Ordering::SeqCst) {
                let seen = bucket.census().await;
                assert_eq!(seen.matches() % 5, 0, "{seen:?}");
                assert_eq!(seen, Census::of(seen.matches()));
                looks += 1;
            }
            looks
        }
    });
    for at in 0..10_u32 {
        let change = made::batch(HOUR, at * 5..at * 5 + 5);
        bucket.proxy.set(Mode::Cut(u64::from(at) * 3_000));
        let _ = target.apply(&change).await;
        bucket.proxy.set(Mode::Pass);
        insist(&target, &change).await;
    }
    done.store(true, Ordering::SeqCst);
    assert!(reading.await.unwrap() > 5);
    assert_eq!(bucket.census().await, Census::of(50));
}
