//! What happens, told as it happens.

use client::protocol::{
    CloseReason, Decider, Event, Hex, LeaveReason, Phase, Pieces, Seat, Snapshot, StarterReason,
};
use components::{PieceSet, SetKind, Settings};
use rules::{classify, points_sum};

use super::cast::Cast;
use super::over;
use super::piece::{names, set_of};
use super::set::kind_name;
use super::style::{Style, seconds};

/// Tells events; knows as much of the room as that needs.
#[derive(Debug, Clone)]
pub(crate) struct News {
    cast: Cast,
    style: Style,
    /// Whether the next play is a lead.
    is_lead: bool,
    seed_hash: Option<Hex>,
}

impl News {
    /// Goes on from this room.
    pub(crate) fn from(room: &Snapshot<'_>, style: Style) -> Self {
        let is_lead = matches!(room.phase, Phase::Playing { leader, plays, .. } if plays[leader.index()].is_none());
        let seed_hash = room.r#match.map(|game| game.seed_hash);
        Self { cast: Cast::of(room), style, is_lead, seed_hash }
    }

    /// An event in words; in none, if others tell it.
    pub(crate) fn tell(&mut self, event: &Event<'_>) -> Vec<String> {
        let lines = match event {
            Event::MatchOver { .. } => over::lines(event, &self.cast, self.seed_hash),
            Event::RoundScored { .. } => self.scored(event),
            _ => self.person(event).or_else(|| self.game(event)).into_iter().collect(),
        };
        self.cast.learn(event);
        match event {
            Event::TurnStarted { .. } => self.is_lead = true,
            Event::Played { .. } => self.is_lead = false,
            Event::MatchStarted { seed_hash, .. } => self.seed_hash = Some(*seed_hash),
            _ => {}
        }
        lines
    }

    fn person(&self, event: &Event<'_>) -> Option<String> {
        let cast = &self.cast;
        Some(match event {
            Event::PlayerJoined { seat, name, .. } => {
                let name = super::style::clean(name);
                format!("{name} sits down in seat {}.", seat.number())
            }
            Event::PlayerLeft { seat, reason, bot } => {
                let left = match reason {
                    LeaveReason::Left => cast.does(*seat, "have left", "has left"),
                    LeaveReason::Removed => {
                        cast.does(*seat, "were removed by the host", "was removed by the host")
                    }
                    LeaveReason::Away => {
                        cast.does(*seat, "were away too long", "was away too long")
                    }
                };
                let bot = if bot.is_some() { "; a bot plays on" } else { "" };
                format!("{left}{bot}.")
            }
            Event::PlayerAway { seat } => {
                format!("{} away: a bot decides meanwhile.", cast.does(*seat, "are", "is"))
            }
            Event::PlayerBack { seat } => format!("{} back.", cast.does(*seat, "are", "is")),
            Event::HostChanged { seat } => {
                format!("{} the host now.", cast.does(*seat, "are", "is"))
            }
            Event::RoomPaused => "The operator has paused the room.".to_owned(),
            Event::RoomResumed => "The room goes on.".to_owned(),
            Event::RoomClosed { reason } => {
                let why = match reason {
                    CloseReason::Empty => "nobody was there any more",
                    CloseReason::Finished => "its match is over",
                    CloseReason::Server => "the server closed it",
                };
                format!("The room is closed: {why}.")
            }
            _ => return None,
        })
    }

    fn game(&self, event: &Event<'_>) -> Option<String> {
        let cast = &self.cast;
        Some(match *event {
            Event::MatchStarted { number, .. } => format!("Match {number} begins."),
            Event::Dealt { round, redeal: 0, .. } => format!("Round {round}: hands are dealt."),
            Event::Dealt { round, multiplier, .. } => {
                format!("Round {round}: hands are dealt anew, points count x{multiplier}.")
            }
            Event::RedealOffered { seats } => {
                format!("Weak hands, asked about a redeal: {}.", cast.list(seats.iter()))
            }
            Event::RedealWarned { ms_left } => {
                format!("{} left to answer about the redeal.", seconds(ms_left.into()))
            }
            Event::RedealDecided { seat, accept, decider } => {
                let decides = if accept {
                    cast.does(seat, "accept", "accepts")
                } else {
                    cast.does(seat, "decline", "declines")
                };
                format!("{decides} a redeal{}.", instead(decider))
            }
            Event::RoundStarted { round, starter, reason, multiplier } => {
                let starts = cast.does(starter, "start", "starts");
                format!("{starts} round {round} ({}), points x{multiplier}.", because(reason))
            }
            Event::Declared { seat, piles, decider, .. } => {
                let declares = cast.does(seat, "declare", "declares");
                format!("{declares} {piles}{}.", instead(decider))
            }
            Event::Played { seat, pieces, points, decider, .. } => {
                self.played(seat, pieces, points, decider)
            }
            Event::TurnWon { seat, piles, .. } => {
                let piles = if piles == 1 { "1 pile" } else { &format!("{piles} piles") };
                format!("{} the turn: {piles}.", cast.does(seat, "take", "takes"))
            }
            _ => return None,
        })
    }

    fn played(&self, seat: Seat, pieces: Pieces, points: u16, decider: Decider) -> String {
        let plays = if self.is_lead {
            self.cast.does(seat, "lead", "leads")
        } else {
            self.cast.does(seat, "play", "plays")
        };
        let set = set_of(pieces);
        let worth = match classify(set) {
            Some(kind) if worth_is_seen(set, kind, points) => String::new(),
            Some(kind) => format!("{} {points}: ", kind_name(kind)),
            None => format!("no set {points}: "),
        };
        format!("{plays} {worth}{}{}.", names(set, self.style), instead(decider))
    }

    fn scored(&self, event: &Event<'_>) -> Vec<String> {
        let Event::RoundScored { round, multiplier, declared, captured, points, scores } = event
        else {
            return Vec::new();
        };
        let mut lines = vec![format!("Round {round} is scored, points x{multiplier}:")];
        lines.extend(Seat::ALL.map(|seat| {
            let at = seat.index();
            format!(
                "  {}: declared {}, captured {}: {:+}, now {}",
                self.cast.who(seat),
                declared[at],
                captured[at],
                points[at],
                scores[at]
            )
        }));
        lines
    }
}

/// Whether the piece's own name says what a play is worth.
fn worth_is_seen(set: PieceSet, kind: SetKind, points: u16) -> bool {
    kind == SetKind::Single && points_sum(set, &Settings::default()) == points
}

const fn instead(decider: Decider) -> &'static str {
    match decider {
        Decider::Person | Decider::Bot => "",
        Decider::Absence => " (away: a bot decided)",
        Decider::TimeOut => " (time was up: a bot decided)",
    }
}

const fn because(reason: StarterReason) -> &'static str {
    match reason {
        StarterReason::RedealAccepted => "accepted the redeal",
        StarterReason::RedGeneral => "holds the red General",
        StarterReason::WonLastTurn => "won the last turn",
        StarterReason::FirstSeat => "sits first",
    }
}

#[cfg(test)]
mod tests;
