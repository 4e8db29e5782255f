//! A question in SQL, answered within limits, changing nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use archive::Table;
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::execution::context::SQLOptions;
use datafusion::prelude::{DataFrame, SessionContext};
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::sqlparser::ast;
use futures_util::StreamExt;

pub use error::AskError;
pub use size::TABLES_MAX;
pub use words::{JOINTS_MAX, SQL_BYTES_MAX, SQL_WORDS_MAX, TEXT_BYTES_MAX};

use crate::engine::Engine;
use crate::snapshot::Snapshot;

mod error;
mod size;
mod words;

/// How much a question may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long it may take.
    pub time: Duration,
    /// Bytes that its sorts, joins and groups may hold.
    pub memory_bytes: usize,
    /// Rows of its answer.
    pub rows_max: usize,
    /// Bytes of its answer, as columns in memory.
    pub bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(10),
            memory_bytes: 256 << 20,
            rows_max: 10_000,
            bytes_max: 16 << 20,
        }
    }
}

/// What came of a question.
#[derive(Debug)]
pub struct Answer {
    /// The columns.
    pub schema: SchemaRef,
    /// The rows.
    pub batches: Vec<RecordBatch>,
    /// How many.
    pub rows: usize,
    /// How long it took.
    pub took: Duration,
}

/// Answers a question. It runs on the engine's threads, so that the time limit holds even while
/// those are busy; what the question holds on to (`held`) is let go when it really has ended.
///
/// # Errors
/// If it is no question about the archive's tables, or goes over a limit.
pub async fn ask<Held: Send + 'static>(
    engine: &Arc<Engine>,
    snapshot: &Arc<Snapshot>,
    sql: String,
    limits: Limits,
    held: Held,
) -> Result<Answer, AskError> {
    let (own, seen) = (Arc::clone(engine), Arc::clone(snapshot));
    let task = engine.strangers().spawn(async move {
        let answer = collect(&own, &seen, &sql, limits).await;
        drop(held);
        answer
    });
    let abort = task.abort_handle();
    match tokio::time::timeout(limits.time, task).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(died)) => Err(AskError::Internal(died.to_string())),
        Err(_) => {
            abort.abort();
            Err(AskError::TooLong(limits.time))
        }
    }
}

async fn collect(
    engine: &Engine,
    snapshot: &Snapshot,
    sql: &str,
    limits: Limits,
) -> Result<Answer, AskError> {
    let begun = Instant::now();
    let session = engine
        .session(snapshot.tables(), limits.memory_bytes)
        .map_err(|error| AskError::of(error, &limits))?;
    let frame = plan(&session, sql).await?;
    let mut stream = frame.execute_stream().await.map_err(|error| AskError::of(error, &limits))?;
    let schema = stream.schema();
    let (mut batches, mut rows, mut bytes) = (Vec::new(), 0, 0);
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|error| AskError::of(error, &limits))?;
        rows += batch.num_rows();
        bytes += bytes_of(&batch);
        if rows > limits.rows_max {
            return Err(AskError::TooManyRows(limits.rows_max));
        }
        if bytes > limits.bytes_max {
            return Err(AskError::TooManyBytes(limits.bytes_max));
        }
        batches.push(batch);
    }
    Ok(Answer { schema, batches, rows, took: begun.elapsed() })
}

fn bytes_of(batch: &RecordBatch) -> usize {
    let of = |column: &Arc<dyn Array>| {
        let data = column.to_data();
        data.get_slice_memory_size().unwrap_or_else(|_| column.get_array_memory_size())
    };
    batch.columns().iter().map(of).sum()
}

/// What a question means, if it is one and only asks.
///
/// # Errors
/// `bad_sql`, `not_read_only`, `unknown_table`.
pub async fn plan(session: &SessionContext, sql: &str) -> Result<DataFrame, AskError> {
    let limits = Limits::default();
    let statement = one_statement(sql)?;
    asks_only(&statement)?;
    let state = session.state();
    let tables =
        state.resolve_table_references(&statement).map_err(|error| AskError::of(error, &limits))?;
    for table in tables {
        let known = table.schema().is_none() && Table::of(table.table()).is_some();
        if !known {
            return Err(AskError::UnknownTable(table.to_string()));
        }
    }
    let plan =
        state.statement_to_plan(statement).await.map_err(|error| AskError::of(error, &limits))?;
    let read_only =
        SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    read_only.verify_plan(&plan).map_err(|error| AskError::NotReadOnly(short(&error)))?;
    session.execute_logical_plan(plan).await.map_err(|error| AskError::of(error, &limits))
}

fn short(error: &datafusion::error::DataFusionError) -> String {
    error.strip_backtrace().lines().next().unwrap_or_default().to_owned()
}

fn one_statement(sql: &str) -> Result<Statement, AskError> {
    words::check(sql)?;
    let mut statements = DFParser::parse_sql(sql).map_err(AskError::unparsed)?;
    let first = statements.pop_front();
    match first.filter(|_| statements.is_empty()) {
        Some(statement) => Ok(statement),
        None => Err(AskError::BadSql {
            what: format!(
                "one statement at a time is answered, not {}",
                match statements.len() {
                    0 => "none".to_owned(),
                    more => (more + 1).to_string(),
                }
            ),
            hint: Some("for example: select count(*) from matches".to_owned()),
        }),
    }
}

fn asks_only(statement: &Statement) -> Result<(), AskError> {
    match statement {
        Statement::Statement(inner) => match inner.as_ref() {
            ast::Statement::Query(query) => size::check(query),
            ast::Statement::ExplainTable { .. } => Ok(()),
            ast::Statement::Explain { statement, .. } => {
                asks_only(&Statement::Statement(statement.clone()))
            }
            other => Err(AskError::NotReadOnly(first_words(&other.to_string()))),
        },
        Statement::Explain(explained) => asks_only(&explained.statement),
        other => Err(AskError::NotReadOnly(first_words(&other.to_string()))),
    }
}

fn first_words(statement: &str) -> String {
    let words: Vec<&str> = statement.split_whitespace().take(2).collect();
    format!("{} is not allowed", words.join(" "))
}
