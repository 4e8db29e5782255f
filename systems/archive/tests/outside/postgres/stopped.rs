//! The server itself is killed and comes back.

use std::sync::Arc;

use archive::{Applied, Target, TargetError};

use super::database::{Census, Database};
use crate::made::{self, HOUR};
use crate::services::Own;

#[tokio::test]
async fn a_server_that_was_killed_has_every_batch_it_acknowledged_and_takes_the_others() {
    let (own, url) = Own::start("postgres", "TEST_LIAP_POSTGRES");
    let database = Database::within(&url).await;
    let target = database.target();
    let batches: Vec<_> = (0..6).map(|at| made::batch(HOUR, at * 3..at * 3 + 3)).collect();
    for (at, change) in batches.iter().enumerate() {
        assert_eq!(target.apply(change).await, Ok(Applied::Now), "{at}");
        own.run("down");
        let next = &batches[(at + 1) % batches.len()];
        for answer in [target.apply(next).await.map(|_| ()), target.probe().await] {
            assert!(matches!(answer, Err(TargetError::Unavailable(_))), "{at}: {answer:?}");
        }
        own.run("up");
        assert_eq!(target.apply(change).await, Ok(Applied::Before), "{at}");
    }
    assert_eq!(database.census().await, Census::of(18));
}

#[tokio::test]
async fn a_server_killed_while_batches_come_in_has_each_once_in_the_end() {
    let (own, url) = Own::start("postgres", "TEST_LIAP_POSTGRES");
    let database = Database::within(&url).await;
    let target = database.target();
    let batches: Vec<_> = (0..40).map(|at| made::batch(HOUR, at * 3..at * 3 + 3)).collect();
    assert_eq!(target.apply(&batches[0]).await, Ok(Applied::Now));
    let own = Arc::new(own);
    let mut failed = 0;
    for round in batches.chunks(10) {
        let killed = Arc::clone(&own);
        let killing = tokio::task::spawn_blocking(move || {
            killed.run("down");
            killed.run("up");
        });
        let coming = async {
            for change in round {
                while let Err(error) = target.apply(change).await {
                    assert!(matches!(error, TargetError::Unavailable(_)), "{error}");
                    failed += 1;
                    tokio::task::yield_now().await;
                }
            }
        };
        let (killed, ()) = tokio::join!(killing, coming);
        killed.unwrap();
    }
    assert!(failed > 0, "no batch met a dead server");
    assert_eq!(database.census().await, Census::of(120));
}
