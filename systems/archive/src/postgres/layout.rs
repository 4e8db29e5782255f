//! The layout of the database: made when it is not there, refused when a newer program made it.

use tokio_postgres::Transaction;

use super::LAYOUT_VERSION;
use super::ask::Ask;
use super::fault::within;
use super::link::Link;
use super::{columns, tables};
use crate::{Table, TargetError, schema};

/// Held alone while tables and days are made or dropped, shared while rows are brought in.
const LOCK: i64 = 0x6c69_6170_0001;

const MAKE: &str = "
    create table liap.meta (
        version integer not null,
        only_row boolean primary key default true check (only_row)
    );
    create table liap.batches (
        id uuid primary key,
        kind text not null,
        created timestamptz not null,
        applied timestamptz not null default now(),
        writer text not null,
        schema_version integer not null,
        matches bigint not null,
        rows bigint not null,
        files integer[] not null
    );
    create table liap.covered (
        batch uuid not null,
        path text not null,
        primary key (batch, path)
    );
    comment on table liap.batches is 'Every change that is in: with its rows, or not at all.';
    comment on column liap.batches.files is
        'Its own files: 8 * hours since 1970 + 0..6 for seats, rounds, plays, redeals, presence, events, matches.';
    comment on table liap.covered is
        'Files whose own change is not in: their rows came with another, or are to come no more.';
";

/// Makes the layout if it is not there, and checks that it is one this program knows.
pub(super) async fn prepare(link: &mut Link) -> Result<(), TargetError> {
    let found = match version(link).await? {
        Some(found) => found,
        None => make(link).await?,
    };
    if found == LAYOUT_VERSION {
        return Ok(());
    }
    Err(TargetError::Unavailable(format!(
        "schema liap of this database has layout {found}; this program knows {LAYOUT_VERSION}: use \
         a newer program, or another database"
    )))
}

async fn version(link: &Link) -> Result<Option<i32>, TargetError> {
    let ask = link.ask("reading liap.meta");
    if !ask.one("select to_regclass('liap.meta') is not null", &[]).await? {
        return Ok(None);
    }
    ask.one("select version from liap.meta", &[]).await.map(Some)
}

async fn make(link: &mut Link) -> Result<i32, TargetError> {
    let (ms, what) = (link.statement_ms, "making schema liap");
    let tx = within(ms, what, link.client.transaction()).await?;
    let ask = Ask::new(&tx, ms, what);
    lock_alone(&ask).await?;
    if !ask.one("select to_regclass('liap.meta') is not null", &[]).await? {
        // An operator may have made it for a user that must not make schemas.
        if !ask.one("select to_regnamespace('liap') is not null", &[]).await? {
            ask.run("create schema liap").await?;
        }
        ask.run(MAKE).await?;
        for table in Table::ALL {
            let columns = columns::of_schema(table, &schema(table))?;
            tables::make(&ask, table, &columns).await?;
        }
        ask.touch("insert into liap.meta (version) values ($1)", &[&LAYOUT_VERSION]).await?;
    }
    let found = ask.one("select version from liap.meta", &[]).await?;
    within(ms, what, tx.commit()).await?;
    Ok(found)
}

/// Waits until nobody else brings rows in or makes tables, till the transaction ends.
pub(super) async fn lock_alone(ask: &Ask<'_, Transaction<'_>>) -> Result<(), TargetError> {
    let ask = ask.about("waiting for other writers");
    ask.touch("select pg_advisory_xact_lock($1)", &[&LOCK]).await.map(|_| ())
}

/// Keeps tables and days as they are till the transaction ends.
pub(super) async fn lock_shared(ask: &Ask<'_, Transaction<'_>>) -> Result<(), TargetError> {
    let ask = ask.about("waiting for other writers");
    ask.touch("select pg_advisory_xact_lock_shared($1)", &[&LOCK]).await.map(|_| ())
}
