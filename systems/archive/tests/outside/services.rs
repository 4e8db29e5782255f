//! The servers that the tests run against. One that is not there fails the test: nothing is skipped.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::made;

/// A variable that `with.sh` sets.
pub(crate) fn variable(name: &str) -> String {
    match std::env::var(name) {
        Ok(value) if !value.is_empty() => value,
        _ => panic!(
            "{name} is not set: these tests need real servers; run \
             tests/services/with.sh cargo test -p archive --features s3,postgres"
        ),
    }
}

/// The address in `scheme://[user@]host:port[/...]`.
pub(crate) fn address(url: &str) -> SocketAddr {
    let rest = url.split_once("://").unwrap().1;
    let host = rest.split_once('/').map_or(rest, |(host, _)| host);
    host.rsplit('@').next().unwrap().parse().unwrap()
}

/// The same URL with this address instead of its own.
pub(crate) fn through(url: &str, address: SocketAddr) -> String {
    url.replacen(&self::address(url).to_string(), &address.to_string(), 1)
}

/// A server of a test's own, to be stopped and started: `postgres` or `s3`.
pub(crate) struct Own {
    script: PathBuf,
    folder: PathBuf,
}

impl Own {
    /// Starts it; with the value of that variable of those it prints.
    pub(crate) fn start(service: &str, prints: &str) -> (Self, String) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let script = root.join(format!("tests/services/{service}.sh"));
        let name = format!("liap-own-{service}-{}", made::unique());
        let own = Self { script, folder: std::env::temp_dir().join(name) };
        let lines = own.run("start");
        let line = lines.lines().find_map(|line| line.strip_prefix(&format!("export {prints}=")));
        let value = line.unwrap_or_else(|| panic!("no {prints} in {lines}")).trim_matches('\'');
        (own, value.to_owned())
    }

    /// Lets its script do something.
    pub(crate) fn run(&self, what: &str) -> String {
        let output = Command::new(&self.script)
            .arg(what)
            .arg(&self.folder)
            .env_remove("TEST_LIAP_POSTGRES")
            .env_remove("TEST_LIAP_S3")
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} {what}: {errors}", self.script.display());
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = Command::new(&self.script).arg("stop").arg(&self.folder).output();
    }
}
