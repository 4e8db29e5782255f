//! The rows of a match say what the rules say of it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use archive::{Change, Table};
use components::{Event, Fact, MatchEnd, Pace, Piece, PieceSet, Presence, Seat, Settings};
use journal::Chain;
use uuid::Uuid;

use crate::people::store;
use crate::rerun::{Moment, moments};
use crate::rows::{Rows, change_of, read};
use crate::table::Play;

struct Played {
    chains: Vec<Chain>,
    change: Change,
    tables: BTreeMap<Table, Rows>,
}

/// Matches of people to whom all kinds of things happen, and of bots.
static PLAYED: LazyLock<Played> = LazyLock::new(|| {
    let people = (0..60).map(Play::people);
    let bots = (60..90).map(|seed| Play::bots(seed, Pace::ALL[seed as usize % 4]));
    let chains: Vec<Chain> = people.chain(bots).map(Play::chain).collect();
    let mut people = store("converted");
    let aliases = people.aliases_for(&chains.iter().collect::<Vec<_>>()).unwrap();
    let change = change_of(&chains, &aliases);
    let tables = read(&change);
    Played { chains, change, tables }
});

fn name(chain: &Chain) -> String {
    Uuid::from_bytes(chain.match_id.unwrap().0).to_string()
}

fn end(chain: &Chain) -> &MatchEnd {
    let events = chain.steps.iter().flat_map(|step| &step.events);
    let mut ends = events.filter_map(|event| match event {
        Event::Public(Fact::MatchOver(end)) => Some(end),
        _ => None,
    });
    ends.next().unwrap()
}

fn facts(chain: &Chain) -> impl Iterator<Item = &Fact> {
    chain.steps.iter().flat_map(|step| &step.events).filter_map(|event| match event {
        Event::Public(fact) => Some(fact),
        _ => None,
    })
}

/// What a text of pieces stands for, as far as it tells: how many there are of each letter.
fn letters(pieces: &str) -> BTreeMap<char, usize> {
    pieces.chars().fold(BTreeMap::new(), |mut counts, letter| {
        *counts.entry(letter).or_default() += 1;
        counts
    })
}

fn text(pieces: PieceSet) -> String {
    let letter = |piece: Piece| {
        let letter = "GAAEERRHHCCSSSSS".as_bytes()[usize::from(piece.index() % 16)];
        let letter = if rules::is_red(piece) { letter } else { letter.to_ascii_lowercase() };
        char::from(letter)
    };
    pieces.iter().map(letter).collect()
}

#[test]
fn every_match_is_one_row_that_says_how_it_went() {
    let matches = &PLAYED.tables[&Table::Matches];
    assert_eq!(matches.len(), PLAYED.chains.len());
    for chain in &PLAYED.chains {
        let rows = matches.of_match(&name(chain));
        let [row] = rows[..] else { panic!("{} has {} rows", name(chain), rows.len()) };
        let (end, last) = (end(chain), chain.steps.last().unwrap());
        let number = |name| matches.number(name, row).unwrap();
        assert_eq!(number("started_at"), chain.steps[0].wall_ms as i64);
        assert_eq!(number("ended_at"), last.wall_ms as i64);
        assert_eq!(number("duration_ms"), moments(chain).last().unwrap().clock_ms as i64);
        assert_eq!(number("rounds"), i64::from(end.rounds));
        assert_eq!(number("winning_score"), i64::from(*end.scores.iter().max().unwrap()));
        assert_eq!(number("turns"), end.turns_won.iter().map(|won| i64::from(*won)).sum::<i64>());
        assert_eq!(number("commits"), chain.steps.len() as i64);
        let restarts = chain.steps.iter().filter(|step| step.recovered).count();
        assert_eq!(number("restarts"), restarts as i64);
        let plays = facts(chain).filter(|fact| matches!(fact, Fact::Played { .. })).count();
        assert_eq!(number("plays"), plays as i64);
        let seed: String = end.seed.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(matches.text("seed", row), Some(seed.as_str()));
        assert_eq!(number("humans") + number("bots"), 4);
        let settings: &Settings = chain.steps[0].settings.as_ref().unwrap();
        assert_eq!(number("rounds_max"), i64::from(settings.rounds_max));
    }
}

#[test]
fn seats_end_as_the_match_says() {
    let seats = &PLAYED.tables[&Table::Seats];
    assert_eq!(seats.len(), 4 * PLAYED.chains.len());
    for chain in &PLAYED.chains {
        let end = end(chain);
        for (row, seat) in seats.of_match(&name(chain)).into_iter().zip(Seat::ALL) {
            let at = seat.index();
            let number = |name| seats.number(name, row).unwrap();
            assert_eq!(number("seat"), at as i64);
            assert_eq!(number("score"), i64::from(end.scores[at]));
            assert_eq!(number("rank"), i64::from(end.ranks[at]));
            assert_eq!(seats.is("won", row), end.winners.contains(seat));
            assert_eq!(number("turns_won"), i64::from(end.turns_won[at]));
            assert_eq!(number("perfect_rounds"), i64::from(end.perfect_rounds[at]));
            let human = chain.base.players[at].as_ref().unwrap().control.human();
            assert_eq!(seats.is("is_bot", row), human.is_none());
            assert_eq!(seats.text("player_key", row).is_some(), human.is_some());
            assert_eq!(seats.text("bot_level", row).is_some(), human.is_none());
        }
    }
}

