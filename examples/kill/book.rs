//! What one person saw and asked, held against itself while it comes.

mod asked;
#[cfg(test)]
mod tests;

use client::{Fold, TableView};
use protocol::{Event, MatchId, OkData, Phase, Seat, Snapshot, Update};

use crate::print::{Print, differences, of_snapshot, of_update, settled};
use crate::verdict::Verdict;
pub(crate) use asked::{Answer, Asked, is_remembered};

/// An update that was seen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) version: u64,
    pub(crate) print: Print,
    /// The match it was a part of, by its place in [`Book::matches`].
    pub(crate) of: Option<u16>,
}

/// A match this person knows of, as it was when first seen.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) id: MatchId,
    pub(crate) first: Snapshot<'static>,
}

/// Everything of one person.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// What others call this person.
    pub(crate) name: String,
    pub(crate) session: String,
    pub(crate) room: String,
    pub(crate) seat: Option<Seat>,
    pub(crate) seen: Vec<Seen>,
    /// Version and print of each.
    pub(crate) snapshots: Vec<(u64, Print)>,
    pub(crate) matches: Vec<Known>,
    pub(crate) asked: Vec<Asked>,
    /// What is known now; of the connection before while `is_fresh` is false.
    table: Option<TableView>,
    is_fresh: bool,
    highest: u64,
}

impl Book {
    /// Of somebody who has seen nothing yet.
    pub(crate) fn of(name: String) -> Self {
        Self { name, ..Self::default() }
    }

    /// What is known now, if it may be acted upon.
    pub(crate) fn table(&self) -> Option<&TableView> {
        self.table.as_ref().filter(|table| self.is_fresh && !table.needs_resync())
    }

    /// Whether updates are missing.
    pub(crate) fn is_behind(&self) -> bool {
        self.is_fresh && self.table.as_ref().is_some_and(TableView::needs_resync)
    }

    /// A connection is made; nothing counts before its first snapshot.
    pub(crate) fn connected(&mut self, welcome: &OkData, verdict: &mut Verdict) {
        self.is_fresh = false;
        let session = welcome.session.clone().unwrap_or_default();
        if self.session.is_empty() {
            self.session = session;
        } else {
            verdict.need(session == self.session, || format!("{self}: became {session}"));
        }
        match (self.seat, welcome.room_code()) {
            (Some(_), Some(room)) => {
                verdict.need(room == self.room && welcome.seat_held() == self.seat, || {
                    format!("{self}: came back to {:?} of {room}", welcome.seat_held())
                });
            }
            (Some(_), None) => verdict.violate(format!("{self}: came back and has no seat")),
            // It was seated before it heard of it.
            (None, Some(room)) => self.sit(room.to_owned(), welcome.seat_held()),
            (None, None) => {}
        }
    }

    fn sit(&mut self, room: String, seat: Option<Seat>) {
        (self.room, self.seat) = (room, seat);
    }

    /// Takes in an update.
    pub(crate) fn update(&mut self, update: &Update<'static>, verdict: &mut Verdict) {
        verdict.updates += 1;
        let print = of_update(update);
        let version = update.version;
        if let Ok(at) = self.seen.binary_search_by_key(&version, |seen| seen.version) {
            let is_same = self.seen[at].print == print;
            verdict.need(is_same, || {
                format!("{self}: version {version} was another before: {:?}", update.events)
            });
        }
        let Some(table) = self.table.as_mut().filter(|_| self.is_fresh) else {
            return verdict.violate(format!("{self}: version {version} came before a snapshot"));
        };
        match table.apply_update(update) {
            Fold::Done => {}
            Fold::Gap => verdict.gaps += 1,
            Fold::Passed => verdict.violate(format!(
                "{self}: version {version} of {} came after {}",
                update.room, self.highest
            )),
        }
        let is_news = version > self.highest;
        self.highest = self.highest.max(version);
        if is_news {
            self.note(update, print);
        }
        if update.events.iter().any(|event| matches!(event, Event::RoomClosed { .. })) {
            verdict.violate(format!("{self}: the room closed: {:?}", update.events));
        }
    }

    /// Writes an update down, with the match it is a part of.
    fn note(&mut self, update: &Update<'static>, print: Print) {
        self.learn_match();
        let is_last = |event: &Event<'_>| matches!(event, Event::MatchOver { .. });
        let table = self.table.as_ref().filter(|table| !table.needs_resync());
        let is_playing = table.is_some_and(|table| is_running(table.phase()));
        let is_part = is_playing || update.events.iter().any(is_last);
        let of = if is_part { self.matches.len().checked_sub(1) } else { None };
        self.seen.push(Seen { version: update.version, print, of: of.map(|at| at as u16) });
    }

    /// Notes a match that was not known before, as it is now.
    fn learn_match(&mut self) {
        let Some(table) = self.table.as_ref().filter(|table| !table.needs_resync()) else { return };
        let Some(info) = table.state().r#match else { return };
        if self.matches.last().is_none_or(|known| known.id != info.r#match) {
            self.matches.push(Known { id: info.r#match, first: settled(table.state()) });
        }
    }

    /// Takes in a snapshot.
    pub(crate) fn snapshot(&mut self, snapshot: Snapshot<'static>, verdict: &mut Verdict) {
        verdict.snapshots += 1;
        let version = snapshot.version;
        verdict.need(version >= self.highest, || {
            format!("{self}: shown up to {}, and then a snapshot of {version}", self.highest)
        });
        if self.seat.is_some() {
            let is_same = snapshot.seat == self.seat && snapshot.room == self.room.as_str();
            verdict.need(is_same, || {
                format!("{self}: a snapshot of seat {:?} of {}", snapshot.seat, snapshot.room)
            });
        } else {
            self.sit(snapshot.room.clone().into_owned(), snapshot.seat);
        }
        let print = of_snapshot(&snapshot);
        if let Some(table) = self.table.as_ref().filter(|table| !table.needs_resync())
            && table.state().version == version
        {
            verdict.snapshots_folded += 1;
            verdict.need(of_snapshot(table.state()) == print, || {
                let how = differences(&snapshot, table.state());
                format!("{self}: the snapshot of {version} is not what was folded: {how}")
            });
        }
        self.snapshots.push((version, print));
        // Also one that is older than it should be: that was told, and play goes on from it.
        self.highest = self.highest.max(version);
        self.table = Some(TableView::new(snapshot));
        self.is_fresh = true;
        self.learn_match();
    }
}

impl std::fmt::Display for Book {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seat = self.seat.map_or("?".to_owned(), |seat| seat.number().to_string());
        write!(to, "{} (room {}, seat {seat}, session {})", self.name, self.room, self.session)
    }
}

/// Whether a match is going on.
pub(crate) const fn is_running(phase: &Phase) -> bool {
    !matches!(phase, Phase::Open | Phase::Finished { .. } | Phase::Closed | Phase::Other)
}
