//! A batch in few words, for transcripts.

use components::{Answer, Audience, Fact, Frame, Seat, SessionId, TickBatch, ViewEvent};

/// What a batch tells, without the directory's part.
pub(crate) fn told(batch: &TickBatch) -> String {
    let release = &batch.release;
    let frames = release.frames.iter().filter_map(|frame| {
        Some(match frame {
            Frame::Update { room, version, to, events } => {
                let events = &release.events[events.start as usize..events.end as usize];
                let to = match to {
                    Audience::Everyone => String::new(),
                    Audience::Seat(seat) => format!(" to {}", seat.number()),
                    Audience::Spectators => " to spectators".to_owned(),
                };
                let words: Vec<String> = events.iter().map(event).collect();
                format!("{} v{}{to} [{}]", room.0, version.0, words.join(", "))
            }
            Frame::Accepted { session, answer, .. } => {
                let Answer { version, duplicate, seated } = answer;
                let again = if *duplicate { " again" } else { "" };
                let seat = seated.map(|(_, _, seat)| format!(" seat {}", seat.number()));
                format!("{} ok v{}{again}{}", name(*session), version.0, seat.unwrap_or_default())
            }
            Frame::Refused { session, refusal, .. } => format!("{} {refusal:?}", name(*session)),
            Frame::Snapshot { session, view } => {
                let as_whom = view
                    .viewer
                    .map_or("spectator".to_owned(), |seat| format!("seat {}", seat.number()));
                format!("{} sees v{} as {as_whom}", name(*session), view.version.0)
            }
            Frame::Room(_) => return None,
        })
    });
    let letters = batch.dead_letters.iter().map(|letter| format!("dead letter {}", letter.reason));
    frames.chain(letters).collect::<Vec<_>>().join("; ")
}

fn name(session: SessionId) -> char {
    char::from(session.0 as u8)
}

fn event(event: &ViewEvent) -> String {
    match event {
        ViewEvent::Public(fact) => fact_words(fact),
        ViewEvent::MatchStarted(game) => format!("match {}", game.number),
        ViewEvent::Dealt { round, redeal, hand, .. } => {
            let hand = hand.map(|hand| format!(" {} pieces", hand.len()));
            format!("dealt {round}.{redeal}{}", hand.unwrap_or_default())
        }
    }
}

fn fact_words(fact: &Fact) -> String {
    let at = |word: &str, seat: &Seat| format!("{word} {}", seat.number());
    match fact {
        Fact::PlayerJoined { seat, name, .. } => {
            format!("joined {} {}", seat.number(), name.as_deref().unwrap_or("bot"))
        }
        Fact::PlayerLeft { seat, reason, bot } => {
            let on = if bot.is_some() { ", bot plays on" } else { "" };
            format!("left {} {reason:?}{on}", seat.number())
        }
        Fact::PlayerAway { seat } => at("away", seat),
        Fact::PlayerBack { seat } => at("back", seat),
        Fact::HostChanged { seat } => at("host", seat),
        Fact::RedealOffered { seats } => format!("redeal? {}", seats.len()),
        Fact::RedealWarned { ms_left } => format!("redeal {ms_left} ms left"),
        Fact::RedealDecided { seat, decider, .. } => format!("{} {decider:?}", at("redeal", seat)),
        Fact::RoundStarted { round, .. } => format!("round {round}"),
        Fact::DeclareStarted { .. } => "declaring".to_owned(),
        Fact::Declared { decider, .. } => format!("declared {decider:?}"),
        Fact::TurnStarted { turn, .. } => format!("turn {turn}"),
        Fact::Played { decider, .. } => format!("played {decider:?}"),
        Fact::TurnWon { turn, .. } => format!("turn {turn} won"),
        Fact::RoundScored { round, .. } => format!("round {round} scored"),
        Fact::MatchOver(end) => format!("match over {:?}", end.reason),
        Fact::RoomPaused => "paused".to_owned(),
        Fact::RoomResumed => "resumed".to_owned(),
        Fact::RoomClosed { reason } => format!("closed {reason:?}"),
    }
}
