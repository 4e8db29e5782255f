//! The words that stand in columns of text: those of docs/protocol.md wherever it has one.

use components::{
    Act, BotLevel, Cause, CloseReason, Decider, Decision, EndReason, Event, Fact, LeaveReason,
    Pace, SetKind, StarterReason,
};

/// A value that a word stands for.
pub(crate) trait Word: Copy {
    /// Its word.
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($variant:pat => $text:literal,)+ })+) => {$(
        impl Word for $name {
            fn word(self) -> &'static str {
                match self {
                    $($variant => $text,)+
                }
            }
        }
    )+};
}

/// What came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PresenceWord {
    Joined,
    Left,
    Away,
    Back,
    Host,
    Paused,
    Resumed,
    Closed,
}

/// Why somebody left, or the room closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Left(LeaveReason),
    Closed(CloseReason),
}

/// Who or what was behind a commit, without who exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CauseWord {
    Client,
    Connection,
    Bot,
    Timer,
    Server,
}

impl From<Cause> for CauseWord {
    fn from(cause: Cause) -> Self {
        match cause {
            Cause::Client(..) => Self::Client,
            Cause::Connection(_) => Self::Connection,
            Cause::Bot(_) => Self::Bot,
            Cause::Timer => Self::Timer,
            Cause::Server => Self::Server,
        }
    }
}

/// What was settled, without its details.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ActionWord {
    Open,
    Join,
    Leave,
    AddBot,
    Remove,
    Start,
    Rematch,
    Redeal,
    Declare,
    Play,
    Connected,
    Disconnected,
    PhaseOver,
    GraceOver,
    EmptyOver,
    Close,
    Pause,
    Resume,
}

impl From<&Act> for ActionWord {
    fn from(act: &Act) -> Self {
        match act {
            Act::Open(_) => Self::Open,
            Act::Join(..) => Self::Join,
            Act::Leave => Self::Leave,
            Act::AddBot(..) => Self::AddBot,
            Act::Remove(_) => Self::Remove,
            Act::Start { .. } => Self::Start,
            Act::Rematch { .. } => Self::Rematch,
            Act::Decide { decision: Decision::Redeal(_), .. } => Self::Redeal,
            Act::Decide { decision: Decision::Declare(_), .. } => Self::Declare,
            Act::Decide { decision: Decision::Play(_), .. } => Self::Play,
            Act::Connected(_) => Self::Connected,
            Act::Disconnected(_) => Self::Disconnected,
            Act::PhaseOver => Self::PhaseOver,
            Act::GraceOver(_) => Self::GraceOver,
            Act::EmptyOver => Self::EmptyOver,
            Act::Close => Self::Close,
            Act::Pause => Self::Pause,
            Act::Resume => Self::Resume,
        }
    }
}

words! {
    Pace {
        Self::Standard => "standard",
        Self::Classic => "classic",
        Self::Fast => "fast",
        Self::Instant => "instant",
    }
    BotLevel {
        Self::Simple => "simple",
        Self::Standard => "standard",
    }
    Decider {
        Self::Person => "person",
        Self::Bot => "bot",
        Self::Absence => "absence",
        Self::TimeOut => "time_out",
    }
    SetKind {
        Self::Single => "single",
        Self::Pair => "pair",
        Self::ThreeOfAKind => "three_of_a_kind",
        Self::Straight => "straight",
        Self::FourOfAKind => "four_of_a_kind",
        Self::ExtendedStraight => "extended_straight",
        Self::FiveOfAKind => "five_of_a_kind",
        Self::ExtendedStraightOfFive => "extended_straight_of_five",
        Self::DoubleStraight => "double_straight",
    }
    StarterReason {
        Self::RedealAccepted => "redeal_accepted",
        Self::RedGeneral => "red_general",
        Self::WonLastTurn => "won_last_turn",
        Self::FirstSeat => "first_seat",
    }
    EndReason {
        Self::ScoreReached => "score_reached",
        Self::RoundsPlayed => "rounds_played",
        Self::Abandoned => "abandoned",
        Self::Closed => "closed",
    }
    Reason {
        Self::Left(LeaveReason::Left) => "left",
        Self::Left(LeaveReason::Removed) => "removed",
        Self::Left(LeaveReason::Away) => "away",
        Self::Closed(CloseReason::Empty) => "empty",
        Self::Closed(CloseReason::Finished) => "finished",
        Self::Closed(CloseReason::Server) => "server",
    }
    PresenceWord {
        Self::Joined => "joined",
        Self::Left => "left",
        Self::Away => "away",
        Self::Back => "back",
        Self::Host => "host",
        Self::Paused => "paused",
        Self::Resumed => "resumed",
        Self::Closed => "closed",
    }
    CauseWord {
        Self::Client => "client",
        Self::Connection => "connection",
        Self::Bot => "bot",
        Self::Timer => "timer",
        Self::Server => "server",
    }
    ActionWord {
        Self::Open => "create_room",
        Self::Join => "join_room",
        Self::Leave => "leave_room",
        Self::AddBot => "add_bot",
        Self::Remove => "remove_player",
        Self::Start => "start_match",
        Self::Rematch => "rematch",
        Self::Redeal => "redeal",
        Self::Declare => "declare",
        Self::Play => "play",
        Self::Connected => "connected",
        Self::Disconnected => "disconnected",
        Self::PhaseOver => "phase_over",
        Self::GraceOver => "grace_over",
        Self::EmptyOver => "empty_over",
        Self::Close => "close",
        Self::Pause => "pause",
        Self::Resume => "resume",
    }
}

/// What happened, without its details.
pub(crate) fn fact_word(event: &Event) -> &'static str {
    let fact = match event {
        Event::MatchStarted(_) => return "match_started",
        Event::Dealt { .. } => return "dealt",
        Event::Public(fact) => fact,
    };
    match fact {
        Fact::PlayerJoined { .. } => "player_joined",
        Fact::PlayerLeft { .. } => "player_left",
        Fact::PlayerAway { .. } => "player_away",
        Fact::PlayerBack { .. } => "player_back",
        Fact::HostChanged { .. } => "host_changed",
        Fact::RedealOffered { .. } => "redeal_offered",
        Fact::RedealWarned { .. } => "redeal_warned",
        Fact::RedealDecided { .. } => "redeal_decided",
        Fact::RoundStarted { .. } => "round_started",
        Fact::DeclareStarted { .. } => "declare_started",
        Fact::Declared { .. } => "declared",
        Fact::TurnStarted { .. } => "turn_started",
        Fact::Played { .. } => "played",
        Fact::TurnWon { .. } => "turn_won",
        Fact::RoundScored { .. } => "round_scored",
        Fact::MatchOver(_) => "match_over",
        Fact::RoomPaused => "room_paused",
        Fact::RoomResumed => "room_resumed",
        Fact::RoomClosed { .. } => "room_closed",
    }
}
