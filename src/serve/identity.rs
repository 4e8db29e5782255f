//! The operator's identity provider: whom to believe, and with which keys.

mod place;
mod watcher;

use net::{Identity, ProviderAlgorithm};
use tokio::sync::watch;

use super::Failure;
use crate::config::{IdentityConfig, IdentityMode};
use place::Place;
use watcher::Watcher;

/// The provider, if there is one.
#[derive(Default)]
pub(crate) struct Provider {
    /// What `net` is to believe.
    pub(crate) identity: Option<Identity>,
    /// What takes its keys up anew, where they are in a file.
    pub(crate) watcher: Option<Watcher>,
}

/// Reads the provider's keys and sees that they can be used.
///
/// # Errors
///
/// They cannot be read, may be read or changed by others, or cannot be used: says where they are
/// and what is wrong, and nothing of what they are.
pub(crate) fn open(config: &IdentityConfig) -> Result<Provider, Failure> {
    if config.mode == IdentityMode::Off {
        return Ok(Provider::default());
    }
    let algorithms = config.algorithms.iter();
    let algorithms = algorithms.filter_map(|name| ProviderAlgorithm::named(name)).collect();
    let place = Place::of(config, algorithms);
    let found = place.read()?;
    let keys = place.keys(&found).map_err(Failure::Data)?;
    place.tell(&keys);
    let (sender, receiver) = watch::channel(keys);
    let identity = Identity {
        issuer: config.issuer.clone(),
        audience: config.audience.clone(),
        player_claim: config.player_claim.clone(),
        name_claim: config.name_claim.clone(),
        leeway_seconds: config.leeway_seconds,
        is_required: config.mode == IdentityMode::Required,
        keys: receiver,
    };
    let watcher = place.may_change().then(|| Watcher::new(place, found, sender));
    Ok(Provider { identity: Some(identity), watcher })
}
