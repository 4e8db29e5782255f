//! A new journal of what is good in a damaged one; every cut is reported.

mod adopt;
mod files;
mod salvage;

use std::collections::BTreeSet;

use components::{MatchId, Phase, RoomId, RoomState, Version};

use crate::chain::{self, Body, Chain};
use crate::damage::{Damage, OpenError};
use crate::record::LAST;
use crate::segment::StreamKind;
use crate::source::Source;
use crate::{Disk, Durability, Journal, Options};
use salvage::{Candidate, Salvage};

/// What the rules say of a chain that was run again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rerun {
    /// How many of its steps are as recorded: 0 if not even the first one is.
    pub steps: usize,
    /// The room after the last of those.
    pub state: RoomState,
    /// What is wrong with the step after that.
    pub difference: Option<String>,
}

/// What became of a damaged journal.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// Live rooms in the new journal.
    pub rooms: usize,
    /// Finished matches in the new journal.
    pub finished: usize,
    /// Commits run again.
    pub commits: u64,
    /// What was done to rooms that are not all that they were.
    pub mended: Vec<Mended>,
    /// What is to be said of finished matches.
    pub matches: Vec<(MatchId, String)>,
    /// What was found damaged in the files.
    pub damages: Vec<Damage>,
}

/// A room that is not in the new journal as it was in the old one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// Which.
    pub room: RoomId,
    /// The newest version there is a trace of.
    pub from: Version,
    /// The version it is at now; `None` if it is lost.
    pub to: Option<Version>,
    /// Why, and what of it is lost.
    pub what: String,
}

/// What a room is from now on.
struct Kept {
    state: RoomState,
    wall_ms: u64,
    /// Its commits so far, and whether they are a match's.
    chain: Option<(Vec<Body>, bool)>,
}

/// A chain as far as it verifies.
struct Run {
    state: RoomState,
    wall_ms: u64,
    bodies: Vec<Body>,
    match_id: Option<MatchId>,
    /// Whether its match came to its end.
    is_over: bool,
    difference: Option<String>,
}

/// The bytes that gather before they are written.
const FLUSH_BYTES: usize = 4 << 20;

/// Reads a damaged journal and writes all that is good in it to an empty disk, as a new journal.
/// `rerun` runs a chain again by the rules; `wall_ms` is ms since 1970.
///
/// A room is kept at its newest state that is good and that its commits lead to; where that state is
/// damaged and the commits go further, at the last commit that verifies. Where the commits cannot be
/// read the state alone is kept.
///
/// # Errors
/// When a disk cannot be read or written, or a newer version wrote the journal.
pub fn repair<F: Disk, T: Disk>(
    from: &F,
    to: T,
    wall_ms: u64,
    rerun: &mut dyn FnMut(&Chain) -> Rerun,
) -> Result<Repaired, OpenError> {
    let salvage = Salvage::read(from)?;
    let options = Options {
        durability: Durability::Disk,
        events_bytes_max: u64::MAX,
        keep_finished: true,
        ..Options::default()
    };
    let (mut journal, _) = Journal::open(to, &salvage.settings, options, wall_ms)?;
    let mut mending = Mending { from, salvage: &salvage, rerun, report: Repaired::default() };
    let mut going_on = BTreeSet::new();
    for room in salvage.all_rooms() {
        let Some(kept) = mending.mend(room) else { continue };
        if kept.state.phase.is_running() {
            going_on.insert(kept.state.game.id);
        }
        journal.adopt_room(room, &kept);
        mending.report.rooms += 1;
        journal.flush_if(FLUSH_BYTES, wall_ms)?;
    }
    journal.adopt_next_room(salvage.next_room);
    mending.matches(&going_on, |id, room, run| {
        journal.adopt_finished(id, room, run);
        journal.flush_if(FLUSH_BYTES, wall_ms)
    })?;
    journal.adopt_intents(&salvage.intents);
    journal.flush_if(0, wall_ms)?;
    let Mending { mut report, .. } = mending;
    report.damages.clone_from(&salvage.damages);
    Ok(report)
}

struct Mending<'a, F> {
    from: &'a F,
    salvage: &'a Salvage,
    rerun: &'a mut dyn FnMut(&Chain) -> Rerun,
    report: Repaired,
}

