//! Who took part, out of a chain and into it again. All else stays to the byte.

use std::convert::Infallible;

use components::{
    Act, By, Cause, Control, Event, Fact, Guest, Name, PlayerId, RoomState, SessionId,
};
use journal::{Chain, Recorded};

use super::Known;
use crate::{Aliases, ConvertError};

/// What becomes of who somebody is.
trait Replace {
    type Error;

    fn player(&self, player: PlayerId) -> Result<PlayerId, Self::Error>;
    fn session(&self, session: SessionId) -> Result<SessionId, Self::Error>;
    /// The player, as before, whose name it is.
    fn name(&self, player: PlayerId, name: &Name) -> Result<Name, Self::Error>;
    /// Of a name that nobody in the chain has.
    fn stray(&self, name: &Name) -> Result<Name, Self::Error>;
}

impl Replace for &Aliases {
    type Error = ConvertError;

    fn player(&self, player: PlayerId) -> Result<PlayerId, ConvertError> {
        let key = self.key(player).ok_or(ConvertError::UnknownPlayer(player))?;
        Ok(key.alias())
    }

    fn session(&self, session: SessionId) -> Result<SessionId, ConvertError> {
        Aliases::session(self, session).ok_or(ConvertError::UnknownSession(session))
    }

    fn name(&self, player: PlayerId, name: &Name) -> Result<Name, ConvertError> {
        Aliases::name(self, player, name).ok_or(ConvertError::UnknownName)
    }

    fn stray(&self, _: &Name) -> Result<Name, ConvertError> {
        Err(ConvertError::UnknownName)
    }
}

impl Replace for &Known {
    type Error = Infallible;

    fn player(&self, player: PlayerId) -> Result<PlayerId, Infallible> {
        Ok(self.players.get(&player).copied().unwrap_or(player))
    }

    fn session(&self, session: SessionId) -> Result<SessionId, Infallible> {
        Ok(self.sessions.get(&session).copied().unwrap_or(session))
    }

    fn name(&self, _: PlayerId, name: &Name) -> Result<Name, Infallible> {
        Ok(self.names.get(name).unwrap_or(name).clone())
    }

    fn stray(&self, name: &Name) -> Result<Name, Infallible> {
        self.name(PlayerId(0), name)
    }
}

/// The chain with aliases for everybody who takes part in it.
///
/// # Errors
///
/// When somebody has none.
pub(crate) fn redact(chain: &Chain, aliases: &Aliases) -> Result<Chain, ConvertError> {
    replaced(chain, aliases)
}

/// The chain with the people in it whom `known` knows; the others stay aliases. If all are known,
/// it is the chain that was archived, to the byte.
#[must_use]
pub fn restore(chain: &Chain, known: &Known) -> Chain {
    let Ok(chain) = replaced(chain, known);
    chain
}

fn replaced<R: Replace>(chain: &Chain, who: R) -> Result<Chain, R::Error> {
    let mut chain = chain.clone();
    for step in &mut chain.steps {
        replace_in_step(step, &chain.base, &who)?;
    }
    for player in chain.base.players.iter_mut().flatten() {
        if let Control::Human(human) = &mut player.control {
            human.name = who.name(human.player, &human.name)?;
            human.player = who.player(human.player)?;
            human.session = who.session(human.session)?;
        }
    }
    Ok(chain)
}

/// `base` still has its own people.
fn replace_in_step<R: Replace>(
    step: &mut Recorded,
    base: &RoomState,
    who: &R,
) -> Result<(), R::Error> {
    if let Cause::Client(session, _) | Cause::Connection(session) = &mut step.cause {
        *session = who.session(*session)?;
    }
    if let By::Session(session) = &mut step.action.by {
        *session = who.session(*session)?;
    }
    let guest = match &mut step.action.act {
        Act::Join(guest, _) => Some(guest),
        Act::Open(opening) => opening.guest.as_mut(),
        _ => None,
    };
    for event in &mut step.events {
        if let Event::Public(Fact::PlayerJoined { name: Some(name), .. }) = event {
            *name = match whose(name, guest.as_deref(), base) {
                Some(player) => who.name(player, name)?,
                None => who.stray(name)?,
            };
        }
    }
    if let Some(Guest { name, player, session, epoch: _ }) = guest {
        *name = who.name(*player, name)?;
        *player = who.player(*player)?;
        *session = who.session(*session)?;
    }
    Ok(())
}

/// Whose name it is: of who sits down in this step, or of who sat there from the beginning.
fn whose(name: &Name, guest: Option<&Guest>, base: &RoomState) -> Option<PlayerId> {
    let guest = guest.filter(|guest| guest.name == *name).map(|guest| guest.player);
    let humans = base.players.iter().flatten().filter_map(|player| player.control.human());
    guest.or_else(|| humans.into_iter().find(|human| human.name == *name).map(|it| it.player))
}