#[test]
fn rounds_add_up_to_the_match() {
    let (rounds, seats) = (&PLAYED.tables[&Table::Rounds], &PLAYED.tables[&Table::Seats]);
    let mut unscored = 0;
    for chain in &PLAYED.chains {
        let id = name(chain);
        let mut sums: BTreeMap<(&str, i64), i64> = BTreeMap::new();
        let mut captured: BTreeMap<i64, i64> = BTreeMap::new();
        for row in rounds.of_match(&id) {
            let number = |name| rounds.number(name, row);
            let (seat, round) = (number("seat").unwrap(), number("round").unwrap());
            let Some(points) = number("points") else {
                unscored += 1;
                assert_eq!((number("captured"), number("score")), (None, None));
                continue;
            };
            let (had, said) = (number("captured").unwrap(), number("declared").unwrap());
            *captured.entry(round).or_default() += had;
            for (name, more) in [
                ("score", points),
                ("rounds", 1),
                ("captured_sum", had),
                ("declared_sum", said),
                ("declared_hits", i64::from(had == said)),
                ("zero_declarations", i64::from(said == 0)),
                ("perfect_rounds", i64::from(had == said && said > 0)),
            ] {
                *sums.entry((name, seat)).or_default() += more;
            }
            assert_eq!(number("score"), sums.get(&("score", seat)).copied());
            assert_eq!(number("multiplier").unwrap(), 1 + number("redeals").unwrap());
        }
        assert!(captured.values().all(|sum| *sum == 8), "{id}: {captured:?}");
        for row in seats.of_match(&id) {
            let seat = seats.number("seat", row).unwrap();
            for name in ["score", "rounds", "captured_sum", "declared_sum", "declared_hits"] {
                let sum = sums.get(&(name, seat)).copied().unwrap_or(0);
                assert_eq!(seats.number(name, row), Some(sum), "{id}: {name} of seat {seat}");
            }
        }
    }
    assert!(unscored > 0, "no match ended in the middle of a round");
}

#[test]
fn hands_are_those_that_the_rules_dealt() {
    let rounds = &PLAYED.tables[&Table::Rounds];
    let mut redealt = 0;
    for chain in &PLAYED.chains {
        let rows = rounds.of_match(&name(chain));
        let mut dealt: BTreeMap<(u8, u8), [PieceSet; 4]> = BTreeMap::new();
        let mut settings = None;
        for moment in moments(chain) {
            settings = moment.step.settings.as_deref().or(settings);
            if moment.state.round.turn == 0 {
                let hands = moment
                    .state
                    .players
                    .each_ref()
                    .map(|player| player.as_ref().unwrap().tally.hand);
                dealt.insert((moment.state.round.number, moment.state.round.redeals), hands);
            }
        }
        for row in rows {
            let number = |name| rounds.number(name, row).unwrap();
            let (round, redeals) = (number("round") as u8, number("redeals") as u8);
            redealt += u32::from(redeals > 0);
            let hand = dealt[&(round, redeals)][number("seat") as usize];
            assert!(!dealt.contains_key(&(round, redeals + 1)));
            assert_eq!(rounds.text("hand", row), Some(text(hand).as_str()));
            let settings = settings.unwrap();
            assert_eq!(number("hand_points"), i64::from(rules::points_sum(hand, settings)));
            assert_eq!(rounds.is("is_weak", row), rules::is_weak(hand, settings));
        }
    }
    assert!(redealt > 0, "no hand was dealt anew");
}

#[test]
fn plays_come_from_hands_and_bring_the_piles() {
    let (plays, rounds) = (&PLAYED.tables[&Table::Plays], &PLAYED.tables[&Table::Rounds]);
    let mut undecided = 0;
    for chain in &PLAYED.chains {
        let id = name(chain);
        let mut hands: BTreeMap<(i64, i64), String> = BTreeMap::new();
        let mut piles: BTreeMap<(i64, i64), i64> = BTreeMap::new();
        let mut won = 0;
        for row in plays.of_match(&id) {
            let number = |name| plays.number(name, row).unwrap();
            let at = (number("round"), number("seat"));
            let played = plays.text("pieces", row).unwrap();
            assert_eq!(number("count"), played.len() as i64);
            hands.entry(at).or_default().push_str(played);
            match plays.number("won", row) {
                Some(1) => {
                    won += 1;
                    assert_eq!(number("piles"), number("count"));
                    *piles.entry(at).or_default() += number("piles");
                }
                Some(_) => assert_eq!(plays.number("piles", row), None),
                None => undecided += 1,
            }
        }
        assert_eq!(won, end(chain).turns_won.iter().map(|won| i32::from(*won)).sum::<i32>());
        for row in rounds.of_match(&id) {
            let number = |name| rounds.number(name, row);
            let at = (number("round").unwrap(), number("seat").unwrap());
            if let Some(captured) = number("captured") {
                assert_eq!(piles.get(&at).copied().unwrap_or(0), captured);
                assert_eq!(letters(&hands[&at]), letters(rounds.text("hand", row).unwrap()));
            }
        }
    }
    assert!(undecided > 0, "no turn was broken off");
}

