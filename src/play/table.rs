//! The table as lines of text.

use protocol::{Phase, Presence, Seat, Snapshot};
use rules::ranks;

use super::cast::Cast;
use super::piece::{names, set_of};
use super::set::{ahead, label, table_of};
use super::style::{Style, clean, seconds};

/// Letters of a name that the table has room for.
const NAME_CHARS_MAX: usize = 18;

/// The table: what everyone may see of the room, `ms_left` being the time left by now.
pub(crate) fn lines(room: &Snapshot<'_>, ms_left: Option<u64>, style: Style) -> Vec<String> {
    let mut lines = vec![
        style.bold(&format!("== {} == {} ==", heading(room), state(room, ms_left))),
        "   seat  name                score  declared  captured  held  this turn".to_owned(),
    ];
    lines.extend(Seat::ALL.map(|seat| row(room, seat, style)));
    lines
}

/// Scores and ranks, the best first.
pub(super) fn scores(room: &Snapshot<'_>) -> Vec<String> {
    let scores = room.seats.each_ref().map(|seat| seat.as_ref().map_or(0, |seat| seat.score));
    let ranks = ranks(&scores);
    let mut order = Seat::ALL;
    order.sort_by_key(|seat| ranks[seat.index()]);
    let line = |seat: &Seat| {
        let player = room.seats[seat.index()].as_ref()?;
        let (rank, name) = (ranks[seat.index()], shown_name(room, *seat));
        let (score, won, exact) = (player.score, player.turns_won, player.perfect_rounds);
        Some(format!("  {rank}. {name} {score:>4}  (turns won {won}, exact declarations {exact})"))
    };
    order.iter().filter_map(line).collect()
}

/// What the room waits for, such as `You are to play, 45 s left`.
pub(super) fn state(room: &Snapshot<'_>, ms_left: Option<u64>) -> String {
    let cast = Cast::of(room);
    let is_to = |seat, what| format!("{} to {what}", cast.does(seat, "are", "is"));
    let state = match room.phase {
        Phase::Open => "before the match".to_owned(),
        Phase::Dealt => "hands are dealt".to_owned(),
        Phase::Redealing { asked, accepted, declined } => {
            let open = asked.iter().filter(|seat| !accepted.contains(*seat));
            let open = open.filter(|seat| !declined.contains(*seat));
            format!("asked about a redeal: {}", cast.list(open))
        }
        Phase::Starting => match room.round.starter {
            Some(seat) => cast.does(seat, "start the round", "starts the round"),
            None => "the round starts".to_owned(),
        },
        Phase::Declaring { seat } => is_to(seat, "declare"),
        Phase::Playing { seat, leader, .. } if seat == leader => is_to(seat, "lead"),
        Phase::Playing { seat, .. } => is_to(seat, "play"),
        Phase::Staying { .. } => "all have played".to_owned(),
        Phase::TurnWon { winner, .. } => cast.does(winner, "took the turn", "took the turn"),
        Phase::Scored { .. } => "the round is scored".to_owned(),
        Phase::Finished { .. } => "the match is over".to_owned(),
        Phase::Closed => "the room is closed".to_owned(),
        Phase::Other => "something this program does not know".to_owned(),
    };
    match ms_left {
        Some(ms) if asks_somebody(room) => format!("{state}, {} left", seconds(ms)),
        _ => state,
    }
}

const fn asks_somebody(room: &Snapshot<'_>) -> bool {
    matches!(room.phase, Phase::Redealing { .. } | Phase::Declaring { .. } | Phase::Playing { .. })
}

fn heading(room: &Snapshot<'_>) -> String {
    let round = &room.round;
    match (round.number, round.turn) {
        (0, _) => format!("Room {}", clean(&room.room)),
        (number, 0) => format!("Round {number}, points x{}", round.multiplier),
        (number, turn) => format!("Round {number}, turn {turn}, points x{}", round.multiplier),
    }
}

fn row(room: &Snapshot<'_>, seat: Seat, style: Style) -> String {
    let number = seat.number();
    let Some(player) = &room.seats[seat.index()] else { return format!("     {number}   (free)") };
    let name = shown_name(room, seat);
    let declared = player.declared.map_or("-".to_owned(), |piles| piles.to_string());
    let line = format!(
        " {}   {number}   {name} {:>6} {declared:>9} {:>9} {:>5}  {}",
        mark(room, seat),
        player.score,
        player.captured,
        player.held,
        play(room, seat, style),
    );
    line.trim_end().to_owned()
}

