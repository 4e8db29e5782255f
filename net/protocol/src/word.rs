//! The closed sets of words on the wire.

use serde::{Serialize, Serializer};

use crate::scalar::{Scalar, deserialize_scalars};

/// Enums whose variants are words on the wire; `| { .. }` names the variant that unknown words become.
macro_rules! words {
    ($(
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$word_doc:meta])* $variant:ident = $text:literal,)+
        } $(| { $(#[$other_doc:meta])* $other:ident })?
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)+
            $($(#[$other_doc])* $other,)?
        }

        impl $name {
            /// All that have a word of their own, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                    $(Self::$other => concat!("(", stringify!($other), ")"),)?
                }
            }

            /// What a word on the wire means, if anything.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                match word {
                    $($text => Some(Self::$variant),)+
                    _ => None $(.or(Some(Self::$other)))?,
                }
            }
        }

        impl Scalar for $name {
            const WANT: &'static str = concat!("one of" $(, " `", $text, "`")+);

            fn from_text(value: &str) -> Option<Self> {
                Self::parse(value)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        deserialize_scalars!($name);
    )+};
}

pub(crate) use words;

words! {
    /// What a client may ask for.
    RequestType {
        /// Who is there.
        Hello = "hello",
        /// Whether the server is there.
        Ping = "ping",
        /// A page of open rooms.
        ListRooms = "list_rooms",
        /// To be told how rooms come and go.
        WatchLobby = "watch_lobby",
        /// To be told no more.
        UnwatchLobby = "unwatch_lobby",
        /// A new room with the asker as its host.
        CreateRoom = "create_room",
        /// A seat.
        JoinRoom = "join_room",
        /// To look on.
        WatchRoom = "watch_room",
        /// To look on no more.
        UnwatchRoom = "unwatch_room",
        /// To give the seat up.
        LeaveRoom = "leave_room",
        /// A bot for a free seat.
        AddBot = "add_bot",
        /// A seat to be freed.
        RemovePlayer = "remove_player",
        /// The first match.
        StartMatch = "start_match",
        /// Another match.
        Rematch = "rematch",
        /// A redeal, or none.
        Redeal = "redeal",
        /// A declaration.
        Declare = "declare",
        /// A play.
        Play = "play",
        /// The whole room anew.
        Resync = "resync",
    }

    /// What a server sends.
    MessageType {
        /// The answer yes.
        Ok = "ok",
        /// The answer no.
        Error = "error",
        /// A whole room.
        Snapshot = "snapshot",
        /// How a room changed.
        Update = "update",
        /// How the lobby changed.
        Lobby = "lobby",
        /// Something all clients should know.
        Notice = "notice",
    } | {
        /// A type this build does not know; never sent.
        Other
    }

    /// How fast a room plays.
    Pace {
        /// For people.
        Standard = "standard",
        /// No limit on decisions.
        Classic = "classic",
        /// For people in a hurry.
        Fast = "fast",
        /// No waiting at all, for programs.
        Instant = "instant",
    }

    /// How well a bot plays.
    BotLevel {
        /// By simple habits.
        Simple = "simple",
        /// Aims at its declaration.
        Standard = "standard",
    }

    /// Whether a person is there.
    Presence {
        /// Connected.
        Here = "here",
        /// The connection is lost; a grace clock runs.
        Lost = "lost",
        /// Away: a bot decides.
        Away = "away",
    }

    /// What a room is up to, as the lobby tells it.
    Stage {
        /// Seats are taken and given up.
        Open = "open",
        /// A match is going on.
        Running = "running",
        /// The match is over; the room stays for a while.
        Finished = "finished",
    }

    /// Who really made a seat's decision.
    Decider {
        /// The person in it.
        Person = "person",
        /// The bot in it.
        Bot = "bot",
        /// A bot, since the person was away.
        Absence = "absence",
        /// A bot, since time was up.
        TimeOut = "time_out",
    }

    /// The kinds of valid sets.
    SetKind {
        /// Any one piece.
        Single = "single",
        /// Two of a kind.
        Pair = "pair",
        /// Three Soldiers.
        ThreeOfAKind = "three_of_a_kind",
        /// General, Advisor, Elephant; or Chariot, Horse, Cannon.
        Straight = "straight",
        /// Four Soldiers.
        FourOfAKind = "four_of_a_kind",
        /// A straight with one of its kinds twice.
        ExtendedStraight = "extended_straight",
        /// Five Soldiers.
        FiveOfAKind = "five_of_a_kind",
        /// A straight with two of its kinds twice.
        ExtendedStraightOfFive = "extended_straight_of_five",
        /// Two Chariots, two Horses, two Cannons.
        DoubleStraight = "double_straight",
    }

    /// Why a seat starts a round.
    StarterReason {
        /// It accepted the last redeal.
        RedealAccepted = "redeal_accepted",
        /// It holds the red General in the first round.
        RedGeneral = "red_general",
        /// It won the last turn of the round before.
        WonLastTurn = "won_last_turn",
        /// Nothing else applied.
        FirstSeat = "first_seat",
    }

    /// Why a seat was given up.
    LeaveReason {
        /// By its player's wish.
        Left = "left",
        /// By the host's wish.
        Removed = "removed",
        /// Its player was away too long before a match.
        Away = "away",
    }

    /// Why a match ended.
    EndReason {
        /// Some score reached the target.
        ScoreReached = "score_reached",
        /// The last round was played.
        RoundsPlayed = "rounds_played",
        /// Nobody was there any more.
        Abandoned = "abandoned",
        /// The server closed the room.
        Closed = "closed",
    }

    /// Why a room closed.
    CloseReason {
        /// Nobody was there any more.
        Empty = "empty",
        /// Its match was over long enough.
        Finished = "finished",
        /// The server closed it.
        Server = "server",
    }

    /// What a notice is about.
    NoticeKind {
        /// No new rooms here.
        Draining = "draining",
        /// The connection closes with 4005; reconnect with the token.
        Restarting = "restarting",
        /// The room is elsewhere.
        Moved = "moved",
        /// The operator has something to say.
        Announcement = "announcement",
    } | {
        /// A kind this build does not know; never sent.
        Other
    }
}
