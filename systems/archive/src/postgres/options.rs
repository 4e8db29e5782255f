//! How to reach the database, and how long to wait for it.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};

use crate::TargetError;

/// Where the database is and the limits of asking it. Its text never shows the password.
#[derive(Clone)]
pub struct PostgresOptions {
    pub(super) config: Config,
    pub(super) connect_ms: u64,
    pub(super) step_ms: u64,
    pub(super) statement_ms: u64,
    pub(super) lock_ms: u64,
}

impl PostgresOptions {
    /// From a connection string: `postgresql://user:password@host:5432/database` or libpq's
    /// `host=... user=... dbname=...`.
    ///
    /// Limits until told otherwise: 5 s to connect, 15 s for a chunk of rows to be taken, 60 s for a
    /// statement, 10 s for a lock.
    ///
    /// TLS is not built in. What goes over a network can be read and changed by whoever is between, so
    /// a host that is not this machine must be meant: with `sslmode=disable`.
    ///
    /// # Errors
    ///
    /// If it cannot be read, names no host, asks for TLS, or names another machine without
    /// `sslmode=disable`.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        // What the parser says may quote the text, and with it the password.
        let mut config: Config = text.parse().map_err(|_| refused("cannot be read"))?;
        if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() {
            return Err(refused("names no host"));
        }
        match config.get_ssl_mode() {
            SslMode::Disable => {}
            SslMode::Prefer if stays_here(&config) => {}
            SslMode::Prefer => {
                return Err(refused(
                    "names another machine, and TLS is not built in: reach it through a tunnel on this \
                 machine, or write sslmode=disable if the network between is private,",
                ));
            }
            _ => {
                return Err(refused(
                    "asks for TLS, which is not built in: reach the database through a tunnel on this \
                 machine, or a private network with sslmode=disable,",
                ));
            }
        }
        if config.get_application_name().is_none() {
            config.application_name("liap");
        }
        config.keepalives_idle(Duration::from_secs(30));
        Ok(Self {
            config,
            connect_ms: 5_000,
            step_ms: 15_000,
            statement_ms: 60_000,
            lock_ms: 10_000,
        })
    }

    /// With this password instead of the one in the connection string, if that had one.
    #[must_use]
    pub fn password(mut self, password: &str) -> Self {
        self.config.password(password);
        self
    }

    /// With these limits, in ms, each at least 1: to connect and greet; for one chunk of rows to be
    /// taken; for a statement to be answered; for a lock to be had (of the statement's time).
    #[must_use]
    pub fn limits(
        mut self,
        connect_ms: u64,
        step_ms: u64,
        statement_ms: u64,
        lock_ms: u64,
    ) -> Self {
        self.connect_ms = connect_ms.max(1);
        self.step_ms = step_ms.max(1);
        self.statement_ms = statement_ms.max(1);
        self.lock_ms = lock_ms.max(1);
        self
    }
}

/// Whether all its hosts are this machine, by name or number, asking nobody.
fn stays_here(config: &Config) -> bool {
    let here = |host: &Host| match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    };
    // The numbers are what is connected to, if there are any.
    match config.get_hostaddrs() {
        [] => config.get_hosts().iter().all(here),
        numbers => numbers.iter().all(IpAddr::is_loopback),
    }
}

fn refused(why: &str) -> TargetError {
    TargetError::Refused(format!(
        "the connection string of PostgreSQL {why} (it is not shown, it may hold a password); \
         one that is right: postgresql://liap@127.0.0.1:5432/liap"
    ))
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hosts: Vec<String> = self
            .config
            .get_hosts()
            .iter()
            .map(|host| match host {
                Host::Tcp(name) => name.clone(),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        f.debug_struct("PostgresOptions")
            .field("hosts", &hosts)
            .field("ports", &self.config.get_ports())
            .field("database", &self.config.get_dbname())
            .field("user", &self.config.get_user())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_in_no_error_and_in_no_text() {
        for text in [
            "postgresql://liap:hunter2@127.0.0.1:5432/liap",
            "host=127.0.0.1 user=liap password=hunter2",
            "host=127.0.0.1 password=my hunter2",
            "postgresql://liap:hunter2@127.0.0.1:port/liap",
            "user=liap password=hunter2",
            "hunter2",
        ] {
            let shown = match PostgresOptions::parse(text) {
                Ok(options) => format!("{options:?}"),
                Err(error) => format!("{error} {error:?}"),
            };
            assert!(!shown.contains("hunter2"), "{text}: {shown}");
        }
        let options = PostgresOptions::parse("host=127.0.0.1 user=liap").unwrap();
        assert!(!format!("{:?}", options.password("hunter2")).contains("hunter2"));
    }

    #[test]
    fn plain_text_goes_to_another_machine_only_if_that_is_meant() {
        for text in [
            "postgresql://liap@127.0.0.1/liap",
            "postgresql://liap@localhost:5433/liap",
            "host=/run/postgresql user=liap",
            "postgresql://liap@db.example.org/liap?sslmode=disable",
            "host=db.example.org hostaddr=127.0.0.1 user=liap",
        ] {
            assert!(PostgresOptions::parse(text).is_ok(), "{text}");
        }
        for text in [
            "postgresql://liap@db.example.org/liap",
            "postgresql://liap@127.0.0.1,db.example.org/liap",
            "host=localhost hostaddr=192.0.2.1 user=liap",
            "postgresql://liap@127.0.0.1/liap?sslmode=require",
        ] {
            let error = PostgresOptions::parse(text).unwrap_err().to_string();
            assert!(error.contains("TLS") && error.contains("sslmode=disable"), "{text}: {error}");
        }
    }

    #[test]
    fn a_connection_string_without_a_host_is_refused() {
        let error = PostgresOptions::parse("user=liap").unwrap_err().to_string();
        assert!(error.contains("names no host") && error.contains("postgresql://"), "{error}");
    }
}
