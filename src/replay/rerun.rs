//! A recorded match, run again by the rules, commit by commit.

use std::fmt;

use components::{Cause, Event, RoomState, Settings, Version};
use journal::{Chain, Recorded};
use rules::Events;

/// A moment of a match: what one commit said, and the room after it.
pub(crate) struct Moment<'a> {
    /// Since the first commit, in ms of logical time; restarts take none.
    pub(crate) since_ms: u64,
    /// The commit.
    pub(crate) recorded: &'a Recorded,
    /// The room after it, the match's settings being these.
    pub(crate) state: &'a RoomState,
    /// The settings in force.
    pub(crate) settings: &'a Settings,
}

/// Where a match ran differently from what is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Difference {
    /// The rules refuse what they had settled.
    Refused(Version, String),
    /// Other events follow.
    Events(Version, Vec<Event>, Vec<Event>),
    /// The recorded versions have a gap before this one.
    Gap(Version),
    /// The first commit is not what its seed leads to, or the last one is none.
    First(Version, String),
    /// The room comes to another state than the journal's newest.
    State(Version),
}

impl Difference {
    /// The version at which it shows.
    pub(crate) const fn version(&self) -> Version {
        match self {
            Self::Refused(version, _)
            | Self::Events(version, ..)
            | Self::Gap(version)
            | Self::First(version, _)
            | Self::State(version) => *version,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(version, why) => {
                write!(f, "version {}: the rules refuse it now: {why}", version.0)
            }
            Self::Events(version, recorded, now) => {
                write!(f, "version {}: recorded {recorded:?}, now {now:?}", version.0)
            }
            Self::Gap(version) => write!(f, "no version before {} is recorded", version.0),
            Self::First(version, what) => write!(f, "version {}: {what}", version.0),
            Self::State(version) => {
                write!(f, "version {}: the room's state is not what its events lead to", version.0)
            }
        }
    }
}

/// Runs a match again and shows every moment of it. `today` replaces the recorded settings.
///
/// # Errors
///
/// The first difference between what is recorded and what the rules say now.
pub(crate) fn rerun(
    chain: &Chain,
    today: Option<&Settings>,
    mut see: impl FnMut(&Moment<'_>),
) -> Result<RoomState, Difference> {
    let mut state = chain.base.clone();
    let mut settings = Settings::default();
    let mut since_ms = 0;
    let mut events = Events::new();
    for (index, recorded) in chain.steps.iter().enumerate() {
        if let Some(recorded) = &recorded.settings {
            settings.clone_from(recorded);
        }
        let in_force = today.unwrap_or(&settings);
        if index == 0 {
            check_first(chain, recorded)?;
        } else {
            since_ms += u64::from(recorded.elapsed_ms);
            events.clear();
            settle(&mut state, recorded, in_force, &mut events)?;
        }
        see(&Moment { since_ms, recorded, state: &state, settings: in_force });
    }
    Ok(state)
}

/// The first commit is not run again, since what was before it is not recorded; but if it began a
/// match, its hands follow from the seed.
fn check_first(chain: &Chain, first: &Recorded) -> Result<(), Difference> {
    let base = &chain.base;
    let differs = |what: &str| Err(Difference::First(first.version, what.to_owned()));
    if first.version != base.version {
        return differs("the first state is of another version");
    }
    let Some(Event::MatchStarted(start)) = first.events.first() else { return Ok(()) };
    let game = &base.game;
    if (start.id, start.number, start.seed) != (game.id, game.number, game.seed) {
        return differs("the match that began is not the room's");
    }
    let dealt = rules::deal(&start.seed, 1, 0);
    let hands = base.players.each_ref().map(|player| player.as_ref().map(|own| own.tally.hand));
    if hands != dealt.map(Some) {
        return differs("the hands are not those that the seed deals");
    }
    Ok(())
}

fn settle(
    state: &mut RoomState,
    recorded: &Recorded,
    settings: &Settings,
    events: &mut Events,
) -> Result<(), Difference> {
    let version = recorded.version;
    if version.0 != state.version.0 + 1 {
        return Err(Difference::Gap(version));
    }
    let grace_ms = recorded.recovered.then_some(settings.rooms.recovery_grace_ms);
    let (elapsed_ms, cause) = (recorded.elapsed_ms, recorded.cause);
    rules::rerun(state, elapsed_ms, grace_ms, &recorded.action, cause, settings, events)
        .map_err(|why| Difference::Refused(version, format!("{why:?}")))?;
    if events.as_slice() != recorded.events {
        return Err(Difference::Events(version, recorded.events.clone(), events.to_vec()));
    }
    Ok(())
}

/// A cause in JSON, as the export has it.
pub(crate) fn cause_json(cause: Cause) -> serde_json::Value {
    use serde_json::json;
    let session = |session: components::SessionId| format!("{:016x}", session.0);
    match cause {
        Cause::Client(by, request) => {
            json!({ "client": { "session": session(by), "request": request.0 } })
        }
        Cause::Connection(by) => json!({ "connection": session(by) }),
        Cause::Bot(seat) => json!({ "bot": seat.number() }),
        Cause::Timer => json!("timer"),
        Cause::Server => json!("server"),
    }
}
