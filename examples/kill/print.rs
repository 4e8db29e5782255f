//! Fingerprints of what people see: the same words give the same one, however they were written.

use std::hash::{DefaultHasher, Hasher};

use protocol::{Phase, Presence, Snapshot, StarterReason, Update};
use serde::Serialize;

/// 64 bits of what was seen: millions of updates are kept as these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Print(u64);

/// Of an update as it was got.
pub(crate) fn of_update(update: &Update<'static>) -> Print {
    of(update)
}

/// Of a snapshot but for what updates do not tell.
pub(crate) fn of_snapshot(snapshot: &Snapshot<'static>) -> Print {
    of(&settled(snapshot))
}

/// A snapshot without what updates do not tell: the time left, and a lost connection; and who will
/// start a round, which is told when it starts.
pub(crate) fn settled(snapshot: &Snapshot<'static>) -> Snapshot<'static> {
    let mut settled = snapshot.clone();
    settled.ms_left = None;
    if let Phase::Dealt | Phase::Redealing { .. } = settled.phase {
        (settled.round.starter, settled.round.reason) = (None, StarterReason::FirstSeat);
    }
    for seat in settled.seats.iter_mut().flatten() {
        if seat.presence == Presence::Lost {
            seat.presence = Presence::Here;
        }
    }
    settled
}

/// In which fields two snapshots differ, and how: the first has what the second has not.
pub(crate) fn differences(one: &Snapshot<'static>, other: &Snapshot<'static>) -> String {
    let fields = |snapshot| serde_json::to_value(settled(snapshot)).unwrap_or_default();
    let (one, other) = (fields(one), fields(other));
    let names = one.as_object().into_iter().flat_map(serde_json::Map::keys);
    let differing = names.filter(|name| one[*name] != other[*name]);
    differing
        .map(|name| format!("{name} is {}, not {}", one[name], other[name]))
        .collect::<Vec<_>>()
        .join("; ")
}

fn of<T: Serialize>(seen: &T) -> Print {
    let mut hasher = DefaultHasher::new();
    hasher.write(&serde_json::to_vec(seen).unwrap_or_default());
    Print(hasher.finish())
}

#[cfg(test)]
mod tests {
    use protocol::{Phase, Seat};

    use super::{differences, of_snapshot, of_update};
    use crate::sample::{declared, snapshot};

    #[test]
    fn what_is_seen_alike_has_one_print_and_what_differs_another() {
        let (mut one, other) = (snapshot(5), snapshot(5));
        one.ms_left = Some(3);
        assert_eq!(of_snapshot(&one), of_snapshot(&other));
        one.phase = Phase::Declaring { seat: Seat::ALL[1] };
        assert_ne!(of_snapshot(&one), of_snapshot(&other));
        assert_ne!(of_update(&declared(6, 1)), of_update(&declared(6, 2)));
        assert_eq!(of_update(&declared(6, 1)), of_update(&declared(6, 1)));
    }

    #[test]
    fn differences_are_told_by_field() {
        let (mut one, other) = (snapshot(5), snapshot(5));
        assert_eq!(differences(&one, &other), "");
        one.host = Some(Seat::ALL[2]);
        assert_eq!(differences(&one, &other), "host is 2, not 0");
    }
}