impl<F: Disk> Mending<'_, F> {
    /// What a room is from now on; `None` if it is closed, or lost.
    fn mend(&mut self, room: RoomId) -> Option<Kept> {
        let found = self.salvage.rooms.get(&room).and_then(|found| found.newest.as_ref());
        let version = found.map_or(0, |found| found.state.version.0);
        let ahead = self.salvage.head_after(room, version);
        let newest = ahead.map_or(version, |head| head.version);
        let mut told = Vec::new();
        if let Some(head) = ahead {
            match self.run(room, head.position) {
                // Nothing is lost of a room that had closed.
                Ok(run) if run.state.phase == Phase::Closed => return None,
                Ok(run) if run.state.version.0 > version => {
                    told.push("its newest state is damaged: run again from its commits".to_owned());
                    told.extend(run.difference.clone());
                    self.tell(room, newest, Some(run.state.version), told);
                    return Some(run.keep());
                }
                Ok(run) => told.extend(run.difference),
                Err(why) => told.push(format!("its newest commits cannot be read: {why}")),
            }
        }
        let Some(found) = found else {
            told.push("it has no good state".to_owned());
            self.tell(room, newest, None, told);
            return None;
        };
        let kept = self.mend_found(room, found, &mut told);
        if !told.is_empty() {
            self.tell(room, newest, Some(kept.state.version), told);
        }
        Some(kept)
    }

    /// A room of which there is a good state: it stays there if its commits lead to it.
    fn mend_found(&mut self, room: RoomId, found: &Candidate, told: &mut Vec<String>) -> Kept {
        let version = found.state.version.0;
        let mut kept = Kept { state: found.state.clone(), wall_ms: found.wall_ms, chain: None };
        let Some(head) = found.head else { return kept };
        match self.run(room, head) {
            Ok(run) if run.state == found.state => kept = run.keep(),
            Ok(run) => {
                told.push(run.difference.clone().unwrap_or_else(|| {
                    format!("its state of version {version} is not what its commits lead to")
                }));
                kept = run.keep();
            }
            Err(why) => told.push(format!("its history before version {version} is lost: {why}")),
        }
        kept
    }

    /// Reads a chain and runs it again as far as it verifies.
    fn run(&mut self, room: RoomId, head: u64) -> Result<Run, String> {
        let source = Source {
            disk: self.from,
            stream: StreamKind::Events,
            segments: &self.salvage.events,
            tail: (u64::MAX, &[]),
        };
        let read = chain::read_bodies(&source, room, head).map_err(|error| error.to_string())?;
        let chain = chain::decode(room, &read).map_err(|error| error.to_string())?;
        self.report.commits += chain.steps.len() as u64;
        let Rerun { steps, state, difference } = (self.rerun)(&chain);
        let steps = steps.min(chain.steps.len());
        let Some(last) = steps.checked_sub(1).and_then(|last| chain.steps.get(last)) else {
            return Err(difference.unwrap_or_else(|| "its first commit does not verify".to_owned()));
        };
        let mut bodies = read;
        bodies.truncate(steps);
        let is_over = bodies.last().is_some_and(|body| flags(body) & LAST != 0);
        let (match_id, wall_ms) = (chain.match_id, last.wall_ms);
        Ok(Run { state, wall_ms, bodies, match_id, is_over, difference })
    }

    /// Finds the finished matches that can be read; `going_on` are those of live rooms.
    fn matches(
        &mut self,
        going_on: &BTreeSet<MatchId>,
        mut adopt: impl FnMut(MatchId, RoomId, &Run) -> Result<(), OpenError>,
    ) -> Result<(), OpenError> {
        for done in self.salvage.finished.values() {
            let id = done.match_id;
            match self.run(done.room, done.head) {
                Ok(_) if going_on.contains(&id) => {}
                Ok(run) if run.is_over && run.match_id == Some(id) => {
                    adopt(id, done.room, &run)?;
                    self.report.finished += 1;
                }
                Ok(run) => {
                    let what = run.difference.unwrap_or_else(|| "its end is missing".to_owned());
                    self.report.matches.push((id, format!("lost: {what}")));
                }
                Err(what) => self.report.matches.push((id, format!("lost: {what}"))),
            }
        }
        for (room, head) in self.salvage.unknown_ends() {
            let Ok(run) = self.run(room, head) else { continue };
            let Some(id) = run.match_id else { continue };
            let is_known = going_on.contains(&id)
                || self.salvage.finished.contains_key(&id)
                || self.salvage.forgotten.contains(&id);
            if run.is_over && !is_known {
                adopt(id, room, &run)?;
                self.report.finished += 1;
                let what = "found again: what said that it was over is damaged".to_owned();
                self.report.matches.push((id, what));
            }
        }
        Ok(())
    }

    fn tell(&mut self, room: RoomId, from: u64, to: Option<Version>, told: Vec<String>) {
        let (from, what) = (Version(from), told.join("; "));
        self.report.mended.push(Mended { room, from, to, what });
    }
}

impl Run {
    fn keep(self) -> Kept {
        let is_match = self.match_id.is_some();
        let chain = (!self.is_over).then_some((self.bodies, is_match));
        Kept { state: self.state, wall_ms: self.wall_ms, chain }
    }
}

/// The flags a commit begins with.
fn flags(body: &Body) -> u8 {
    body.bytes.first().copied().unwrap_or(0)
}