/// A seat's name, cut and filled up to the width of its column.
fn shown_name(room: &Snapshot<'_>, seat: Seat) -> String {
    let Some(player) = &room.seats[seat.index()] else { return String::new() };
    let role = match player.presence {
        _ if room.seat == Some(seat) => " (you)",
        Presence::Here => "",
        Presence::Lost => " (lost)",
        Presence::Away => " (away)",
    };
    let room_left = NAME_CHARS_MAX - role.len();
    let name = clean(&player.name);
    let mut shown: String = name.chars().take(room_left).collect();
    if shown.len() < name.len() {
        shown.pop();
        shown.push('~');
    }
    format!("{:<NAME_CHARS_MAX$}", shown + role)
}

/// `>` before who is to act, `*` before who is ahead in the turn or took it.
fn mark(room: &Snapshot<'_>, seat: Seat) -> char {
    match room.phase {
        Phase::Redealing { asked, accepted, declined }
            if asked.contains(seat) && !accepted.contains(seat) && !declined.contains(seat) =>
        {
            '>'
        }
        Phase::Declaring { seat: asked } | Phase::Playing { seat: asked, .. } if asked == seat => {
            '>'
        }
        Phase::Playing { leader, plays, .. } | Phase::Staying { leader, plays, .. } => {
            let first = ahead(&table_of(leader, plays));
            if first.is_some_and(|first| first.index() == seat.index()) { '*' } else { ' ' }
        }
        Phase::TurnWon { winner, .. } if winner == seat => '*',
        _ => ' ',
    }
}

/// What a seat has played in the turn, or got for the round.
fn play(room: &Snapshot<'_>, seat: Seat, style: Style) -> String {
    let (leader, plays) = match room.phase {
        Phase::Playing { leader, plays, .. }
        | Phase::Staying { leader, plays, .. }
        | Phase::TurnWon { leader, plays, .. } => (leader, plays),
        Phase::Scored { points } => return format!("{:+} points", points[seat.index()]),
        _ => return String::new(),
    };
    let leads = if leader == seat { "leads " } else { "" };
    match plays[seat.index()].map(set_of) {
        Some(pieces) => format!("{leads}{}: {}", label(pieces), names(pieces, style)),
        None => leads.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use protocol::{Phase, Seat};

    use super::super::{sample, style::Style};
    use super::{lines, scores, state};

    #[test]
    fn a_turn_is_shown_as_it_lies_on_the_table() {
        let expected = "\
== Round 2, turn 3, points x1 == You are to play, 45 s left ==
   seat  name                score  declared  captured  held  this turn
 >   0   Ada (you)              -3         2         1     6
     1   Zoë (away)              3         0         1     6
 *   2   Bot 3                   7         2         1     4  leads pair 20: R-Elephant(10) R-Elephant(10)
     3   Max                    -2         2         1     4  pair 2: b-Soldier(1) b-Soldier(1)";
        assert_eq!(lines(&sample::playing(), Some(44_180), Style::Plain).join("\n"), expected);
    }

    #[test]
    fn columns_stand_under_their_headings() {
        let lines = lines(&sample::playing(), None, Style::Plain);
        let ends = |heading: &str| lines[1].find(heading).unwrap() + heading.len();
        // Of Bot 3, whose name is ASCII: bytes are columns.
        assert!(lines[4][..ends("score")].ends_with('7'));
        assert!(lines[4][..ends("declared")].ends_with('2'));
        assert!(lines[4][..ends("captured")].ends_with('1'));
        assert!(lines[4][..ends("held")].ends_with('4'));
    }

    #[test]
    fn free_seats_and_long_names_fit() {
        let mut room = sample::open(2);
        room.round.number = 0;
        room.seats[1].as_mut().unwrap().name = "x\x1b".repeat(25).into();
        let lines = lines(&room, None, Style::Plain);
        assert_eq!(lines[0], "== Room K7MPQ2 == before the match ==");
        assert!(lines[3].starts_with("     1   x?x?x?x?x?~ (away) "), "{}", lines[3]);
        assert_eq!(lines[4], "     2   (free)");
    }

    #[test]
    fn scores_come_best_first_and_equal_ones_share_a_rank() {
        let mut room = sample::playing();
        room.seats[1].as_mut().unwrap().score = 7;
        let ranks: Vec<String> =
            scores(&room).iter().map(|line| line.trim_start()[..5].to_owned()).collect();
        assert_eq!(ranks, ["1. Zo", "1. Bo", "3. Ma", "4. Ad"].map(|line| line.to_owned()));
    }

    #[test]
    fn red_pieces_alone_have_colour() {
        let lines = lines(&sample::playing(), None, Style::Colour);
        assert!(lines[4].contains("\x1b[31mR-Elephant(10)\x1b[0m"));
        assert!(!lines[5].contains('\x1b'));
    }

    #[test]
    fn time_left_is_told_where_somebody_is_asked() {
        let mut room = sample::playing();
        assert_eq!(state(&room, None), "You are to play");
        room.phase = Phase::Finished { winners: [Seat::ALL[1]].into_iter().collect() };
        assert_eq!(state(&room, Some(300_000)), "the match is over");
    }
}
