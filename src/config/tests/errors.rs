//! What is said about bad sources.

use std::ffi::OsString;
use std::path::PathBuf;

use super::*;

#[test]
fn an_unknown_key_is_named_with_its_source_and_the_nearest_key() {
    check_errors(
        "[net]\nsendqueue = 1\n[colours]\nred = 1\n[empty]",
        &[("LIAP_NET_SEND_QUEUE", "1"), ("LIAP_FOO", "1"), ("LIAP_CONFG", "1")],
        &[("server.shard", "2"), ("", "1")],
        &[
            &["colours.red: no such key (file liap.toml)$"],
            &["empty: no such key (file liap.toml)$"],
            &["net.sendqueue: no such key (file liap.toml); did you mean net.send_queue?"],
            &["LIAP_CONFG: no such key (env LIAP_CONFG); did you mean LIAP_CONFIG?"],
            &["LIAP_FOO: no such key (env LIAP_FOO)$"],
            &["LIAP_NET_SEND_QUEUE", "no such key", "did you mean LIAP_NET__SEND_QUEUE?"],
            &["server.shard: no such key (flag --set); did you mean server.shards?"],
            &[": no such key (flag --set)$"],
        ],
    );
}

#[test]
fn a_bad_value_is_named_with_its_key_range_and_source() {
    check_errors(
        "net.frame_bytes = 255\nserver.tick_hz = \"often\"\nnet = 5",
        &[],
        &[],
        &[&["file liap.toml: not TOML"]],
    );
    check_errors(
        "net.frame_bytes = 255\nserver.tick_hz = \"often\"\npace = 5\nrooms.max.most = 1",
        &[("LIAP_PACE__FAST__PLAY_MS", "-1"), ("LIAP_NET__LISTEN", "localhost:80")],
        &[
            ("rooms.default_pace", "slow"),
            ("net.origins", "*"),
            ("log.filter", "net=loud"),
            ("server.data", ""),
        ],
        &[
            &["net.frame_bytes: 255 is not", "(file liap.toml)", "allowed: 256 to 4096"],
            &["pace: 5 is not", "(file liap.toml)", "allowed: a table"],
            &["rooms.max: { most = 1 } is not", "(file liap.toml)", "allowed: 1 to 10000000"],
            &["server.tick_hz: \"often\" is not", "(file liap.toml)", "allowed: 0 to 1000"],
            &["net.listen: localhost:80 is not", "(env LIAP_NET__LISTEN)", "an IP address and"],
            &["pace.fast.play_ms: -1", "(env LIAP_PACE__FAST__PLAY_MS)", "1 to 86400000, or none"],
            &["rooms.default_pace: slow", "(flag --set)", "standard, classic, fast or instant"],
            &["net.origins: *", "(flag --set)", "https://liap.example", "\"*\" is not one"],
            &["log.filter: net=loud", "(flag --set)", "a tracing filter"],
            &["server.data:  is not", "(flag --set)", "a path of 1 to 1000"],
        ],
    );
}

#[test]
fn a_bad_value_is_told_of_even_where_a_later_source_would_win() {
    let env = [("LIAP_SERVER__SHARDS", "4")];
    check_errors("server.shards = 257", &env, &[], &[&["server.shards: 257", "0 to 256"]]);
}

#[test]
fn a_file_that_cannot_be_used_is_told_of_beside_the_other_errors() {
    let mut sources = sources("", &[("LIAP_X", "1")], &[]);
    sources.file = Some((PathBuf::from("no\nfile"), Err("it is away".to_owned())));
    let errors = Config::load(&sources).map(drop).unwrap_err();
    let text = explain(&errors);
    assert!(text.starts_with("2 errors in the configuration:\n"), "{text}");
    assert!(text.contains("\n  - LIAP_X"), "{text}");
    assert!(text.contains("  - file no\\nfile: it is away\n"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_told_of() {
    use std::os::unix::ffi::OsStringExt;
    let mut sources = sources("", &[], &[]);
    sources.env = vec![("LIAP_SERVER__DATA".into(), OsString::from_vec(vec![b'a', 0xFF]))];
    let errors = Config::load(&sources).map(drop).unwrap_err();
    assert!(explain(&errors).contains("server.data: something that is not Unicode"));
}

#[test]
fn a_long_or_odd_value_is_quoted_in_one_line_of_bearable_length() {
    let value = format!("a\nb\u{1b}{}", "x".repeat(10_000));
    let errors = Config::load(&sources("", &[], &[("net.listen", &value)])).map(drop).unwrap_err();
    let message = errors[0].to_string();
    assert!(message.contains("a\\nb\\u{1b}xxx") && message.contains("xxx..."), "{message}");
    assert!(message.len() < 300, "{message}");
}

#[test]
fn listening_beyond_this_machine_takes_a_word_about_origins() {
    for beyond in ["0.0.0.0:7070", "[::]:7070", "192.168.1.5:80"] {
        let listen = ("net.listen", beyond);
        check_errors(
            "",
            &[("LIAP_NET__LISTEN", beyond)],
            &[],
            &[&["net.origins must be set", beyond, "env LIAP_NET__LISTEN", "= [] (default)"]],
        );
        assert!(load("", &[], &[listen, ("net.origins", "")]).0.net.origins.is_empty());
        load("net.origins = [\"https://liap.example\"]", &[], &[listen]);
    }
    for here in ["127.0.0.1:80", "127.8.8.8:80", "[::1]:80", "[::ffff:127.0.0.1]:80"] {
        load("", &[], &[("net.listen", here)]);
    }
}

#[test]
fn values_that_do_not_go_together_are_named_with_their_sources() {
    let env = [("LIAP_NET__SILENCE_SECONDS", "15"), ("LIAP_SERVER__BOT_ROOMS", "11")];
    let flags = [
        ("rooms.max", "10"),
        ("net.sessions_max", "49_999"),
        ("pace.fast.think_ms_min", "61"),
        ("pace.classic.credits_per_second", "0"),
        ("pace.instant.credits_per_second", "0"),
    ];
    check_errors(
        "",
        &env,
        &flags,
        &[
            &[
                "net.silence_seconds = 15 (env LIAP_NET__SILENCE_SECONDS) and net.ping_seconds = 15 (default)",
            ],
            &["net.sessions_max = 49999 (flag --set)", "net.connections_max = 50000 (default)"],
            &["server.bot_rooms = 11", "rooms.max = 10 (flag --set)"],
            &["pace.classic.credits_max = 30 (default)", "pace.classic.credits_per_second = 0"],
            &["pace.fast.think_ms_min = 61 (flag --set)", "pace.fast.think_ms_max = 60 (default)"],
        ],
    );
}

#[test]
fn what_clashes_only_because_a_value_was_bad_is_not_told_of() {
    // Were 70 seconds of silence read, 60 between pings would be fine.
    check_errors(
        "",
        &[],
        &[("net.ping_seconds", "60"), ("net.silence_seconds", "70s")],
        &[&["net.silence_seconds: 70s"]],
    );
}
