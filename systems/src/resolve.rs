//! [`Resolve`](crate::TickSystems::Resolve): the one place where the game changes.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bevy_ecs::prelude::*;
use components::{
    Act, Action, Admission, Ask, By, Cause, Commit, DeadLetter, Outcome, QueuedAction, Refusal,
    Rejection, RoomId, RoomState, Settings, TickBatch, TickClock, Version,
};

use crate::index::RoomEntry;
use crate::ingest::Sequence;
use crate::rooms::RoomsMut;
use crate::sickbay::Sickbay;
use crate::{RoomIndex, Settled, TickStats, Timers, Touched};

/// While a single node owns all shards.
const OWNER_EPOCH: u32 = 1;

/// What a panic said is cut here: it goes to disk, and it may quote anything.
const REASON_CHARS_MAX: usize = 200;

/// Each room takes its queued actions to the rules until one is settled; the others wait for the
/// next tick. Looks are free: they change nothing. Actions go in order of arrival, but a room's own
/// that had to wait once goes first: a flood must not stop a room's clocks.
pub(crate) fn settle_actions(
    mut queued: Query<(Entity, &QueuedAction, &Admission, &mut Outcome)>,
    mut law: Law,
    sequence: Res<Sequence>,
    mut order: Local<Vec<(RoomId, bool, u64, Entity)>>,
) -> Result {
    order.clear();
    for (entity, action, admission, _) in &queued {
        if *admission == Admission::Granted {
            let goes_first = action.ask == Ask::Wake && sequence.is_old(action.sequence);
            order.push((action.room, !goes_first, action.sequence, entity));
        }
    }
    order.sort_unstable();
    let (mut last_room, mut taken, mut woken, mut waiting) = (None, false, false, 0_u32);
    law.stats.waiting = 0;
    for &(room, _, _, entity) in &*order {
        if last_room != Some(room) {
            (last_room, taken, woken, waiting) = (Some(room), false, false, 0);
        }
        let (_, action, _, mut outcome) = queued.get_mut(entity)?;
        *outcome = match &action.ask {
            Ask::Look | Ask::Watch => law.look(action)?,
            // One wake asks for all that is due; its timer is set anew after it.
            Ask::Wake if woken => Outcome::Rejected(NOT_DUE),
            Ask::Act(_) | Ask::Wake if law.bars(action) => {
                Outcome::Rejected(Refusal::Internal(action.room))
            }
            // What is refused takes no turn: a flood of nonsense must not hold up a room.
            Ask::Act(_) | Ask::Wake if !taken => {
                woken |= action.ask == Ask::Wake;
                let outcome = law.settle(action)?;
                taken = match outcome {
                    Outcome::Settled => true,
                    Outcome::Rejected(Refusal::Internal(_)) => law.quarantine(action.room)?,
                    _ => false,
                };
                outcome
            }
            // Reports of connections are true already, and nobody would send them again.
            Ask::Act(_)
                if waiting >= law.settings.rooms.queued_max
                    && matches!(action.cause, Cause::Client(..)) =>
            {
                Outcome::Rejected(Refusal::Busy)
            }
            Ask::Act(_) | Ask::Wake => {
                woken |= action.ask == Ask::Wake;
                waiting += 1;
                law.stats.waiting += 1;
                continue;
            }
        };
        law.stats.count(&outcome);
    }
    Ok(())
}

const NOT_DUE: Refusal = Refusal::Rejected(Rejection::NotDue);

/// What it takes to settle an action.
#[derive(bevy_ecs::system::SystemParam)]
pub(crate) struct Law<'w, 's> {
    rooms: RoomsMut<'w, 's>,
    settings: Res<'w, Settings>,
    clock: Res<'w, TickClock>,
    index: ResMut<'w, RoomIndex>,
    timers: ResMut<'w, Timers>,
    settled: ResMut<'w, Settled>,
    touched: ResMut<'w, Touched>,
    batch: ResMut<'w, TickBatch>,
    sickbay: ResMut<'w, Sickbay>,
    stats: ResMut<'w, TickStats>,
    #[cfg(any(test, feature = "faults"))]
    planted: Option<Res<'w, crate::PlantedPanics>>,
}

