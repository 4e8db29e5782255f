//! The operators' own listener: on a loopback address, behind a token, with a record of every act.

mod acts;
mod audit;
mod bans;
mod guard;
mod letters;
mod look;
mod problem;
mod reload;
mod rooms;
mod token;

use std::fs::{self, DirBuilder};
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};
use net::{Gate, Operator};
use tokio::net::TcpListener;

use crate::archiving::JournalLine;
use crate::serve::health::Health;
use crate::serve::reload::Reload;
use audit::Audit;
use guard::Lockout;
pub(crate) use look::Look;
pub(crate) use token::Token;

/// Bytes of a request's body.
const BODY_BYTES_MAX: usize = 16 << 10;

/// What the listener works with.
pub(crate) struct Desk {
    operator: Operator,
    gate: Arc<Gate>,
    reload: Arc<Reload>,
    health: Arc<Health>,
    /// To whoever has the journal.
    line: Arc<JournalLine>,
    data: PathBuf,
    token: Token,
    lockout: Lockout,
    audit: Audit,
    started: Instant,
}

/// Where the listener's address is said, for tools on this machine.
pub(crate) fn address_file(data: &Path) -> PathBuf {
    data.join("run").join("admin")
}

/// Listens, and says where in [`address_file`].
///
/// # Errors
///
/// The address cannot be listened on, or the file not be written.
pub(crate) async fn listen(address: SocketAddr, data: &Path) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address).await?;
    let file = address_file(data);
    if let Some(directory) = file.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    fs::write(file, format!("{}\n", listener.local_addr()?))?;
    Ok(listener)
}

impl Desk {
    /// For the server with this data directory, whose bans hold again.
    ///
    /// # Errors
    ///
    /// The token cannot be read or made; the bans cannot be read.
    pub(crate) fn new(
        (operator, gate): (Operator, Arc<Gate>),
        reload: Arc<Reload>,
        health: Arc<Health>,
        line: JournalLine,
        data: &Path,
    ) -> io::Result<Self> {
        bans::load(data, &gate)?;
        Ok(Self {
            operator,
            gate,
            reload,
            health,
            line: Arc::new(line),
            data: data.to_owned(),
            token: Token::load(data)?,
            lockout: Lockout::default(),
            audit: Audit::new(data),
            started: Instant::now(),
        })
    }
}

/// Serves operators as long as it is polled.
pub(crate) async fn serve(listener: TcpListener, desk: Desk) {
    let desk = Arc::new(desk);
    let router = Router::new()
        .route("/v1/status", get(rooms::status))
        .route("/v1/rooms", get(rooms::list))
        .route("/v1/rooms/{code}", get(rooms::one))
        .route("/v1/rooms/{code}/pause", post(acts::pause))
        .route("/v1/rooms/{code}/resume", post(acts::resume))
        .route("/v1/rooms/{code}/close", post(acts::close))
        .route("/v1/rooms/{code}/seats/{seat}/kick", post(acts::kick))
        .route("/v1/pause", post(acts::pause_all))
        .route("/v1/resume", post(acts::resume_all))
        .route("/v1/announce", post(acts::announce))
        .route("/v1/drain", post(acts::drain))
        .route("/v1/bans", get(bans::list).post(bans::ban))
        .route("/v1/unban", post(bans::unban))
        .route("/v1/reload", post(reload::reload))
        .route("/v1/dead-letters", get(letters::list))
        .fallback(problem::not_found)
        .method_not_allowed_fallback(problem::method_not_allowed)
        .layer(middleware::from_fn_with_state(Arc::clone(&desk), guard::guard))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(desk);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    if let Err(error) = axum::serve(listener, service).await {
        tracing::error!(%error, "the operators' listener ended");
    }
}
