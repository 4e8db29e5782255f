//! The archive's tables: matches are played by the rules, and what is written of them is compared
//! with what was played.

mod batches;
mod converted;
mod fixtures;
mod people;
mod private;
mod rerun;
mod rows;
mod table;
mod words;
