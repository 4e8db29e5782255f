//! Section `limits`: what an address and a connection may do.

use std::net::SocketAddr;

use net::{Limits, ProxyHeader, loopback, network};

/// Stands for the loopback addresses, in `limits.exempt_cidrs`, while the server listens on one.
pub(super) const LOOPBACK: &str = "loopback";

/// Section `limits`. Networks are texts that were checked when they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LimitsConfig {
    /// Open sockets of an address.
    pub(crate) address_connections: Option<u32>,
    /// Its sockets and HTTP requests.
    pub(crate) address_arrivals_per_minute: Option<u32>,
    /// Its handshakes and hellos that come to nothing.
    pub(crate) address_faults_per_minute: Option<u32>,
    /// Live rooms made from it.
    pub(crate) address_rooms: Option<u32>,
    /// Its spectators of one room.
    pub(crate) address_spectators: Option<u32>,
    /// Addresses remembered that hold nothing.
    pub(crate) addresses_max: usize,
    /// What a connection may send, in bytes,
    pub(crate) connection_bytes_per_second: Option<u32>,
    /// in messages,
    pub(crate) connection_frames_per_second: Option<u32>,
    /// and in pings and pongs.
    pub(crate) connection_pings_per_second: Option<u32>,
    /// For so long it may be over that.
    pub(crate) connection_over_seconds: u64,
    /// Who is spared.
    pub(crate) exempt_cidrs: Vec<String>,
    /// Who speaks for others.
    pub(crate) trusted_proxies: Vec<String>,
    /// In which header.
    pub(crate) proxy_header: ProxyHeader,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            address_connections: limits.address_connections,
            address_arrivals_per_minute: limits.address_arrivals_per_minute,
            address_faults_per_minute: limits.address_faults_per_minute,
            address_rooms: limits.address_rooms,
            address_spectators: limits.address_spectators,
            addresses_max: limits.addresses_max,
            connection_bytes_per_second: limits.connection_bytes_per_second,
            connection_frames_per_second: limits.connection_frames_per_second,
            connection_pings_per_second: limits.connection_pings_per_second,
            connection_over_seconds: limits.connection_over_seconds,
            exempt_cidrs: vec![LOOPBACK.to_owned()],
            trusted_proxies: Vec::new(),
            proxy_header: limits.proxy_header,
        }
    }
}

impl LimitsConfig {
    /// For a server that listens there.
    pub(crate) fn limits(&self, listen: SocketAddr) -> Limits {
        let is_local = listen.ip().to_canonical().is_loopback();
        let networks = |list: &[String]| list.iter().filter_map(|it| network(it)).collect();
        let mut exempt_cidrs: Vec<_> = networks(&self.exempt_cidrs);
        if is_local && self.exempt_cidrs.iter().any(|it| it == LOOPBACK) {
            exempt_cidrs.extend(loopback());
        }
        Limits {
            address_connections: self.address_connections,
            address_arrivals_per_minute: self.address_arrivals_per_minute,
            address_faults_per_minute: self.address_faults_per_minute,
            address_rooms: self.address_rooms,
            address_spectators: self.address_spectators,
            addresses_max: self.addresses_max,
            connection_bytes_per_second: self.connection_bytes_per_second,
            connection_frames_per_second: self.connection_frames_per_second,
            connection_pings_per_second: self.connection_pings_per_second,
            connection_over_seconds: self.connection_over_seconds,
            exempt_cidrs,
            trusted_proxies: networks(&self.trusted_proxies),
            proxy_header: self.proxy_header,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_exempt_while_it_is_listened_on_and_in_the_list() {
        let exempt = |config: &LimitsConfig, listen: &str| -> Vec<String> {
            let limits = config.limits(listen.parse().unwrap());
            assert_eq!(limits.check(), Ok(()));
            limits.exempt_cidrs.iter().map(ToString::to_string).collect()
        };
        let mut config = LimitsConfig::default();
        assert_eq!(exempt(&config, "127.0.0.1:0"), ["127.0.0.0/8", "::1/128"]);
        assert_eq!(exempt(&config, "[::1]:0"), ["127.0.0.0/8", "::1/128"]);
        assert!(exempt(&config, "0.0.0.0:0").is_empty());
        config.exempt_cidrs = vec!["10.0.0.0/8".to_owned()];
        assert_eq!(exempt(&config, "127.0.0.1:0"), ["10.0.0.0/8"]);
    }

    #[test]
    fn what_is_not_set_is_what_a_server_has_by_itself() {
        let listen = "127.0.0.1:0".parse().unwrap();
        assert_eq!(LimitsConfig::default().limits(listen), Limits::default());
    }
}
