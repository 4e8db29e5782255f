//! A change, brought in by one transaction, in tables made for it before.

use tokio_postgres::Transaction;

use super::ask::Ask;
use super::bringing::Bringing;
use super::fault::within;
use super::link::Link;
use super::parts::Opened;
use super::{days, layout, paths, tables};
use crate::{Applied, Kind, Manifest, ManifestId, TargetError};

/// How often the tables may be gone again after they were made: another writer drops days.
const TRIES_MAX: u32 = 3;

/// Whether the change of this name is in. The removal of hours never counts: it is repeated, so that
/// nothing that came late stays, and the names of steps begin anew after it.
pub(super) async fn holds(link: &Link, id: ManifestId) -> Result<bool, TargetError> {
    let sql = "select exists (select from liap.batches where id = $1 and kind <> 'retention')";
    link.ask("asking for a batch").one(sql, &[&id.0]).await
}

/// Brings it in, whole or not at all.
pub(super) async fn apply(
    link: &mut Link,
    manifest: &Manifest,
    parts: Vec<Opened>,
) -> Result<Applied, TargetError> {
    for _ in 0..TRIES_MAX {
        let (step_ms, ms) = (link.step_ms, link.statement_ms);
        let tx = within(ms, "beginning", link.client.transaction()).await?;
        let ask = Ask::new(&tx, ms, "bringing a change in");
        layout::lock_shared(&ask).await?;
        if !has_place(&ask, &parts).await? {
            within(ms, "giving up a transaction", tx.rollback()).await?;
            make_place(link, &parts).await?;
            continue;
        }
        let bringing = Bringing { ask, manifest, step_ms };
        let is_new = bringing.claim(&parts).await?;
        if is_new || manifest.kind == Kind::Retention {
            bringing.bring(&parts).await?;
        }
        within(ms, "committing", tx.commit()).await?;
        if manifest.kind == Kind::Retention {
            tidy_up(link, manifest).await;
        }
        return Ok(if is_new { Applied::Now } else { Applied::Before });
    }
    Err(TargetError::Unavailable("the tables of the archive keep being dropped".to_owned()))
}

async fn has_place(ask: &Ask<'_, Transaction<'_>>, parts: &[Opened]) -> Result<bool, TargetError> {
    for part in parts {
        let fits = tables::fits(ask, part.table, &part.columns).await?;
        if !fits || !days::there(ask, part.table, part.date).await? {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn make_place(link: &mut Link, parts: &[Opened]) -> Result<(), TargetError> {
    let (ms, what) = (link.statement_ms, "making tables");
    let tx = within(ms, what, link.client.transaction()).await?;
    let ask = Ask::new(&tx, ms, what);
    layout::lock_alone(&ask).await?;
    for part in parts {
        if !tables::fits(&ask, part.table, &part.columns).await? {
            tables::make(&ask, part.table, &part.columns).await?;
        }
        days::make(&ask, part.table, part.date).await?;
    }
    within(ms, what, tx.commit()).await
}

/// Empty days cost next to nothing, so that a change does not fail on them.
async fn tidy_up(link: &mut Link, manifest: &Manifest) {
    let places = manifest.replaces.iter().filter_map(|path| paths::read(path).ok());
    let Some(last) = places.map(|place| place.date).max() else { return };
    if let Err(error) = days::drop_empty(link, last).await {
        tracing::warn!(%error, "empty days of the archive were not dropped from PostgreSQL");
    }
}
