//! The journal as a whole, on a simulated disk.

mod cases;
mod crashes;
#[cfg(feature = "faults")]
mod faults;
mod formats;
mod past;
mod reading;
mod rot;
mod space;
mod trouble;
mod witness;
