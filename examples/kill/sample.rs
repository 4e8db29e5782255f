//! What tests begin with: a room in the middle of a match.

use protocol::{Event, Seat, Snapshot, Update};

/// Seat 0's view at this version: seat 0 is to declare.
pub(crate) fn snapshot(version: u64) -> Snapshot<'static> {
    let seat = |name: &str| {
        serde_json::json!({
            "name": name, "bot": null, "presence": "here", "held": 8, "declared": null,
            "captured": 0, "score": 0, "zero_streak": 0, "turns_won": 0, "perfect_rounds": 0,
        })
    };
    let pace = serde_json::json!({
        "name": "fast", "deal_ms": 200, "redealt_ms": 200, "start_ms": 200, "redeal_ms": 5000,
        "declare_ms": 5000, "play_ms": 5000, "stay_ms": 0, "turn_ms": 200, "score_ms": 200,
    });
    let value = serde_json::json!({
        "room": "K7MPQ2", "version": version, "seat": 0, "pace": pace, "private": false, "host": 0,
        "match": {
            "match": "01934a5b-6c7d-7e8f-9a0b-1c2d3e4f5061", "number": 1, "seed_hash": "00".repeat(32),
        },
        "round": {
            "number": 1, "redeals": 0, "multiplier": 1, "starter": 0, "reason": "red_general", "turn": 0,
        },
        "phase": {"name": "declaring", "seat": 0}, "ms_left": 4000, "paused": false,
        "hand": [0, 1, 2, 3, 4, 5, 6, 7],
        "seats": [seat("Ann"), seat("Bob"), seat("Cy"), seat("Di")],
    });
    serde_json::from_value(value).unwrap()
}

/// Seat 0 declares so many piles.
pub(crate) fn declared(version: u64, piles: u8) -> Update<'static> {
    let event = serde_json::json!({
        "type": "declared", "seat": 0, "piles": piles, "next": 1, "decider": "person",
    });
    update(version, vec![serde_json::from_value(event).unwrap()])
}

/// Somebody is away.
pub(crate) fn away(version: u64, seat: u8) -> Update<'static> {
    update(version, vec![Event::PlayerAway { seat: Seat::new(seat).unwrap() }])
}

fn update(version: u64, events: Vec<Event<'static>>) -> Update<'static> {
    Update { room: "K7MPQ2".into(), version, events }
}
