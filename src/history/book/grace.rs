//! After a restart nobody pays for it: no one is away, out of time or locked out before the grace
//! is over.

use components::{
    Act, By, CloseReason, Commit, Control, Decider, Event, Fact, Human, LeaveReason, Phase,
    Presence, RoomId, RoomState, Seat,
};

use super::{Book, Checked};

impl Book {
    /// Holds a commit within the grace against the room as it was found.
    pub(super) fn check_grace(&self, commit: &Commit, events: &[Event]) -> Checked {
        if commit.at_ms >= self.grace_ms {
            return Ok(());
        }
        let Some(found) = self.recovered.get(&commit.room) else { return Ok(()) };
        let early = |what: &str| {
            let (version, at_ms) = (commit.state.version.0, commit.at_ms);
            Err(format!("{what} at version {version}, {at_ms} ms after a restart"))
        };
        if timed_out(commit)
            .is_some_and(|seat| asked(found) == Some(seat) && is_same(found, commit))
        {
            return early("somebody's time is up");
        }
        for event in events {
            match event {
                Event::Public(
                    Fact::PlayerAway { seat }
                    | Fact::PlayerLeft { seat, reason: LeaveReason::Away, .. },
                ) if self.is_missing(found, *seat) => return early("somebody is away"),
                Event::Public(Fact::RoomClosed { reason: CloseReason::Empty })
                    if self.is_deserted(commit.room, found) =>
                {
                    return early("a room is given up");
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether people were there before the restart, and nobody has been since. (Where somebody came
    /// and went, the room is as empty as any.)
    fn is_deserted(&self, room: RoomId, found: &RoomState) -> bool {
        let is_here = |state: &RoomState| {
            let mut people = Seat::ALL.into_iter().filter_map(|seat| person(state, seat));
            people.any(|human| {
                human.presence == Presence::Here && self.returned.contains(&human.session)
            })
        };
        let since = self.rooms.get(&room).and_then(|it| it.commits.get(found.version.0 as usize..));
        Seat::ALL.into_iter().any(|seat| self.is_missing(found, seat))
            && !since.unwrap_or_default().iter().any(|done| is_here(&done.state))
    }

    /// Whether somebody was in that seat before the restart and has not been seen since.
    fn is_missing(&self, found: &RoomState, seat: Seat) -> bool {
        person(found, seat).is_some_and(|human| {
            human.presence != Presence::Away && !self.returned.contains(&human.session)
        })
    }
}

fn person(state: &RoomState, seat: Seat) -> Option<&Human> {
    state.players[seat.index()].as_ref().and_then(|player| Control::human(&player.control))
}

fn timed_out(commit: &Commit) -> Option<Seat> {
    match (&commit.action.by, &commit.action.act) {
        (By::Seat(seat), Act::Decide { decider: Decider::TimeOut, .. }) => Some(*seat),
        _ => None,
    }
}

/// The person who was asked when the server started, and was not away.
fn asked(found: &RoomState) -> Option<Seat> {
    let (Phase::Declaring { seat } | Phase::Playing { seat, .. }) = found.phase else {
        return None;
    };
    person(found, seat).filter(|human| human.presence != Presence::Away).map(|_| seat)
}

/// Whether the room is still where it was found: a seat is asked once to declare in a round, and
/// once to play in a turn.
fn is_same(found: &RoomState, commit: &Commit) -> bool {
    let Act::Decide { turn: Some(turn), .. } = commit.action.act else { return false };
    turn.round == found.round.number && turn.turn == found.round.turn
}
