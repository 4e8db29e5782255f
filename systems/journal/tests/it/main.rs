//! The journal on a real disk.

mod directory;
