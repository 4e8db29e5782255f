//! What the path of a file of the archive says: table, hour, and whose file it is.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{Hour, ManifestId, Table, TargetError};

/// A path taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) table: Table,
    pub(super) date: NaiveDate,
    pub(super) hour: i16,
    /// The change that wrote the file.
    pub(super) writer: ManifestId,
}

impl Place {
    /// Table and hour in one: 8 times the hours since 1970, and which of [`Table::ALL`].
    pub(super) fn number(&self) -> i32 {
        let days = self.date.signed_duration_since(NaiveDate::default()).num_days();
        let hours = days as i32 * 24 + i32::from(self.hour);
        let table = Table::ALL.iter().position(|table| *table == self.table);
        hours * 8 + table.unwrap_or_default() as i32
    }
}

/// Reads `table/date=YYYY-MM-DD/hour=HH/{manifest id}....parquet`.
pub(super) fn read(path: &str) -> Result<Place, TargetError> {
    place(path).ok_or_else(|| {
        TargetError::Refused(format!(
            "{path:?} is no path of the archive, such as \
             plays/date=2026-11-18/hour=11/<manifest id>.parquet"
        ))
    })
}

fn place(path: &str) -> Option<Place> {
    let mut steps = path.split('/');
    let table = Table::of(steps.next()?)?;
    let date = steps.next()?.strip_prefix("date=")?;
    let hour: i16 = steps.next()?.strip_prefix("hour=")?.parse().ok()?;
    let file = steps.next()?.strip_suffix(".parquet")?;
    let writer = ManifestId(Uuid::try_parse(file.get(..36)?).ok()?);
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let whole = steps.next().is_none() && (0..24).contains(&hour);
    whole.then_some(Place { table, date, hour, writer })
}

/// The day and the hour of the day of an hour.
pub(super) fn partition(hour: Hour) -> (NaiveDate, i16) {
    let days = i64::from(hour.0 / 24);
    let date = NaiveDate::default() + chrono::Days::new(days.unsigned_abs());
    (date, (hour.0 % 24) as i16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_table_hour_and_writer() {
        let id = Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0001);
        let hour = Hour::of(1_795_000_000_123);
        for end in ["", "-1"] {
            let found = read(&format!("plays/{hour}/{id}{end}.parquet")).unwrap();
            let (date, of_day) = partition(hour);
            let place = Place { table: Table::Plays, date, hour: of_day, writer: ManifestId(id) };
            assert_eq!(found, place);
        }
    }

    #[test]
    fn what_is_no_path_of_the_archive_is_refused() {
        let id = Uuid::nil();
        for path in [
            String::new(),
            format!("people/date=2026-11-18/hour=11/{id}.parquet"),
            format!("plays/date=2026-11-18/hour=24/{id}.parquet"),
            format!("plays/date=2026-13-18/hour=11/{id}.parquet"),
            format!("plays/date=2026-11-18/hour=11/{id}.parquet/x"),
            "plays/date=2026-11-18/hour=11/x.parquet".to_owned(),
        ] {
            assert!(read(&path).is_err(), "{path}");
        }
    }
}
