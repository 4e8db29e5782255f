//! Which files have their rows in the database already, by whatever change they came.
//!
//! A change that is in covers its own files, as far as it had them. A follower may meet a change
//! before a batch it replaces files of, or keeps: those files are then noted, so that the batch,
//! should it come, does not bring their rows again.

use std::collections::HashSet;

use tokio_postgres::Transaction;
use uuid::Uuid;

use super::ask::Ask;
use super::paths::{self, Place};
use crate::TargetError;

/// Those of these files whose rows are not in.
pub(super) async fn missing(
    ask: &Ask<'_, Transaction<'_>>,
    files: &[String],
) -> Result<Vec<String>, TargetError> {
    let mut places = Vec::with_capacity(files.len());
    for path in files {
        places.push(paths::read(path)?);
    }
    let writers: Vec<Uuid> = places.iter().map(|place| place.writer.0).collect();
    let numbers: Vec<i32> = places.iter().map(|place| place.number()).collect();
    let sql = "select id, files from liap.batches where id = any($1) and files && $2";
    let mut whole: HashSet<(Uuid, i32)> = HashSet::new();
    for row in &ask.rows(sql, &[&writers, &numbers]).await? {
        let id: Uuid = ask.get(row, 0)?;
        whole.extend(ask.get::<Vec<i32>>(row, 1)?.into_iter().map(|number| (id, number)));
    }
    let noted = noted(ask, files).await?;
    let lacks = |(path, place): &(&String, Place)| {
        !whole.contains(&(place.writer.0, place.number())) && !noted.contains(path.as_str())
    };
    let missing = files.iter().zip(places).filter(lacks).map(|(path, _)| path.clone());
    Ok(missing.collect())
}

/// Those of these files whose rows came with another change than their own.
pub(super) async fn noted(
    ask: &Ask<'_, Transaction<'_>>,
    files: &[String],
) -> Result<HashSet<String>, TargetError> {
    let writers = writers(files)?;
    let sql = "select path from liap.covered where batch = any($1) and path = any($2)";
    Ok(ask.list(sql, &[&writers, &files]).await?.into_iter().collect())
}

/// Notes that the rows of these files are in, or are to be no more.
pub(super) async fn note(
    ask: &Ask<'_, Transaction<'_>>,
    files: &[String],
) -> Result<(), TargetError> {
    let writers = writers(files)?;
    let sql = "insert into liap.covered (batch, path) \
               select * from unnest($1::uuid[], $2::text[]) on conflict do nothing";
    ask.touch(sql, &[&writers, &files]).await.map(|_| ())
}

/// Forgets the steps that wrote these files: their hours are gone, and the names of their steps begin
/// anew.
pub(super) async fn forget_steps(
    ask: &Ask<'_, Transaction<'_>>,
    files: &[String],
) -> Result<(), TargetError> {
    let sql = "delete from liap.batches \
               where id = any($1) and kind in ('compaction', 'erasure')";
    ask.about("forgetting steps").touch(sql, &[&writers(files)?]).await.map(|_| ())
}

fn writers(files: &[String]) -> Result<Vec<Uuid>, TargetError> {
    files.iter().map(|path| paths::read(path).map(|place| place.writer.0)).collect()
}
