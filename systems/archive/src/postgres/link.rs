//! One connection to the database, ready to be worked with.

use std::time::{Duration, SystemTime};

use tokio::task::JoinHandle;
use tokio_postgres::{Client, NoTls};

use super::ask::Ask;
use super::fault::within;
use super::layout;
use super::options::PostgresOptions;
use crate::TargetError;

/// Room for the server's own limit, whose error says more, to come first.
const MARGIN_MS: u64 = 2_000;

/// A process of the server: a number, and since when, since numbers come back.
pub(super) type Backend = (i32, SystemTime);

/// A connection with its session set up and the database's layout known to be ours.
pub(super) struct Link {
    pub(super) client: Client,
    /// For one chunk of rows to be taken.
    pub(super) step_ms: u64,
    /// For a statement to be answered.
    pub(super) statement_ms: u64,
    backend: Backend,
    driver: JoinHandle<()>,
}

impl Link {
    /// Connects, ends the backend of the connection that broke if it still lingers (with its
    /// locks), and sets up or checks the layout.
    pub(super) async fn open(
        options: &PostgresOptions,
        broken: Option<Backend>,
    ) -> Result<Self, TargetError> {
        let mut config = options.config.clone();
        config.connect_timeout(Duration::from_millis(options.connect_ms));
        config.tcp_user_timeout(Duration::from_millis(options.step_ms));
        let connected = within(options.connect_ms, "connecting", config.connect(NoTls)).await?;
        let (client, connection) = connected;
        let driver = tokio::spawn(async move {
            // Whoever waits for an answer is told by the client; here it is only noted.
            if let Err(error) = connection.await {
                tracing::debug!(%error, "the connection to PostgreSQL broke");
            }
        });
        let (step_ms, statement_ms) = (options.step_ms, options.statement_ms + MARGIN_MS);
        let backend = (0, SystemTime::UNIX_EPOCH);
        let mut link = Self { client, step_ms, statement_ms, backend, driver };
        link.greet(options).await?;
        if let Some((process, since)) = broken {
            link.end(process, since).await?;
        }
        layout::prepare(&mut link).await?;
        Ok(link)
    }

    /// Sets the session's limits, so that neither side waits for a dead other for ever, and asks
    /// which backend this is.
    async fn greet(&mut self, options: &PostgresOptions) -> Result<(), TargetError> {
        let (statement_ms, lock_ms) = (options.statement_ms, options.lock_ms);
        let session = format!(
            "set search_path = pg_catalog; \
             set default_transaction_isolation = 'read committed'; \
             set statement_timeout = {statement_ms}; \
             set lock_timeout = {lock_ms}; \
             set idle_in_transaction_session_timeout = {statement_ms}; \
             set tcp_keepalives_idle = 30; set tcp_keepalives_interval = 10; \
             set tcp_keepalives_count = 3; \
             select set_config('synchronous_commit', 'on', false) \
             where current_setting('synchronous_commit') = 'off'"
        );
        let ask = Ask::new(&self.client, options.connect_ms, "setting up the session");
        ask.run(&session).await?;
        let own = "select pid, backend_start from pg_stat_activity where pid = pg_backend_pid()";
        let rows = ask.rows(own, &[]).await?;
        let Some(row) = rows.first() else {
            return Err(TargetError::Unavailable("the session does not know itself".to_owned()));
        };
        self.backend = (ask.get(row, 0)?, ask.get(row, 1)?);
        Ok(())
    }

    async fn end(&self, process: i32, since: SystemTime) -> Result<(), TargetError> {
        let end = "select pg_terminate_backend(pid) from pg_stat_activity \
                   where pid = $1 and backend_start = $2 and usename = current_user";
        let ask = self.ask("ending the broken connection");
        ask.rows(end, &[&process, &since]).await.map(|_| ())
    }

    /// Asks outside of a transaction.
    pub(super) fn ask(&self, what: &'static str) -> Ask<'_, Client> {
        Ask::new(&self.client, self.statement_ms, what)
    }

    /// The backend that serves it.
    pub(super) fn backend(&self) -> Backend {
        self.backend
    }

    /// Whether the other side is still there.
    pub(super) async fn answers(&self) -> bool {
        let asked = within(self.step_ms, "checking the connection", self.client.check_connection());
        !self.client.is_closed() && asked.await.is_ok()
    }

    /// Whether it takes writes: a replica, or a database set to read only, does not.
    pub(super) async fn check_writable(&self) -> Result<(), TargetError> {
        let ask = self.ask("probing");
        let read_only: String =
            ask.one("select current_setting('transaction_read_only')", &[]).await?;
        if read_only == "off" {
            return Ok(());
        }
        Err(TargetError::Unavailable("the database is read only".to_owned()))
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
