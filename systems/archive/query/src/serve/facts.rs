//! Requests for ready-made answers.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use uuid::Uuid;

use super::Shared;
use super::params::{
    BoardParams, Given, HistoryParams, Nothing, PathGiven, TotalsParams, match_id, no_parameters,
    parsed, text,
};
use super::problem::Problem;
use crate::ask::AskError;
use crate::facts::board::{Metric, Place};
use crate::facts::game::{Match, MatchRow, RoundRow, SeatRow};
use crate::facts::history::History;
use crate::facts::moment;
use crate::facts::player::Figures;
use crate::facts::totals::Totals;
use crate::facts::window::Window;

type Asked = State<Arc<Shared>>;
type Answer<Of> = Result<Json<Of>, Problem>;

#[derive(Serialize)]
struct Named<'a, Of> {
    name: Option<&'a str>,
    #[serde(flatten)]
    of: &'a Of,
}

#[derive(Serialize)]
struct NamedMatch<'a> {
    #[serde(flatten)]
    row: &'a MatchRow,
    seats: Vec<Named<'a, SeatRow>>,
    rounds_played: &'a [RoundRow],
}

pub(super) async fn game(
    State(shared): Asked,
    path: PathGiven,
    query: Given<Nothing>,
) -> Answer<serde_json::Value> {
    let id = match_id(path)?;
    no_parameters(query)?;
    let found: Arc<Match> = shared.desk.game(id).await?.ok_or(AskError::UnknownMatch(id))?;
    let keys = found.seats.iter().filter_map(|seat| seat.player_key).collect();
    let names = shared.desk.names.of(keys).await;
    let name = |seat: &SeatRow| names.get(&seat.player_key?).map(String::as_str);
    let seats = found.seats.iter().map(|seat| Named { name: name(seat), of: seat }).collect();
    written(&NamedMatch { row: &found.row, seats, rounds_played: &found.rounds_played })
}

pub(super) async fn history(
    State(shared): Asked,
    path: PathGiven,
    query: Given<HistoryParams>,
) -> Answer<serde_json::Value> {
    let id = text(path)?;
    let params = parsed(query)?;
    let (before, limit) = (params.before()?, params.limit()?);
    let key = player(&shared, &id).await?;
    let found: Option<Arc<History>> = shared.desk.history(key, before, limit).await?;
    let found = found.ok_or_else(|| Problem::unknown_player(&id))?;
    named(&shared, key, &*found).await
}

pub(super) async fn figures(
    State(shared): Asked,
    path: PathGiven,
    query: Given<Nothing>,
) -> Answer<serde_json::Value> {
    let id = text(path)?;
    no_parameters(query)?;
    let key = player(&shared, &id).await?;
    let found: Option<Arc<Figures>> = shared.desk.figures(key).await?;
    let found = found.ok_or_else(|| Problem::unknown_player(&id))?;
    named(&shared, key, &*found).await
}

async fn named<Of: Serialize>(shared: &Shared, key: Uuid, of: &Of) -> Answer<serde_json::Value> {
    let names = shared.desk.names.of(vec![key]).await;
    written(&Named { name: names.get(&key).map(String::as_str), of })
}

fn written(answer: &impl Serialize) -> Answer<serde_json::Value> {
    let written = serde_json::to_value(answer);
    Ok(Json(written.map_err(|error| AskError::Internal(error.to_string()))?))
}

/// The key of the player who is meant.
async fn player(shared: &Shared, id: &str) -> Result<Uuid, Problem> {
    if let Ok(key) = Uuid::try_parse(id) {
        return Ok(key);
    }
    let found = shared.desk.names.find(id.to_owned()).await?;
    match found.unwrap_or_default().as_slice() {
        [] => Err(Problem::unknown_player(id)),
        [one] => Ok(one.key.0),
        several => {
            let keys: Vec<String> =
                several.iter().take(10).map(|one| one.key.to_string()).collect();
            Err(Problem::new(
                StatusCode::CONFLICT,
                "ambiguous_player",
                format!("{} players are known as {id}", several.len()),
                format!("name one by key: {}", keys.join(", ")),
            ))
        }
    }
}

#[derive(Serialize)]
pub(super) struct Board {
    metric: Metric,
    window: Window,
    min_games: u32,
    since: String,
    places: Vec<NamedPlace>,
}

#[derive(Serialize)]
struct NamedPlace {
    name: Option<String>,
    #[serde(flatten)]
    place: Place,
}

pub(super) async fn leaderboard(State(shared): Asked, query: Given<BoardParams>) -> Answer<Board> {
    let params = parsed(query)?;
    let (limit, min_games) = (params.limit()?, params.min_games()?);
    let (metric, window) = (params.metric, params.window.unwrap_or(Window::Week));
    let (boards, since) = shared.desk.boards(window, min_games).await?;
    let places: Vec<Place> = boards.by(metric).iter().take(limit).cloned().collect();
    let mut names = shared.desk.names.of(places.iter().map(|one| one.player_key).collect()).await;
    let places = places
        .into_iter()
        .map(|place| NamedPlace { name: names.remove(&place.player_key), place })
        .collect();
    Ok(Json(Board { metric, window, min_games, since: moment(since.start_ms()), places }))
}

#[derive(Serialize)]
struct Stats<'a> {
    window: Window,
    as_of: String,
    #[serde(flatten)]
    totals: &'a Totals,
}

pub(super) async fn stats(
    State(shared): Asked,
    query: Given<TotalsParams>,
) -> Answer<serde_json::Value> {
    let window = parsed(query)?.window.unwrap_or(Window::Day);
    let totals = shared.desk.totals(window).await?;
    let as_of = moment(shared.desk.archive.now().as_of_ms);
    written(&Stats { window, as_of, totals: &totals })
}
