//! Random walks: whatever is asked of a room, lawful or not, it stays sound; and left alone, its
//! match ends.

mod anything;
mod sound;

use components::{
    Act, Action, BotLevel, By, Charter, Epoch, Event, Fact, Pace, Phase, PieceSet, Seat, Settings,
};
use proptest::prelude::*;
use rules::{Events, apply, due, step};

use anything::anything;
use sound::{check_clocks, check_people, check_pieces, check_rearm, check_zero_passes};

use crate::support::{Room, WALL_MS, charter};

/// What a walk has seen of its room beside the state.
struct Walk {
    room: Room,
    /// Everything played since the newest deal.
    played: PieceSet,
    accepted: u32,
    refused: u32,
}

impl Walk {
    fn new(secret: u8, flags: u8) -> Self {
        let pace = Pace::ALL[usize::from(flags & 3)];
        let mut settings = Settings { rounds_max: 3, ..Settings::default() };
        settings.substitute = BotLevel::Simple;
        settings.rooms.abandoned_finish = flags & 4 != 0;
        if flags & 8 != 0 {
            // Weak hands are the rule: redeals up to the last.
            settings.weak_points_max = 12;
        }
        let charter = Charter { endless: flags & 0x70 == 0x70, ..charter(secret, pace) };
        let bots = if charter.endless { 4 } else { usize::from(flags >> 4 & 3) };
        let host = (!charter.endless).then_some("Ann");
        let room = Room::open_with(settings, charter, host, bots);
        Self { room, played: PieceSet::EMPTY, accepted: 0, refused: 0 }
    }

    /// Takes an action, or is refused it and stays as it was.
    fn take(&mut self, action: &Action) -> bool {
        let before = &self.room.state;
        let (mut in_place, mut told) = (before.clone(), Events::new());
        let same = apply(&mut in_place, action, &self.room.settings, &mut told);
        let Ok((after, events)) = step(before, action, &self.room.settings) else {
            assert!(same.is_err());
            self.refused += 1;
            return false;
        };
        assert_eq!((&in_place, same, &told), (&after, Ok(()), &events));
        self.accepted += 1;
        assert_eq!(after.version.0, before.version.0 + 1);
        for event in &events {
            match event {
                Event::Dealt { .. } => self.played = PieceSet::EMPTY,
                Event::Public(Fact::Played { pieces, .. }) => {
                    assert_eq!(self.played.intersection(*pieces), PieceSet::EMPTY);
                    self.played = self.played.union(*pieces);
                }
                Event::Public(Fact::RoundScored { captured, declared, .. }) => {
                    assert_eq!(captured.iter().sum::<u8>(), 8);
                    assert_ne!(declared.iter().sum::<u8>(), 8);
                }
                _ => {}
            }
        }
        check_zero_passes(before, &after);
        check_rearm(&after);
        self.room.state = after;
        check_pieces(&self.room.state, self.played);
        check_people(&self.room.state);
        check_clocks(&self.room);
        true
    }

    /// Has everything happen that is due now; it must be lawful, and come to an end.
    fn take_what_is_due(&mut self) {
        for _ in 0..10_000 {
            let Some((_, action)) = due(&self.room.state, WALL_MS, &self.room.settings) else {
                assert_ne!(self.room.next_ms(), Some(0), "a clock stands at 0");
                return;
            };
            assert!(self.take(&action), "{action:?} is due and refused");
            if matches!(self.room.state.phase, Phase::Finished { .. } | Phase::Closed) {
                return;
            }
        }
        panic!("at every moment something is due");
    }

    /// One thing of a random kind: time, somebody's lawful decision, or anything at all.
    fn wander(&mut self, (kind, a, b): (u8, u32, u32)) {
        match kind % 8 {
            0 => {
                self.room.pass(a % 40_000);
                self.take_what_is_due();
            }
            1 => {
                let ms = self.room.next_ms().unwrap_or(0);
                self.room.pass(ms);
                self.take_what_is_due();
            }
            2 => {
                // Time passes, and what is due waits behind what comes next.
                self.room.pass(a % 10_000);
            }
            3..=5 => self.decide_lawfully(),
            _ => {
                self.take(&anything(&self.room.state, a, b));
            }
        }
    }

