//! What the player may do now.

use components::{
    BotLevel, Control, DeclarationBar, Player, RoomState, Seat, Settings, Table, Tally,
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
        Some(Player { control, tally })
    });
    RoomState { players, ..RoomState::VACANT }
}

fn leading(room: &Snapshot<'_>, style: Style) -> Vec<String> {
    let hand = set_of(room.hand.unwrap_or_default());
    let most = hand.len().min(LEAD_MAX);
    let mut lines = vec![hand_line(hand, style), "  any one piece is a single".to_owned()];
    let larger = leads(hand).into_iter().filter(|choice| choice.pieces.len() > 1);
    lines.extend(larger.map(|choice| choice_line(hand, &choice, style)));
    let pieces = if most == 1 { "1 piece" } else { &format!("1 to {most} pieces that form a set") };
    lines.push(style.bold(&format!("You lead. Play {pieces}: type numbers of your hand.")));
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
    let winning = beating(hand, &table);
    let mut lines = vec![hand_line(hand, style)];
    if winning.is_empty() {
        lines.push("  no set of yours can take this turn".to_owned());
    } else {
        lines.push("  these would be ahead:".to_owned());
        lines.extend(winning.iter().map(|choice| choice_line(hand, choice, style)));
    }
    let count = table.count();
    let pieces = if count == 1 { "1 piece" } else { &format!("{count} pieces") };
    let ask = format!("Play {pieces}, any you hold: type numbers of your hand.");
    lines.push(style.bold(&format!("{} {ask}", so_far(room, leader, &table))));
    lines
}

/// What was led, and what is ahead of it.
fn so_far(room: &Snapshot<'_>, leader: protocol::Seat, table: &Table) -> String {
    let cast = Cast::of(room);
    let lead = label(table.plays[leader.index()]);
    let led = format!("{} {lead}", cast.does(leader, "led", "led"));
    match ahead(table) {
        Some(seat) if seat.index() != leader.index() => {
            let best = label(table.plays[seat.index()]);
            format!("{led}; {} ahead with {best}.", cast.does(room_seat(seat), "are", "is"))
        }
        _ => format!("{led}."),
    }
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
            let seats =
                if free == 1 { "1 seat is free" } else { &format!("{free} seats are free") };
            format!("{seats}: wait for friends, or type bot to have a bot sit down; or quit.")
        }
        (false, _) => "The host begins the match: wait, or quit.".to_owned(),
    }]
}

#[cfg(test)]
mod tests;
