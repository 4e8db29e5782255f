//! Why somebody gets no for an answer: the stable code, and a sentence that says what would be right.

use components::{DeclarationBar, PieceSet, Refusal, Rejection, RoomId};
use protocol::{DecodeError, ErrorCode, RequestType};

/// A refusal, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct No {
    /// For programs.
    pub(crate) code: ErrorCode,
    /// For people.
    pub(crate) message: String,
    /// When to try again, where that is known.
    pub(crate) retry_after_ms: Option<u32>,
}

impl No {
    /// With nothing to wait for.
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after_ms: None }
    }

    /// Too fast.
    pub(crate) fn rate_limited(retry_after_ms: u32) -> Self {
        let message = format!("Too fast: try again in {retry_after_ms} ms.");
        let retry_after_ms = Some(retry_after_ms);
        Self { code: ErrorCode::RateLimited, message, retry_after_ms }
    }

    /// A room, or the way to it, is full of waiting requests.
    pub(crate) fn busy() -> Self {
        Self::new(ErrorCode::Busy, "Too many requests wait for this room: try again.")
    }

    /// No live room has the code.
    pub(crate) fn room_not_found() -> Self {
        Self::new(ErrorCode::RoomNotFound, "No live room has this code.")
    }

    /// A request that needs a seat.
    pub(crate) fn not_in_room() -> Self {
        Self::new(ErrorCode::NotInRoom, "You hold no seat: create_room or join_room first.")
    }

    /// A request that only somebody without a seat may make.
    pub(crate) fn already_in_room(code: &str) -> Self {
        let message = format!("You hold a seat in {code}: leave_room first.");
        Self::new(ErrorCode::AlreadyInRoom, message)
    }

    /// A request numbered like an earlier one.
    pub(crate) fn stale(last: u32) -> Self {
        let message = format!("The id must be above {last}, the last one of this connection.");
        Self::new(ErrorCode::Stale, message)
    }
}

impl From<DecodeError> for No {
    fn from(error: DecodeError) -> Self {
        Self::new(error.kind.code(), error.message)
    }
}

/// What the tick refused of a request of this kind. [`Refusal::Repeated`] is an answer, no fault: it is not for here, and
/// comes out as stale.
pub(crate) fn refused(refusal: Refusal, asked: RequestType, room: RoomId) -> No {
    match refusal {
        Refusal::Rejected(rejection) => rejected(rejection, asked, room),
        Refusal::RateLimited { retry_after_ms } => No::rate_limited(retry_after_ms),
        Refusal::Busy => No::busy(),
        Refusal::StaleRequest(id) => No::new(
            ErrorCode::Stale,
            format!("Request {} is older than the 4 remembered ones: use a new id.", id.0),
        ),
        Refusal::Repeated(_) => No::new(ErrorCode::Stale, "This was done before."),
        Refusal::Internal(room) => internal(room),
    }
}

/// Our fault: whoever reports it can quote the room.
pub(crate) fn internal(room: RoomId) -> No {
    No::new(ErrorCode::Internal, format!("Our fault; it is noted under {:016x}.", room.0))
}

fn rejected(rejection: Rejection, asked: RequestType, room: RoomId) -> No {
    use ErrorCode as Code;
    let (code, message) = match rejection {
        Rejection::RoomNotFound => return No::room_not_found(),
        Rejection::NotInRoom => return No::not_in_room(),
        Rejection::AlreadySeated(seat) => {
            (Code::AlreadyInRoom, format!("You already hold seat {}.", seat.number()))
        }
        Rejection::Paused => {
            (Code::Paused, "The operator has paused this room: wait for `room_resumed`.".into())
        }
        Rejection::RoomFull => (Code::RoomFull, "All four seats are taken.".into()),
        Rejection::SeatTaken(seat) => {
            (Code::SeatTaken, format!("Seat {} is taken: ask for another or none.", seat.number()))
        }
        Rejection::SeatEmpty(seat) => (
            Code::SeatEmpty,
            format!("Seat {} is free, or your own: name another's.", seat.number()),
        ),
        Rejection::NameTaken => {
            (Code::NameTaken, "Somebody in this room has your name: use another.".into())
        }
        Rejection::MatchRunning => {
            (Code::MatchRunning, "Not while a match is running: wait for its end.".into())
        }
        Rejection::NotHost => (Code::NotHost, "Only the host may.".into()),
        Rejection::SeatsEmpty(free) => {
            (Code::SeatsEmpty, format!("Four seats must be filled: {free} of them are free."))
        }
        Rejection::WrongPhase => (Code::WrongPhase, wrong_phase(asked).into()),
        Rejection::NotYourTurn(seat) => {
            let what = if asked == RequestType::Declare { "declare" } else { "play" };
            (Code::NotYourTurn, format!("Seat {} is to {what} first.", seat.number()))
        }
        Rejection::AlreadyDeclared(piles) => {
            (Code::AlreadyDeclared, format!("You declared {piles} this round."))
        }
        Rejection::BadDeclaration(bar) => (Code::BadDeclaration, barred(bar)),
        Rejection::NotInHand(pieces) => (Code::NotInHand, not_in_hand(pieces)),
        Rejection::BadCount { min, max } if min == max => {
            (Code::BadCount, format!("Play exactly {min} pieces, as the leader did."))
        }
        Rejection::BadCount { min, max } => {
            (Code::BadCount, format!("Lead {min} to {max} pieces."))
        }
        Rejection::BadSet => (
            Code::BadSet,
            "A lead must be a valid set of one colour: a single, a pair, 3 to 5 Soldiers, or a \
             straight."
                .into(),
        ),
        Rejection::NotWeak => {
            (Code::NotWeak, "Only hands without a strong piece are asked about a redeal.".into())
        }
        Rejection::AlreadyDecided => {
            (Code::AlreadyDecided, "This seat has answered about the redeal.".into())
        }
        Rejection::Stale => (Code::Stale, "Meant for another turn: the match has moved on.".into()),
        // Clocks and bots alone are told this; a client that is, found a fault of ours.
        Rejection::NotDue => return internal(room),
    };
    No::new(code, message)
}

