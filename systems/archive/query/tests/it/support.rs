//! An archive in a folder of its own, a server on a port of its own, a client on a socket.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use query::ask::{Answer, AskError, Limits, ask};
use query::desk::{Desk, DeskLimits};
use query::engine::{Engine, EngineLimits};
use query::names::Names;
use query::place::Place;
use query::render::{Format, render};
use query::serve::{ServeError, ServeOptions, Server, Shared};
use query::snapshot::Archive;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::synthetic::{LAST, Synthetic};

/// The token of all tests.
pub(crate) const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// A folder that goes with the test.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    /// An empty one.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("liap-query-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(folder.join("archive")).unwrap();
        Self(folder)
    }

    /// With an archive in it.
    pub(crate) fn with(archive: Synthetic) -> Self {
        let folder = Self::new();
        archive.write(&folder.archive());
        folder
    }

    pub(crate) fn archive(&self) -> PathBuf {
        self.0.join("archive")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        _ = fs::remove_dir_all(&self.0);
    }
}

/// An archive that can be asked.
pub(crate) fn archive(folder: &Path, indexed_max: usize) -> Arc<Archive> {
    let store = Place::Folder(folder.to_owned()).open().unwrap();
    let limits = EngineLimits { threads: 2, ..EngineLimits::default() };
    let engine = Engine::new(store, limits).unwrap();
    Arc::new(Archive::new(Arc::new(engine), Some(indexed_max)))
}

/// Asks in SQL.
pub(crate) async fn asked(folder: &Folder, sql: &str, limits: Limits) -> Result<Answer, AskError> {
    let archive = archive(&folder.archive(), 0);
    let snapshot = archive.look().await.unwrap().unwrap();
    ask(archive.engine(), &snapshot, sql.to_owned(), limits, ()).await
}

/// Asks in SQL, and gets lines of CSV without the names of columns.
pub(crate) async fn lines(folder: &Folder, sql: &str) -> Vec<String> {
    let answer = asked(folder, sql, Limits::default()).await.unwrap();
    let mut text = Vec::new();
    render(&answer, Format::Csv, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    text.lines().skip(1).map(str::to_owned).collect()
}

/// How a server is to be.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub(crate) token: bool,
    pub(crate) names: Names,
    pub(crate) sql: Limits,
    pub(crate) connections_max: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        let sql = Limits { time: Duration::from_secs(5), ..Limits::default() };
        Self { token: true, names: Names::default(), sql, connections_max: 64 }
    }
}

/// A server that stops when it is dropped.
pub(crate) struct Served {
    pub(crate) address: SocketAddr,
    pub(crate) shared: Arc<Shared>,
    pub(crate) ended: tokio::task::JoinHandle<()>,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    token: bool,
}

/// Starts a server: for it, it is the end of the last hour.
pub(crate) async fn serve(folder: &Folder, wanted: Wanted) -> Served {
    let desk = desk(folder, wanted.names.clone());
    let token = folder.0.join("token");
    fs::write(&token, format!("{TOKEN}\n")).unwrap();
    let options = ServeOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        token_file: wanted.token.then_some(token),
        poll: Duration::from_millis(50),
        sql: wanted.sql,
        sql_at_once: 2,
        connections_max: wanted.connections_max,
    };
    let server = started(desk, &options).await.unwrap();
    let (stop, stopped) = oneshot::channel();
    let (address, shared) = (server.address().unwrap(), Arc::clone(server.shared()));
    let ended = tokio::spawn(server.run(async move { _ = stopped.await }));
    Served { address, shared, ended, stop: Some(stop), token: wanted.token }
}

pub(crate) fn desk(folder: &Folder, names: Names) -> Desk {
    let archive = archive(&folder.archive(), 100_000);
    Desk::new(archive, names, Arc::new(|| LAST.end_ms() - 1), DeskLimits::default())
}

pub(crate) async fn started(desk: Desk, options: &ServeOptions) -> Result<Server, ServeError> {
    Server::start(desk, options).await
}

impl Served {
    /// Asks, and gets the status and the body.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let (status, body) = self.text("GET", path, "").await;
        (status, serde_json::from_str(&body).unwrap())
    }

    /// Asks in SQL.
    pub(crate) async fn sql(&self, sql: &str) -> (u16, Value) {
        let body = serde_json::json!({ "sql": sql }).to_string();
        let (status, body) = self.text("POST", "/v1/sql", &body).await;
        (status, serde_json::from_str(&body).unwrap())
    }

    /// Asks with the token, if there is one.
    pub(crate) async fn text(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let token =
            if self.token { format!("Authorization: Bearer {TOKEN}\r\n") } else { String::new() };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{token}Content-Length: {}\r\n\r\n",
            body.len()
        );
        let (status, _, body) = self.raw(&[head.as_bytes(), body.as_bytes()].concat()).await;
        (status, body)
    }

    /// Sends bytes, and reads until the end: status, head and body.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> (u16, String, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, head.to_lowercase(), body.to_owned())
    }
}
