//! What one person asked, and how that was answered in the end.

use protocol::{ErrorCode, OkData, Request};

use super::Book;
use crate::verdict::Verdict;

/// A request, and how it was answered in the end.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) id: u32,
    pub(crate) request: Request,
    pub(crate) answer: Option<Answer>,
}

/// The end of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Done, with this version if it changed the room.
    Ok(Option<u64>),
    /// Refused, and so not done.
    Refused(ErrorCode),
}

impl Book {
    /// Notes a request that is sent now, for the first time or again.
    pub(crate) fn ask(&mut self, id: u32, request: &Request) {
        if self.asked.last().is_none_or(|asked| asked.id < id) {
            self.asked.push(Asked { id, request: request.clone(), answer: None });
        }
    }

    /// The request that has no answer yet, if there is one.
    pub(crate) fn unanswered(&self) -> Option<&Asked> {
        self.asked.last().filter(|asked| asked.answer.is_none())
    }

    /// Forgets a request whose answer will not come, and which changes nothing.
    pub(crate) fn give_up(&mut self) {
        if self.unanswered().is_some() {
            self.asked.pop();
        }
    }

    /// The last request, if it changed the room.
    pub(crate) fn last_done(&self) -> Option<&Asked> {
        let is_done = |asked: &&Asked| matches!(asked.answer, Some(Answer::Ok(Some(_))));
        self.asked.last().filter(is_done).filter(|asked| is_remembered(&asked.request))
    }

    /// Takes in an answer.
    pub(crate) fn answered(
        &mut self,
        id: u32,
        result: Result<&OkData, ErrorCode>,
        verdict: &mut Verdict,
    ) {
        let Ok(at) = self.asked.binary_search_by_key(&id, |asked| asked.id) else {
            return verdict.violate(format!("{self}: an answer to {id}, which was never asked"));
        };
        let changes = is_remembered(&self.asked[at].request);
        let answer = match result {
            Ok(data) => Answer::Ok(data.version.filter(|_| changes)),
            Err(code) => Answer::Refused(code),
        };
        let is_duplicate = result.is_ok_and(|data| data.duplicate);
        verdict.duplicates += u64::from(is_duplicate);
        match self.asked[at].answer.clone() {
            None => {
                match result {
                    Ok(data) => {
                        verdict.ok += 1;
                        if let (None, Some(room)) = (self.seat, data.room_code()) {
                            self.sit(room.to_owned(), data.seat_held());
                        }
                    }
                    Err(code) => {
                        *verdict.refused.entry(code.as_str().to_owned()).or_default() += 1;
                        verdict.need(may_refuse(code), || {
                            format!("{self}: {:?} was refused: {code:?}", self.asked[at].request)
                        });
                    }
                }
                self.asked[at].answer = Some(answer);
            }
            Some(before) => verdict.need(before == answer && is_duplicate, || {
                format!("{self}: {id} was {before:?}, sent again {answer:?} ({is_duplicate})")
            }),
        }
    }
}

/// Whether a person who knows the rules may be refused so: late, too fast, or nothing can be done.
/// Who was late may be asked about the next turn without knowing it yet.
const fn may_refuse(code: ErrorCode) -> bool {
    !matches!(
        code,
        ErrorCode::BadFrame
            | ErrorCode::BadMessage
            | ErrorCode::UnknownType
            | ErrorCode::HelloFirst
            | ErrorCode::Unauthorized
            | ErrorCode::RoomNotFound
            | ErrorCode::NotInRoom
            | ErrorCode::NotHost
            | ErrorCode::Internal
            | ErrorCode::Other
    )
}

/// Whether a room remembers the request, and the journal the version it made.
pub(crate) const fn is_remembered(request: &Request) -> bool {
    matches!(
        request,
        Request::StartMatch
            | Request::Rematch
            | Request::Redeal(_)
            | Request::Declare(_)
            | Request::Play(_)
    )
}
