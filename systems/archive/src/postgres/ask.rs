//! Asking the database, each question with an end to waiting.

use tokio_postgres::types::{FromSqlOwned, ToSql};
use tokio_postgres::{GenericClient, Row};

use super::fault::{fault, within};
use crate::TargetError;

type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A connection, or a transaction on it, and how long it may take for an answer, in ms.
pub(super) struct Ask<'a, C> {
    pub(super) of: &'a C,
    pub(super) ms: u64,
    /// What it is about, for errors.
    pub(super) what: &'static str,
}

impl<'a, C: GenericClient + Sync> Ask<'a, C> {
    pub(super) fn new(of: &'a C, ms: u64, what: &'static str) -> Self {
        Self { of, ms, what }
    }

    /// The same about something else.
    pub(super) fn about(&self, what: &'static str) -> Self {
        Self { what, ..*self }
    }

    /// Several statements that give nothing.
    pub(super) async fn run(&self, sql: &str) -> Result<(), TargetError> {
        within(self.ms, self.what, self.of.batch_execute(sql)).await
    }

    /// How many rows a statement touched.
    pub(super) async fn touch(&self, sql: &str, values: Values<'_>) -> Result<u64, TargetError> {
        within(self.ms, self.what, self.of.execute(sql, values)).await
    }

    pub(super) async fn rows(
        &self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, TargetError> {
        within(self.ms, self.what, self.of.query(sql, values)).await
    }

    /// The first value of each row.
    pub(super) async fn list<T: FromSqlOwned>(
        &self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<Vec<T>, TargetError> {
        let rows = self.rows(sql, values).await?;
        rows.iter().map(|row| self.get(row, 0)).collect()
    }

    /// The first value of the only row.
    pub(super) async fn one<T: FromSqlOwned>(
        &self,
        sql: &str,
        values: Values<'_>,
    ) -> Result<T, TargetError> {
        let row = within(self.ms, self.what, self.of.query_one(sql, values)).await?;
        self.get(&row, 0)
    }

    /// A value of a row.
    pub(super) fn get<T: FromSqlOwned>(&self, row: &Row, at: usize) -> Result<T, TargetError> {
        row.try_get(at).map_err(|error| fault(self.what, &error))
    }
}
