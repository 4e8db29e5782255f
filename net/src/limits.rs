//! What one address and one connection may do. All of it may change while the server runs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// Bits of an IPv6 address that somebody is given whole: what follows is theirs to choose.
const IPV6_BITS: u8 = 64;

/// The numbers. `None` is no limit. An address is an IPv4 address, or the /64 of an IPv6 one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Sockets an address may have open, from 1.
    pub address_connections: Option<u32>,
    /// Sockets opened and HTTP requests made by an address per minute, from 1; a minute's worth may
    /// come at once.
    pub address_arrivals_per_minute: Option<u32>,
    /// Handshakes and hellos of an address that came to nothing, per minute, from 1; a minute's
    /// worth may come at once.
    pub address_faults_per_minute: Option<u32>,
    /// Live rooms that were made from an address, from 1.
    pub address_rooms: Option<u32>,
    /// Spectators of one room from one address, from 1.
    pub address_spectators: Option<u32>,
    /// Addresses remembered that hold neither a socket nor a room; above it the one that was unused
    /// for the longest time is forgotten.
    pub addresses_max: usize,
    /// Bytes a connection may send per second, from 1,024; twice as many may come at once.
    pub connection_bytes_per_second: Option<u32>,
    /// Messages likewise, from 1.
    pub connection_frames_per_second: Option<u32>,
    /// WebSocket pings and pongs likewise, from 1.
    pub connection_pings_per_second: Option<u32>,
    /// A connection that was over one of its rates for so long without a break closes with 4004.
    pub connection_over_seconds: u64,
    /// Addresses that are spared all of this.
    pub exempt_cidrs: Vec<IpNet>,
    /// Peers that are believed when they say for whom they speak.
    pub trusted_proxies: Vec<IpNet>,
    /// Where they say it.
    pub proxy_header: ProxyHeader,
}

/// The header in which trusted proxies say who speaks. The other one may come from the client, so
/// only one is ever read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProxyHeader {
    /// `X-Forwarded-For`.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            address_connections: Some(20),
            address_arrivals_per_minute: Some(240),
            address_faults_per_minute: Some(30),
            address_rooms: Some(20),
            address_spectators: Some(8),
            addresses_max: 65_536,
            connection_bytes_per_second: Some(32_768),
            connection_frames_per_second: Some(200),
            connection_pings_per_second: Some(5),
            connection_over_seconds: 10,
            exempt_cidrs: loopback().to_vec(),
            trusted_proxies: Vec::new(),
            proxy_header: ProxyHeader::XForwardedFor,
        }
    }
}

impl Limits {
    /// Says which limit is out of its range, if one is.
    ///
    /// # Errors
    ///
    /// A sentence about the first such limit.
    pub fn check(&self) -> Result<(), String> {
        let from = |name: &str, value: Option<u32>, min: u32| match value {
            Some(value) if value < min => {
                Err(format!("{name} is {value}, but must be at least {min}"))
            }
            _ => Ok(()),
        };
        from("address_connections", self.address_connections, 1)?;
        from("address_arrivals_per_minute", self.address_arrivals_per_minute, 1)?;
        from("address_faults_per_minute", self.address_faults_per_minute, 1)?;
        from("address_rooms", self.address_rooms, 1)?;
        from("address_spectators", self.address_spectators, 1)?;
        from("connection_bytes_per_second", self.connection_bytes_per_second, 1_024)?;
        from("connection_frames_per_second", self.connection_frames_per_second, 1)?;
        from("connection_pings_per_second", self.connection_pings_per_second, 1)
    }

    /// Whether this peer is believed when it says for whom it speaks.
    pub(crate) fn trusts(&self, ip: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|it| it.contains(&ip))
    }

    /// Who comes from there.
    pub(crate) fn client(&self, ip: IpAddr) -> Client {
        let is_exempt = self.exempt_cidrs.iter().any(|it| it.contains(&ip));
        Client { ip, address: (!is_exempt).then(|| Address::of(ip)) }
    }
}

/// The addresses of this machine alone.
#[must_use]
pub fn loopback() -> [IpNet; 2] {
    let four = Ipv4Net::new_assert(Ipv4Addr::new(127, 0, 0, 0), 8);
    [IpNet::V4(four), IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128))]
}

/// Reads an address or a network such as `10.0.0.0/8`. One with bits behind its prefix is none.
/// IPv4 written as IPv6 (`::ffff:10.0.0.1`) is IPv4.
#[must_use]
pub fn network(text: &str) -> Option<IpNet> {
    let net = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()?;
    (net.trunc() == net).then(|| canonical(net))
}

/// The same network, as IPv4 where it is one.
pub(crate) fn canonical(net: IpNet) -> IpNet {
    let IpNet::V6(six) = net else { return net };
    let four = six.addr().to_ipv4_mapped().zip(six.prefix_len().checked_sub(96));
    four.and_then(|(four, bits)| Ipv4Net::new(four, bits).ok()).map_or(net, IpNet::V4)
}

/// Where somebody comes from, as far as it is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Address(IpAddr);

impl Address {
    fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(_) => Self(ip),
            IpAddr::V6(six) => {
                let kept = u128::MAX << (128 - IPV6_BITS);
                Self(IpAddr::V6((six.to_bits() & kept).into()))
            }
        }
    }
}

/// Who is at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client {
    /// The address, canonical.
    pub(crate) ip: IpAddr,
    /// Under which it is counted; `None` if it is spared.
    pub(crate) address: Option<Address>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_ranges_and_a_limit_that_is_not_is_named() {
        assert_eq!(Limits::default().check(), Ok(()));
        let limits = Limits { address_rooms: Some(0), ..Limits::default() };
        assert_eq!(limits.check(), Err("address_rooms is 0, but must be at least 1".to_owned()));
    }

    #[test]
    fn a_network_is_an_address_or_a_prefix_with_nothing_behind_it() {
        for (text, expected) in [
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            ("10.1.2.3", Some("10.1.2.3/32")),
            ("2001:db8::/32", Some("2001:db8::/32")),
            ("::1", Some("::1/128")),
            ("::ffff:10.0.0.0/104", Some("10.0.0.0/8")),
            ("::ffff:10.0.0.1", Some("10.0.0.1/32")),
            ("10.0.0.1/8", None),
            ("10.0.0.0/33", None),
            ("10.0.0", None),
            ("localhost", None),
            ("", None),
        ] {
            assert_eq!(network(text).map(|net| net.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn neighbours_in_a_64_are_one_address_and_others_are_not() {
        let address = |text: &str| Address::of(text.parse().unwrap());
        assert_eq!(address("2001:db8:1:2::3"), address("2001:db8:1:2:ffff::"));
        assert_ne!(address("2001:db8:1:2::3"), address("2001:db8:1:3::3"));
        assert_ne!(address("192.0.2.1"), address("192.0.2.2"));
    }

    #[test]
    fn who_is_exempt_has_no_address_to_be_counted_under() {
        let limits = Limits::default();
        assert_eq!(limits.client("127.9.9.9".parse().unwrap()).address, None);
        assert_eq!(limits.client("::1".parse().unwrap()).address, None);
        assert!(limits.client("192.0.2.1".parse().unwrap()).address.is_some());
    }
}
