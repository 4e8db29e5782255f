//! Who may not come in at all, and until when.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;

use ipnet::IpNet;

use crate::limits::canonical;

/// Networks that may be banned at once.
const BANS_MAX: usize = 10_000;

/// A network that may not connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ban {
    /// Which; a single address is one too.
    pub net: IpNet,
    /// Until when, in ms since 1970.
    pub until_ms: u64,
}

/// There are as many bans as there may be: 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyBans;

impl std::fmt::Display for TooManyBans {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{BANS_MAX} networks are banned already, which is the most: ban a wider one")
    }
}

impl std::error::Error for TooManyBans {}

/// All of them. Looking one up takes a step for each length of prefix there is.
#[derive(Debug, Default)]
pub(crate) struct Bans {
    until_ms: HashMap<IpNet, u64>,
    /// Lengths of IPv4 prefixes, and of IPv6 ones.
    lengths: [BTreeSet<u8>; 2],
}

impl Bans {
    /// Adds one, or changes its time.
    pub(crate) fn add(&mut self, ban: Ban, now_ms: u64) -> Result<(), TooManyBans> {
        let net = canonical(ban.net.trunc());
        if self.until_ms.len() >= BANS_MAX {
            self.expire(now_ms);
        }
        if self.until_ms.len() >= BANS_MAX && !self.until_ms.contains_key(&net) {
            return Err(TooManyBans);
        }
        self.until_ms.insert(net, ban.until_ms);
        self.lengths[usize::from(net.addr().is_ipv6())].insert(net.prefix_len());
        Ok(())
    }

    /// Removes the one of exactly this network; false if there is none.
    pub(crate) fn remove(&mut self, net: IpNet) -> bool {
        let is_removed = self.until_ms.remove(&canonical(net.trunc())).is_some();
        self.measure();
        is_removed
    }

    /// Those that hold now, in order of their networks.
    pub(crate) fn list(&self, now_ms: u64) -> Vec<Ban> {
        let held = self.until_ms.iter().filter(|(_, until_ms)| **until_ms > now_ms);
        let mut list: Vec<_> = held.map(|(&net, &until_ms)| Ban { net, until_ms }).collect();
        list.sort_unstable_by_key(|ban| ban.net);
        list
    }

    /// Until when this address is banned, in ms since 1970; `None` if it is not.
    pub(crate) fn until_ms(&self, ip: IpAddr, now_ms: u64) -> Option<u64> {
        let lengths = &self.lengths[usize::from(ip.is_ipv6())];
        let nets = lengths.iter().filter_map(|length| IpNet::new(ip, *length).ok());
        let until_ms = nets.filter_map(|net| self.until_ms.get(&net.trunc()).copied()).max();
        until_ms.filter(|until_ms| *until_ms > now_ms)
    }

    /// Forgets those that are over.
    pub(crate) fn expire(&mut self, now_ms: u64) {
        let before = self.until_ms.len();
        self.until_ms.retain(|_, until_ms| *until_ms > now_ms);
        if self.until_ms.len() < before {
            self.measure();
        }
    }

    fn measure(&mut self) {
        let [four, six] = &mut self.lengths;
        four.clear();
        six.clear();
        for net in self.until_ms.keys() {
            let lengths = if net.addr().is_ipv6() { &mut *six } else { &mut *four };
            lengths.insert(net.prefix_len());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bans(list: &[(&str, u64)]) -> Bans {
        let mut bans = Bans::default();
        for (net, until_ms) in list {
            let net = net.parse().unwrap();
            bans.add(Ban { net, until_ms: *until_ms }, 0).unwrap();
        }
        bans
    }

    #[track_caller]
    fn check(bans: &Bans, ip: &str, now_ms: u64, expected: Option<u64>) {
        assert_eq!(bans.until_ms(ip.parse().unwrap(), now_ms), expected, "{ip} at {now_ms}");
    }

    #[test]
    fn an_address_is_banned_by_itself_or_by_any_network_it_is_in() {
        let bans = bans(&[("192.0.2.7/32", 10), ("198.51.100.0/24", 20), ("2001:db8::/32", 30)]);
        check(&bans, "192.0.2.7", 9, Some(10));
        check(&bans, "192.0.2.7", 10, None);
        check(&bans, "192.0.2.8", 9, None);
        check(&bans, "198.51.100.200", 9, Some(20));
        check(&bans, "2001:db8:9::1", 9, Some(30));
        check(&bans, "2001:db9::1", 9, None);
    }

    #[test]
    fn of_several_the_longest_ban_counts_and_a_new_time_replaces_the_old() {
        let mut bans = bans(&[("10.0.0.1/32", 90), ("10.0.0.0/8", 50)]);
        check(&bans, "10.0.0.1", 0, Some(90));
        bans.add(Ban { net: "10.0.0.1/32".parse().unwrap(), until_ms: 20 }, 0).unwrap();
        check(&bans, "10.0.0.1", 0, Some(50));
    }

    #[test]
    fn what_is_removed_or_over_is_not_listed_and_bans_nobody() {
        let mut bans = bans(&[("10.0.0.0/8", 50), ("10.0.0.1/32", 90), ("::ffff:9.9.9.9/128", 60)]);
        let nets = |bans: &Bans, now_ms| -> Vec<String> {
            bans.list(now_ms).iter().map(|ban| ban.net.to_string()).collect()
        };
        assert_eq!(nets(&bans, 0), ["9.9.9.9/32", "10.0.0.0/8", "10.0.0.1/32"]);
        assert!(bans.remove("10.0.0.1/32".parse().unwrap()));
        assert!(!bans.remove("10.0.0.1/32".parse().unwrap()));
        assert_eq!(nets(&bans, 50), ["9.9.9.9/32"]);
        bans.expire(50);
        check(&bans, "10.0.0.1", 0, None);
        check(&bans, "9.9.9.9", 50, Some(60));
    }

    #[test]
    fn there_is_a_most_and_what_is_over_makes_place() {
        let mut bans = Bans::default();
        for n in 0..BANS_MAX as u32 {
            let net = IpNet::from(IpAddr::from(n.to_be_bytes()));
            bans.add(Ban { net, until_ms: 10 }, 0).unwrap();
        }
        let more = Ban { net: "203.0.113.1/32".parse().unwrap(), until_ms: 99 };
        assert_eq!(bans.add(more, 9), Err(TooManyBans));
        assert_eq!(bans.add(more, 10), Ok(()));
        assert_eq!(bans.list(10), [more]);
    }
}
