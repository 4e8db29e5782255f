//! What each address holds, and what it did lately: bounded, however many addresses there are.

use std::collections::{HashMap, VecDeque};

use crate::credits::{Allowance, Bucket};
use crate::limits::Address;

/// What a single act takes of a bucket that fills by so many acts a minute: buckets fill by the
/// second.
const COST: u32 = 60;

/// After this time without an act every bucket is full again, and nothing is lost with its address.
const FORGET_MS: u64 = 60_000;

/// What may be held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thing {
    /// An open socket.
    Connection,
    /// A live room.
    Room,
}

/// What is done so many times a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Opening a socket, making an HTTP request.
    Arrival,
    /// A handshake or hello that came to nothing.
    Fault,
}

/// Addresses that hold something are as many as there are sockets and rooms, which have limits of
/// their own; of the others there are at most so many as [`Table::tidy`] is told.
#[derive(Debug, Default)]
pub(crate) struct Table {
    entries: HashMap<Address, Entry>,
    /// All that hold nothing, and some that do, each at most once, with the time of an act of
    /// theirs: those at the front may be unused for longest.
    unused: VecDeque<(u64, Address)>,
    holding: usize,
    now_ms: u64,
}

#[derive(Debug, Default)]
struct Entry {
    connections: u32,
    rooms: u32,
    arrivals: Bucket,
    faults: Bucket,
    used_ms: u64,
    is_queued: bool,
}

impl Entry {
    fn holds(&self) -> bool {
        self.connections > 0 || self.rooms > 0
    }

    fn count(&mut self, thing: Thing) -> &mut u32 {
        match thing {
            Thing::Connection => &mut self.connections,
            Thing::Room => &mut self.rooms,
        }
    }

    fn bucket(&mut self, deed: Deed) -> &mut Bucket {
        match deed {
            Deed::Arrival => &mut self.arrivals,
            Deed::Fault => &mut self.faults,
        }
    }
}

impl Table {
    /// How many addresses are remembered.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// One more; false if it holds `most` already.
    pub(crate) fn hold(&mut self, of: Address, thing: Thing, most: Option<u32>) -> bool {
        let held_before = self.entries.get(&of).is_some_and(Entry::holds);
        let count = self.entry(of).count(thing);
        if most.is_some_and(|most| *count >= most) {
            return false;
        }
        *count += 1;
        self.holding += usize::from(!held_before);
        true
    }

    /// One less.
    pub(crate) fn let_go(&mut self, of: Address, thing: Thing) {
        let Some(entry) = self.entries.get_mut(&of) else { return };
        let count = entry.count(thing);
        *count = count.saturating_sub(1);
        if !entry.holds() {
            self.holding -= 1;
            // It may have left the queue while it held something.
            self.entry(of);
        }
    }

    /// It happens once more; or in how many ms it may.
    pub(crate) fn note(
        &mut self,
        of: Address,
        deed: Deed,
        per_minute: Option<u32>,
        now_ms: u64,
    ) -> Result<(), u32> {
        self.now_ms = self.now_ms.max(now_ms);
        let Some(allowed) = allowance(per_minute) else { return Ok(()) };
        self.entry(of).bucket(deed).take(COST, allowed, now_ms)
    }

    /// In how many ms it may happen, if not now.
    pub(crate) fn may(
        &self,
        of: Address,
        deed: Deed,
        per_minute: Option<u32>,
        now_ms: u64,
    ) -> Result<(), u32> {
        let Some(entry) = self.entries.get(&of) else { return Ok(()) };
        let Some(allowed) = allowance(per_minute) else { return Ok(()) };
        let mut bucket = match deed {
            Deed::Arrival => entry.arrivals,
            Deed::Fault => entry.faults,
        };
        bucket.take(COST, allowed, now_ms)
    }

    /// Forgets who holds nothing and did nothing lately; and of those who hold nothing all but
    /// `most`, those first that were unused for longest. Says how many were forgotten too early.
    pub(crate) fn tidy(&mut self, most: usize, now_ms: u64) -> u64 {
        self.now_ms = self.now_ms.max(now_ms);
        let mut early = 0;
        while let Some(&(queued_ms, of)) = self.unused.front() {
            let is_old = queued_ms + FORGET_MS <= self.now_ms;
            let are_many = self.entries.len() - self.holding > most;
            if !is_old && !are_many {
                break;
            }
            self.unused.pop_front();
            let Some(entry) = self.entries.get_mut(&of) else { continue };
            if entry.holds() {
                entry.is_queued = false;
            } else if entry.used_ms > queued_ms {
                self.unused.push_back((entry.used_ms, of));
            } else {
                self.entries.remove(&of);
                early += u64::from(!is_old);
            }
        }
        early
    }

