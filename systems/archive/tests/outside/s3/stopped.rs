//! The server itself hangs, or is not there yet.

use archive::{Applied, Target, TargetError};

use super::bucket::{Bucket, Census, insist};
use crate::made::{self, HOUR};
use crate::services::Own;

#[tokio::test]
async fn a_server_that_hangs_and_goes_on_has_every_batch_once() {
    let (own, url) = Own::start("s3", "TEST_LIAP_S3");
    let bucket = Bucket::within(&url).await;
    let target = bucket.target();
    assert_eq!(target.apply(&made::batch(HOUR, 0..3)).await, Ok(Applied::Now));
    own.run("pause");
    let change = made::batch(HOUR, 3..6);
    let answer = target.apply(&change).await;
    assert!(matches!(answer, Err(TargetError::Unavailable(_))), "{answer:?}");
    // It goes on with what it was sent while it hung, too.
    own.run("resume");
    insist(&target, &change).await;
    assert_eq!(bucket.census().await, Census::of(6));
}

#[tokio::test]
async fn a_server_that_comes_up_later_takes_what_waited_for_it() {
    let (own, url) = Own::start("s3", "TEST_LIAP_S3");
    let bucket = Bucket::within(&url).await;
    let target = bucket.target();
    own.run("down");
    let change = made::batch(HOUR, 0..3);
    for answer in [target.apply(&change).await.map(|_| ()), target.probe().await] {
        assert!(matches!(answer, Err(TargetError::Unavailable(_))), "{answer:?}");
    }
    own.run("up");
    let answer = target.apply(&change).await;
    assert!(matches!(answer, Err(TargetError::Unavailable(_))), "without a bucket: {answer:?}");
    bucket.make().await;
    assert_eq!(target.apply(&change).await, Ok(Applied::Now));
    assert_eq!(bucket.census().await, Census::of(3));
}
