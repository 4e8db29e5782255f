//! The law as sentences: what happens in a room, and what may not.

mod begin;
mod declare;
mod due;
mod life;
mod lobby;
mod pace;
mod presence;
mod redeal;
mod round;
mod sets;
mod support;
mod turn;
mod view;
mod walk;
