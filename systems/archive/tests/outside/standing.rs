//! Which matches the real servers know, whatever batch they came with.

use archive::{
    Catalog, CatalogLimits, Ended, Hour, Keeper, KeepingLimits, Standing, Target, TargetError,
    WriterOptions, layout,
};
use components::{MatchId, RoomId};
use uuid::Uuid;

use crate::made::{self, HOUR};
use crate::postgres::database::Database;
use crate::proxy::Mode;
use crate::s3::bucket::Bucket;

/// A day later: another partition.
const LATER: Hour = Hour(HOUR.0 + 24);

fn ended(number: u32, ended_ms: u64) -> Ended {
    let id = Uuid::parse_str(&made::match_id(number)).unwrap();
    Ended { match_id: MatchId(id.into_bytes()), room: RoomId(1), ended_ms }
}

async fn fill(target: &dyn Target) {
    let asked = [ended(0, HOUR.start_ms())];
    assert_eq!(target.standing(&asked).await, Ok(vec![Standing::Absent]), "nothing is there");
    for change in [made::batch(HOUR, 0..5), made::batch(HOUR, 5..9), made::batch(LATER, 20..25)] {
        target.apply(&change).await.unwrap();
    }
}

async fn assert_told(target: &dyn Target) {
    let asked = [
        ended(3, HOUR.start_ms()),
        ended(24, LATER.start_ms()),
        ended(22, HOUR.start_ms() + 7),
        ended(10, HOUR.start_ms()),
        ended(8, HOUR.start_ms()),
    ];
    let other = Standing::Other { ended_ms: LATER.start_ms() };
    let told = [Standing::Same, Standing::Same, other, Standing::Absent, Standing::Same];
    assert_eq!(target.standing(&asked).await, Ok(told.to_vec()));
}

#[tokio::test]
async fn postgresql_tells_which_matches_it_has_and_when_they_ended() {
    let database = Database::new().await;
    let target = database.target();
    fill(&target).await;
    assert_told(&target).await;
    database.proxy.set(Mode::Refuse);
    let away = target.standing(&[ended(3, 0)]).await;
    assert!(matches!(away, Err(TargetError::Unavailable(_))), "{away:?}");
    database.proxy.set(Mode::Pass);
    assert_told(&target).await;
}

#[tokio::test]
async fn a_bucket_tells_which_matches_it_has_and_when_they_ended() {
    let bucket = Bucket::new().await;
    let target = bucket.target();
    fill(&target).await;
    assert_told(&target).await;
    bucket.proxy.set(Mode::Refuse);
    let away = target.standing(&[ended(3, 0)]).await;
    assert!(matches!(away, Err(TargetError::Unavailable(_))), "{away:?}");
    bucket.proxy.set(Mode::Pass);
    let limits = KeepingLimits { grace_ms: 0, ..KeepingLimits::default() };
    let catalog = Catalog::new(target.store(), CatalogLimits::default());
    let mut keeper = Keeper::new(catalog, limits, layout(WriterOptions::default()));
    let now_ms = LATER.end_ms() + 3_600_000;
    assert_eq!(keeper.compact(.., now_ms, &mut |_| {}).await.unwrap().hours, 1);
    keeper.clean(now_ms + 1, &mut |_| {}).await.unwrap();
    assert_told(&target).await;
}
