//! What the player may do now.

use components::{
    BotLevel, Control, DeclarationBar, Player, Recent, RoomState, Seat, Settings, Tally,
};
use protocol::{Phase, Pieces, Snapshot};
use rules::{LEAD_MAX, PILES, declaration_bar};

use super::cast::Cast;
use super::command::Asked;
use super::piece::{hand_line, names, numbers, set_of};
use super::set::{Choice, ahead, beating, kind_name, label, leads, table_of};
use super::style::Style;
use super::table;

/// What the player is asked for.
pub(super) fn asked(room: &Snapshot<'_>) -> Asked {
    let Some(own) = room.seat else { return Asked::Nothing };
    match room.phase {
        Phase::Redealing { asked, accepted, declined }
            if asked.contains(own) && !accepted.contains(own) && !declined.contains(own) =>
        {
            Asked::Redeal
        }
        Phase::Declaring { seat } if seat == own => Asked::Piles,
        Phase::Playing { seat, .. } if seat == own => Asked::Pieces,
        _ => Asked::Nothing,
    }
}

/// What is legal for the player now, and what to type for it.
pub(super) fn lines(room: &Snapshot<'_>, style: Style) -> Vec<String> {
    let hand = set_of(room.hand.unwrap_or_default());
    match (asked(room), room.phase) {
        (Asked::Redeal, _) => vec![hand_line(hand, style), style.bold(&redeal(room))],
        (Asked::Piles, _) => vec![hand_line(hand, style), style.bold(&declaration(room))],
        (Asked::Pieces, Phase::Playing { leader, plays, .. }) if room.seat != Some(leader) => {
            following(room, leader, plays, style)
        }
        (Asked::Pieces, _) => leading(room, style),
        (Asked::Nothing, Phase::Open | Phase::Finished { .. }) => between(room),
        (Asked::Nothing, _) => {
            vec![format!("You are not asked now: {}.", table::state(room, None))]
        }
    }
}

fn redeal(room: &Snapshot<'_>) -> String {
    let next = room.round.multiplier.saturating_add(1);
    format!(
        "Your hand is weak. Redeal? All hands are dealt anew and points count x{next}. \
         Type yes or no."
    )
}

/// Which declarations are open, and why the others are not.
fn declaration(room: &Snapshot<'_>) -> String {
    let settings = Settings::default();
    let (state, own) = (as_ruled(room), Seat::ALL[room.seat.map_or(0, |seat| seat.index())]);
    let (mut open, mut barred) = (Vec::new(), String::new());
    for piles in 0..=PILES {
        match declaration_bar(&state, own, piles, &settings) {
            None => open.push(piles.to_string()),
            Some(bar) => barred.push_str(&format!(" Not {piles}: {}.", why(bar))),
        }
    }
    format!("Declare how many piles you will capture: {}.{barred} Type a number.", open.join(" "))
}

fn why(bar: DeclarationBar) -> String {
    match bar {
        DeclarationBar::AboveMost(most) => format!("there are only {most} piles"),
        DeclarationBar::TotalIsExact(_) => {
            format!("the last to declare may not bring the total to {PILES}")
        }
        DeclarationBar::ThirdZero => {
            "you declared 0 in the rounds before, so at least 1 now".to_owned()
        }
    }
}

/// As much of the room as the rules need to judge declarations.
fn as_ruled(room: &Snapshot<'_>) -> RoomState {
    let players = room.seats.each_ref().map(|seat| {
        let seat = seat.as_ref()?;
        let (declared, zero_streak) = (seat.declared, seat.zero_streak);
        let tally = Tally { declared, zero_streak, ..Tally::default() };
        let control = Control::Bot(BotLevel::default());
        Some(Player { control, recent: Recent::default(), tally })
    });
    RoomState { players, ..RoomState::VACANT }
}

fn leading(room: &Snapshot<'_>, style: Style) -> Vec<String> {
    let hand = set_of(room.hand.unwrap_or_default());
    let most = hand.len().min(LEAD_MAX);
    let ask = format!("You lead 1 to {most} pieces that form a set. Type their numbers:");
    let mut lines = vec![hand_line(hand, style), style.bold(&ask)];
    let larger = leads(hand).into_iter().filter(|choice| choice.pieces.len() > 1);
    lines.extend(larger.map(|choice| choice_line(hand, &choice, style)));
    lines.push("  any one piece is a single".to_owned());
    lines
}

fn following(
    room: &Snapshot<'_>,
    leader: protocol::Seat,
    plays: [Option<Pieces>; 4],
    style: Style,
) -> Vec<String> {
    let hand = set_of(room.hand.unwrap_or_default());
    let table = table_of(leader, plays);
    let cast = Cast::of(room);
    let lead = label(table.plays[leader.index()]);
    let best = ahead(&table).filter(|seat| seat.index() != leader.index()).map_or_else(
        String::new,
        |seat| {
            let best = label(table.plays[seat.index()]);
            format!("; {} ahead with {best}", cast.does(room_seat(seat), "are", "is"))
        },
    );
    let count = table.count();
    let pieces = if count == 1 { "1 piece" } else { &format!("{count} pieces") };
    let ask = format!(
        "{} {lead}{best}. Play {pieces}, any you hold. Type {}:",
        cast.does(leader, "led", "led"),
        if count == 1 { "its number" } else { "their numbers" },
    );
    let mut lines = vec![hand_line(hand, style), style.bold(&ask)];
    let winning = beating(hand, &table);
    if winning.is_empty() {
        let none = "none of your sets would be ahead: what you play is lost";
        lines.push(format!("  {none}"));
    } else {
        lines.push("  these would be ahead:".to_owned());
        lines.extend(winning.iter().map(|choice| choice_line(hand, choice, style)));
    }
    lines
}

