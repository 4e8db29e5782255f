//! `POST /v1/reload`: the configuration is read again.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::Desk;
use super::problem::Problem;

/// What can be taken up is; what cannot is named.
pub(super) async fn reload(State(desk): State<Arc<Desk>>) -> Result<Json<Value>, Problem> {
    let reload = Arc::clone(&desk.reload);
    let ran = tokio::task::spawn_blocking(move || reload.run()).await;
    let reloaded = ran.map_err(|error| Problem::bad(error.to_string()))?.map_err(Problem::bad)?;
    Ok(Json(json!({ "taken_up": reloaded.taken_up, "at_restart": reloaded.at_restart })))
}
