//! `liap-query serve`: the archive over HTTP, only to read.

use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::ask::Limits;
use crate::desk::Desk;

pub use metrics::Metrics;
pub use token::{Token, TokenError};

mod connections;
mod facts;
mod guard;
mod metrics;
mod openapi;
mod params;
mod problem;
mod routes;
mod sql;
mod token;

/// How `serve` serves.
#[derive(Debug, Clone)]
pub struct ServeOptions {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The file with the token; needed to listen to other machines, and for `/v1/sql`.
    pub token_file: Option<PathBuf>,
    /// How often the archive is looked at.
    pub poll: Duration,
    /// What a question in SQL may cost.
    pub sql: Limits,
    /// Questions in SQL that are answered at once.
    pub sql_at_once: usize,
    /// Connections.
    pub connections_max: usize,
}

/// What all requests share.
pub struct Shared {
    /// Makes the answers.
    pub desk: Desk,
    /// Counts.
    pub metrics: Metrics,
    /// Who may ask; without one, everybody on this machine.
    pub token: Option<Token>,
    /// What a question in SQL may cost.
    pub sql: Limits,
    /// Turns of questions in SQL.
    pub sql_turns: Arc<Semaphore>,
    /// How often the archive is looked at.
    pub poll: Duration,
}

/// A server that listens, and is about to serve.
pub struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
    connections_max: usize,
}

impl Server {
    /// Listens, and looks at the archive for the first time, with caches warmed.
    ///
    /// # Errors
    /// If the token file is missing or cannot be used, the address is in use, or the archive
    /// cannot be read.
    pub async fn start(desk: Desk, options: &ServeOptions) -> Result<Self, ServeError> {
        let token = options.token_file.as_deref().map(Token::read).transpose();
        let token = token.map_err(ServeError::Token)?;
        if token.is_none() && !options.listen.ip().is_loopback() {
            return Err(ServeError::Open(options.listen));
        }
        let listener = TcpListener::bind(options.listen).await;
        let listener = listener.map_err(|error| ServeError::Listen(options.listen, error))?;
        desk.look().await.map_err(|error| ServeError::Archive(error.to_string()))?;
        let shared = Arc::new(Shared {
            desk,
            metrics: Metrics::default(),
            token,
            sql: options.sql,
            sql_turns: Arc::new(Semaphore::new(options.sql_at_once)),
            poll: options.poll,
        });
        Ok(Self { listener, shared, connections_max: options.connections_max })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// If the system does not say.
    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What its requests share.
    #[must_use]
    pub const fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Serves until `stop`; requests that are being answered then still are, for ten seconds.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let looking = tokio::spawn(look(Arc::clone(&self.shared)));
        let router = routes::router(&self.shared);
        connections::serve(self.listener, router, &self.shared, self.connections_max, stop).await;
        looking.abort();
    }
}

/// Every route: its method in lower case, and its path.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    routes::ROUTES.iter().map(|(method, path, _)| (*method, *path))
}

async fn look(shared: Arc<Shared>) {
    let mut ticks = tokio::time::interval(shared.poll);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = shared.desk.look().await {
            tracing::warn!(%error, "the archive cannot be looked at; what was known is still served");
        }
    }
}

/// Why nothing is served.
#[derive(Debug)]
pub enum ServeError {
    /// The token.
    Token(TokenError),
    /// Other machines could ask without a token.
    Open(SocketAddr),
    /// The address.
    Listen(SocketAddr, std::io::Error),
    /// The archive.
    Archive(String),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(error) => error.fmt(f),
            Self::Open(address) => write!(
                f,
                "{address} can be reached from other machines: --token-file is needed, or an \
                 address such as 127.0.0.1:7080"
            ),
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Archive(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for ServeError {}
