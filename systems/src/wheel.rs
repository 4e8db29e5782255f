//! A hierarchical timer wheel: setting, moving and popping a timer cost the same, however many
//! there are.
//!
//! Six bits of the due time choose the slot at each level. A timer lives at the level of the
//! highest six bits in which its due time differs from the wheel's time, so it moves down at most
//! once per level. Slots are doubly linked lists through one slab.

const BITS: u32 = 6;
const SLOTS: usize = 1 << BITS;
/// 11 levels of 6 bits cover every u64.
const LEVELS: usize = 11;
const NONE: u32 = u32::MAX;

/// A timer's place in its wheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimerId(u32);

/// Timers that each carry a `T`.
#[derive(Debug)]
pub struct Wheel<T> {
    now: u64,
    nodes: Vec<Node<T>>,
    free: u32,
    heads: [[u32; SLOTS]; LEVELS],
    occupied: [u64; LEVELS],
    armed: usize,
}

#[derive(Debug)]
struct Node<T> {
    due: u64,
    next: u32,
    prev: u32,
    /// Level and slot where it is linked; `UNLINKED` if it is not.
    at: u16,
    value: T,
}

const UNLINKED: u16 = u16::MAX;

impl<T> Default for Wheel<T> {
    fn default() -> Self {
        Self {
            now: 0,
            nodes: Vec::new(),
            free: NONE,
            heads: [[NONE; SLOTS]; LEVELS],
            occupied: [0; LEVELS],
            armed: 0,
        }
    }
}

impl<T: Copy> Wheel<T> {
    /// A timer for `value`, not armed.
    pub fn add(&mut self, value: T) -> TimerId {
        let node = Node { due: 0, next: NONE, prev: NONE, at: UNLINKED, value };
        if self.free == NONE {
            self.nodes.push(node);
            return TimerId(self.nodes.len() as u32 - 1);
        }
        let id = self.free;
        self.free = self.nodes[id as usize].next;
        self.nodes[id as usize] = node;
        TimerId(id)
    }

    /// Disarms and forgets a timer; its id may be given to another.
    pub fn remove(&mut self, timer: TimerId) {
        self.unlink(timer.0);
        self.nodes[timer.0 as usize].next = self.free;
        self.free = timer.0;
    }

    /// Arms a timer for `due`, in place of what it was armed for; `None` disarms it. What is past
    /// is due at once.
    pub fn set(&mut self, timer: TimerId, due: Option<u64>) {
        self.unlink(timer.0);
        if let Some(due) = due {
            self.nodes[timer.0 as usize].due = due.max(self.now);
            self.link(timer.0);
        }
    }

    /// Pops one timer that is due by `now`, disarming it. When there is none, also when none is
    /// armed, the wheel's time is `now` from then on. Time never runs backwards.
    pub fn pop_due(&mut self, now: u64) -> Option<T> {
        loop {
            let first = self.first_slot();
            let first = first.map(|(level, slot)| (level, slot, self.slot_start(level, slot)));
            let Some((level, slot, start)) = first.filter(|(.., start)| *start <= now) else {
                self.now = self.now.max(now);
                return None;
            };
            if level == 0 {
                let id = self.heads[0][slot];
                self.now = start;
                self.unlink(id);
                return Some(self.nodes[id as usize].value);
            }
            self.cascade(level, slot, start);
        }
    }

    /// A time at which the next timer may be due: exact within 64 ms if that is near, else never too
    /// late; and never before the wheel's time.
    #[must_use]
    pub fn next_due(&self) -> Option<u64> {
        self.first_slot().map(|(level, slot)| self.slot_start(level, slot))
    }

    /// How many timers are armed.
    #[must_use]
    pub const fn armed(&self) -> usize {
        self.armed
    }

    /// The earliest occupied slot: lower levels hold earlier times.
    fn first_slot(&self) -> Option<(usize, usize)> {
        let level = self.occupied.iter().position(|slots| *slots != 0)?;
        Some((level, self.occupied[level].trailing_zeros() as usize))
    }

    /// The first moment of a slot: the wheel's time above its level, the slot, then zeros.
    fn slot_start(&self, level: usize, slot: usize) -> u64 {
        let shift = BITS * level as u32;
        let above =
            if shift + BITS >= 64 { 0 } else { self.now >> (shift + BITS) << (shift + BITS) };
        (above | (slot as u64) << shift).max(self.now)
    }

