//! The end of a match: who won, and how its deals can be checked.

use protocol::{EndReason, Event, Hex, Seat};

use super::cast::Cast;

/// Ranks and what to check; nothing for other events.
pub(super) fn lines(event: &Event<'_>, cast: &Cast, seed_hash: Option<Hex>) -> Vec<String> {
    let Event::MatchOver {
        reason,
        rounds,
        winners,
        scores,
        ranks,
        turns_won,
        perfect_rounds,
        seed,
        ..
    } = event
    else {
        return Vec::new();
    };
    let rounds_played = if *rounds == 1 { "1 round" } else { &format!("{rounds} rounds") };
    let won = cast.list(winners.iter());
    let mut lines = vec![
        format!("The match is over after {rounds_played}: {}.", because(*reason)),
        if winners.iter().count() == 1 {
            format!("Winner: {won}.")
        } else {
            format!("Winners: {won}.")
        },
    ];
    let mut order = Seat::ALL;
    order.sort_by_key(|seat| ranks[seat.index()]);
    lines.extend(order.map(|seat| {
        let at = seat.index();
        let (name, score) = (cast.who(seat), scores[at]);
        let (won, exact) = (turns_won[at], perfect_rounds[at]);
        format!("  {}. {name}: {score} (turns won {won}, exact declarations {exact})", ranks[at])
    }));
    let hash = seed_hash.map_or_else(String::new, |hash| format!(" --hash {hash}"));
    lines.push("Check any round's deal against the seed promised at the start (--redeal N after N redeals):".to_owned());
    lines.push(format!("  liap verify-deal --seed {seed}{hash} --round 1"));
    lines
}

const fn because(reason: EndReason) -> &'static str {
    match reason {
        EndReason::ScoreReached => "a score reached the target",
        EndReason::RoundsPlayed => "all rounds are played",
        EndReason::Abandoned => "nobody was there any more",
        EndReason::Closed => "the server closed the room",
    }
}

#[cfg(test)]
mod tests {
    use protocol::{EndReason, Event, Hex, MatchId, Seats};

    use super::super::{cast::Cast, sample};
    use super::lines;

    #[test]
    fn ranks_come_in_order_and_the_seed_with_its_hash() {
        let over = Event::MatchOver {
            r#match: MatchId(7),
            reason: EndReason::ScoreReached,
            rounds: 9,
            winners: Seats(0b1001),
            scores: [52, -3, 20, 52],
            ranks: [1, 4, 3, 1],
            turns_won: [20, 3, 10, 21],
            perfect_rounds: [5, 0, 2, 4],
            seed: Hex([0xab; 32]),
        };
        let cast = Cast::of(&sample::playing());
        let lines = lines(&over, &cast, Some(Hex([1; 32])));
        let verify = format!(
            "  liap verify-deal --seed {} --hash {} --round 1",
            "ab".repeat(32),
            "01".repeat(32)
        );
        let expected = [
            "The match is over after 9 rounds: a score reached the target.",
            "Winners: You, Max.",
            "  1. You: 52 (turns won 20, exact declarations 5)",
            "  1. Max: 52 (turns won 21, exact declarations 4)",
            "  3. Bot 3: 20 (turns won 10, exact declarations 2)",
            "  4. Zoë: -3 (turns won 3, exact declarations 0)",
            "Check any round's deal against the seed promised at the start (--redeal N after N redeals):",
            &verify,
        ];
        assert_eq!(lines, expected);
    }
}
