//! `docs/configuration.md` tells what the table tells.

use super::super::check::{Clash, clashes};
use super::super::table::{find, keys};
use super::*;
use crate::args::Exit;
use crate::config::{ArchiveTarget, IdentityMode};

const DOC: &str = include_str!("../../../docs/configuration.md");

/// The rows of all keys outside section `pace`, by section.
fn sections() -> String {
    let mut text = String::new();
    let mut section = "";
    for key in keys().iter().filter(|key| key.section() != "pace") {
        if key.section() != section {
            section = key.section();
            text.push_str(&format!("\n### `{section}`\n\n"));
            text.push_str("| key | default | allowed | what it is |\n|---|---|---|---|\n");
        }
        let default = key.show(&Config::default());
        text.push_str(&format!("| `{}` | `{default}` | {} | {} |\n", key.name, key.kind, key.doc));
    }
    text
}

/// The rows of section `pace`: one for the same key of all paces.
fn paces() -> String {
    let mut text = format!("| key | `{}` | allowed | what it is |\n", Pace::NAMES.join("` | `"));
    text.push_str("|---|---|---|---|---|---|---|\n");
    for first in keys().iter().filter(|key| key.name.starts_with("pace.standard.")) {
        let name = &first.name["pace.standard.".len()..];
        let default =
            |pace: &&str| find(&format!("pace.{pace}.{name}")).unwrap().show(&Config::default());
        let defaults: Vec<String> = Pace::NAMES.iter().map(default).collect();
        let defaults = defaults.join("` | `");
        text.push_str(&format!("| `{name}` | `{defaults}` | {} | {} |\n", first.kind, first.doc));
    }
    text
}

#[track_caller]
fn check_doc_has(expected: &str) {
    assert!(DOC.contains(expected), "docs/configuration.md should have:\n{expected}");
}

#[test]
fn the_document_has_every_key() {
    check_doc_has(&sections());
    check_doc_has(&paces());
}

#[test]
fn the_document_has_no_other_keys() {
    let told = DOC.lines().filter(|line| line.starts_with("| `")).count();
    let paces = keys().iter().filter(|key| key.section() == "pace").count();
    assert_eq!(told, keys().len() - paces + paces / Pace::NAMES.len());
}

#[test]
fn the_document_has_every_rule_between_keys() {
    let mut config = Config::default();
    config.net.listen = "0.0.0.0:1".parse().unwrap();
    config.net.silence_seconds = config.net.ping_seconds;
    config.net.sessions_max = config.net.connections_max - 1;
    config.server.bot_rooms = config.rooms.max + 1;
    for pace in &mut config.game.paces {
        (pace.think_ms_min, pace.think_ms_max) = (2, 1);
        (pace.credits_max, pace.credits_per_second) = (1, 0);
    }
    config.archive.target = ArchiveTarget::Postgres;
    config.archive.followers = vec!["postgres".to_owned(), "s3".to_owned()];
    let absent = usize::from(!cfg!(feature = "s3")) + usize::from(!cfg!(feature = "postgres"));
    let mut told = clashes(&config, &Origins::default());
    assert_eq!(told.len(), 4 + 2 * Pace::NAMES.len() + 4 + absent);
    let mut secretive = Config::default();
    secretive.archive.postgres.connection = "host=/tmp password=x".to_owned();
    told.extend(clashes(&secretive, &Origins::default()));
    told.extend(without_provider());
    for clash in told {
        let rule = Pace::NAMES
            .iter()
            .fold(clash.rule, |rule, pace| rule.replace(&format!("pace.{pace}."), "pace.PACE."));
        check_doc_has(&format!("- {rule}.\n"));
    }
}

/// Every rule about a provider that does not hold.
fn without_provider() -> Vec<Clash> {
    let mut forgotten = Config::default();
    forgotten.identity.key_variable = "LIAP_KEY".to_owned();
    let mut told = clashes(&forgotten, &Origins::default());
    assert_eq!(told.len(), 1);
    forgotten.identity.mode = IdentityMode::Required;
    forgotten.identity.jwks_file = "jwks.json".to_owned();
    forgotten.identity.algorithms.clear();
    forgotten.identity.player_claim.clear();
    forgotten.identity.name_claim.clear();
    forgotten.net.frame_bytes = 2047;
    told.extend(clashes(&forgotten, &Origins::default()));
    assert_eq!(told.len(), 1 + 4 + 4);
    told
}

#[test]
fn the_document_has_every_exit_code() {
    for exit in [Exit::Ok, Exit::CheckFailed, Exit::Usage, Exit::Data, Exit::Internal, Exit::Io] {
        check_doc_has(&format!("\n| {} | ", exit as u8));
    }
}
