//! The rows of a batch, as a reader gets them.

use std::collections::BTreeMap;

use archive::{Aliases, Builder, Change, ManifestId, Table, WriterOptions, read_part};
use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::{Int16Type, Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType;
use arrow_select::concat::concat_batches;
use journal::Chain;
use uuid::Uuid;

/// The manifest of all batches in tests.
pub(crate) const ID: ManifestId =
    ManifestId(Uuid::from_u128(0x019a_7d6e_0000_7000_8000_0000_0000_0001));

pub(crate) fn change_of(chains: &[Chain], aliases: &Aliases) -> Change {
    let mut builder = Builder::new(WriterOptions::default());
    for chain in chains {
        builder.add(chain, aliases).unwrap();
    }
    builder.finish(ID, 1_795_000_000_000).unwrap()
}

/// Every table, all hours of it together.
pub(crate) fn read(change: &Change) -> BTreeMap<Table, Rows> {
    let mut batches: BTreeMap<Table, Vec<RecordBatch>> = BTreeMap::new();
    for part in &change.parts {
        let (table, batch) = read_part(part.bytes.clone()).unwrap();
        assert_eq!((table, batch.num_rows() as u64), (part.table, part.rows));
        batches.entry(table).or_default().push(batch);
    }
    let whole = |batches: Vec<RecordBatch>| concat_batches(&batches[0].schema(), &batches).unwrap();
    batches.into_iter().map(|(table, batches)| (table, Rows(whole(batches)))).collect()
}

/// Rows of one table.
pub(crate) struct Rows(pub(crate) RecordBatch);

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.0.num_rows()
    }

    /// A number of any width; `None` where there is none.
    pub(crate) fn number(&self, name: &str, row: usize) -> Option<i64> {
        let column = self.0.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"));
        column.is_valid(row).then(|| number_in(column, row).unwrap())
    }

    pub(crate) fn is(&self, name: &str, row: usize) -> bool {
        self.number(name, row) == Some(1)
    }

    pub(crate) fn text(&self, name: &str, row: usize) -> Option<&str> {
        let column = self.0.column_by_name(name).unwrap_or_else(|| panic!("no column {name}"));
        column.is_valid(row).then(|| column.as_string::<i32>().value(row))
    }

    /// The rows of a match, in their order.
    pub(crate) fn of_match(&self, id: &str) -> Vec<usize> {
        (0..self.len()).filter(|row| self.text("match_id", *row) == Some(id)).collect()
    }

    /// Every row as a line; moments in ms since 1970, binary as the number of its bytes.
    pub(crate) fn lines(&self) -> String {
        let schema = self.0.schema();
        let mut lines = String::new();
        for row in 0..self.len() {
            let values = schema.fields().iter().map(|field| {
                let column = self.0.column_by_name(field.name()).unwrap();
                format!("{}={}", field.name(), self.shown(column, row))
            });
            lines.push_str(&values.collect::<Vec<_>>().join(" "));
            lines.push('\n');
        }
        lines
    }

    fn shown(&self, column: &ArrayRef, row: usize) -> String {
        match column.data_type() {
            _ if column.is_null(row) => "-".to_owned(),
            DataType::Utf8 => column.as_string::<i32>().value(row).to_owned(),
            DataType::Binary => format!("{} bytes", column.as_binary::<i32>().value(row).len()),
            DataType::Boolean => column.as_boolean().value(row).to_string(),
            _ => number_in(column, row).unwrap().to_string(),
        }
    }
}

/// A number of any width, a moment, or whether something is.
pub(crate) fn number_in(column: &ArrayRef, row: usize) -> Option<i64> {
    column
        .as_primitive_opt::<Int16Type>()
        .map(|it| it.value(row).into())
        .or_else(|| column.as_primitive_opt::<Int32Type>().map(|it| it.value(row).into()))
        .or_else(|| column.as_primitive_opt::<Int64Type>().map(|it| it.value(row)))
        .or_else(|| column.as_primitive_opt::<TimestampMillisecondType>().map(|it| it.value(row)))
        .or_else(|| column.as_boolean_opt().map(|it| it.value(row).into()))
}
