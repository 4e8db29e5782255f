//! Days: the partitions of the tables, made when first needed and dropped when empty and old.

use chrono::NaiveDate;
use tokio_postgres::Transaction;

use super::ask::Ask;
use super::fault::within;
use super::layout;
use super::link::Link;
use crate::{Table, TargetError};

/// The name of a day of a table.
fn name(table: Table, date: NaiveDate) -> String {
    format!("liap.{}_{}", table.name(), date.format("%Y%m%d"))
}

/// Whether that day of that table is there.
pub(super) async fn there(
    ask: &Ask<'_, Transaction<'_>>,
    table: Table,
    date: NaiveDate,
) -> Result<bool, TargetError> {
    ask.one("select to_regclass($1::text) is not null", &[&name(table, date)]).await
}

/// Makes that day of that table; needs the layout's lock, alone. It is attached and not made in its
/// place, so that those who read the table meanwhile do not stop it, nor it them.
pub(super) async fn make(
    ask: &Ask<'_, Transaction<'_>>,
    table: Table,
    date: NaiveDate,
) -> Result<(), TargetError> {
    if there(ask, table, date).await? {
        return Ok(());
    }
    let (parent, day, next) = (table.name(), name(table, date), date + chrono::Days::new(1));
    let sql = format!(
        "create table {day} (like liap.{parent} including defaults including constraints); \
         alter table liap.{parent} attach partition {day} for values from ('{date}') to ('{next}')"
    );
    ask.run(&sql).await
}

/// Drops the empty days up to this one.
pub(super) async fn drop_empty(link: &mut Link, up_to: NaiveDate) -> Result<(), TargetError> {
    let ms = link.statement_ms;
    let tx = within(ms, "dropping days", link.client.transaction()).await?;
    let ask = Ask::new(&tx, ms, "dropping days");
    layout::lock_alone(&ask).await?;
    for table in Table::ALL {
        for day in days_of(&ask, table, up_to).await? {
            let first = format!("select 1 from liap.\"{day}\" limit 1");
            if ask.rows(&first, &[]).await?.is_empty() {
                ask.run(&format!("drop table liap.\"{day}\"")).await?;
            }
        }
    }
    within(ms, "dropping days", tx.commit()).await
}

/// The names of a table's days up to this one, at most 1,000 of them.
async fn days_of(
    ask: &Ask<'_, Transaction<'_>>,
    table: Table,
    up_to: NaiveDate,
) -> Result<Vec<String>, TargetError> {
    let sql = "select c.relname::text from pg_inherits i join pg_class c on c.oid = i.inhrelid \
               where i.inhparent = to_regclass($1::text) and c.relname::text <= $2 \
               and c.relname ~ '^[a-z]+_[0-9]{8}$' order by 1 limit 1000";
    let parent = format!("liap.{}", table.name());
    let last = format!("{}_{}", table.name(), up_to.format("%Y%m%d"));
    ask.list(sql, &[&parent, &last]).await
}
