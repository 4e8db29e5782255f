//! The journal as a whole, on a simulated disk.

mod batches;
mod beside;
mod cases;
mod crashes;
#[cfg(feature = "faults")]
mod faults;
mod formats;
mod handover;
mod ledger;
mod mending;
mod past;
mod reading;
mod reserve;
mod rot;
mod space;
mod trouble;
mod witness;
