//! What has happened in a room.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{
    BotLevel, CloseReason, Decider, EndReason, Hex, LeaveReason, MatchId, Pieces, Seat, Seats,
    SetKind, StarterReason,
};

/// What has happened in a room, as one of its seats or its spectators may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event<'a> {
    /// A seat was taken.
    PlayerJoined {
        /// Which.
        seat: Seat,
        /// By whom.
        name: Cow<'a, str>,
        /// A bot's level; `None` for a person.
        bot: Option<BotLevel>,
    },
    /// A seat was given up.
    PlayerLeft {
        /// Which.
        seat: Seat,
        /// Why.
        reason: LeaveReason,
        /// The level of the bot that plays on in it.
        bot: Option<BotLevel>,
    },
    /// A seat's person is away: a bot decides.
    PlayerAway {
        /// Which.
        seat: Seat,
    },
    /// A seat's person is back.
    PlayerBack {
        /// Which.
        seat: Seat,
    },
    /// Another seat may start matches.
    HostChanged {
        /// Which.
        seat: Seat,
    },
    /// A match began.
    MatchStarted {
        /// Its name for ever.
        r#match: MatchId,
        /// The how-manieth of its room, from 1.
        number: u32,
        /// What its seed can be held against when it is shown.
        seed_hash: Hex,
    },
    /// Hands were dealt.
    Dealt {
        /// From 1.
        round: u8,
        /// How many redeals of the round came before.
        redeal: u8,
        /// What points will be multiplied with.
        multiplier: u8,
        /// The own hand; `None` for spectators.
        hand: Option<Pieces>,
    },
    /// The weak seats are asked whether they want a redeal.
    RedealOffered {
        /// Which.
        seats: Seats,
    },
    /// Time to decide about a redeal is running out.
    RedealWarned {
        /// How much is left.
        ms_left: u32,
    },
    /// A seat answered.
    RedealDecided {
        /// Which.
        seat: Seat,
        /// What.
        accept: bool,
        /// Who really decided.
        decider: Decider,
    },
    /// Everybody plays with the hands they have.
    RoundStarted {
        /// From 1.
        round: u8,
        /// Who starts.
        starter: Seat,
        /// Why.
        reason: StarterReason,
        /// What points will be multiplied with.
        multiplier: u8,
    },
    /// A seat is the first to declare.
    DeclareStarted {
        /// Which.
        seat: Seat,
    },
    /// A seat declared.
    Declared {
        /// Which.
        seat: Seat,
        /// How many piles.
        piles: u8,
        /// Who declares next.
        next: Option<Seat>,
        /// Who really decided.
        decider: Decider,
    },
    /// A turn began.
    TurnStarted {
        /// From 1.
        turn: u8,
        /// Who leads.
        seat: Seat,
    },
    /// A seat played.
    Played {
        /// Which.
        seat: Seat,
        /// What.
        pieces: Pieces,
        /// What kind of set it is; `None` if none.
        kind: Option<SetKind>,
        /// Its strength; for what is no set, the sum of points.
        points: u16,
        /// Who plays next.
        next: Option<Seat>,
        /// Who really decided.
        decider: Decider,
    },
    /// A turn is decided.
    TurnWon {
        /// From 1.
        turn: u8,
        /// Who took it.
        seat: Seat,
        /// How many piles it brings.
        piles: u8,
    },
    /// A round is over.
    RoundScored {
        /// From 1.
        round: u8,
        /// What points were multiplied with.
        multiplier: u8,
        /// Piles declared.
        declared: [u8; 4],
        /// Piles captured.
        captured: [u8; 4],
        /// Points of the round, multiplier included.
        points: [i16; 4],
        /// Scores of the match so far.
        scores: [i16; 4],
    },
    /// The match is over.
    MatchOver {
        /// Its name for ever.
        r#match: MatchId,
        /// Why.
        reason: EndReason,
        /// Rounds scored.
        rounds: u8,
        /// Who won.
        winners: Seats,
        /// Final scores.
        scores: [i16; 4],
        /// Final ranks from 1.
        ranks: [u8; 4],
        /// Turns won.
        turns_won: [u16; 4],
        /// Declarations above 0 hit exactly.
        perfect_rounds: [u8; 4],
        /// What its deals came from.
        seed: Hex,
    },
    /// The operator stopped the room: nobody may act, and its clocks stand still.
    RoomPaused,
    /// The room goes on, with the time that was left.
    RoomResumed,
    /// The room is gone.
    RoomClosed {
        /// Why.
        reason: CloseReason,
    },
    /// An event this build does not know; never sent.
    #[serde(other)]
    Other,
}
