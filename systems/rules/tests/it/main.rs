//! The law as sentences: what happens in a room, and what may not.

mod begin;
mod declare;
mod due;
mod life;
mod lobby;
mod pace;
mod pause;
mod presence;
mod rearm;
mod redeal;
mod round;
mod sets;
mod support;
mod turn;
mod view;
mod walk;
