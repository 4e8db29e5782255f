//! The tick, as a table of contents: every set and every system, in the order they run.

use bevy_ecs::schedule::{
    IntoScheduleConfigs, LogLevel, Schedule, ScheduleBuildSettings, ScheduleLabel,
    SingleThreadedExecutor, SystemSet,
};

use crate::{admit, advance, broadcast, ingest, reap, record, resolve, tag};

/// The one schedule: run once per tick.
#[derive(ScheduleLabel, Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tick;

/// The steps of a tick. Each variant is the name of the module whose systems run in it.
#[derive(SystemSet, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TickSystems {
    /// Due rooms' own actions and clients' messages become queued actions.
    Ingest,
    /// What may not even be asked for is refused.
    Admit,
    /// Each room takes one action to the rules: the one place where the game changes.
    Resolve,
    /// Touched rooms get their timers set anew.
    Advance,
    /// What was settled becomes commits.
    Record,
    /// Finished matches are named in the batch, closed rooms are marked.
    Tag,
    /// Updates, answers and snapshots become frames.
    Broadcast,
    /// What is finished with is forgotten.
    Reap,
}

/// Builds the tick.
#[must_use]
pub fn tick_schedule(settings: ScheduleBuildSettings) -> Schedule {
    use TickSystems::*;

    let mut schedule = Schedule::new(Tick);
    // The sets are a chain: worker threads would have nothing to share, and cost 60 us to wake.
    schedule.set_executor(SingleThreadedExecutor::new());
    schedule.set_build_settings(ScheduleBuildSettings {
        ambiguity_detection: LogLevel::Error,
        ..settings
    });
    schedule
        .configure_sets((Ingest, Admit, Resolve, Advance, Record, Tag, Broadcast, Reap).chain());
    schedule.add_systems((
        (ingest::wake_rooms, ingest::receive_asks).chain().in_set(Ingest),
        admit::admit_actions.in_set(Admit),
        resolve::settle_actions.in_set(Resolve),
        advance::set_timers.in_set(Advance),
        record::record_steps.in_set(Record),
        (tag::name_finished, tag::mark_closed).chain().in_set(Tag),
        (broadcast::frame_commits, broadcast::frame_answers).chain().in_set(Broadcast),
        (reap::despawn_answered, reap::despawn_closed).in_set(Reap),
    ));
    schedule
}
