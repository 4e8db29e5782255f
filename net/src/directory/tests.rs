//! The directory, told what rooms say of themselves.

use components::{BotLevel, Pace, Presence, Version};

use super::*;

fn human(session: u64) -> Option<SeatSummary> {
    let name = format!("p{session}").into();
    Some(SeatSummary::Human { session: SessionId(session), name, presence: Presence::Here })
}

fn summary(n: u64, stage: Stage, seats: PerSeat<Option<SeatSummary>>) -> RoomSummary {
    let letter = RoomCode::ALPHABET[(n % 31) as usize];
    RoomSummary {
        room: RoomId::nth(n),
        code: RoomCode([letter; 6]),
        version: Version(1),
        pace: Pace::Standard,
        private: n % 2 == 1,
        stage,
        host: Some(Seat::ALL[0]),
        seats,
    }
}

fn walked(directory: &Directory) -> Counts {
    let mut counts = Counts::default();
    for summary in directory.rooms.values().filter_map(|entry| entry.summary.as_ref()) {
        counts.each(&Counts::of(summary), |sum, one| *sum += one);
    }
    counts
}

#[test]
fn counts_are_those_of_the_rooms_there_are_whatever_order_summaries_come_in() {
    let mut directory = Directory::new(0, 100);
    let stages = [Stage::Open, Stage::Running, Stage::Finished, Stage::Closed, Stage::Open];
    for step in 0..400_u64 {
        // A fixed walk that visits every room in every stage with all kinds of seats.
        let seats = [
            human(step),
            (step % 3 == 0).then_some(SeatSummary::Bot(BotLevel::Simple)),
            (step % 5 == 0).then(|| human(step + 1_000)).flatten(),
            None,
        ];
        let stage = stages[(step * 7 / 3 % 5) as usize];
        directory.put(summary(step * 11 % 17, stage, seats));
        assert_eq!(directory.counts(), walked(&directory));
    }
    assert!(directory.counts().rooms > 0);
}

#[test]
fn pages_go_in_order_of_code_and_leave_private_rooms_out() {
    let mut directory = Directory::new(0, 100);
    for n in [4, 0, 3, 2, 1] {
        directory.put(summary(n, Stage::Open, [const { None }; 4]));
    }
    let codes = |after| directory.page(after).map(|it| it.code.0[0]).collect::<Vec<_>>();
    assert_eq!(codes(None), b"ACE");
    assert_eq!(codes(Some(RoomCode(*b"AAAAAA"))), b"CE");
    assert_eq!(codes(Some(RoomCode(*b"BBBBBB"))), b"CE");
    assert_eq!(directory.counts().rooms, 5);
}

#[test]
fn a_closed_room_is_gone_and_tells_who_held_its_seats() {
    let mut directory = Directory::new(0, 100);
    directory.put(summary(0, Stage::Open, [human(1), None, human(2), None]));
    assert_eq!(directory.find(RoomCode(*b"AAAAAA")), Some(RoomId::nth(0)));
    directory.take_dirty();
    let before = directory.put(summary(0, Stage::Closed, [human(1), None, human(2), None]));
    assert_eq!(before, [Some(SessionId(1)), None, Some(SessionId(2)), None]);
    assert_eq!(directory.find(RoomCode(*b"AAAAAA")), None);
    assert_eq!(directory.take_dirty(), BTreeSet::from([RoomCode(*b"AAAAAA")]));
    assert_eq!((directory.len(), directory.counts()), (0, Counts::default()));
}

#[test]
fn a_reserved_code_is_neither_found_nor_given_twice() {
    let mut draws = [1_u8, 1, 2].into_iter().cycle();
    let mut random = Random::new(move |bytes| {
        bytes.fill(draws.next().unwrap());
        true
    });
    let mut directory = Directory::new(300, 2);
    let (first, code) = directory.reserve(&mut random, None).unwrap();
    assert_eq!((first, code), (RoomId::nth(300), RoomCode(*b"BBBBBB")));
    assert_eq!(directory.find(code), None);
    let (second, other) = directory.reserve(&mut random, None).unwrap();
    assert_eq!((second, other), (RoomId::nth(301), RoomCode(*b"CCCCCC")));
    assert_eq!(directory.reserve(&mut random, None), Err(NoRoom::TooMany));
    directory.release(first);
    assert_eq!(directory.reserve(&mut random, None).unwrap().1, code);
}

#[test]
fn what_a_restart_found_is_as_if_it_had_been_told_but_no_news() {
    let stages = [Stage::Open, Stage::Running, Stage::Finished, Stage::Closed];
    let rooms =
        || (0..12).map(|n| summary(n, stages[n as usize % 4], [human(n), None, None, None]));
    let (mut told, mut restored) = (Directory::new(0, 100), Directory::new(0, 100));
    for room in rooms() {
        told.put(room);
    }
    restored.restore(rooms().collect());
    assert_eq!((restored.counts(), restored.len()), (told.counts(), told.len()));
    let page = |directory: &Directory| directory.page(None).cloned().collect::<Vec<_>>();
    assert_eq!(page(&restored), page(&told));
    assert!(restored.take_dirty().is_empty());
    for n in 0..12 {
        let code = summary(n, Stage::Open, [const { None }; 4]).code;
        assert_eq!(restored.find(code), told.find(code));
    }
}
