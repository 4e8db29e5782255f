//! `POST /v1/sql`: a question in SQL, for who has the token.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use datafusion::arrow::datatypes::Schema;
use datafusion::arrow::json::writer::JsonArray;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::problem::Problem;
use crate::ask::{AskError, ask};
use crate::render::json_rows;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    sql: String,
}

#[derive(Serialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    kind: String,
}

pub(super) async fn sql(
    State(shared): State<Arc<Shared>>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    if shared.token.is_none() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "sql_off",
            "questions in SQL are answered only to who has a token",
            "start liap-query serve with --token-file FILE",
        ));
    }
    let question = question(body)?;
    let turns = Arc::clone(&shared.sql_turns);
    let turn = turns.try_acquire_owned().map_err(|_| AskError::Busy)?;
    let archive = &shared.desk.archive;
    let answer = ask(archive.engine(), &archive.now(), question.sql, shared.sql, turn).await;
    let answer = shared.desk.noticed(answer).await;
    let answer = answer.inspect_err(|error| shared.metrics.sql_refused(error.code()))?;
    // Rows are JSON already: they are put in as they are.
    let columns = serde_json::to_string(&columns(&answer.schema));
    let columns = columns.map_err(|error| AskError::Internal(error.to_string()))?;
    let mut json = format!(
        "{{\"columns\":{columns},\"row_count\":{},\"elapsed_ms\":{},\"rows\":",
        answer.rows,
        answer.took.as_millis()
    )
    .into_bytes();
    json_rows::<JsonArray>(&answer.batches, &mut json)
        .map_err(|error| AskError::Internal(error.to_string()))?;
    json.push(b'}');
    Ok(([(header::CONTENT_TYPE, "application/json")], json).into_response())
}

fn question(body: Result<Bytes, BytesRejection>) -> Result<Question, Problem> {
    let body = body.map_err(|rejection| {
        let (status, code) = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large"),
            _ => (StatusCode::BAD_REQUEST, "bad_body"),
        };
        let hint = format!("a body has at most {} bytes", super::routes::BODY_BYTES_MAX);
        Problem::new(status, code, rejection.body_text(), hint)
    })?;
    serde_json::from_slice(&body).map_err(|error| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "bad_body",
            format!("the body is not what it should be: {error}"),
            r#"for example {"sql": "select count(*) from matches"}"#,
        )
    })
}

fn columns(schema: &Schema) -> Vec<Column> {
    let fields = schema.fields().iter();
    fields
        .map(|field| Column { name: field.name().clone(), kind: field.data_type().to_string() })
        .collect()
}
