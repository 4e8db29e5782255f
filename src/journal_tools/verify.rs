//! `liap journal verify`: every match once more, by the rules.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use components::{MatchId, Phase, RoomState, Version};
use journal::{Chain, Damage};
use serde_json::{Value, json};

use super::walk::{Subject, walk};
use super::{Failure, journal_of, match_name, room_name};
use crate::args::{Exit, Inspect};
use crate::replay::{Difference, rerun};

/// What is wrong with a room or a match.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Problem {
    /// The room or the match.
    of: String,
    /// The version at which it shows.
    version: Version,
    /// What.
    what: String,
}

/// What was found.
#[derive(Debug, Default)]
struct Verdict {
    rooms: usize,
    finished: usize,
    /// Finished matches, and live ones.
    matches: usize,
    commits: usize,
    problems: Vec<Problem>,
    damages: Vec<Damage>,
    unread: Vec<String>,
    /// Where finished matches left their rooms.
    ends: BTreeMap<MatchId, RoomState>,
}

pub(super) fn run(asked: &Inspect, out: &mut impl Write) -> Result<Exit, Failure> {
    let verdict = verify(&journal_of(&asked.data))?;
    if asked.json {
        writeln!(out, "{:#}", verdict.json())?;
    } else {
        verdict.tell(out)?;
    }
    Ok(verdict.exit())
}

fn verify(directory: &Path) -> Result<Verdict, Failure> {
    let mut verdict = Verdict::default();
    let walked = walk(directory, |subject, chain| {
        verdict.check(subject, chain.as_ref());
        Ok(())
    })?;
    (verdict.rooms, verdict.finished) = (walked.rooms, walked.finished);
    (verdict.damages, verdict.unread) = (walked.damages, walked.unread);
    Ok(verdict)
}

impl Verdict {
    fn check(&mut self, subject: Subject<'_>, chain: Option<&Chain>) {
        let of = match subject {
            Subject::Room(info) => format!("room {}", room_name(info.room)),
            Subject::Match(done) => format!("match {}", match_name(done.match_id)),
        };
        let ran = chain.map(|chain| self.rerun(chain));
        let wrong = match (subject, ran) {
            (_, Some(Err(difference))) => Some(difference),
            (Subject::Room(info), Some(Ok(state))) if state != info.state => {
                Some(Difference::State(info.state.version))
            }
            (Subject::Room(info), None) => self.check_end(&info.state),
            (Subject::Match(done), Some(Ok(state))) => {
                let is_over = state.game.id == done.match_id
                    && matches!(state.phase, Phase::Finished { .. } | Phase::Closed);
                let version = state.version;
                self.ends.insert(done.match_id, state);
                (!is_over).then(|| Difference::First(version, "the match is not over".to_owned()))
            }
            _ => None,
        };
        if let Some(difference) = wrong {
            let (version, what) = (difference.version(), difference.to_string());
            self.problems.push(Problem { of, version, what });
        }
    }

    /// A room whose match is over and where nothing has happened since is as the match left it.
    fn check_end(&self, state: &RoomState) -> Option<Difference> {
        let end = self.ends.get(&state.game.id)?;
        let is_other = end.version == state.version && end != state;
        is_other.then_some(Difference::State(state.version))
    }

    fn rerun(&mut self, chain: &Chain) -> Result<RoomState, Difference> {
        self.commits += chain.steps.len();
        self.matches += usize::from(chain.match_id.is_some());
        rerun(chain, None, |_| {})
    }

    /// Unreadable is worse than different.
    fn exit(&self) -> Exit {
        if !self.unread.is_empty() || self.damages.iter().any(Damage::is_fatal) {
            Exit::Data
        } else if self.problems.is_empty() && self.damages.is_empty() {
            Exit::Ok
        } else {
            Exit::CheckFailed
        }
    }

    fn tell(&self, out: &mut impl Write) -> Result<(), Failure> {
        let Self { rooms, finished, matches, commits, problems, damages, unread, .. } = self;
        for damage in damages {
            writeln!(out, "{damage}")?;
        }
        for what in unread {
            writeln!(out, "{what}")?;
        }
        for Problem { of, what, .. } in problems {
            writeln!(out, "{of}: {what}")?;
        }
        writeln!(
            out,
            "{rooms} rooms, {finished} finished matches; {matches} matches and {commits} commits \
             run again: {} problems",
            problems.len() + damages.len() + unread.len()
        )?;
        Ok(())
    }

    fn json(&self) -> Value {
        let damages: Vec<_> = self.damages.iter().map(ToString::to_string).collect();
        let problems = self.problems.iter();
        let problems: Vec<_> = problems
            .map(|Problem { of, version, what }| {
                json!({ "of": of, "version": version.0, "what": what })
            })
            .collect();
        json!({
            "rooms": self.rooms,
            "finished": self.finished,
            "matches": self.matches,
            "commits": self.commits,
            "problems": problems,
            "unread": self.unread,
            "damages": damages,
        })
    }
}