    /// What is known of an address, which is used now.
    fn entry(&mut self, of: Address) -> &mut Entry {
        let entry = self.entries.entry(of).or_default();
        entry.used_ms = self.now_ms;
        if !entry.is_queued {
            entry.is_queued = true;
            self.unused.push_back((self.now_ms, of));
        }
        entry
    }
}

fn allowance(per_minute: Option<u32>) -> Option<Allowance> {
    per_minute.map(|count| Allowance { max: count.saturating_mul(COST), per_second: count })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;

    fn address(last: u8) -> Address {
        Limits::default().client([192, 0, 2, last].into()).address.unwrap()
    }

    fn known(table: &Table) -> Vec<bool> {
        (0..4).map(|last| table.entries.contains_key(&address(last))).collect()
    }

    #[test]
    fn an_address_holds_so_many_things_of_a_kind_and_no_more() {
        let mut table = Table::default();
        assert!(table.hold(address(1), Thing::Room, Some(1)));
        assert!(!table.hold(address(1), Thing::Room, Some(1)));
        assert!(table.hold(address(1), Thing::Connection, Some(1)), "another kind");
        assert!(table.hold(address(2), Thing::Room, Some(1)), "another address");
        table.let_go(address(1), Thing::Room);
        assert!(table.hold(address(1), Thing::Room, Some(1)));
        assert!((0..100).all(|_| table.hold(address(1), Thing::Room, None)));
    }

    #[test]
    fn a_minutes_worth_may_come_at_once_and_then_one_by_one() {
        let mut table = Table::default();
        let mut note = |ms| table.note(address(1), Deed::Fault, Some(30), ms);
        assert!((0..30).all(|_| note(0).is_ok()));
        assert_eq!(note(0), Err(2_000));
        assert_eq!(note(1_999), Err(1));
        assert_eq!(note(2_000), Ok(()));
        assert_eq!(table.may(address(1), Deed::Fault, Some(30), 2_000), Err(2_000));
        assert_eq!(table.may(address(1), Deed::Arrival, Some(30), 2_000), Ok(()));
        assert_eq!(table.may(address(2), Deed::Fault, Some(30), 2_000), Ok(()));
    }

    #[test]
    fn who_holds_nothing_is_forgotten_when_nothing_is_lost_by_it() {
        let mut table = Table::default();
        for last in 0..3 {
            assert_eq!(table.note(address(last), Deed::Arrival, Some(1), 0), Ok(()));
        }
        assert!(table.hold(address(1), Thing::Connection, None));
        assert!(table.note(address(2), Deed::Arrival, Some(1), 30_000).is_err());
        assert_eq!(table.tidy(10, 59_999), 0);
        assert_eq!(known(&table), [true, true, true, false]);
        assert_eq!(table.tidy(10, 60_000), 0);
        assert_eq!(known(&table), [false, true, true, false]);
        table.let_go(address(1), Thing::Connection);
        assert_eq!(table.tidy(10, 90_000), 0);
        assert_eq!(known(&table), [false, true, false, false]);
        assert_eq!(table.tidy(10, 120_000), 0);
        assert_eq!(table.len(), 0);
    }

    #[test]
    fn of_too_many_addresses_those_unused_for_longest_are_forgotten_and_no_holder_is() {
        let mut table = Table::default();
        for (last, ms) in [(0, 1), (1, 2), (2, 3)] {
            assert_eq!(table.note(address(last), Deed::Arrival, None, ms), Ok(()));
            assert!(table.hold(address(last), Thing::Room, None));
        }
        table.let_go(address(1), Thing::Room);
        assert_eq!(table.tidy(10, 5), 0);
        table.let_go(address(2), Thing::Room);
        assert_eq!(table.tidy(1, 6), 1);
        assert_eq!(known(&table), [true, false, true, false]);
        assert_eq!(table.tidy(0, 6), 1);
        assert_eq!(known(&table), [true, false, false, false]);
    }

    #[test]
    fn a_flood_of_addresses_takes_bounded_memory() {
        let (mut table, limits) = (Table::default(), Limits::default());
        for n in 0..100_000_u32 {
            let of = limits.client(n.to_be_bytes().into()).address.unwrap();
            assert_eq!(table.note(of, Deed::Arrival, Some(5), u64::from(n / 100)), Ok(()));
            table.tidy(1_000, u64::from(n / 100));
        }
        assert_eq!((table.len(), table.unused.len()), (1_000, 1_000));
    }
}
