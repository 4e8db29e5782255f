//! Whose a `hello` is: somebody new, a session of ours, or a player of the operator's provider.

use components::{Epoch, Name, SessionId};
use protocol::{ErrorCode, Hello, check_name};

use super::Hub;
use crate::identity::{Identity, Vouched};
use crate::outside::Now;
use crate::refusal::No;
use crate::token::BadToken;

/// Whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    /// Its session.
    pub(super) session: SessionId,
    /// The generation of its token, 0 for none.
    pub(super) presented: Epoch,
    /// Until when a provider vouches for it, in seconds since 1970, where one does.
    pub(super) vouched_until_s: Option<u32>,
}

impl Hub {
    /// Finds the session that is meant, or makes one.
    pub(super) fn identify(&mut self, hello: &Hello, now: Now) -> Result<Known, No> {
        let name = hello.name.as_deref().map(check_name).transpose();
        let name = name.map_err(|bad| No::new(ErrorCode::BadName, bad.to_string()))?;
        let now_s = now.wall_ms / 1_000;
        match (&hello.token, &self.identity) {
            (Some(token), Some(identity)) if Identity::is_meant(token) => {
                let vouched = identity.verify(token, now_s)?;
                self.vouched_for(&vouched, name)
            }
            (Some(token), _) => self.returning(token, name, now_s),
            (None, Some(identity)) if identity.is_required => Err(provider_wanted()),
            (None, _) => self.stranger(name),
        }
    }

    /// A new session.
    fn stranger(&mut self, name: Option<&str>) -> Result<Known, No> {
        self.make_room()?;
        let made = self.sessions.create(name.map(Name::from), &mut self.random);
        self.stats.sessions.set(self.sessions.len());
        let session = made.ok_or_else(no_chance)?;
        Ok(Known { session, presented: Epoch(0), vouched_until_s: None })
    }

    /// The session of a token of ours.
    fn returning(&mut self, token: &str, name: Option<&str>, now_s: u64) -> Result<Known, No> {
        let claims = self.keys.verify(token, now_s).map_err(unauthorized)?;
        let (id, generation) = (claims.session, claims.generation);
        if !claims.is_vouched && self.identity.as_ref().is_some_and(|it| it.is_required) {
            return Err(provider_wanted());
        }
        if self.sessions.get(id).is_none() {
            if claims.is_vouched {
                // What its player is called only the provider can say.
                return Err(forgotten());
            }
            self.make_room()?;
            self.sessions.rebuild(&claims);
            self.stats.sessions.set(self.sessions.len());
        }
        let known = self.sessions.get_mut(id).filter(|it| it.accepts(generation));
        let session = known.ok_or_else(replaced)?;
        if let Some(name) = name
            && session.name.as_deref() != Some(name)
        {
            match &session.name {
                Some(known) if claims.is_vouched => return Err(named_by_provider(known)),
                Some(known) if session.room().is_some() => {
                    let message = format!("In a room you stay {known}: send that name or none.");
                    return Err(No::new(ErrorCode::BadName, message));
                }
                _ => session.name = Some(name.into()),
            }
        }
        let vouched_until_s = claims.is_vouched.then_some(claims.expires_s);
        Ok(Known { session: id, presented: generation, vouched_until_s })
    }

    /// The session of a player whom the provider vouches for.
    fn vouched_for(&mut self, vouched: &Vouched, name: Option<&str>) -> Result<Known, No> {
        let known = self.sessions.get(vouched.session);
        let kept = known.filter(|it| it.room().is_some()).and_then(|it| it.name.as_ref());
        let called = kept.unwrap_or(&vouched.name);
        if name.is_some_and(|name| name != called.as_str()) {
            return Err(named_by_provider(called));
        }
        if known.is_none() {
            self.make_room()?;
        }
        let session = self.sessions.vouch(vouched).ok_or_else(no_chance)?;
        // The provider's word is as good as the newest token of ours.
        let presented = session.epoch;
        self.stats.sessions.set(self.sessions.len());
        let vouched_until_s = Some(vouched.until_s);
        Ok(Known { session: vouched.session, presented, vouched_until_s })
    }

    fn make_room(&mut self) -> Result<(), No> {
        if self.sessions.make_room(self.settings.sessions_max) {
            return Ok(());
        }
        let message = "Too many sessions are open: try again later.";
        Err(No::new(ErrorCode::Overloaded, message))
    }
}

fn no_chance() -> No {
    No::new(ErrorCode::Overloaded, "No new session could be made: try again.")
}

fn unauthorized(bad: BadToken) -> No {
    let message = match bad {
        BadToken::Unknown => "Not a token of this server: say hello without one.",
        BadToken::Expired => "This token has expired: say hello without one.",
    };
    No::new(ErrorCode::Unauthorized, message)
}

fn replaced() -> No {
    No::new(ErrorCode::Unauthorized, "A newer token of this session was used: send that one.")
}

fn provider_wanted() -> No {
    let message = "Only players of this server's identity provider: send a token of it.";
    No::new(ErrorCode::Unauthorized, message)
}

fn forgotten() -> No {
    let message = "This session is over: send a token of your identity provider.";
    No::new(ErrorCode::Unauthorized, message)
}

fn named_by_provider(name: &str) -> No {
    let message = format!("Your identity provider calls you {name}: send that name or none.");
    No::new(ErrorCode::BadName, message)
}
