//! At the end every chain in the journal is run again: it comes to what was settled and seen.

use components::{Event, Fact, MatchId, RoomCode, Seat};
use journal::{Chain, Disk, Journal};

use super::{Book, Checked, Room};
use crate::replay::{Moment, rerun};

impl Book {
    /// Holds the whole journal against the book. `kept` says that no finished match may be missing.
    pub(in crate::history) fn audit<D: Disk>(
        &mut self,
        journal: &Journal<D>,
        kept: bool,
    ) -> Checked {
        for (id, room) in &self.rooms {
            for (match_id, ended) in room.matches() {
                let chain = journal.read_match(match_id).map_err(|error| error.to_string())?;
                match chain {
                    Some(chain) => self.hold(room, &chain, ended)?,
                    None if kept && ended => {
                        return Err(format!("a match of {} is not in the journal", room.code));
                    }
                    None => {}
                }
                self.ended += u64::from(ended);
            }
            if room.is_gone {
                continue;
            }
            let chain = journal.read_chain(*id).map_err(|error| error.to_string())?;
            if let Some(chain) = chain {
                self.hold(room, &chain, false)?;
                let last = chain.steps.last().map_or(0, |step| step.version.0);
                if last != room.commits.len() as u64 {
                    return Err(format!("the chain of {} ends at {last}", room.code));
                }
            }
        }
        Ok(())
    }

    /// Runs one chain again.
    fn hold(&self, room: &Room, chain: &Chain, ended: bool) -> Checked {
        let mut held = Ok(());
        rerun(chain, None, |moment| {
            if held.is_ok() {
                held = self.hold_moment(room, chain, moment);
            }
        })
        .map_err(|difference| format!("{} does not run again: {difference}", room.code))?;
        held?;
        let is_end = |event: &Event| matches!(event, Event::Public(Fact::MatchOver(_)));
        let ends = chain.steps.last().is_some_and(|step| step.events.iter().any(is_end));
        if ended && !ends {
            return Err(format!("a match of {} is over, but not in the journal", room.code));
        }
        Ok(())
    }

    fn hold_moment(&self, room: &Room, chain: &Chain, moment: &Moment<'_>) -> Checked {
        let version = moment.recorded.version.0;
        let Some(done) = room.at(version) else {
            return Err(format!("{} has a commit {version} that never was", room.code));
        };
        let (state, recorded) = (moment.state, moment.recorded);
        if done.state != *state || done.events != recorded.events || done.cause != recorded.cause {
            return Err(format!("commit {version} of {} was another: {recorded:?}", room.code));
        }
        let code = RoomCode::parse(&room.code).unwrap_or(RoomCode([b'?'; 6]));
        for viewer in Seat::ALL.into_iter().map(Some).chain([None]) {
            let place = viewer.map_or(4, Seat::number);
            let Some(seen) = self.updates.get(&(chain.room, place, version)) else { continue };
            let events: Vec<_> =
                done.events.iter().map(|event| rules::view_event(event, state, viewer)).collect();
            let frame = net::update_json(code, recorded.version, &events);
            if frame.as_bytes() != seen {
                return Err(format!("{version} of {} was seen otherwise than {frame}", room.code));
            }
        }
        Ok(())
    }
}

impl Room {
    /// Every match that began here, and whether it ended.
    fn matches(&self) -> Vec<(MatchId, bool)> {
        let mut matches: Vec<(MatchId, bool)> = Vec::new();
        for event in self.commits.iter().flat_map(|done| &done.events) {
            match event {
                Event::MatchStarted(start) => matches.push((start.id, false)),
                Event::Public(Fact::MatchOver(_)) => {
                    if let Some(last) = matches.last_mut() {
                        last.1 = true;
                    }
                }
                _ => {}
            }
        }
        matches
    }
}
