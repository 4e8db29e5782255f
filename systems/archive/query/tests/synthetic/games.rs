//! Made-up matches: each is a function of its number.

use archive::Hour;
use uuid::Uuid;

use super::Synthetic;

/// A match.
#[derive(Debug, Clone)]
pub(crate) struct Game {
    /// How-manieth of the archive.
    pub(crate) number: u64,
    /// Its id: of version 7, by its start.
    pub(crate) id: Uuid,
    /// In ms since 1970.
    pub(crate) started_ms: u64,
    /// In ms since 1970.
    pub(crate) ended_ms: u64,
    /// In which partition it is.
    pub(crate) hour: Hour,
    /// 3 to 12.
    pub(crate) rounds: i16,
    /// The seats.
    pub(crate) seats: [Seat; 4],
}

/// A seat of a match.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat {
    /// Nobody: a bot.
    pub(crate) player: Option<Uuid>,
    /// Its score.
    pub(crate) score: i16,
    /// 1 to 4.
    pub(crate) rank: i16,
    /// Rounds in which as much was captured as declared.
    pub(crate) hits: i16,
    /// Turns that were won.
    pub(crate) turns: i16,
}

/// What is made up is drawn from this.
pub(crate) struct Dice(u64);

impl Dice {
    /// Thrown for this.
    pub(crate) fn of(what: u64) -> Self {
        Self(what.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1)
    }

    /// The next number (splitmix64).
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Less than this.
    pub(crate) fn below(&mut self, most: u64) -> u64 {
        self.next() % most
    }

    /// 0 to 1.
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A UUID of version 7.
pub(crate) fn uuid_v7(ms: u64, salt: u64) -> Uuid {
    let mut dice = Dice::of(salt);
    let (a, b) = (dice.next() & 0xfff, dice.next() & 0x3fff_ffff_ffff_ffff);
    Uuid::from_u64_pair(ms << 16 | 0x7000 | a, 0x8000_0000_0000_0000 | b)
}

/// The key of a player: of version 4.
pub(crate) fn player(number: u64) -> Uuid {
    let mut dice = Dice::of(number ^ 0xabcd_0000_0000);
    let (a, b) = (dice.next(), dice.next());
    Uuid::from_u64_pair(a & !0xf000 | 0x4000, b & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000)
}

/// Somebody, of so many: the first ones more often.
pub(crate) fn somebody(dice: &mut Dice, players: u64) -> u64 {
    let share = dice.share();
    ((share * share * players as f64) as u64).min(players - 1)
}

impl Game {
    /// That of this number.
    pub(crate) fn of(number: u64, archive: &Synthetic) -> Self {
        let mut dice = Dice::of(number);
        let hour = archive.hour_of(number);
        let ended_ms = hour.start_ms() + dice.below(3_600_000);
        let started_ms = ended_ms - 120_000 - dice.below(1_500_000);
        let rounds = 3 + dice.below(10) as i16;
        let mut seats = [0, 1, 2, 3].map(|seat| Seat {
            player: None,
            score: dice.below(60) as i16 - 5,
            rank: 0,
            hits: dice.below(rounds as u64 + 1) as i16,
            turns: seat + dice.below(20) as i16,
        });
        let mut sitting: Vec<u64> = Vec::new();
        for seat in seats.iter_mut().take(1 + dice.below(3) as usize) {
            let who = somebody(&mut dice, archive.players);
            if !sitting.contains(&who) {
                sitting.push(who);
                seat.player = Some(player(who));
            }
        }
        let scores = seats.map(|seat| seat.score);
        for seat in &mut seats {
            seat.rank = 1 + scores.iter().filter(|score| **score > seat.score).count() as i16;
        }
        Self {
            number,
            id: uuid_v7(started_ms, number ^ 0x5555_0000_0000),
            started_ms,
            ended_ms,
            hour,
            rounds,
            seats,
        }
    }
}
