//! A player out of rows that are archived already: who it was is gone, what was played stays.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_array::builder::BinaryBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{ArrayRef, StringArray};
use components::{PlayerId, SessionId};
use journal::Chain;

use super::{Known, ReplayError, restore};
use crate::{PlayerKey, Table};

/// The rows of a table without who the player of this key was; `None` if it is nowhere in them. The
/// rows are as [`read_part`](crate::read_part) gives them. The seats stay as they are but for the
/// key, and the matches run again as ever.
///
/// # Errors
///
/// When the rows are of another table, or a match in them cannot be read.
pub fn erase(
    table: Table,
    rows: &RecordBatch,
    key: PlayerKey,
) -> Result<Option<RecordBatch>, ReplayError> {
    let (name, column) = match table {
        Table::Seats => ("player_key", without_key(rows, key)?),
        Table::Events => ("chain", without_alias(rows, key)?),
        _ => return Ok(None),
    };
    let Some(column) = column else { return Ok(None) };
    let schema = rows.schema();
    let at = schema.index_of(name).map_err(|_| ReplayError::Columns)?;
    let mut columns = rows.columns().to_vec();
    columns[at] = column;
    RecordBatch::try_new(schema, columns).map(Some).map_err(|_| ReplayError::Columns)
}

fn without_key(rows: &RecordBatch, key: PlayerKey) -> Result<Option<ArrayRef>, ReplayError> {
    let column = rows.column_by_name("player_key").and_then(|it| it.as_string_opt::<i32>());
    let column = column.ok_or(ReplayError::Columns)?;
    let key = key.to_string();
    if !column.iter().any(|it| it == Some(key.as_str())) {
        return Ok(None);
    }
    let kept = column.iter().map(|it| it.filter(|it| *it != key));
    Ok(Some(Arc::new(kept.collect::<StringArray>())))
}

fn without_alias(rows: &RecordBatch, key: PlayerKey) -> Result<Option<ArrayRef>, ReplayError> {
    let column = rows.column_by_name("chain").and_then(|it| it.as_binary_opt::<i32>());
    let column = column.ok_or(ReplayError::Columns)?;
    let (mut kept, mut found) = (BinaryBuilder::new(), false);
    for bytes in column {
        let chain = bytes.map(Chain::from_bytes).transpose()?;
        match chain.and_then(|chain| erased(&chain, key)) {
            Some(chain) => {
                found = true;
                kept.append_value(chain.to_bytes());
            }
            None => kept.append_option(bytes),
        }
    }
    Ok(found.then(|| Arc::new(kept.finish()) as ArrayRef))
}

/// The chain with nobody for this player; `None` if it had no seat. Sessions and names stay
/// different from each other, since the rules tell people by them.
fn erased(chain: &Chain, key: PlayerKey) -> Option<Chain> {
    let mut nobody = Known::default();
    for (number, player) in (1_u64..).zip(&chain.base.players) {
        let human = player.as_ref().and_then(|player| player.control.human());
        if let Some(human) = human.filter(|human| human.player == key.alias()) {
            nobody.players.insert(human.player, PlayerId(0));
            nobody.sessions.insert(human.session, SessionId(number));
            nobody.names.insert(human.name.clone(), format!("~{number}").into());
        }
    }
    (!nobody.players.is_empty()).then(|| restore(chain, &nobody))
}
