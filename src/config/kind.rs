//! Kinds of values: what a key allows, and how it is read from TOML and from plain text.

use std::fmt;
use std::net::Ipv6Addr;

use net::network;
use tracing_subscriber::EnvFilter;

use super::slot::Value;

/// What a key allows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// A number from the first to the second.
    Int(i64, i64),
    /// The same; 0 or `none` is no limit.
    OptionalInt(i64, i64),
    /// One of these.
    Choice(&'static [&'static str]),
    /// Any of these, each at most once.
    Choices(&'static [&'static str]),
    /// A path.
    Path,
    /// A text; may be empty.
    Text,
    /// The directives of a `tracing` filter.
    Filter,
    /// An IP address and a port.
    Address,
    /// A list of origins, exactly as browsers send them.
    Origins,
    /// A list of addresses and networks, or of these words.
    Networks(&'static [&'static str]),
}

/// Characters in a text: more than any path or filter needs.
const TEXT_CHARS_MAX: usize = 1000;
/// Origins in a list: each connection's is compared with all.
const ORIGINS_MAX: usize = 64;
/// Networks in a list: likewise.
const NETWORKS_MAX: usize = 64;

/// A value as a source gives it.
enum Raw {
    Int(i64),
    Text(String),
    List(Vec<String>),
    Other,
}

impl Kind {
    /// Reads a value of a TOML file.
    ///
    /// # Errors
    ///
    /// What would have been allowed.
    pub(super) fn read_toml(self, value: &toml::Value) -> Result<Value, String> {
        let raw = match value {
            toml::Value::Integer(number) => Raw::Int(*number),
            toml::Value::String(text) => Raw::Text(text.clone()),
            toml::Value::Array(items) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map_or(Raw::Other, Raw::List),
            _ => Raw::Other,
        };
        self.accept(raw)
    }

    /// Reads a value of a variable or a flag. Lists are separated by commas.
    ///
    /// # Errors
    ///
    /// What would have been allowed.
    pub(super) fn read_text(self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let raw = match self {
            Self::Int(..) | Self::OptionalInt(..) => match text.replace('_', "").parse() {
                Ok(number) => Raw::Int(number),
                Err(_) => Raw::Text(text.to_owned()),
            },
            Self::Origins | Self::Choices(_) | Self::Networks(_) if text.is_empty() => {
                Raw::List(Vec::new())
            }
            Self::Origins | Self::Choices(_) | Self::Networks(_) => {
                Raw::List(text.split(',').map(|part| part.trim().to_owned()).collect())
            }
            _ => Raw::Text(text.to_owned()),
        };
        self.accept(raw)
    }

    fn accept(self, raw: Raw) -> Result<Value, String> {
        let value = match (self, raw) {
            (Self::OptionalInt(..), Raw::Int(0)) => Some(Value::Unlimited),
            (Self::OptionalInt(..), Raw::Text(text)) if text == "none" => Some(Value::Unlimited),
            (Self::Int(min, max) | Self::OptionalInt(min, max), Raw::Int(number)) => {
                (min..=max).contains(&number).then_some(Value::Int(number))
            }
            (Self::Choice(names), Raw::Text(text)) => {
                names.iter().find(|name| **name == text).map(|name| Value::Choice(name))
            }
            (Self::Choices(names), Raw::List(items)) => {
                let is_one = |(at, item): (usize, &String)| {
                    names.contains(&item.as_str()) && !items[..at].contains(item)
                };
                items.iter().enumerate().all(is_one).then_some(Value::List(items))
            }
            (Self::Text, Raw::Text(text)) => {
                (text.is_empty() || is_text(&text)).then_some(Value::Text(text))
            }
            (Self::Path, Raw::Text(text)) => is_text(&text).then_some(Value::Text(text)),
            (Self::Filter, Raw::Text(text)) => (is_text(&text)
                && EnvFilter::builder().parse(&text).is_ok())
            .then_some(Value::Text(text)),
            (Self::Address, Raw::Text(text)) => text.parse().ok().map(Value::Address),
            (Self::Origins, Raw::List(items)) => {
                if let Some(bad) = items.iter().find(|item| !is_origin(item)) {
                    return Err(format!("{self}; {bad:.100?} is not one"));
                }
                (items.len() <= ORIGINS_MAX).then_some(Value::List(items))
            }
            (Self::Networks(words), Raw::List(items)) => {
                let is_one = |it: &str| words.contains(&it) || network(it).is_some();
                if let Some(bad) = items.iter().find(|item| !is_one(item)) {
                    return Err(format!("{self}; {bad:.100?} is not one"));
                }
                (items.len() <= NETWORKS_MAX).then_some(Value::List(items))
            }
            _ => None,
        };
        value.ok_or_else(|| self.to_string())
    }
}

/// What is allowed, for people.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(min, max) => write!(f, "{min} to {max}"),
            Self::OptionalInt(min, max) => write!(f, "{min} to {max}, or none"),
            Self::Choice([first @ .., last]) => write!(f, "{} or {last}", first.join(", ")),
            Self::Choice([]) => f.write_str("nothing"),
            Self::Choices(names) => write!(f, "any of {}, each once", names.join(", ")),
            Self::Text => write!(f, "a text of at most {TEXT_CHARS_MAX} characters"),
            Self::Path => write!(f, "a path of 1 to {TEXT_CHARS_MAX} characters"),
            Self::Filter => f.write_str("a tracing filter such as info or info,net=debug"),
            Self::Address => f.write_str("an IP address and a port such as 127.0.0.1:7070"),
            Self::Networks(words) => {
                write!(f, "at most {NETWORKS_MAX} networks such as 10.0.0.0/8 or 2001:db8::1")?;
                words.iter().try_for_each(|word| write!(f, ", or {word}"))
            }
            Self::Origins => write!(
                f,
                "at most {ORIGINS_MAX} origins such as https://liap.example or http://localhost:8080"
            ),
        }
    }
}

