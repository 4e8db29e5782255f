//! What an error of PostgreSQL means for the archive, and waiting with an end.

use std::error::Error as _;
use std::time::Duration;

use tokio_postgres::Error;
use tokio_postgres::error::SqlState;

use crate::TargetError;

/// Waits for an answer, at most this long.
pub(super) async fn within<T>(
    limit_ms: u64,
    what: &str,
    answer: impl Future<Output = Result<T, Error>>,
) -> Result<T, TargetError> {
    match tokio::time::timeout(Duration::from_millis(limit_ms), answer).await {
        Ok(answer) => answer.map_err(|error| fault(what, &error)),
        Err(_) => Err(TargetError::Unavailable(format!("{what}: no answer within {limit_ms} ms"))),
    }
}

/// Only what these very rows are to blame for is refused: all else an operator or time can mend.
pub(super) fn fault(what: &str, error: &Error) -> TargetError {
    let Some(db) = error.as_db_error() else {
        let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
        return TargetError::Unavailable(format!("{what}: {error}{cause}"));
    };
    // Not its detail, which may quote values.
    let text = format!("{what}: {} (SQLSTATE {})", db.message(), db.code().code());
    if blames_rows(db.code()) { TargetError::Refused(text) } else { TargetError::Unavailable(text) }
}

/// Data exceptions, broken constraints, program limits (a row too large).
fn blames_rows(code: &SqlState) -> bool {
    ["22", "23", "54"].iter().any(|class| code.code().starts_with(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_rows_are_to_blame_for_is_refused() {
        for code in [SqlState::UNIQUE_VIOLATION, SqlState::CHARACTER_NOT_IN_REPERTOIRE] {
            assert!(blames_rows(&code), "{code:?}");
        }
        for code in [
            SqlState::DISK_FULL,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::QUERY_CANCELED,
            SqlState::LOCK_NOT_AVAILABLE,
            SqlState::T_R_DEADLOCK_DETECTED,
            SqlState::INVALID_PASSWORD,
            SqlState::INSUFFICIENT_PRIVILEGE,
            SqlState::READ_ONLY_SQL_TRANSACTION,
            SqlState::TOO_MANY_CONNECTIONS,
        ] {
            assert!(!blames_rows(&code), "{code:?}");
        }
    }
}
