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
pub(super) struct News {
    cast: Cast,
    style: Style,
    /// Whether the next play is a lead.
    is_lead: bool,
    seed_hash: Option<Hex>,
}

impl News {
    /// Goes on from this room.
    pub(super) fn from(room: &Snapshot<'_>, style: Style) -> Self {
        let is_lead =
            matches!(room.phase, Phase::Playing { leader, plays, .. } if plays[leader.index()].is_none());
        let seed_hash = room.r#match.map(|game| game.seed_hash);
        Self { cast: Cast::of(room), style, is_lead, seed_hash }
    }

    /// An event in words; in none, if others tell it.
    pub(super) fn tell(&mut self, event: &Event<'_>) -> Vec<String> {
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
                    LeaveReason::Away => cast.does(*seat, "were away too long", "was away too long"),
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
mod tests {
    use client::protocol::{Decider, Event, Pieces, Seat, SetKind, StarterReason};

    use super::super::{sample, style::Style};
    use super::News;

    const YOU: Seat = Seat::ALL[0];
    const ZOE: Seat = Seat::ALL[1];

    fn check(event: &Event<'_>, expected: &[&str]) {
        assert_eq!(News::from(&sample::playing(), Style::Plain).tell(event), expected);
    }

    fn played(seat: Seat, bits: u32, kind: Option<SetKind>, points: u16) -> Event<'static> {
        let decider = Decider::Person;
        Event::Played { seat, pieces: Pieces(bits), kind, points, next: None, decider }
    }

    #[test]
    fn the_first_play_of_a_turn_is_a_lead_and_the_others_are_not() {
        let mut news = News::from(&sample::playing(), Style::Plain);
        let pair = Some(SetKind::Pair);
        let elephants = played(ZOE, 0b11 << 3, pair, 20);
        let plays = "Zoë plays pair 20: R-Elephant(10) R-Elephant(10).";
        assert_eq!(news.tell(&elephants), [plays]);
        assert!(news.tell(&Event::TurnStarted { turn: 4, seat: ZOE }).is_empty());
        let leads = "Zoë leads pair 20: R-Elephant(10) R-Elephant(10).";
        assert_eq!(news.tell(&elephants), [leads]);
        let single = played(YOU, 1, Some(SetKind::Single), 14);
        assert_eq!(news.tell(&single), ["You play R-General(14)."]);
        let mixed = played(ZOE, 1 | 1 << 31, None, 15);
        assert_eq!(news.tell(&mixed), ["Zoë plays no set 15: R-General(14) b-Soldier(1)."]);
    }

    #[test]
    fn who_decided_instead_is_told() {
        let declared = |decider| Event::Declared { seat: YOU, piles: 3, next: None, decider };
        check(&declared(Decider::Person), &["You declare 3."]);
        check(&declared(Decider::TimeOut), &["You declare 3 (time was up: a bot decided)."]);
        let event = Event::RedealDecided { seat: ZOE, accept: true, decider: Decider::Absence };
        check(&event, &["Zoë accepts a redeal (away: a bot decided)."]);
    }

    #[test]
    fn a_round_is_told_from_its_start_to_its_score() {
        let reason = StarterReason::WonLastTurn;
        let started = Event::RoundStarted { round: 3, starter: YOU, reason, multiplier: 2 };
        check(&started, &["You start round 3 (won the last turn), points x2."]);
        check(&Event::TurnWon { turn: 1, seat: ZOE, piles: 1 }, &["Zoë takes the turn: 1 pile."]);
        let scored = Event::RoundScored {
            round: 3,
            multiplier: 2,
            declared: [0, 2, 3, 1],
            captured: [0, 2, 1, 5],
            points: [6, 14, -4, -8],
            scores: [3, 17, 3, -10],
        };
        let lines = [
            "Round 3 is scored, points x2:",
            "  You: declared 0, captured 0: +6, now 3",
            "  Zoë: declared 2, captured 2: +14, now 17",
            "  Bot 3: declared 3, captured 1: -4, now 3",
            "  Max: declared 1, captured 5: -8, now -10",
        ];
        check(&scored, &lines);
    }

    #[test]
    fn who_joins_is_known_by_name_at_once() {
        let mut news = News::from(&sample::open(1), Style::Plain);
        let joined = Event::PlayerJoined { seat: ZOE, name: "Eve".into(), bot: None };
        assert_eq!(news.tell(&joined), ["Eve sits down in seat 1."]);
        assert_eq!(news.tell(&Event::HostChanged { seat: ZOE }), ["Eve is the host now."]);
    }
}