fn is_text(text: &str) -> bool {
    (1..=TEXT_CHARS_MAX).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Whether a browser could send this as an `Origin`: lower case, no path, no usual port. Anything
/// else would be in the list and never match.
fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '+' | '-' | '.'));
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse().is_ok_and(|ip: Ipv6Addr| ip.to_string() == address),
        None => {
            (1..=253).contains(&host.len())
                && host.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9' | '-' | '.' | '_'))
        }
    };
    let is_port = port.is_none_or(|port| {
        let usual = matches!((scheme, port), ("http", "80") | ("https", "443"));
        !usual && port.parse().is_ok_and(|number: u16| number > 0 && number.to_string() == port)
    });
    is_scheme && is_host && is_port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: Kind, text: &str, expected: Option<Value>) {
        assert_eq!(kind.read_text(text).ok(), expected, "{text:?}");
    }

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for good in [
            "https://liap.example",
            "http://localhost:8080",
            "http://127.0.0.1:3000",
            "http://[::1]:3000",
            "http://[::1]",
            "capacitor://localhost",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "*",
            "null",
            "liap.example",
            "https://",
            "https://liap.example/",
            "https://liap.example/play",
            "https://Liap.example",
            "https://*.example",
            "https://liap.example:443",
            "http://liap.example:80",
            "https://liap.example:",
            "https://liap.example:0",
            "https://liap.example:070",
            "https://liap.example:65536",
            "https://me@liap.example",
            "https://[::1",
            "https://[0:0::1]",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }

    #[test]
    fn numbers_are_read_within_their_range_only() {
        let kind = Kind::Int(1, 1000);
        check(kind, "1", Some(Value::Int(1)));
        check(kind, " 1_000 ", Some(Value::Int(1000)));
        for bad in ["0", "1001", "-1", "1.5", "", "_", "ten", "99999999999999999999"] {
            check(kind, bad, None);
        }
    }

    #[test]
    fn no_limit_is_said_with_none_or_with_0() {
        let kind = Kind::OptionalInt(5, 9);
        check(kind, "none", Some(Value::Unlimited));
        check(kind, "0", Some(Value::Unlimited));
        check(kind, "5", Some(Value::Int(5)));
        for bad in ["4", "10", "None", ""] {
            check(kind, bad, None);
        }
    }

    #[test]
    fn toml_types_are_not_guessed() {
        let read = |kind: Kind, toml: toml::Value| kind.read_toml(&toml).ok();
        assert_eq!(read(Kind::Int(0, 9), 5.into()), Some(Value::Int(5)));
        assert_eq!(read(Kind::Int(0, 9), "5".into()), None);
        assert_eq!(read(Kind::Int(0, 9), 5.0.into()), None);
        assert_eq!(read(Kind::Int(0, 9), true.into()), None);
        assert_eq!(read(Kind::Path, 5.into()), None);
        assert_eq!(read(Kind::Origins, "https://a.example".into()), None);
        assert_eq!(read(Kind::Origins, toml::Value::Array(vec![1.into()])), None);
    }

    #[test]
    fn texts_are_neither_empty_nor_endless_nor_of_control_characters() {
        check(Kind::Path, "/var/lib/liap", Some(Value::Text("/var/lib/liap".to_owned())));
        for bad in ["", "a\u{7}b", &"x".repeat(TEXT_CHARS_MAX + 1)] {
            check(Kind::Path, bad, None);
        }
        check(Kind::Filter, "info,net=debug", Some(Value::Text("info,net=debug".to_owned())));
        check(Kind::Filter, "net=loud", None);
    }

    #[test]
    fn a_network_with_bits_behind_its_prefix_is_a_mistake() {
        let kind = Kind::Networks(&["loopback"]);
        let list = |items: &[&str]| Value::List(items.iter().map(|&it| it.to_owned()).collect());
        check(kind, "10.0.0.0/8, ::1, loopback", Some(list(&["10.0.0.0/8", "::1", "loopback"])));
        check(kind, "", Some(list(&[])));
        for bad in ["10.0.0.1/8", "localhost", "10.0.0.0/8,,", "*"] {
            check(kind, bad, None);
        }
        check(Kind::Networks(&[]), "loopback", None);
        assert!(kind.read_text(&vec!["::1"; NETWORKS_MAX + 1].join(",")).is_err());
    }

    #[test]
    fn a_list_of_too_many_origins_is_refused_and_a_bad_one_is_pointed_at() {
        let many = |n: usize| vec!["https://a.example"; n].join(",");
        assert!(Kind::Origins.read_text(&many(ORIGINS_MAX)).is_ok());
        assert!(Kind::Origins.read_text(&many(ORIGINS_MAX + 1)).is_err());
        check(Kind::Origins, "", Some(Value::List(Vec::new())));
        let wanted = Kind::Origins.read_text("https://a.example, https://b.example/").unwrap_err();
        assert!(wanted.ends_with("\"https://b.example/\" is not one"), "{wanted}");
    }
}
