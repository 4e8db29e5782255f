//! What people saw against what the journal has.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use client::{Fold, TableView};
use protocol::{Decider, EndReason, Event, MatchId, Phase, Request, Snapshot};

use crate::book::{Answer, Asked, Book, Known, is_remembered};
use crate::export::{Cause, Line, read};
use crate::print::{of_snapshot, of_update, settled};
use crate::run::Pair;
use crate::verdict::Verdict;

/// What was held against the export.
#[derive(Debug, Default, serde::Serialize)]
pub(crate) struct Judged {
    /// Matches that ended as matches do.
    pub(crate) matches_ended: u64,
    /// Updates that were as exported.
    pub(crate) updates_compared: u64,
    /// Snapshots that were as the exported updates fold.
    pub(crate) snapshots_compared: u64,
    /// Requests answered `ok` that are there, once.
    pub(crate) requests_found: u64,
}

/// Holds every person of every room against the exported matches.
pub(crate) fn judge(pairs: &[Pair], folder: &Path, verdict: &mut Verdict) -> Judged {
    let mut judged = Judged::default();
    for pair in pairs {
        let mut ids: Vec<MatchId> = Vec::new();
        for known in pair.iter().flat_map(|book| ids_of(&book.borrow())) {
            if !ids.contains(&known) {
                ids.push(known);
            }
        }
        for book in pair {
            let book = book.borrow();
            let mut found = Found::default();
            for id in &ids {
                match book.seat.ok_or("no seat".to_owned()).and_then(|at| read(folder, *id, at)) {
                    Ok(lines) => found.hold(&book, *id, &lines, verdict),
                    Err(what) => verdict.violate(format!("{book}: {what}")),
                }
            }
            found.close(&book, verdict);
            judged.updates_compared += found.updates;
            judged.snapshots_compared += found.snapshots;
            judged.requests_found += found.requests.len() as u64;
            // Both see every match: it is counted once.
            judged.matches_ended += found.ended * u64::from(book.seat.is_some_and(is_first));
        }
    }
    judged
}

fn is_first(seat: protocol::Seat) -> bool {
    seat.number() == 0
}

fn ids_of(book: &Book) -> Vec<MatchId> {
    book.matches.iter().map(|known| known.id).collect()
}

/// What of one person's book was found in the matches.
#[derive(Debug, Default)]
struct Found {
    updates: u64,
    snapshots: u64,
    ended: u64,
    requests: HashSet<u32>,
    /// First and last version of each match.
    spans: HashMap<MatchId, (u64, u64)>,
}

