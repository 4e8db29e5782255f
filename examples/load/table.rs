//! What a room's players know together, and what is played.

use protocol::{Declare, Pieces, Play, Redeal, Request};

use crate::words::{Data, Event, set};

/// Whose move it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Turn {
    /// Nobody's.
    #[default]
    Nobody,
    /// These seats are asked about a redeal.
    Redeal(u32),
    /// This seat is to declare.
    Declare(u8),
    /// This seat is to play.
    Play(u8),
    /// The match is over.
    Over,
}

/// The room.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) turn: Turn,
    pub(crate) hands: [u32; 4],
    declared: u8,
    /// How many pieces the leader played; 0 before.
    lead: usize,
}

impl Table {
    /// Who of these seats is to act now, if anybody.
    pub(crate) fn actor(&self, humans: u8) -> Option<u8> {
        let seat = match self.turn {
            Turn::Nobody | Turn::Over => return None,
            Turn::Redeal(asked) => (asked & ((1 << humans) - 1)).trailing_zeros() as u8,
            Turn::Declare(seat) | Turn::Play(seat) => seat,
        };
        (seat < humans).then_some(seat)
    }

    /// A legal move of the seat whose turn it is: no redeal, one pile where that is allowed, and
    /// the first pieces there are.
    pub(crate) fn decide(&self, seat: u8) -> Request {
        match self.turn {
            Turn::Play(_) => {
                let mut hand = self.hands[usize::from(seat)];
                let mut pieces = 0;
                for _ in 0..self.lead.max(1) {
                    let piece = hand & hand.wrapping_neg();
                    pieces |= piece;
                    hand &= !piece;
                }
                Request::Play(Play { pieces: Pieces(pieces), turn: None })
            }
            // Only the last to declare can meet a sum of 7, and only that one it bars from 1.
            Turn::Declare(_) => {
                let piles = if self.declared == 7 { 2 } else { 1 };
                Request::Declare(Declare { piles, turn: None })
            }
            _ => Request::Redeal(Redeal { accept: false, turn: None }),
        }
    }

    /// Takes in an event; if it is a move, whose.
    pub(crate) fn apply(&mut self, event: &Event<'_>) -> Option<u8> {
        let seat = event.seat.filter(|seat| *seat < 4).unwrap_or_default();
        match event.r#type {
            "dealt" => {
                (self.declared, self.turn) = (0, Turn::Nobody);
                return None;
            }
            "redeal_offered" => self.turn = Turn::Redeal(set(&event.seats)),
            "redeal_decided" => {
                if let Turn::Redeal(asked) = &mut self.turn {
                    *asked &= !(1 << seat);
                }
                return Some(seat);
            }
            "declare_started" => self.turn = Turn::Declare(seat),
            "declared" => {
                self.declared += event.piles;
                self.turn = event.next.map_or(Turn::Nobody, Turn::Declare);
                return Some(seat);
            }
            "turn_started" => (self.turn, self.lead) = (Turn::Play(seat), 0),
            "played" => {
                self.lead = event.pieces.len();
                self.hands[usize::from(seat)] &= !set(&event.pieces);
                self.turn = event.next.map_or(Turn::Nobody, Turn::Play);
                return Some(seat);
            }
            "match_over" => self.turn = Turn::Over,
            _ => {}
        }
        None
    }

    /// Takes in a snapshot, but for the hand.
    pub(crate) fn restore(&mut self, data: &Data<'_>) {
        let declared = data.seats.iter().flatten().filter_map(|seat| seat.declared);
        self.declared = declared.sum();
        let Some(phase) = &data.phase else { return };
        self.lead = phase.plays.iter().flatten().map(Vec::len).max().unwrap_or(0);
        self.turn = match (phase.name, phase.seat) {
            ("redealing", _) => {
                let answered = set(&phase.accepted) | set(&phase.declined);
                Turn::Redeal(set(&phase.asked) & !answered)
            }
            ("declaring", Some(seat)) => Turn::Declare(seat),
            ("playing", Some(seat)) => Turn::Play(seat),
            ("finished", _) => Turn::Over,
            _ => Turn::Nobody,
        };
    }
}
