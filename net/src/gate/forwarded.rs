//! For whom a trusted proxy speaks.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

use crate::limits::{Limits, ProxyHeader};

/// Hops that are looked at: more than any sound chain of proxies has.
const HOPS_MAX: usize = 32;

/// The client behind a trusted `peer`: from its end of the header on, the first address that is no
/// trusted proxy itself. What is further away may be invented. Where an entry is no address, or
/// there is none left, it is the hop before it.
pub(crate) fn client(headers: &HeaderMap, peer: IpAddr, limits: &Limits) -> IpAddr {
    let name = match limits.proxy_header {
        ProxyHeader::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
        ProxyHeader::Forwarded => header::FORWARDED,
    };
    let read = match limits.proxy_header {
        ProxyHeader::XForwardedFor => address,
        ProxyHeader::Forwarded => forwarded_for,
    };
    let mut nearest = peer;
    let lines = headers.get_all(name).into_iter().map(|line| line.to_str().unwrap_or_default());
    // Lines of the same name are one list, in order.
    let lines: Vec<&str> = lines.collect();
    let entries = lines.iter().rev().flat_map(|line| line.rsplit(','));
    for entry in entries.take(HOPS_MAX) {
        let Some(ip) = read(entry.trim()) else { break };
        nearest = ip.to_canonical();
        if !limits.trusts(nearest) {
            break;
        }
    }
    nearest
}

/// The `for` of an element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut named = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
    address(named.next()?.1.trim_matches('"'))
}

/// An address, with or without brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse().map(|address: SocketAddr| address.ip());
    bare.parse().or_else(|_| with_port()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::network;

    #[track_caller]
    fn check(proxy_header: ProxyHeader, lines: &[(&'static str, &str)], expected: &str) {
        let trusted_proxies = ["10.0.0.0/8", "2001:db8:5::/48"].map(|it| network(it).unwrap());
        let trusted_proxies = trusted_proxies.to_vec();
        let limits = Limits { trusted_proxies, proxy_header, ..Limits::default() };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let got = client(&headers, "10.0.0.1".parse().unwrap(), &limits);
        assert_eq!(got, expected.parse::<IpAddr>().unwrap(), "{lines:?}");
    }

    #[test]
    fn the_rightmost_address_that_is_no_proxy_is_the_client() {
        let name = "x-forwarded-for";
        for (value, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("203.0.113.9, 192.0.2.1", "192.0.2.1"),
            ("203.0.113.9,192.0.2.1 , 10.0.0.2,10.0.0.3", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("[2001:db8::7]:4711, 2001:db8:5::1", "2001:db8::7"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("10.0.0.9, 10.0.0.2", "10.0.0.9"),
        ] {
            check(ProxyHeader::XForwardedFor, &[(name, value)], expected);
        }
        let lines = [(name, "192.0.2.1"), (name, "10.0.0.2")];
        check(ProxyHeader::XForwardedFor, &lines, "192.0.2.1");
    }

    #[test]
    fn what_is_no_address_ends_the_chain() {
        for (value, expected) in [
            ("unknown", "10.0.0.1"),
            ("", "10.0.0.1"),
            ("192.0.2.1, unknown", "10.0.0.1"),
            ("192.0.2.1, unknown, 10.0.0.2", "10.0.0.2"),
            ("192.0.2.1/32", "10.0.0.1"),
        ] {
            check(ProxyHeader::XForwardedFor, &[("x-forwarded-for", value)], expected);
        }
        check(ProxyHeader::XForwardedFor, &[], "10.0.0.1");
        let long = format!("192.0.2.1{}", ", 10.0.0.2".repeat(1_000));
        check(ProxyHeader::XForwardedFor, &[("x-forwarded-for", &long)], "10.0.0.2");
    }

    #[test]
    fn the_standard_header_is_read_too() {
        for (value, expected) in [
            ("for=192.0.2.1", "192.0.2.1"),
            ("for=203.0.113.9, proto=https;For=\"192.0.2.1:80\";by=10.0.0.1", "192.0.2.1"),
            ("for=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=192.0.2.1, for=_hidden", "10.0.0.1"),
            ("proto=https", "10.0.0.1"),
        ] {
            check(ProxyHeader::Forwarded, &[("forwarded", value)], expected);
        }
    }

    #[test]
    fn the_header_that_was_not_chosen_is_not_read() {
        let both = [("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=203.0.113.9")];
        check(ProxyHeader::XForwardedFor, &both, "192.0.2.1");
        check(ProxyHeader::Forwarded, &both, "203.0.113.9");
    }
}
