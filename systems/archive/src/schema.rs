//! What the columns of each table are. What they say is in the crate's README.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};

use crate::Table;

/// The layout of the tables that is written. A change of any column is a new number, a migration
/// from the one before in [`read_part`](crate::read_part), and fixtures of both.
pub const SCHEMA_VERSION: u32 = 1;

/// The type of all moments: ms since 1970, UTC.
#[must_use]
pub fn moment() -> DataType {
    DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into()))
}

/// The columns of a table, in order. `date` and `hour` are no columns: they are in the path.
#[must_use]
pub fn schema(table: Table) -> SchemaRef {
    let columns = match table {
        Table::Matches => matches(),
        Table::Seats => seats(),
        Table::Rounds => rounds(),
        Table::Plays => plays(),
        Table::Redeals => redeals(),
        Table::Presence => presence(),
        Table::Events => events(),
    };
    Arc::new(Schema::new(columns))
}

fn always(name: &str, of: DataType) -> Field {
    Field::new(name, of, false)
}

fn maybe(name: &str, of: DataType) -> Field {
    Field::new(name, of, true)
}

fn matches() -> Vec<Field> {
    use DataType::{Boolean, Int16, Int32, Int64, Utf8};
    vec![
        always("match_id", Utf8),
        always("room_id", Utf8),
        always("room_code", Utf8),
        always("number", Int32),
        always("pace", Utf8),
        always("private", Boolean),
        always("endless", Boolean),
        always("started_at", moment()),
        always("ended_at", moment()),
        always("duration_ms", Int64),
        always("end_reason", Utf8),
        always("rounds", Int16),
        always("turns", Int16),
        always("plays", Int32),
        always("commits", Int32),
        always("redeals", Int16),
        always("humans", Int16),
        always("bots", Int16),
        always("winning_score", Int16),
        always("score_target", Int16),
        always("rounds_max", Int16),
        always("settings_id", Utf8),
        always("restarts", Int16),
        always("owner_epoch", Int32),
        always("rules_version", Int16),
        always("seed", Utf8),
    ]
}

fn seats() -> Vec<Field> {
    use DataType::{Boolean, Int16, Int32, Int64, Utf8};
    vec![
        always("match_id", Utf8),
        always("seat", Int16),
        always("ended_at", moment()),
        maybe("player_key", Utf8),
        always("is_bot", Boolean),
        maybe("bot_level", Utf8),
        always("score", Int16),
        always("rank", Int16),
        always("won", Boolean),
        always("turns_won", Int16),
        always("perfect_rounds", Int16),
        always("rounds", Int16),
        always("declared_hits", Int16),
        always("declared_sum", Int16),
        always("captured_sum", Int16),
        always("zero_declarations", Int16),
        always("away_ms", Int64),
        always("away_count", Int16),
        maybe("left_at", moment()),
        always("think_ms", Int64),
        always("decisions", Int32),
        always("timeouts", Int32),
    ]
}

fn rounds() -> Vec<Field> {
    use DataType::{Boolean, Int16, Int32, Utf8};
    vec![
        always("match_id", Utf8),
        always("round", Int16),
        always("seat", Int16),
        always("hand", Utf8),
        always("hand_points", Int16),
        always("is_weak", Boolean),
        always("starter", Boolean),
        maybe("start_reason", Utf8),
        always("redeals", Int16),
        always("multiplier", Int16),
        maybe("declared", Int16),
        maybe("declare_order", Int16),
        maybe("declared_by", Utf8),
        maybe("declare_ms", Int32),
        maybe("captured", Int16),
        maybe("points", Int16),
        maybe("score", Int16),
        always("started_at", moment()),
    ]
}

fn plays() -> Vec<Field> {
    use DataType::{Boolean, Int16, Int32, Utf8};
    vec![
        always("match_id", Utf8),
        always("round", Int16),
        always("turn", Int16),
        always("position", Int16),
        always("seat", Int16),
        always("pieces", Utf8),
        always("count", Int16),
        maybe("set_type", Utf8),
        always("strength", Int16),
        maybe("won", Boolean),
        maybe("piles", Int16),
        always("decider", Utf8),
        always("think_ms", Int32),
        always("at", moment()),
    ]
}

fn redeals() -> Vec<Field> {
    use DataType::{Boolean, Int16, Int32, Utf8};
    vec![
        always("match_id", Utf8),
        always("round", Int16),
        always("redeal", Int16),
        always("seat", Int16),
        always("accepted", Boolean),
        always("decider", Utf8),
        always("think_ms", Int32),
        always("at", moment()),
    ]
}

fn presence() -> Vec<Field> {
    use DataType::{Int16, Utf8};
    vec![
        always("match_id", Utf8),
        always("at", moment()),
        maybe("seat", Int16),
        always("event", Utf8),
        maybe("reason", Utf8),
        maybe("bot_level", Utf8),
    ]
}

fn events() -> Vec<Field> {
    use DataType::{Binary, Int16, Int64, Utf8};
    vec![
        always("match_id", Utf8),
        always("version", Int64),
        always("at", moment()),
        always("cause", Utf8),
        maybe("seat", Int16),
        always("action", Utf8),
        always("facts", Utf8),
        always("format", Int16),
        always("rules_version", Int16),
        maybe("chain", Binary),
    ]
}