impl Law<'_, '_> {
    /// Takes one action to the rules, and assigns only if they say yes. The commit is written
    /// where it will leave from: its state is what the rules work on, and it is taken back if
    /// they refuse.
    fn settle(&mut self, queued: &QueuedAction) -> Result<Outcome> {
        let known = self.index.entity(queued.room);
        let newest = self.draft(queued, known)?;
        let version = self.settled.commits[newest].state.version;
        // A panic leaves the world as it was: what it can have spoilt is thrown away below.
        let applied = catch_unwind(AssertUnwindSafe(|| self.apply(queued, newest)));
        let refusal = match applied {
            Ok(Ok(())) => {
                self.keep(queued, known, newest)?;
                return Ok(Outcome::Settled);
            }
            Ok(Err(refusal)) => {
                if queued.ask == Ask::Wake {
                    self.touched.rooms.push(queued.room);
                }
                refusal
            }
            Err(panic) => {
                if known.is_some() {
                    self.sickbay.admit(queued.room);
                }
                self.bury(queued, version, &*panic)
            }
        };
        self.settled.commits.truncate(newest);
        Ok(Outcome::Rejected(refusal))
    }

    /// Begins a commit with the room as it was before it.
    fn draft(&mut self, queued: &QueuedAction, known: Option<Entity>) -> Result<usize> {
        let start = self.settled.events.len() as u32;
        self.settled.step.clear();
        self.settled.commits.push(Commit {
            owner_epoch: OWNER_EPOCH,
            room: queued.room,
            at_ms: self.clock.now_ms,
            wall_ms: self.clock.wall_ms,
            cause: queued.cause,
            action: Action { by: By::Nobody, act: Act::PhaseOver },
            events: start..start,
            state: RoomState::VACANT,
        });
        let newest = self.settled.commits.len() - 1;
        if let Some(entity) = known {
            self.rooms.gather_into(entity, &mut self.settled.commits[newest].state)?;
        }
        Ok(newest)
    }

    /// Lets the rules work on a commit's state: what is asked, or what happens by itself.
    fn apply(&mut self, queued: &QueuedAction, newest: usize) -> Result<(), Refusal> {
        #[cfg(any(test, feature = "faults"))]
        if self.planted.as_ref().is_some_and(|planted| (planted.0)(queued)) {
            panic!("planted");
        }
        let Settled { commits, step, .. } = &mut *self.settled;
        let Commit { state, cause, action, .. } = &mut commits[newest];
        let settings = &*self.settings;
        if let Cause::Client(session, request) = *cause {
            rules::check_repeat(state, session, request)?;
        }
        let applied = match &queued.ask {
            Ask::Act(asked) => {
                action.clone_from(asked);
                rules::apply(state, action, settings, step)
            }
            Ask::Look | Ask::Watch => Err(Rejection::NotDue),
            Ask::Wake => match rules::due(state, self.clock.wall_ms, settings) {
                None => Err(Rejection::NotDue),
                Some((whose, due)) => {
                    (*cause, *action) = (whose, due);
                    rules::apply(state, action, settings, step)
                }
            },
        };
        applied.map_err(Refusal::Rejected)
    }

    /// Assigns what the rules made of a room.
    fn keep(&mut self, queued: &QueuedAction, known: Option<Entity>, newest: usize) -> Result {
        let Settled { commits, events, step } = &mut *self.settled;
        events.extend(step.drain(..));
        let commit = &mut commits[newest];
        commit.events.end = events.len() as u32;
        if let Cause::Client(session, request) = queued.cause {
            rules::remember(&mut commit.state, session, request);
        }
        match (known, commit.state.charter) {
            (Some(entity), _) => self.rooms.assign(entity, &commit.state)?,
            (None, Some(charter)) => {
                let entity = self.rooms.spawn(queued.room, charter, &commit.state);
                let timer = self.timers.0.add(queued.room);
                self.index.insert(queued.room, RoomEntry { entity, timer });
            }
            (None, None) => return Err("the rules left a room without a charter".into()),
        }
        self.touched.rooms.push(queued.room);
        self.sickbay.release(queued.room);
        Ok(())
    }