/// In which phase the request would be right.
const fn wrong_phase(asked: RequestType) -> &'static str {
    match asked {
        RequestType::StartMatch => "Only in the phase open: after a match it is rematch.",
        RequestType::Rematch => "Only in the phase finished: before a match it is start_match.",
        RequestType::Redeal => "Only in the phase redealing.",
        RequestType::Declare => "Only in the phase declaring.",
        RequestType::Play => "Only in the phase playing.",
        _ => "Only in the phases open and finished.",
    }
}

fn barred(bar: DeclarationBar) -> String {
    match bar {
        DeclarationBar::AboveMost(most) => format!("Declare at most {most}."),
        DeclarationBar::TotalIsExact(barred) => format!(
            "Declare anything but {barred}: as the last one you may not bring the total to the \
             piles there are."
        ),
        DeclarationBar::ThirdZero => {
            "Declare at least 1: you declared 0 in each of the rounds before.".into()
        }
    }
}

fn not_in_hand(pieces: PieceSet) -> String {
    let indices: Vec<String> = pieces.iter().map(|piece| piece.index().to_string()).collect();
    format!("Not in your hand: {}.", indices.join(", "))
}

#[cfg(test)]
mod tests {
    use components::{Piece, Seat};

    use super::*;

    fn check(asked: RequestType, rejection: Rejection, code: &str, message: &str) {
        let no = refused(Refusal::Rejected(rejection), asked, RoomId(0xAB));
        assert_eq!((no.code.as_str(), no.message.as_str()), (code, message));
    }

    #[test]
    fn a_refusal_says_what_would_be_right() {
        use RequestType::{Declare, Play, StartMatch};
        let turn = Rejection::NotYourTurn(Seat::ALL[2]);
        check(Play, turn, "not_your_turn", "Seat 2 is to play first.");
        check(Declare, turn, "not_your_turn", "Seat 2 is to declare first.");
        check(Play, Rejection::WrongPhase, "wrong_phase", "Only in the phase playing.");
        let free = Rejection::SeatsEmpty(2);
        check(StartMatch, free, "seats_empty", "Four seats must be filled: 2 of them are free.");
        let bar = Rejection::BadDeclaration(DeclarationBar::TotalIsExact(3));
        let message = "Declare anything but 3: as the last one you may not bring the total to the \
                       piles there are.";
        check(Declare, bar, "bad_declaration", message);
        let count = Rejection::BadCount { min: 3, max: 3 };
        check(Play, count, "bad_count", "Play exactly 3 pieces, as the leader did.");
        let pieces = [3, 17].into_iter().filter_map(Piece::new).collect();
        check(Play, Rejection::NotInHand(pieces), "not_in_hand", "Not in your hand: 3, 17.");
        let message = "Our fault; it is noted under 00000000000000ab.";
        check(Play, Rejection::NotDue, "internal", message);
    }

    #[test]
    fn too_fast_says_how_long_to_wait() {
        let limited = Refusal::RateLimited { retry_after_ms: 200 };
        let no = refused(limited, RequestType::Play, RoomId(1));
        assert_eq!((no.code, no.retry_after_ms), (ErrorCode::RateLimited, Some(200)));
    }
}
