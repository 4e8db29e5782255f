//! What must hold between values that are each allowed.

mod identity;

use components::Pace;

use super::archive::ArchiveTarget;
use super::slot::Named;
use super::source::Source;
use super::{Config, Origins};
use identity::check_identity;

/// A rule that does not hold.
pub(super) struct Clash {
    /// The keys it is about.
    pub(super) keys: Vec<String>,
    /// What must hold, and why.
    pub(super) rule: String,
}

/// Every rule that does not hold.
pub(super) fn clashes(config: &Config, origins: &Origins) -> Vec<Clash> {
    let mut clashes = Vec::new();
    check_net(config, origins, &mut clashes);
    check_admin(config, &mut clashes);
    check_rooms(config, &mut clashes);
    check_archive(config, &mut clashes);
    check_identity(config, origins, &mut clashes);
    for pace in Pace::ALL {
        check_pace(config, pace, &mut clashes);
    }
    clashes
}

fn check(clashes: &mut Vec<Clash>, holds: bool, keys: &[&str], rule: &str) {
    if !holds {
        let keys = keys.iter().map(|&key| key.to_owned()).collect();
        clashes.push(Clash { keys, rule: rule.to_owned() });
    }
}

fn check_net(config: &Config, origins: &Origins, clashes: &mut Vec<Clash>) {
    let net = &config.net;
    check(
        clashes,
        net.listen.ip().to_canonical().is_loopback()
            || *origins.of("net.origins") != Source::Default,
        &["net.listen", "net.origins"],
        "net.origins must be set when net.listen is not a loopback address: the origins of the web \
         pages that may connect, or an empty list for none",
    );
    check(
        clashes,
        net.silence_seconds > net.ping_seconds,
        &["net.silence_seconds", "net.ping_seconds"],
        "net.silence_seconds must be above net.ping_seconds, or a client is dropped before it is \
         pinged",
    );
    check(
        clashes,
        net.sessions_max >= net.connections_max,
        &["net.sessions_max", "net.connections_max"],
        "net.sessions_max must be at least net.connections_max, or a connection gets no session",
    );
}

fn check_admin(config: &Config, clashes: &mut Vec<Clash>) {
    check(
        clashes,
        config.admin.listen.ip().to_canonical().is_loopback(),
        &["admin.listen"],
        "admin.listen must be a loopback address: reach it from elsewhere through ssh",
    );
}

fn check_rooms(config: &Config, clashes: &mut Vec<Clash>) {
    check(
        clashes,
        config.server.bot_rooms <= config.rooms.max,
        &["server.bot_rooms", "rooms.max"],
        "server.bot_rooms must be at most rooms.max, which counts them",
    );
}

fn check_archive(config: &Config, clashes: &mut Vec<Clash>) {
    let archive = &config.archive;
    let target = archive.target.name();
    let follows = |name: &str| archive.followers.iter().any(|follower| follower == name);
    check(
        clashes,
        !follows(target),
        &["archive.target", "archive.followers"],
        "archive.followers must not name archive.target: it is one place",
    );
    let is_source = matches!(archive.target, ArchiveTarget::Folder | ArchiveTarget::S3);
    check(
        clashes,
        archive.followers.is_empty() || is_source,
        &["archive.target", "archive.followers"],
        "archive.target must be folder or s3 if there are archive.followers, which read from it",
    );
    let has_s3 = target == "s3" || follows("s3");
    check(
        clashes,
        !has_s3 || !archive.s3.bucket.is_empty(),
        &["archive.s3_bucket"],
        "archive.s3_bucket must be set for an archive in S3",
    );
    let has_postgres = target == "postgres" || follows("postgres");
    check(
        clashes,
        !has_postgres || !archive.postgres.connection.is_empty(),
        &["archive.postgres"],
        "archive.postgres must be set for an archive in PostgreSQL",
    );
    check(
        clashes,
        !archive.postgres.connection.contains("password"),
        &["archive.postgres"],
        "archive.postgres must hold no password: put it in a file and name that in \
         archive.postgres_password_file",
    );
    check(
        clashes,
        cfg!(feature = "s3") || !has_s3,
        &["archive.target", "archive.followers"],
        "this program was built without the feature s3",
    );
    check(
        clashes,
        cfg!(feature = "postgres") || !has_postgres,
        &["archive.target", "archive.followers"],
        "this program was built without the feature postgres",
    );
}

fn check_pace(config: &Config, pace: Pace, clashes: &mut Vec<Clash>) {
    let key = |name: &str| format!("pace.{}.{name}", pace.name());
    let settings = config.game.pace(pace);
    let (min, max) = (key("think_ms_min"), key("think_ms_max"));
    check(
        clashes,
        settings.think_ms_min <= settings.think_ms_max,
        &[&min, &max],
        &format!("{min} must be at most {max}"),
    );
    let (credits, back) = (key("credits_max"), key("credits_per_second"));
    check(
        clashes,
        settings.credits_max == 0 || settings.credits_per_second > 0,
        &[&credits, &back],
        &format!("{back} must be at least 1 unless {credits} is 0, or credits never come back"),
    );
}
