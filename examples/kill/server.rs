//! The server's process: started, stopped, killed.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::args::Args;

/// How often it is asked whether it is ready, or has ended.
const POLL: Duration = Duration::from_millis(5);

/// How to start it, always the same way.
#[derive(Debug)]
pub(crate) struct Starter {
    args: Args,
    address: String,
}

/// One life of it.
#[derive(Debug)]
pub(crate) struct Life {
    child: Child,
    pub(crate) began: Instant,
}

impl Starter {
    /// Finds a port where none is given.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    pub(crate) fn new(args: &Args) -> std::io::Result<Self> {
        let port = match args.port {
            0 => TcpListener::bind("127.0.0.1:0")?.local_addr()?.port(),
            port => port,
        };
        Ok(Self { args: args.clone(), address: format!("127.0.0.1:{port}") })
    }

    /// Where people connect.
    pub(crate) fn url(&self) -> String {
        format!("ws://{}/v1/ws", self.address)
    }

    /// Starts it; what it says goes to `DIR/server.log`.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    pub(crate) fn start(&self) -> std::io::Result<Life> {
        let args = &self.args;
        let log = File::options().create(true).append(true).open(args.dir.join("server.log"))?;
        let mut command = program(&args.server);
        command.args(["serve", "--listen", &self.address, "--pace", "fast"]);
        command.arg("--data").arg(data(args));
        // Who waits in a finished room for the others must find it there.
        command.args(["--set", "rooms.finished_ms=3600000"]);
        if !args.wire_only {
            // What was played is read out of the journal: nobody else is to take it away.
            command.args(["--set", "journal.finished_mb=4096", "--set", "archive.target=none"]);
        }
        if let Some(durability) = &args.durability {
            command.args(["--set", &format!("journal.durability={durability}")]);
        }
        if let Some(fault) = &args.plant {
            command.args(["--plant", fault]);
        }
        for set in &args.set {
            command.args(["--set", set]);
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        Ok(Life { child: command.spawn()?, began: Instant::now() })
    }

    /// Waits until it is ready: how long that took from `began`.
    pub(crate) async fn ready(&self, began: Instant, patience: Duration) -> Option<Duration> {
        while began.elapsed() < patience {
            if let Ok(Some(true)) = timeout(Duration::from_secs(2), self.is_ready()).await {
                return Some(began.elapsed());
            }
            sleep(POLL).await;
        }
        None
    }

    async fn is_ready(&self) -> Option<bool> {
        let mut stream = TcpStream::connect(&self.address).await.ok()?;
        let head = format!("GET /health/ready HTTP/1.0\r\nHost: {}\r\n\r\n", self.address);
        stream.write_all(head.as_bytes()).await.ok()?;
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.ok()?;
        Some(answer.ends_with(b" 200"))
    }
}

/// Where the server keeps what outlives it.
pub(crate) fn data(args: &Args) -> std::path::PathBuf {
    args.dir.join("data")
}

/// The server's program, without variables that it would take for settings.
pub(crate) fn program(path: &Path) -> Command {
    let mut command = Command::new(path);
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.as_encoded_bytes().starts_with(b"LIAP_")) {
        command.env_remove(name);
    }
    command
}

impl Life {
    /// SIGKILL, also for a stopped one; waits until it is gone.
    ///
    /// # Errors
    ///
    /// It had ended by itself before, with this status.
    pub(crate) fn kill(mut self) -> Result<(), String> {
        if let Ok(Some(status)) = self.child.try_wait() {
            return Err(format!("the server had ended by itself: {status}"));
        }
        self.child.kill().and_then(|()| self.child.wait()).map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Sends it a signal by name.
    ///
    /// # Errors
    ///
    /// The signal could not be sent.
    pub(crate) fn signal(&self, name: &str) -> Result<(), String> {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        match sent {
            Ok(status) if status.success() => Ok(()),
            other => Err(format!("kill -s {name}: {other:?}")),
        }
    }

    /// SIGTERM, and how it ended; `None` if it did not within `patience` and was killed.
    ///
    /// # Errors
    ///
    /// The signal could not be sent.
    pub(crate) async fn stop(mut self, patience: Duration) -> Result<Option<ExitStatus>, String> {
        self.signal("TERM")?;
        let asked = Instant::now();
        while asked.elapsed() < patience {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Ok(Some(status));
            }
            sleep(POLL).await;
        }
        self.kill()?;
        Ok(None)
    }
}