impl Found {
    /// Holds a book against one match.
    fn hold(&mut self, book: &Book, id: MatchId, lines: &[Line], verdict: &mut Verdict) {
        let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
            return verdict.violate(format!("{book}: {id} is empty"));
        };
        self.spans.insert(id, (first.version, last.version));
        let begins = |event: &Event<'_>| matches!(event, Event::MatchStarted { r#match, .. } if *r#match == id);
        let is_begun = first.frame.data.events.iter().any(begins);
        verdict.need(is_begun, || format!("{book}: {id} begins with {:?}", first.frame));
        let is_over = last.frame.data.events.iter().any(|event| is_end(event, id));
        verdict.need(is_over, || format!("{book}: {id} did not end, but with {:?}", last.frame));
        self.ended += u64::from(is_begun && is_over);
        for (at, line) in lines.iter().enumerate() {
            let version = first.version + at as u64;
            verdict.need(line.version == version && line.frame.data.version == version, || {
                format!("{book}: {id} has {} where {version} must be", line.version)
            });
            self.hold_line(book, line, verdict);
        }
        if let Some(known) = book.matches.iter().find(|known| known.id == id) {
            self.fold(book, known, lines, verdict);
        }
    }

    /// One commit: its update was seen so if at all, its request was asked and answered so.
    fn hold_line(&mut self, book: &Book, line: &Line, verdict: &mut Verdict) {
        if let Ok(at) = book.seen.binary_search_by_key(&line.version, |seen| seen.version) {
            self.updates += 1;
            let print = of_update(&line.frame.data);
            verdict.need(book.seen[at].print == print, || {
                format!("{book}: {} was seen otherwise than {:?}", line.version, line.frame)
            });
        }
        let Cause::Client { session, request } = &line.cause else { return };
        if *session != book.session {
            return;
        }
        verdict.need(self.requests.insert(*request), || {
            format!("{book}: request {request} is there twice, again at {}", line.version)
        });
        let asked = book.asked.binary_search_by_key(request, |asked| asked.id);
        let Ok(asked) = asked.map(|at| &book.asked[at]) else {
            return verdict.violate(format!("{book}: request {request} was never asked: {line:?}"));
        };
        verdict.need(asked.answer == Some(Answer::Ok(Some(line.version))), || {
            format!("{book}: {asked:?} is there at {}", line.version)
        });
        verdict.need(line.frame.data.events.iter().any(|event| is_of(event, asked, book)), || {
            format!("{book}: {asked:?} made {:?}", line.frame)
        });
    }

    /// The snapshots of a match are what its updates fold to.
    fn fold(&mut self, book: &Book, known: &Known, lines: &[Line], verdict: &mut Verdict) {
        let (first, last) = self.spans[&known.id];
        let mut table = TableView::new(before(&known.first, first));
        let mut shown =
            book.snapshots.iter().filter(|(at, _)| (first..=last).contains(at)).peekable();
        let anchor = (known.first.version, of_snapshot(&known.first));
        for line in lines {
            if table.apply_update(&line.frame.data) != Fold::Done {
                return verdict.violate(format!("{book}: {} does not fold", line.version));
            }
            let mut hold = |(_, print)| {
                self.snapshots += 1;
                verdict.need(of_snapshot(table.state()) == print, || {
                    let folded = settled(table.state());
                    format!("{book}: a snapshot of {} was not {folded:?}", line.version)
                });
            };
            if anchor.0 == line.version {
                hold(anchor);
            }
            while let Some(next) = shown.next_if(|(version, _)| *version <= line.version) {
                hold(*next);
            }
        }
    }

    /// Nothing that was seen in a match, or done, is missing.
    fn close(&self, book: &Book, verdict: &mut Verdict) {
        for seen in &book.seen {
            let Some(of) = seen.of.and_then(|at| book.matches.get(usize::from(at))) else {
                continue;
            };
            let Some((first, last)) = self.spans.get(&of.id) else { continue };
            verdict.need((first..=last).contains(&&seen.version), || {
                format!("{book}: saw {} in {}, which is {first}..{last}", seen.version, of.id)
            });
        }
        for asked in book.asked.iter().filter(|asked| is_remembered(&asked.request)) {
            let is_ok = matches!(asked.answer, Some(Answer::Ok(_)));
            verdict.need(!is_ok || self.requests.contains(&asked.id), || {
                format!("{book}: {asked:?} is nowhere")
            });
        }
    }
}

/// The table before the commit `first`, by which a match began, from a later one: what a match
/// changes begins anew with it, what it does not is the same.
fn before(later: &Snapshot<'static>, first: u64) -> Snapshot<'static> {
    let mut before = later.clone();
    before.version = first.saturating_sub(1);
    before.phase = Phase::Open;
    before
}

fn is_end(event: &Event<'_>, id: MatchId) -> bool {
    let Event::MatchOver { r#match, reason, .. } = event else { return false };
    *r#match == id && matches!(reason, EndReason::ScoreReached | EndReason::RoundsPlayed)
}

/// Whether an event is what a request asked for.
fn is_of(event: &Event<'_>, asked: &Asked, book: &Book) -> bool {
    let is_own = |seat, decider: &Decider| Some(seat) == book.seat && *decider == Decider::Person;
    match (&asked.request, event) {
        (Request::StartMatch | Request::Rematch, Event::MatchStarted { .. }) => true,
        (Request::Redeal(wish), Event::RedealDecided { seat, accept, decider }) => {
            is_own(*seat, decider) && wish.accept == *accept
        }
        (Request::Declare(wish), Event::Declared { seat, piles, decider, .. }) => {
            is_own(*seat, decider) && wish.piles == *piles
        }
        (Request::Play(wish), Event::Played { seat, pieces, decider, .. }) => {
            is_own(*seat, decider) && wish.pieces == *pieces
        }
        _ => false,
    }
}