fn room_seat(seat: Seat) -> protocol::Seat {
    protocol::Seat::ALL[seat.index()]
}

fn choice_line(hand: components::PieceSet, choice: &Choice, style: Style) -> String {
    let (numbers, kind) = (numbers(hand, choice.pieces), kind_name(choice.kind));
    format!("  {numbers:<12} {kind} {}: {}", choice.strength, names(choice.pieces, style))
}

/// Before the first match, and after one.
fn between(room: &Snapshot<'_>) -> Vec<String> {
    let is_host = room.host.is_some() && room.host == room.seat;
    let free = room.seats.iter().filter(|seat| seat.is_none()).count();
    let begin = if matches!(room.phase, Phase::Open) { "start" } else { "rematch" };
    vec![match (is_host, free) {
        (true, 0) => format!("Type {begin} to begin, remove N to free seat N, or quit."),
        (true, free) => {
            let seats = if free == 1 { "1 seat is free" } else { &format!("{free} seats are free") };
            format!("{seats}: wait for friends, or type bot to have a bot sit down; or quit.")
        }
        (false, _) => "The host begins the match: wait, or quit.".to_owned(),
    }]
}

#[cfg(test)]
mod tests {
    use protocol::{Phase, Pieces, Seat};

    use super::super::{command::Asked, sample, style::Style};
    use super::{asked, lines};

    fn shown(room: &protocol::Snapshot<'_>) -> String {
        lines(room, Style::Plain).join("\n")
    }

    #[test]
    fn a_weak_hand_is_asked_until_it_has_answered() {
        let mut room = sample::playing();
        let all: protocol::Seats = Seat::ALL.into_iter().collect();
        let none = protocol::Seats::default();
        room.phase = Phase::Redealing { asked: all, accepted: none, declined: none };
        assert_eq!(asked(&room), Asked::Redeal);
        assert!(shown(&room).contains("points count x2. Type yes or no."));
        room.phase = Phase::Redealing { asked: all, accepted: none, declined: all };
        assert_eq!(asked(&room), Asked::Nothing);
    }

    #[test]
    fn the_last_to_declare_hears_what_is_barred_and_why() {
        let mut room = sample::declaring();
        assert_eq!(asked(&room), Asked::Piles);
        let text = shown(&room);
        assert!(text.contains("capture: 0 1 3 4 5 6 7 8. Not 2: the last"), "{text}");
        room.seats[0].as_mut().unwrap().zero_streak = 2;
        let text = shown(&room);
        assert!(text.contains("capture: 1 3 4 5 6 7 8. Not 0: you declared 0"), "{text}");
    }

    #[test]
    fn the_first_to_declare_may_say_anything() {
        let mut room = sample::declaring();
        for seat in room.seats.iter_mut().flatten() {
            seat.declared = None;
        }
        assert!(shown(&room).contains("capture: 0 1 2 3 4 5 6 7 8. Type a number."));
    }

    #[test]
    fn a_leader_sees_the_sets_in_hand() {
        let text = shown(&sample::leading());
        assert!(text.contains("[1] R-General(14)  [2] R-Cannon(4)"), "{text}");
        assert!(text.contains("You lead 1 to 6 pieces"), "{text}");
        assert!(text.contains("  5 6          pair 2: b-Soldier(1) b-Soldier(1)\n"), "{text}");
        assert_eq!(text.lines().count(), 4);
    }

    #[test]
    fn a_follower_sees_how_many_and_what_would_be_ahead() {
        let mut room = sample::playing();
        let text = shown(&room);
        assert!(text.contains("Bot 3 led pair 20. Play 2 pieces"), "{text}");
        assert!(text.contains("none of your sets would be ahead"), "{text}");
        let advisors = 0b11 << 1;
        room.hand = Some(Pieces(advisors | 1 << 31));
        let text = shown(&room);
        let choice = "these would be ahead:\n  1 2          pair 24: R-Advisor(12) R-Advisor(12)";
        assert!(text.ends_with(choice), "{text}");
    }

    #[test]
    fn a_follower_sees_who_has_overtaken_the_leader() {
        let mut room = sample::playing();
        let plays = [None, None, Some(Pieces(1 << 31)), Some(Pieces(1 << 16))];
        let kind = Some(protocol::SetKind::Single);
        let [own, _, leader, _] = Seat::ALL;
        room.phase = Phase::Playing { seat: own, leader, kind, plays };
        let text = shown(&room);
        assert!(text.contains("Bot 3 led single 1; Max is ahead with single 13."), "{text}");
        assert!(text.contains("Play 1 piece, any you hold. Type its number:"), "{text}");
        assert!(text.ends_with("  1            single 14: R-General(14)"), "{text}");
    }

    #[test]
    fn between_matches_the_host_hears_what_is_missing() {
        assert!(shown(&sample::open(2)).starts_with("2 seats are free: wait"));
        assert!(shown(&sample::open(3)).starts_with("1 seat is free: wait"));
        assert!(shown(&sample::open(4)).starts_with("Type start to begin"));
        let mut room = sample::open(4);
        room.phase = Phase::Finished { winners: protocol::Seats(1) };
        assert!(shown(&room).starts_with("Type rematch to begin"));
        room.host = Some(Seat::ALL[3]);
        assert_eq!(shown(&room), "The host begins the match: wait, or quit.");
    }

    #[test]
    fn who_is_not_asked_hears_who_is() {
        let mut room = sample::playing();
        room.seat = Some(Seat::ALL[3]);
        assert_eq!(asked(&room), Asked::Nothing);
        assert_eq!(shown(&room), "You are not asked now: Ada is to play.");
    }
}
