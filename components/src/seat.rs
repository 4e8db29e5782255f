//! Places at the table.

use bevy_ecs::prelude::Component;

/// A place at the table, 0..=3, clockwise. Rules speak in seats, never in entities.
#[derive(Component, Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat(u8);

/// One of something for each seat, in seat order.
pub type PerSeat<T> = [T; Seat::COUNT];

impl Seat {
    /// How many seats a table has.
    pub const COUNT: usize = 4;

    /// All seats in order.
    pub const ALL: [Self; Self::COUNT] = [Self(0), Self(1), Self(2), Self(3)];

    /// The seat of this number, if there is one.
    #[must_use]
    pub const fn new(number: u8) -> Option<Self> {
        if number < 4 { Some(Self(number)) } else { None }
    }

    /// Its number, 0..=3.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Its place in a [`PerSeat`].
    #[must_use]
    pub const fn index(self) -> usize {
        (self.0 & 3) as usize
    }

    /// The next seat in play order.
    #[must_use]
    pub const fn next(self) -> Self {
        Self((self.0 + 1) & 3)
    }

    /// All four seats in play order from this one.
    #[must_use]
    pub const fn play_order(self) -> [Self; Self::COUNT] {
        [self, self.next(), self.next().next(), self.next().next().next()]
    }

    /// How many places after `first` it comes in play order, 0..=3.
    #[must_use]
    pub const fn places_after(self, first: Self) -> u8 {
        (self.0 + 4 - first.0) & 3
    }
}

/// A set of seats: bit n is seat n.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SeatSet(pub u8);

impl SeatSet {
    /// No seat.
    pub const EMPTY: Self = Self(0);
    /// Every seat.
    pub const ALL: Self = Self(0b1111);

    /// Whether `seat` is in it.
    #[must_use]
    pub const fn contains(self, seat: Seat) -> bool {
        self.0 & (1 << seat.0) != 0
    }

    /// With `seat` in it.
    #[must_use]
    pub const fn with(self, seat: Seat) -> Self {
        Self(self.0 | (1 << seat.0))
    }

    /// Without `seat`.
    #[must_use]
    pub const fn without(self, seat: Seat) -> Self {
        Self(self.0 & !(1 << seat.0))
    }

    /// Those of its seats that are not in `other`.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether it has none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// How many it has, 0..=4.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Its seats in order.
    pub fn iter(self) -> impl Iterator<Item = Seat> {
        Seat::ALL.into_iter().filter(move |seat| self.contains(*seat))
    }
}
