//! Parameters of requests, checked: whatever is not understood is an error, not ignored.

use std::ops::RangeInclusive;

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query};
use serde::Deserialize;
use uuid::Uuid;

use super::problem::Problem;
use crate::facts::board::{Metric, PLAYERS_MAX};
use crate::facts::window::Window;

/// Characters of an id in a path.
const ID_CHARACTERS_MAX: usize = 64;

/// Matches of one page of a history.
const PAGE_MAX: usize = 100;

/// The end of the year 9999, in ms since 1970.
const MOMENT_MAX: u64 = 253_402_300_799_999;

pub(super) type PathGiven = Result<Path<String>, PathRejection>;
pub(super) type Given<Params> = Result<Query<Params>, QueryRejection>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HistoryParams {
    pub(super) limit: Option<usize>,
    pub(super) before: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BoardParams {
    pub(super) metric: Metric,
    pub(super) window: Option<Window>,
    pub(super) limit: Option<usize>,
    pub(super) min_games: Option<u32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TotalsParams {
    pub(super) window: Option<Window>,
}

pub(super) fn parsed<Params>(given: Given<Params>) -> Result<Params, Problem> {
    let refused = |rejection: QueryRejection| {
        let text = rejection.body_text();
        let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
        Problem::bad_parameter(text, "/v1/openapi.json lists every parameter and its range")
    };
    given.map(|Query(params)| params).map_err(refused)
}

pub(super) fn no_parameters(given: Given<Nothing>) -> Result<(), Problem> {
    parsed(given).map(|_| ())
}

fn in_range<N: PartialOrd + std::fmt::Display>(
    name: &str,
    value: N,
    range: RangeInclusive<N>,
) -> Result<N, Problem> {
    if range.contains(&value) {
        return Ok(value);
    }
    let (least, most) = range.into_inner();
    Err(Problem::bad_parameter(
        format!("{name}: {value} is not allowed"),
        format!("{name} is {least} to {most}"),
    ))
}

impl HistoryParams {
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        in_range("limit", self.limit.unwrap_or(20), 1..=PAGE_MAX)
    }

    /// One moment for all who do not say: so that their answers are kept as one.
    pub(super) fn before(&self) -> Result<u64, Problem> {
        in_range("before", self.before.unwrap_or(MOMENT_MAX), 1..=MOMENT_MAX)
    }
}

impl BoardParams {
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        in_range("limit", self.limit.unwrap_or(20), 1..=PLAYERS_MAX)
    }

    pub(super) fn min_games(&self) -> Result<u32, Problem> {
        let default = crate::desk::games_min(self.metric);
        in_range("min_games", self.min_games.unwrap_or(default), 1..=100_000)
    }
}

pub(super) fn text(given: PathGiven) -> Result<String, Problem> {
    let hint = "an id is 1 to 64 characters of UTF-8";
    let Path(text) = given.map_err(|error| Problem::bad_parameter(error.body_text(), hint))?;
    if text.is_empty()
        || text.chars().count() > ID_CHARACTERS_MAX
        || text.contains(char::is_control)
    {
        return Err(Problem::bad_parameter("the id in the path is none", hint));
    }
    Ok(text)
}

pub(super) fn match_id(given: PathGiven) -> Result<Uuid, Problem> {
    let text = text(given)?;
    Uuid::try_parse(&text).map_err(|_| {
        Problem::bad_parameter(
            format!("{text} is no match id"),
            "a match id is a UUID such as 01a9d4f2-0c11-7abc-9def-0123456789ab",
        )
    })
}
