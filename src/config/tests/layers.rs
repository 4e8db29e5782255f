//! Sources: which wins, and where values arrive.

use components::BotLevel;

use super::super::source::Source;
use super::super::table::keys;
use super::*;

#[test]
fn without_sources_everything_is_as_by_default() {
    let (config, origins) = load("", &[], &[]);
    assert_eq!(config, Config::default());
    assert!(keys().iter().all(|key| *origins.of(&key.name) == Source::Default));
}

#[test]
fn a_later_source_wins_over_an_earlier_one() {
    let file = "[net]\nsend_queue = 100\nping_seconds = 7\nhello_seconds = 9";
    let env = [("LIAP_NET__SEND_QUEUE", "200"), ("LIAP_NET__PING_SECONDS", "8")];
    let flags = [("net.send_queue", "300"), ("net.send_queue", "400")];
    let (config, origins) = load(file, &env, &flags);

    assert_eq!(config.net.send_queue, 400);
    assert_eq!(*origins.of("net.send_queue"), Source::Flag("--set"));
    assert_eq!(config.net.ping_seconds, 8);
    assert_eq!(*origins.of("net.ping_seconds"), Source::Env("LIAP_NET__PING_SECONDS".to_owned()));
    assert_eq!(config.net.hello_seconds, 9);
    assert_eq!(*origins.of("net.hello_seconds"), Source::File(FILE.into()));
    assert_eq!(config.net.frame_bytes, 4096);
}

#[test]
fn values_of_every_kind_arrive_in_their_places() {
    let file = r#"
        net.origins = ["https://a.example", "http://localhost:8080"]
        net.listen = "[::1]:80"
        game.points.black_cannon = 33
        pace.classic.play_ms = 60_000
        pace.fast.declare_ms = "none"
        rooms.abandoned = "finish"
        bots.substitute = "simple"
        log.format = "json"
        server.data = "/var/lib/liap"
    "#;
    let (config, _) = load(file, &[], &[]);
    assert_eq!(config.net.origins, ["https://a.example", "http://localhost:8080"]);
    assert_eq!(config.net.listen.to_string(), "[::1]:80");
    assert_eq!(config.game.black_points, [13, 11, 9, 7, 5, 33, 1]);
    assert_eq!(config.game.pace(Pace::Classic).play_ms, Some(60_000));
    assert_eq!(config.game.pace(Pace::Fast).declare_ms, None);
    assert!(config.game.rooms.abandoned_finish);
    assert_eq!(config.game.substitute, BotLevel::Simple);
    assert_eq!(config.log.format, LogFormat::Json);
    assert_eq!(config.server.data, "/var/lib/liap");
}

#[test]
fn liap_log_sets_the_filter_unless_its_full_name_does() {
    let log = ("LIAP_LOG", "debug");
    assert_eq!(load("", &[log], &[]).0.log.filter, "debug");
    assert_eq!(load("", &[("LIAP_LOG__FILTER", "warn"), log], &[]).0.log.filter, "warn");
}

#[test]
fn variables_of_others_are_not_looked_at() {
    let env = [("PATH", "/bin"), ("LIAPX", "1"), ("LIAP_CONFIG", "elsewhere.toml")];
    assert_eq!(load("", &env, &[]).0, Config::default());
}

#[test]
fn shard_threads_leave_a_core_unless_told_otherwise() {
    let threads = |shards, cores| ServerConfig { shards, ..Default::default() }.threads(cores);
    assert_eq!([threads(0, 0), threads(0, 1), threads(0, 2), threads(0, 8)], [1, 1, 1, 7]);
    assert_eq!([threads(3, 1), threads(256, 8), threads(0, 1000)], [3, 256, 256]);
}
