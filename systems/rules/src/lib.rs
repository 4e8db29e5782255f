#![doc = include_str!("../README.md")]

/// The version of the rules: a new one whenever the same action in the same room may lead to
/// another room or other events, so that what was played under older rules is known as such.
pub const VERSION: i16 = 1;

pub mod bot;

mod asked;
mod clock;
mod deal;
mod due;
mod legal;
mod piece;
mod random;
mod rearm;
mod repeat;
mod rerun;
mod score;
mod set;
mod step;
mod view;

pub use asked::{automatic_seat, seat_of};
pub use clock::{after_ms, next_due_ms};
pub use deal::{DEAL_VERSION, deal, match_id, match_seed, seed_hash};
pub use due::due;
pub use legal::{LEAD_MAX, PILES, declaration_bar, legal_declarations, legal_leads};
pub use piece::{BLACK, Kind, RED, RED_GENERAL, is_red, is_weak, kind_of, points, points_sum};
pub use random::{Purpose, random};
pub use rearm::rearm;
pub use repeat::{check_repeat, remember};
pub use rerun::rerun;
pub use score::{ranks, round_points, winners};
pub use set::{beats, classify, strength, turn_winner};
pub use step::{EVENTS_MAX, Events, apply, step};
pub use view::{room_view, summary, tells_lobby, view_event};
