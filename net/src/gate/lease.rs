//! What an address holds, as long as it holds it.

use std::sync::Arc;

use super::Gate;
use super::table::Thing;
use crate::limits::Address;

/// Counts for its address until it is dropped.
#[derive(Debug)]
pub(crate) struct Lease {
    gate: Arc<Gate>,
    address: Address,
    thing: Thing,
}

impl Lease {
    pub(super) fn new(gate: Arc<Gate>, address: Address, thing: Thing) -> Self {
        Self { gate, address, thing }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.gate.state().table.let_go(self.address, self.thing);
    }
}
