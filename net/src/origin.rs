//! Which web pages may connect: a browser says where a page comes from, other programs do not.

use crate::settings::NetSettings;

/// Whether a page of this origin may connect. An allow-list is exact: scheme, host and port.
pub(crate) fn is_allowed(origin: &str, settings: &NetSettings) -> bool {
    if settings.origins.is_empty() {
        return settings.listen.ip().is_loopback() && is_local(origin);
    }
    settings.origins.iter().any(|allowed| allowed == origin)
}

/// Whether a page was served by this machine, on whichever port.
fn is_local(origin: &str) -> bool {
    let Some(authority) = origin.strip_prefix("http://") else { return false };
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port),
        None => (authority, "80"),
    };
    matches!(host, "localhost" | "127.0.0.1") && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_exact() {
        let origins = vec!["https://play.example:8443".to_owned()];
        let settings = NetSettings { origins, ..NetSettings::default() };
        assert!(is_allowed("https://play.example:8443", &settings));
        for origin in [
            "https://play.example",
            "http://play.example:8443",
            "https://play.example:8443.evil.example",
            "http://localhost:3000",
            "null",
        ] {
            assert!(!is_allowed(origin, &settings), "{origin}");
        }
    }

    #[test]
    fn without_a_list_pages_of_this_machine_may_while_only_it_can_connect() {
        let settings = NetSettings::default();
        for origin in ["http://localhost:3000", "http://127.0.0.1:8080", "http://localhost"] {
            assert!(is_allowed(origin, &settings), "{origin}");
        }
        for origin in [
            "http://localhost.evil.example",
            "http://localhost:1@evil.example",
            "https://a.example",
        ] {
            assert!(!is_allowed(origin, &settings), "{origin}");
        }
        let listen = "0.0.0.0:7070".parse().unwrap();
        let open = NetSettings { listen, ..NetSettings::default() };
        assert!(!is_allowed("http://localhost:3000", &open));
    }
}
