//! [`Broadcast`](crate::TickSystems::Broadcast): what is told, with secrets cut.

use bevy_ecs::prelude::*;
use components::{
    Act, Action, Admission, Answer, Ask, Audience, Cause, Commit, Control, Event, Fact, Frame,
    Outcome, QueuedAction, Refusal, Rejection, Release, RoomCode, RoomId, RoomState, Seat,
    SessionId, Settings, TickBatch,
};

use crate::RoomIndex;
use crate::rooms::Rooms;

/// Each commit is told in this order: to the asker that it is done, to the room what happened, to
/// the directory who is where now, and to who just sat down the whole room.
pub(crate) fn frame_commits(settings: Res<Settings>, mut batch: ResMut<TickBatch>) {
    let TickBatch { durable, release, .. } = &mut *batch;
    for commit in &durable.commits {
        let events = &durable.events[commit.events.start as usize..commit.events.end as usize];
        let seated = seat_taken(commit, events);
        if let Cause::Client(session, request) = commit.cause {
            let seated = seated.and_then(|(_, seat)| place(commit, seat));
            let answer = Answer { version: commit.state.version, duplicate: false, seated };
            release.frames.push(Frame::Accepted { session, request, answer });
        }
        frame_updates(commit, events, release);
        if events.iter().any(rules::tells_lobby) {
            let summary = rules::summary(&commit.state, commit.room);
            release.frames.push(Frame::Room(Box::new(summary)));
        }
        if let Some((session, seat)) = seated {
            let view = rules::room_view(&commit.state, commit.room, Some(seat), &settings);
            release.frames.push(Frame::Snapshot { session, view: Box::new(view) });
        }
    }
}

/// One update for all, or, when hands were dealt, one for each audience.
fn frame_updates(commit: &Commit, events: &[Event], release: &mut Release) {
    let dealt = events.iter().any(|event| matches!(event, Event::Dealt { .. }));
    if !dealt {
        frame_update(commit, events, Audience::Everyone, release);
        return;
    }
    for seat in Seat::ALL {
        let player = commit.state.players[seat.index()].as_ref();
        if player.is_some_and(|player| matches!(player.control, Control::Human(_))) {
            frame_update(commit, events, Audience::Seat(seat), release);
        }
    }
    frame_update(commit, events, Audience::Spectators, release);
}

fn frame_update(commit: &Commit, events: &[Event], to: Audience, release: &mut Release) {
    let viewer = match to {
        Audience::Seat(seat) => Some(seat),
        Audience::Everyone | Audience::Spectators => None,
    };
    let start = release.events.len() as u32;
    let state = &commit.state;
    release.events.extend(events.iter().map(|event| rules::view_event(event, state, viewer)));
    let (room, version) = (commit.room, state.version);
    let events = start..release.events.len() as u32;
    release.frames.push(Frame::Update { room, version, to, events });
}

/// The seat that a client took in this commit.
fn seat_taken(commit: &Commit, events: &[Event]) -> Option<(SessionId, Seat)> {
    let Cause::Client(session, _) = commit.cause else { return None };
    let joined =
        |event: &Event| matches!(event, Event::Public(Fact::PlayerJoined { name: Some(_), .. }));
    let seat = events.iter().any(joined).then(|| rules::seat_of(&commit.state, session))?;
    Some((session, seat?))
}

fn place(commit: &Commit, seat: Seat) -> Option<(RoomId, RoomCode, Seat)> {
    Some((commit.room, commit.state.charter?.code, seat))
}

/// Refusals, looks and repeats are answered after the commits, in order of arrival.
pub(crate) fn frame_answers(
    queued: Query<(Entity, &QueuedAction, &Admission, &Outcome)>,
    index: Res<RoomIndex>,
    rooms: Rooms,
    settings: Res<Settings>,
    mut batch: ResMut<TickBatch>,
    mut order: Local<Vec<(u64, Entity)>>,
) -> Result {
    order.clear();
    for (entity, action, admission, outcome) in &queued {
        let refused = matches!(admission, Admission::Refused(_));
        let asked = matches!(action.cause, Cause::Client(..) | Cause::Connection(_));
        if asked && (refused || matches!(outcome, Outcome::Rejected(_) | Outcome::Seen)) {
            order.push((action.sequence, entity));
        }
    }
    order.sort_unstable();
    for (_, entity) in order.drain(..) {
        let (_, action, admission, outcome) = queued.get(entity)?;
        let refusal = match (admission, outcome) {
            (Admission::Refused(refusal), _) | (_, Outcome::Rejected(refusal)) => Some(*refusal),
            _ => None,
        };
        let entity = index.entity(action.room);
        let state = entity.map(|entity| rooms.gather(entity)).transpose()?;
        frame_answer(action, refusal, state.as_ref(), &settings, &mut batch.release);
    }
    Ok(())
}

/// Some refusals are answers in truth: done before, or seated already.
fn frame_answer(
    action: &QueuedAction,
    refusal: Option<Refusal>,
    state: Option<&RoomState>,
    settings: &Settings,
    release: &mut Release,
) {
    let room = action.room;
    let (session, request) = match action.cause {
        Cause::Client(session, request) => (session, Some(request)),
        Cause::Connection(session) => (session, None),
        Cause::Bot(_) | Cause::Timer | Cause::Server => return,
    };
    let held = state.and_then(|state| rules::seat_of(state, session));
    let again = matches!(refusal, Some(Refusal::Rejected(Rejection::AlreadySeated(_))));
    if let Some(request) = request {
        let now = state.map(|state| state.version).unwrap_or_default();
        let seated = |seat| Some((room, state?.charter?.code, seat));
        let answer = match refusal {
            None => Answer { version: now, duplicate: false, seated: None },
            Some(Refusal::Repeated(version)) => {
                let joins = matches!(&action.ask, Ask::Act(Action { act: Act::Join(..), .. }));
                let seated = held.filter(|_| joins).and_then(seated);
                Answer { version, duplicate: true, seated }
            }
            Some(Refusal::Rejected(Rejection::AlreadySeated(seat))) => {
                Answer { version: now, duplicate: true, seated: seated(seat) }
            }
            Some(refusal) => {
                release.frames.push(Frame::Refused { session, request, room, refusal });
                return;
            }
        };
        release.frames.push(Frame::Accepted { session, request, answer });
    }
    if let Some(state) = state.filter(|_| refusal.is_none() || again) {
        let viewer = held.filter(|_| action.ask != Ask::Watch);
        let view = rules::room_view(state, room, viewer, settings);
        release.frames.push(Frame::Snapshot { session, view: Box::new(view) });
    }
}