    /// A person who is asked decides as a bot would.
    fn decide_lawfully(&mut self) {
        self.resume();
        let state = &self.room.state;
        let asked = match state.phase {
            Phase::Declaring { seat } | Phase::Playing { seat, .. } => Some(seat),
            Phase::Redealing { asked, accepted, declined, .. } => {
                asked.minus(accepted).minus(declined).iter().last()
            }
            Phase::Open | Phase::Finished { .. } => {
                self.begin();
                return;
            }
            _ => None,
        };
        let Some(seat) = asked else { return };
        let person = state.players[seat.index()].as_ref().and_then(|own| own.control.human());
        let Some(session) = person.map(|human| human.session) else { return };
        let sight = rules::bot::sight(state, seat);
        let random = state.version.0;
        let decision = rules::bot::decide(&sight, BotLevel::Simple, || random, &self.room.settings);
        let act = crate::support::person(decision);
        assert!(self.take(&Action { by: By::Session(session), act }), "{decision:?} is lawful");
    }

    fn resume(&mut self) {
        if self.room.state.paused {
            self.take(&Action { by: By::Nobody, act: Act::Resume });
        }
    }

    fn begin(&mut self) {
        let Some(host) = self.room.state.host else { return };
        let by = By::Seat(host);
        while self.take(&Action { by, act: Act::AddBot(None, BotLevel::Simple) }) {}
        let act = match self.room.state.phase {
            Phase::Open => Act::Start { wall_ms: WALL_MS },
            _ => Act::Rematch { wall_ms: WALL_MS },
        };
        assert!(self.take(&Action { by, act }));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_asked_a_room_stays_sound(
        secret: u8,
        flags: u8,
        steps in prop::collection::vec(any::<(u8, u32, u32)>(), 1..250),
    ) {
        let mut walk = Walk::new(secret, flags);
        for step in steps {
            walk.wander(step);
        }
    }

    #[test]
    fn left_alone_by_all_a_match_ends(
        secret: u8,
        flags: u8,
        steps in prop::collection::vec(any::<(u8, u32, u32)>(), 0..60),
    ) {
        let mut walk = Walk::new(secret, flags);
        walk.begin();
        for step in steps {
            walk.wander(step);
        }
        if flags & 0x80 == 0 {
            walk.resume();
        }
        // Nobody is connected any more.
        for seat in Seat::ALL {
            let epoch = Epoch(u32::MAX);
            walk.take(&Action { by: By::Seat(seat), act: Act::Disconnected(epoch) });
        }
        let mut left = 20_000;
        while walk.room.state.phase.is_running() {
            left -= 1;
            prop_assert!(left > 0, "{:?}", walk.room.state.phase);
            let Some(ms) = walk.room.next_ms() else {
                return Err(TestCaseError::fail("nothing will happen by itself"));
            };
            walk.room.pass(ms);
            walk.take_what_is_due();
        }
    }
}

#[test]
fn a_walk_meets_every_phase() {
    let mut names = std::collections::BTreeSet::new();
    let (mut accepted, mut refused) = (0, 0);
    for secret in 0..40_u8 {
        let mut walk = Walk::new(secret, secret.wrapping_mul(37));
        let mut number = u32::from(secret) + 1;
        for _ in 0..400 {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            walk.wander(((number >> 24) as u8, number.rotate_left(9), number.rotate_left(20)));
            let name = format!("{:?}", walk.room.state.phase);
            names.insert(name.split([' ', '{']).next().unwrap_or_default().to_owned());
        }
        accepted += walk.accepted;
        refused += walk.refused;
    }
    let expected = [
        "Closed",
        "Dealt",
        "Declaring",
        "Finished",
        "Open",
        "Playing",
        "Redealing",
        "Scored",
        "Starting",
        "Staying",
        "TurnWon",
    ];
    assert_eq!(names.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    assert!(accepted > 2_000 && refused > 1_000, "{accepted} and {refused}");
}
