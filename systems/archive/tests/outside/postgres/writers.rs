//! Several at once: writers of the same, and readers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use archive::{Applied, Hour, Target};

use super::database::{Census, Database, insist};
use crate::made::{self, HOUR};
use crate::proxy::Mode;

#[tokio::test]
async fn of_two_that_bring_the_same_batch_in_at_once_one_does() {
    let database = Database::new().await;
    let (one, other) = (database.target(), database.target());
    for day in 0..10 {
        // A day of its own: its partitions are made by both at once, too.
        let change = made::batch(Hour(HOUR.0 + day * 24), day * 3..day * 3 + 3);
        let answers = tokio::join!(insist(&one, &change), insist(&other, &change));
        let now = [answers.0, answers.1].iter().filter(|a| **a == Applied::Now).count();
        assert_eq!(now, 1, "{day}: {answers:?}");
        assert_eq!(database.census().await, Census::of(u64::from(day) * 3 + 3));
    }
}

#[tokio::test]
async fn a_reader_sees_whole_batches_only_while_they_come_in_and_fail() {
    let database = Arc::new(Database::new().await);
    let target = database.target();
    assert_eq!(target.apply(&made::batch(HOUR, 0..5)).await, Ok(Applied::Now));
    let done = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn({
        let (database, done) = (Arc::clone(&database), Arc::clone(&done));
        async move {
            let client = database.client().await;
            let mut looks = 0;
            while !done.load(Ordering::SeqCst) {
                let seen = Census::take(&client).await;
                assert_eq!(seen.matches % 5, 0, "{seen:?}");
                assert_eq!(seen, Census::of(seen.matches));
                looks += 1;
            }
            looks
        }
    });
    for at in 1..20_u32 {
        let change = made::batch(HOUR, at * 5..at * 5 + 5);
        database.proxy.set(Mode::Cut(u64::from(at) * 2_000));
        let _ = target.apply(&change).await;
        database.proxy.set(Mode::Pass);
        insist(&target, &change).await;
    }
    done.store(true, Ordering::SeqCst);
    assert!(reading.await.unwrap() > 20);
    assert_eq!(database.census().await, Census::of(100));
}