#[test]
fn nobody_pays_for_a_pause_or_a_restart_with_time_to_think() {
    let tables = &PLAYED.tables;
    for chain in &PLAYED.chains {
        let id = name(chain);
        let moments = moments(chain);
        let mut thought: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
        for two in moments.windows(2) {
            for event in &two[1].step.events {
                let (kind, seat) = match event {
                    Event::Public(Fact::Played { seat, .. }) => ("plays", seat),
                    Event::Public(Fact::RedealDecided { seat, .. }) => ("redeals", seat),
                    Event::Public(Fact::Declared { seat, .. }) => ("rounds", seat),
                    _ => continue,
                };
                let since = two[0].asked[seat.index()].unwrap();
                thought.entry(kind).or_default().push(two[1].clock_ms - since);
            }
        }
        for (table, name) in [
            (Table::Plays, "think_ms"),
            (Table::Redeals, "think_ms"),
            (Table::Rounds, "declare_ms"),
        ] {
            let mut expected = thought.remove(table.name()).unwrap_or_default();
            let rows = tables[&table].of_match(&id).into_iter();
            let mut found: Vec<u64> =
                rows.filter_map(|row| Some(tables[&table].number(name, row)? as u64)).collect();
            if table == Table::Rounds {
                // Rows are by seat, decisions by time.
                expected.sort_unstable();
                found.sort_unstable();
            }
            assert_eq!(found, expected, "{id}: {}", table.name());
        }
    }
}

#[test]
fn who_was_away_was_so_for_as_long_as_the_room_played_on() {
    let seats = &PLAYED.tables[&Table::Seats];
    let mut left = 0;
    for chain in &PLAYED.chains {
        let moments = moments(chain);
        for (row, seat) in seats.of_match(&name(chain)).into_iter().zip(Seat::ALL) {
            let is_away = |moment: &Moment<'_>| {
                let player = moment.state.players[seat.index()].as_ref().unwrap();
                player.control.human().is_some_and(|human| human.presence == Presence::Away)
            };
            let away_ms: u64 = moments
                .windows(2)
                .filter(|two| is_away(&two[0]))
                .map(|two| two[1].clock_ms - two[0].clock_ms)
                .sum();
            assert_eq!(seats.number("away_ms", row), Some(away_ms as i64));
            let gave_up = chain.steps.iter().find(|step| {
                step.events.iter().any(|event| {
                    matches!(event, Event::Public(Fact::PlayerLeft { seat: at, .. }) if *at == seat)
                })
            });
            left += usize::from(gave_up.is_some());
            assert_eq!(seats.number("left_at", row), gave_up.map(|step| step.wall_ms as i64));
        }
    }
    assert!(left > 0, "nobody left");
}

#[test]
fn every_commit_is_a_row_with_its_facts() {
    let events = &PLAYED.tables[&Table::Events];
    for chain in &PLAYED.chains {
        let rows = events.of_match(&name(chain));
        assert_eq!(rows.len(), chain.steps.len());
        for (row, step) in rows.into_iter().zip(&chain.steps) {
            assert_eq!(events.number("version", row), Some(step.version.0 as i64));
            assert_eq!(events.number("at", row), Some(step.wall_ms as i64));
            let facts = events.text("facts", row).unwrap().split(',');
            assert_eq!(facts.filter(|fact| !fact.is_empty()).count(), step.events.len());
        }
    }
}

#[test]
fn matches_are_in_order_in_the_hour_they_ended_in_and_published_last() {
    let parts = &PLAYED.change.parts;
    assert!(parts.iter().any(|part| part.hour != parts[0].hour), "only one hour");
    assert!(parts.windows(2).all(|two| (two[0].table, two[0].hour) < (two[1].table, two[1].hour)));
    assert_eq!(parts.last().unwrap().table, Table::Matches);
    for part in parts.iter().filter(|part| part.table == Table::Matches) {
        let rows = Rows(archive::read_part(part.bytes.clone()).unwrap().1);
        let hour = |row| archive::Hour::of(rows.number("ended_at", row).unwrap() as u64);
        assert!((0..rows.len()).all(|row| hour(row) == part.hour));
    }
    for part in parts {
        let rows = Rows(archive::read_part(part.bytes.clone()).unwrap().1);
        let ids: Vec<_> = (0..rows.len()).map(|row| rows.text("match_id", row)).collect();
        assert!(ids.is_sorted(), "{}", part.table.name());
    }
}