    /// An action that made the rules panic becomes a dead letter.
    fn bury(
        &mut self,
        queued: &QueuedAction,
        version: Version,
        panic: &(dyn Any + Send),
    ) -> Refusal {
        let (room, reason) = (queued.room, reason_of(panic));
        tracing::error!(room = room.0, version = version.0, reason, "the rules panicked");
        let (at_ms, ask) = (self.clock.now_ms, queued.ask.clone());
        let letter = DeadLetter { room, version, at_ms, ask, reason, quarantined: false };
        self.batch.dead_letters.push(letter);
        self.stats.panicked += 1;
        if queued.ask == Ask::Wake {
            self.touched.panicked.push(room);
        }
        Refusal::Internal(room)
    }

    /// Stops a room that has just panicked once too often, by a commit like any other, so that it
    /// is written and seen. Whether there was one.
    fn quarantine(&mut self, room: RoomId) -> Result<bool> {
        if !self.sickbay.is_enough(room) {
            return Ok(false);
        }
        if let Some(letter) = self.batch.dead_letters.last_mut() {
            letter.quarantined = true;
        }
        self.stats.quarantined += 1;
        let ask = Ask::Act(Action { by: By::Nobody, act: Act::Pause });
        let pause = QueuedAction { sequence: 0, room, cause: Cause::Server, ask };
        if self.settle(&pause)? == Outcome::Settled {
            self.stats.settled += 1;
            tracing::error!(room = room.0, "paused: it panicked again and again");
            return Ok(true);
        }
        // It stood still already, or panics even so: it gets no timer until it settles something.
        self.touched.rooms.push(room);
        tracing::error!(room = room.0, "left alone: it panicked again and again, and cannot pause");
        Ok(false)
    }

    /// Whether an action is not even tried, since its room is stopped without a commit that says
    /// so. What is already true, and what the server wants, is.
    fn bars(&self, queued: &QueuedAction) -> bool {
        self.sickbay.is_quarantined(queued.room)
            && !matches!(queued.cause, Cause::Connection(_) | Cause::Server)
    }

    /// Whether somebody may look: spectators always, others at the seat they hold.
    fn look(&mut self, queued: &QueuedAction) -> Result<Outcome> {
        let Some(entity) = self.index.entity(queued.room) else {
            return Ok(Outcome::Rejected(Refusal::Rejected(Rejection::RoomNotFound)));
        };
        let (Cause::Client(session, _) | Cause::Connection(session)) = queued.cause else {
            return Ok(Outcome::Rejected(NOT_DUE));
        };
        let seat = match self.settled.commits.last() {
            // What was settled just now is not all in the world yet.
            Some(newest) if newest.room == queued.room => rules::seat_of(&newest.state, session),
            _ => rules::seat_of(&self.rooms.gather(entity)?, session),
        };
        let holds_a_seat = queued.ask == Ask::Watch || seat.is_some();
        if holds_a_seat {
            Ok(Outcome::Seen)
        } else {
            Ok(Outcome::Rejected(Refusal::Rejected(Rejection::NotInRoom)))
        }
    }
}

fn reason_of(panic: &(dyn Any + Send)) -> String {
    let formatted = panic.downcast_ref::<String>().map(String::as_str);
    let literal = panic.downcast_ref::<&str>().copied();
    let reason = formatted.or(literal).unwrap_or("no reason given");
    reason.chars().take(REASON_CHARS_MAX).collect()
}
