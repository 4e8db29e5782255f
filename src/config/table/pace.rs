//! Section `pace`: the same keys for each pace.

use components::Pace;

use super::super::Config;
use super::super::key::Key;
use super::super::kind::Kind::{self, Int, OptionalInt};
use super::super::slot::{Named, Slot};
use super::{CREDITS_MAX, DAY_MS};

/// A key of every pace: name, kind, description, place.
type PaceKey = (&'static str, Kind, &'static str, fn(&mut Config, usize) -> &mut dyn Slot);

pub(super) fn keys() -> Vec<Key> {
    let of_pace = |pace: Pace| {
        pace_keys().map(|(name, kind, doc, slot)| {
            Key::new(format!("pace.{}.{name}", pace.name()), kind, doc, slot).at(pace as usize)
        })
    };
    Pace::ALL.into_iter().flat_map(of_pace).collect()
}

fn pace_keys() -> [PaceKey; 13] {
    let shown = Int(0, DAY_MS);
    let limit = OptionalInt(1, DAY_MS);
    let credits = Int(0, CREDITS_MAX);
    [
        ("deal_ms", shown, "How long a deal is shown.", |c, pace| &mut c.game.paces[pace].deal_ms),
        ("redealt_ms", shown, "How long a deal after a redeal is shown.", |c, pace| {
            &mut c.game.paces[pace].redealt_ms
        }),
        ("start_ms", shown, "How long a round's start is shown.", |c, pace| {
            &mut c.game.paces[pace].start_ms
        }),
        (
            "redeal_ms",
            Int(1, DAY_MS),
            "How long the weak seats may think about a redeal.",
            |c, pace| &mut c.game.paces[pace].redeal_ms,
        ),
        ("declare_ms", limit, "How long a seat may think about its declaration.", |c, pace| {
            &mut c.game.paces[pace].declare_ms
        }),
        ("play_ms", limit, "How long a seat may think about its play.", |c, pace| {
            &mut c.game.paces[pace].play_ms
        }),
        (
            "stay_ms",
            shown,
            "How long the last play of a turn stays before the result.",
            |c, pace| &mut c.game.paces[pace].stay_ms,
        ),
        ("turn_ms", shown, "How long a turn's result is shown.", |c, pace| {
            &mut c.game.paces[pace].turn_ms
        }),
        ("score_ms", shown, "How long a round's score is shown.", |c, pace| {
            &mut c.game.paces[pace].score_ms
        }),
        ("think_ms_min", shown, "How long a bot thinks at least.", |c, pace| {
            &mut c.game.paces[pace].think_ms_min
        }),
        ("think_ms_max", shown, "How long a bot thinks at most.", |c, pace| {
            &mut c.game.paces[pace].think_ms_max
        }),
        (
            "credits_max",
            credits,
            "Credits a session may spend at once; 0 is no limit.",
            |c, pace| &mut c.game.paces[pace].credits_max,
        ),
        ("credits_per_second", credits, "Credits that come back per second.", |c, pace| {
            &mut c.game.paces[pace].credits_per_second
        }),
    ]
}
