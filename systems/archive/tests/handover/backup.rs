//! A backup of the journal and of the dead letters, restored while the target is as it was.

use std::collections::BTreeMap;

use archive::DeadLetter;
use components::MatchId;

use crate::journal::Log;
use crate::world::World;

/// Longer than a call that was given up takes.
const SETTLED_MS: u64 = 60_000;

#[derive(Debug)]
pub(crate) struct Backup {
    journal: Box<dyn Log>,
    dead: BTreeMap<MatchId, (DeadLetter, bool, bool)>,
    /// Matches that had ended by then.
    ended: usize,
}

impl World {
    pub(crate) fn back_up(&mut self) {
        if !self.is_dead {
            let (journal, dead) = (self.journal.copy(), self.dead.clone());
            self.backup = Some(Backup { journal, dead, ended: self.all.len() });
        }
    }

    /// What ended since the backup was made did not end: it is played on, mostly to another end, or
    /// never heard of again. To be followed by a start of the archiver.
    pub(crate) fn restore(&mut self) {
        let Some(backup) = self.backup.take() else { return };
        self.tally.restores += 1;
        self.pass(SETTLED_MS);
        // Whoever restores a backup looks at the clock.
        let latest_ms = self.all.iter().filter_map(archive::Ended::began_ms).max().unwrap_or(0);
        self.now.wall_ms = self.now.wall_ms.max(latest_ms + 1);
        (self.journal, self.dead) = (backup.journal, backup.dead);
        for mut of in self.all.split_off(backup.ended) {
            match self.chance.below(4) {
                0 | 1 => of.ended_ms += 1 + self.chance.below(10_000_000),
                2 => {}
                _ => {
                    if let Some(ended_ms) = self.target.ended(of.match_id) {
                        of.ended_ms = ended_ms;
                        self.all.push(of);
                    }
                    continue;
                }
            }
            self.journal.finish(of);
            self.all.push(of);
        }
    }
}