    /// Moves the wheel's time to a slot's start and its timers down.
    fn cascade(&mut self, level: usize, slot: usize, start: u64) {
        self.now = start;
        let mut id = self.heads[level][slot];
        self.heads[level][slot] = NONE;
        self.occupied[level] &= !(1 << slot);
        while id != NONE {
            let next = self.nodes[id as usize].next;
            self.armed -= 1;
            self.link(id);
            id = next;
        }
    }

    fn link(&mut self, id: u32) {
        let due = self.nodes[id as usize].due;
        let differing = (due ^ self.now) | 1;
        let level = ((63 - differing.leading_zeros()) / BITS) as usize;
        let slot = (due >> (BITS * level as u32)) as usize & (SLOTS - 1);
        let head = self.heads[level][slot];
        let node = &mut self.nodes[id as usize];
        node.at = (level * SLOTS + slot) as u16;
        node.prev = NONE;
        node.next = head;
        if head != NONE {
            self.nodes[head as usize].prev = id;
        }
        self.heads[level][slot] = id;
        self.occupied[level] |= 1 << slot;
        self.armed += 1;
    }

    fn unlink(&mut self, id: u32) {
        let node = &mut self.nodes[id as usize];
        if node.at == UNLINKED {
            return;
        }
        let (level, slot) = (usize::from(node.at) / SLOTS, usize::from(node.at) % SLOTS);
        let (prev, next) = (node.prev, node.next);
        node.at = UNLINKED;
        if next != NONE {
            self.nodes[next as usize].prev = prev;
        }
        if prev != NONE {
            self.nodes[prev as usize].next = next;
        } else {
            self.heads[level][slot] = next;
            if next == NONE {
                self.occupied[level] &= !(1 << slot);
            }
        }
        self.armed -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Everything the wheel pops, against a sorted map driven by the same random script.
    #[test]
    fn pops_each_timer_at_its_time_whatever_was_set_moved_or_removed() {
        for seed in 0..200_u64 {
            let mut random = seed;
            let mut below = move |limit: u64| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (random >> 33) % limit
            };
            let mut wheel = Wheel::default();
            let mut model = BTreeMap::<usize, u64>::new();
            let timers: Vec<TimerId> = (0..40).map(|value| wheel.add(value)).collect();
            let (mut now, mut emptied) = (0, 0);
            for _ in 0..500 {
                let which = below(40) as usize;
                let far = [3, 70, 5_000, 400_000, u64::from(u32::MAX)][below(5) as usize];
                match below(4) {
                    0 => {
                        wheel.set(timers[which], None);
                        model.remove(&which);
                    }
                    1 | 2 => {
                        let due = now + below(far);
                        wheel.set(timers[which], Some(due));
                        model.insert(which, due);
                    }
                    _ => {
                        now += below(far);
                        emptied = now;
                        let mut popped = Vec::new();
                        while let Some(value) = wheel.pop_due(now) {
                            popped.push(value);
                        }
                        let mut due: Vec<usize> = model
                            .iter()
                            .filter(|(_, due)| **due <= now)
                            .map(|(value, _)| *value)
                            .collect();
                        due.iter().for_each(|value| _ = model.remove(value));
                        let in_time_order = popped.clone();
                        popped.sort_unstable();
                        due.sort_unstable();
                        assert_eq!(popped, due, "seed {seed}, {in_time_order:?}");
                    }
                }
                assert_eq!(wheel.armed(), model.len());
                let first = model.values().min().copied();
                assert_eq!(wheel.next_due().is_some(), first.is_some());
                assert!(wheel.next_due() <= first.or(wheel.next_due()));
                assert!(wheel.next_due().is_none_or(|due| due >= emptied), "seed {seed}");
            }
        }
    }

    #[test]
    fn a_timer_set_after_a_long_time_without_any_is_not_said_to_be_overdue() {
        for idle_ms in [0, 292_000, 3_600_000, 86_400_000, u64::from(u32::MAX)] {
            let mut wheel = Wheel::default();
            let timer = wheel.add('a');
            assert_eq!(wheel.pop_due(idle_ms), None);
            wheel.set(timer, Some(idle_ms + 200));
            let next_due = wheel.next_due().expect("one is armed");
            assert!((idle_ms..=idle_ms + 200).contains(&next_due), "{next_due} after {idle_ms}");
        }
    }

    #[test]
    fn a_removed_timer_gives_its_place_to_the_next() {
        let mut wheel = Wheel::default();
        let first = wheel.add('a');
        wheel.set(first, Some(5));
        wheel.remove(first);
        let second = wheel.add('b');
        assert_eq!(first, second);
        wheel.set(second, Some(7));
        assert_eq!((wheel.pop_due(6), wheel.pop_due(7), wheel.pop_due(8)), (None, Some('b'), None));
    }
}
