//! An archiver at work in its world: it dies and comes back, until all is done.

use archive::{
    Archiver, ArchiverOptions, BackoffOptions, BreakerOptions, Did, Next, TargetError, retry,
};
use components::MatchId;

use crate::journal::{Log, SimJournal};
use crate::world::{Crash, Mistake, Poison, Tally, World};

/// Steps without an end are a failure.
const STEPS_MAX: usize = 20_000;

/// How often an operator tries something that fails by chance.
const PATIENCE: usize = 500;

#[derive(Debug)]
pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) archiver: Archiver<MatchId>,
    options: ArchiverOptions,
    /// What dies when something dies.
    pub(crate) crash: Crash,
}

pub(crate) fn options(mistake: Option<Mistake>) -> ArchiverOptions {
    let backoff = BackoffOptions { first_ms: 100, longest_ms: 5_000, seed: 1 };
    ArchiverOptions {
        matches_max: 8,
        bytes_max: 7_000,
        flush_ms: 2_000,
        poll_ms: 500,
        settle_ms: if mistake == Some(Mistake::NoSettling) { 0 } else { 60_000 },
        buried_in_row_max: 6,
        breaker: BreakerOptions { failures_max: 3, backoff, ..BreakerOptions::default() },
        backoff,
        seed: 1,
    }
}

impl House {
    pub(crate) fn new(seed: u64, mistake: Option<Mistake>) -> Self {
        Self::on(Box::new(SimJournal::default()), seed, mistake)
    }

    pub(crate) fn on(journal: Box<dyn Log>, seed: u64, mistake: Option<Mistake>) -> Self {
        let world = World::new(seed, mistake, journal);
        let options = options(mistake);
        let archiver = Archiver::new(options.clone(), world.now);
        Self { world, archiver, options, crash: Crash::Process }
    }

    pub(crate) fn restart(&mut self) {
        self.world.crash(self.crash);
        let seed = self.options.seed + self.world.lives;
        let options = ArchiverOptions { seed, ..self.options.clone() };
        self.archiver = Archiver::new(options, self.world.now);
    }

    /// The journal is restored from its backup, if there is one.
    pub(crate) fn restore(&mut self) {
        if self.world.backup.is_some() {
            self.world.restore();
            self.crash = Crash::Process;
            self.restart();
        }
    }

    pub(crate) fn step(&mut self) -> Result<Next, String> {
        let next = self.archiver.step(self.world.now, &mut self.world);
        if self.world.is_dead {
            self.restart();
        }
        self.world.check()?;
        Ok(next)
    }

    /// All that is due now.
    pub(crate) fn work(&mut self) -> Result<(), String> {
        for _ in 0..STEPS_MAX {
            if self.world.now.at_ms < self.step()?.at_ms {
                return Ok(());
            }
        }
        Err("it is never done".to_owned())
    }

    /// The server is shut down in good order, and started again.
    pub(crate) fn work_until_closed(&mut self) -> Result<(), String> {
        let life = self.world.lives;
        for _ in 0..STEPS_MAX {
            if self.step()?.did == Did::Closed || life < self.world.lives {
                self.restart();
                return Ok(());
            }
        }
        Err("it never closes".to_owned())
    }

    /// Time passes until nothing waits but what cannot be read.
    pub(crate) fn finish(&mut self) -> Result<(), String> {
        for _ in 0..STEPS_MAX {
            let next = self.step()?;
            self.world.pass(next.at_ms.saturating_sub(self.world.now.at_ms));
            let status = self.archiver.status(self.world.now);
            let is_readable = |of: MatchId| {
                let poison = self.world.poison.get(&of);
                !matches!(poison, Some(Poison::Unreadable | Poison::UnreadablePanic))
            };
            let waits = self.world.journal.free().iter().any(|of| is_readable(of.match_id));
            if next.did == Did::Idle && status.open == 0 && !waits {
                return Ok(());
            }
        }
        Err(format!("it never ends: {:?}", self.archiver.status(self.world.now)))
    }

    /// An operator tries the dead again.
    pub(crate) fn retry(&mut self) -> Result<(), String> {
        for tries in 0..STEPS_MAX {
            // What is in the archive with another end stays dead: of many such letters one always
            // fails while much does.
            if self.world.flaky > 0 && tries == PATIENCE {
                return Ok(());
            }
            self.world.tally.retries += 1;
            let wall_ms = self.world.now.wall_ms;
            let retried = retry(&mut self.world, wall_ms, &mut |_, _| {});
            self.archiver.look_again();
            if self.world.is_dead {
                self.restart();
            }
            self.world.check()?;
            match retried {
                Ok(_) => return Ok(()),
                Err(TargetError::Unavailable(_)) => self.world.pass(1_000),
                Err(refused) => return Err(refused.to_string()),
            }
        }
        Err("the retry never ends".to_owned())
    }

    /// While what is wrong is still wrong: what is poison is buried or could not be read, all else
    /// is in the archive; nothing is twice anywhere.
    pub(crate) fn check_with_poison(&mut self) -> Result<(), String> {
        for of in &self.world.all {
            let id = of.match_id;
            let in_target = self.world.target.has(id);
            let buried = self.world.is_buried_whole(id);
            let in_journal = self.world.journal.holds(*of);
            let fine = match self.world.poison.get(&id) {
                None => in_target && !buried && !in_journal,
                Some(Poison::Unreadable | Poison::UnreadablePanic) => {
                    !in_target && !buried && in_journal && self.world.dead.contains_key(&id)
                }
                Some(_) => !in_target && buried && !in_journal,
            };
            if !fine {
                let poison = self.world.poison.get(&id);
                return Err(format!(
                    "{of:?} ({poison:?}): in the target {in_target}, buried {buried}, in the \
                     journal {in_journal}"
                ));
            }
        }
        self.world.check()
    }

    /// All that was wrong is put right: in the end each match is in the archive, once, and nothing
    /// is left anywhere else.
    pub(crate) fn heal_and_check(&mut self) -> Result<Tally, String> {
        self.world.poison.clear();
        self.world.flaky = 0;
        self.world.target.is_down = false;
        self.world.faults.clear();
        self.restart();
        self.finish()?;
        self.retry()?;
        self.finish()?;
        let world = &self.world;
        let missing = world.all.iter().filter(|of| !world.target.has(of.match_id)).count();
        if 0 < missing || world.target.len() != world.all.len() {
            return Err(format!("{missing} of {} matches are lost", world.all.len()));
        }
        // What ended differently in the target, whose journal was lost, is kept with its end here.
        let other =
            world.all.iter().filter(|of| world.target.ended(of.match_id) != Some(of.ended_ms));
        let twice: Vec<MatchId> = other.map(|of| of.match_id).collect();
        if let Some(of) = twice.iter().find(|of| !world.is_buried_whole(**of)) {
            return Err(format!("{of:?} is lost: it is in the archive with another end only"));
        }
        if 0 < world.journal.len() || world.dead.len() != twice.len() {
            let (waiting, dead) = (world.journal.len(), world.dead.len());
            let twice = twice.len();
            return Err(format!(
                "{waiting} matches still wait, {dead} are dead, {twice} should be"
            ));
        }
        self.world.tally.twice = twice.len() as u64;
        Ok(self.world.tally)
    }
}
