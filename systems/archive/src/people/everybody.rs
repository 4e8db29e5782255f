//! Who takes part in a chain.

use std::collections::BTreeSet;

use components::{Act, By, Cause, Control, Name, PlayerId, SessionId};
use journal::Chain;

/// A person under one session and one name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Person {
    pub(super) player: PlayerId,
    pub(super) session: SessionId,
    pub(super) name: Name,
}

/// Everybody who takes part, each once: who sat there at first, and who sat down since.
pub(super) fn everybody(chain: &Chain) -> BTreeSet<Person> {
    let seated = chain.base.players.iter().flatten().filter_map(|player| match &player.control {
        Control::Bot(_) => None,
        Control::Human(human) => {
            Some(Person { player: human.player, session: human.session, name: human.name.clone() })
        }
    });
    let guests = chain.steps.iter().filter_map(|step| match &step.action.act {
        Act::Join(guest, _) => Some(guest),
        Act::Open(opening) => opening.guest.as_ref(),
        _ => None,
    });
    let guests = guests.map(|guest| Person {
        player: guest.player,
        session: guest.session,
        name: guest.name.clone(),
    });
    seated.chain(guests).collect()
}

/// Sessions that something was asked under, of nobody who takes part: an operator's, say.
pub(super) fn strangers(chain: &Chain, people: &BTreeSet<Person>) -> BTreeSet<SessionId> {
    let causes = chain.steps.iter().filter_map(|step| match step.cause {
        Cause::Client(session, _) | Cause::Connection(session) => Some(session),
        Cause::Bot(_) | Cause::Timer | Cause::Server => None,
    });
    let askers = chain.steps.iter().filter_map(|step| match step.action.by {
        By::Session(session) => Some(session),
        By::Seat(_) | By::Nobody => None,
    });
    let mut sessions: BTreeSet<SessionId> = causes.chain(askers).collect();
    for person in people {
        sessions.remove(&person.session);
    }
    sessions
}
