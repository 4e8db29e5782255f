//! The connections for which something new waits since they were last looked at.

use std::sync::{Arc, Mutex, PoisonError};

use crate::outbox::Outbox;

/// A list that all outboxes share: each puts itself on it, once until it is written.
#[derive(Debug, Default, Clone)]
pub(crate) struct Touched(Arc<Mutex<Vec<Arc<Outbox>>>>);

impl Touched {
    /// One more.
    pub(crate) fn add(&self, outbox: Arc<Outbox>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(outbox);
    }

    /// Exchanges the list for `empty`.
    pub(crate) fn swap(&self, empty: &mut Vec<Arc<Outbox>>) {
        std::mem::swap(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), empty);
    }
}
