//! A panic over one match is a failure of that match, not of the server.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::TargetError;

/// Calls this; a panic becomes a refusal.
///
/// # Errors
/// As the call, and `Refused` when it panicked.
pub(crate) fn caught<T>(call: impl FnOnce() -> Result<T, TargetError>) -> Result<T, TargetError> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
        let text = text_of(panic.as_ref());
        Err(TargetError::Refused(format!("panicked: {text}")))
    })
}

fn text_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a word")
}
