//! The journal as a whole, on a simulated disk.

mod cases;
mod crashes;
#[cfg(feature = "faults")]
mod faults;
mod formats;
mod reading;
mod space;
mod witness;
