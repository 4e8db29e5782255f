//! What `--print-config` prints.

use super::super::table::keys;
use super::*;

#[test]
fn what_is_printed_makes_the_same_configuration_again() {
    let (default, origins) = load("", &[], &[]);
    assert_eq!(load(&default.to_toml(&origins), &[], &[]).0, default);

    // Each key in turn, since all at their limits would clash.
    for key in keys() {
        let mut config = Config::default();
        key.write(&mut config, key.kind.read_text(&other_value(key)).unwrap());
        let table: toml::Table = config.to_toml(&Origins::default()).parse().unwrap();
        let value =
            key.name.split('.').fold(&toml::Value::Table(table), |v, part| &v[part]).clone();
        assert_eq!(key.kind.read_toml(&value).as_ref(), Ok(&key.read(&config)), "{}", key.name);
    }
}

#[test]
fn what_is_printed_tells_each_source() {
    let mut sources =
        sources("net.ping_seconds = 9", &[("LIAP_LOG", "warn")], &[("rooms.max", "5")]);
    if let Some((path, _)) = &mut sources.file {
        *path = "a\nb = 1".into();
    }
    let (config, origins) = Config::load(&sources).unwrap();
    let toml = config.to_toml(&origins);
    let line = |start: &str| {
        let line = toml.lines().find(|line| line.starts_with(start)).unwrap();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(line("net.ping_seconds"), "net.ping_seconds = 9 # file a\\nb = 1");
    assert_eq!(line("log.filter"), "log.filter = \"warn\" # env LIAP_LOG");
    assert_eq!(line("rooms.max"), "rooms.max = 5 # flag --set");
    assert_eq!(line("net.origins"), "net.origins = [] # default");
    assert_eq!(line("pace.classic.play_ms"), "pace.classic.play_ms = \"none\" # default");
    assert_eq!(load(&toml, &[], &[]).0, config);
}
