//! Columns of Arrow and of PostgreSQL: the seven types the archive's tables are made of.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, TimeUnit};
use tokio_postgres::types::Type;

use crate::{Table, TargetError};

/// Columns a table may have; PostgreSQL's own limit is 1,600.
const COLUMNS_MAX: usize = 100;

/// Bytes of a name PostgreSQL keeps.
const NAME_BYTES_MAX: usize = 63;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Int16,
    Int32,
    Int64,
    Bool,
    TimeMs,
    Bytes,
}

/// A column: of a table of the database, and of the parts that go into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) nullable: bool,
}

impl Kind {
    const ALL: [Self; 7] =
        [Self::Text, Self::Int16, Self::Int32, Self::Int64, Self::Bool, Self::TimeMs, Self::Bytes];

    /// Its name in SQL.
    pub(super) const fn sql(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Int16 => "smallint",
            Self::Int32 => "integer",
            Self::Int64 => "bigint",
            Self::Bool => "boolean",
            Self::TimeMs => "timestamptz",
            Self::Bytes => "bytea",
        }
    }

    const fn postgres(self) -> Type {
        match self {
            Self::Text => Type::TEXT,
            Self::Int16 => Type::INT2,
            Self::Int32 => Type::INT4,
            Self::Int64 => Type::INT8,
            Self::Bool => Type::BOOL,
            Self::TimeMs => Type::TIMESTAMPTZ,
            Self::Bytes => Type::BYTEA,
        }
    }

    fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Int16 => DataType::Int16,
            Self::Int32 => DataType::Int32,
            Self::Int64 => DataType::Int64,
            Self::Bool => DataType::Boolean,
            Self::TimeMs => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
            Self::Bytes => DataType::Binary,
        }
    }

    /// Of a column of the catalog, if it is one of ours.
    pub(super) fn named(type_name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.postgres().name() == type_name)
    }
}

impl Column {
    fn of(table: Table, field: &Field) -> Result<Self, TargetError> {
        let refuse = |why: &str| {
            let (table, name) = (table.name(), field.name());
            Err(TargetError::Refused(format!("column {table}.{name}: {why}")))
        };
        let plain = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        let name = field.name().as_bytes();
        if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.iter().all(|c| plain(*c)) {
            return refuse("a name is 1 to 63 of a-z, 0-9 and _");
        }
        if field.name() == "date" || field.name() == "hour" {
            return refuse("date and hour are the partition's own columns");
        }
        match Kind::ALL.into_iter().find(|kind| kind.arrow() == *field.data_type()) {
            Some(kind) => {
                Ok(Self { name: field.name().clone(), kind, nullable: field.is_nullable() })
            }
            None => refuse(&format!(
                "{} has no place here; text, integers of 16 to 64 bits, booleans, timestamps in ms \
                 UTC and binary have",
                field.data_type()
            )),
        }
    }

    /// As in `create table`.
    pub(super) fn definition(&self) -> String {
        let not_null = if self.nullable { "" } else { " not null" };
        format!("\"{}\" {}{not_null}", self.name, self.kind.sql())
    }
}

/// The columns of a part, refused if one of them has no place in the database.
pub(super) fn of_schema(table: Table, schema: &Schema) -> Result<Vec<Column>, TargetError> {
    if schema.fields().is_empty() || schema.fields().len() > COLUMNS_MAX {
        return Err(TargetError::Refused(format!(
            "a part of {} has {} columns; 1 to {COLUMNS_MAX} have a place here",
            table.name(),
            schema.fields().len()
        )));
    }
    schema.fields().iter().map(|field| Column::of(table, field)).collect()
}

/// The schema of a batch of these columns.
pub(super) fn to_schema(columns: &[Column]) -> Arc<Schema> {
    let field = |column: &Column| Field::new(&column.name, column.kind.arrow(), column.nullable);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

/// The names in their order, quoted, parted by commas.
pub(super) fn names(columns: &[Column]) -> String {
    let quoted: Vec<String> = columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_could_be_more_than_a_name_is_refused() {
        for name in ["", "a\"; drop table x; --", "Ünï", "A", "date", &"a".repeat(64)] {
            let schema = Schema::new(vec![Field::new(name, DataType::Utf8, false)]);
            assert!(of_schema(Table::Plays, &schema).is_err(), "{name}");
        }
    }

    #[test]
    fn a_type_without_a_place_is_named_when_it_is_refused() {
        let schema = Schema::new(vec![Field::new("x", DataType::Float64, false)]);
        let error = of_schema(Table::Plays, &schema).unwrap_err().to_string();
        assert!(error.contains("plays.x") && error.contains("Float64"), "{error}");
    }

    #[test]
    fn columns_turn_back_into_the_schema_they_came_from() {
        let fields: Vec<Field> = Kind::ALL
            .into_iter()
            .enumerate()
            .map(|(at, kind)| Field::new(format!("c{at}"), kind.arrow(), at % 2 == 0))
            .collect();
        let schema = Schema::new(fields);
        let columns = of_schema(Table::Plays, &schema).unwrap();
        assert_eq!(*to_schema(&columns), schema);
        assert_eq!(columns[0].definition(), "\"c0\" text");
        assert_eq!(columns[1].definition(), "\"c1\" smallint not null");
    }
}
