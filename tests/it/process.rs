//! A real server on a real socket, and clients of it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use client::protocol::{CreateRoom, Event, Pace, Request};
use client::{Client, Incoming, Options, Push};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a port and in a directory of its own; killed and removed in the end.
pub(crate) struct Server {
    child: Child,
    stderr: BufReader<ChildStderr>,
    pub(crate) url: String,
    pub(crate) data: PathBuf,
}

impl Server {
    /// Starts one with nothing kept, and waits until it listens.
    pub(crate) fn start(name: &str, args: &[&str]) -> Self {
        let data = std::env::temp_dir().join(format!("liap-it-{}-{name}", std::process::id()));
        _ = std::fs::remove_dir_all(&data);
        Self::start_in(data, args)
    }

    /// Kills this one with SIGKILL, and starts another on what it leaves.
    pub(crate) fn kill_and_start(mut self, args: &[&str]) -> Self {
        _ = self.child.kill();
        _ = self.child.wait();
        Self::start_in(std::mem::take(&mut self.data), args)
    }

    /// Starts another on what this one left when it ended by itself.
    #[cfg(feature = "faults")]
    pub(crate) fn start_again(mut self, args: &[&str]) -> Self {
        Self::start_in(std::mem::take(&mut self.data), args)
    }

    fn start_in(data: PathBuf, args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_liap"));
        command.args(["serve", "--listen", "127.0.0.1:0", "--shards", "1"]).args(args);
        command.arg("--data").arg(&data).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let url = loop {
            let line = line(&mut stderr);
            if let Some((_, rest)) = line.split_once("listening: ") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
        };
        Self { child, stderr, url, data }
    }

    /// Somebody new.
    pub(crate) async fn connect(&self, name: &str) -> Client {
        let options = Options { name: Some(name.to_owned()), ..Options::default() };
        Client::connect(&self.url, options).await.unwrap()
    }

    /// Somebody who was there before.
    pub(crate) async fn resume(&self, token: &str, first_id: u32) -> Client {
        let options = Options { token: Some(token.to_owned()), first_id, ..Options::default() };
        Client::connect(&self.url, options).await.unwrap()
    }

    /// Waits for a line of the log that has this in it.
    pub(crate) fn logged(&mut self, text: &str) {
        while !line(&mut self.stderr).contains(text) {}
    }

    /// Waits until it has ended by itself.
    #[cfg(feature = "faults")]
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
        if !self.data.as_os_str().is_empty() {
            _ = std::fs::remove_dir_all(&self.data);
        }
    }
}

fn line(stderr: &mut impl BufRead) -> String {
    let mut line = String::new();
    assert!(stderr.read_line(&mut line).unwrap() > 0, "the log ended");
    line
}

/// Runs a test, which must end in time.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { timeout(PATIENCE, test).await.expect("in time") })
}

/// A room with a running match of one person and three bots.
pub(crate) async fn playing(server: &Server, name: &str) -> (Client, String) {
    let mut client = server.connect(name).await;
    let wish = CreateRoom { pace: Some(Pace::Fast), bots: 3, ..CreateRoom::default() };
    let seated = client.request(Request::CreateRoom(wish)).await.unwrap();
    client.request(Request::StartMatch).await.unwrap();
    (client, seated.room_code().unwrap().to_owned())
}

/// A room in which three seats are free.
pub(crate) async fn waiting(server: &Server, name: &str) -> (Client, String) {
    let mut client = server.connect(name).await;
    let seated = client.request(Request::CreateRoom(CreateRoom::default())).await.unwrap();
    (client, seated.room_code().unwrap().to_owned())
}

/// The events of the next update.
pub(crate) async fn update(client: &mut Client) -> Vec<Event<'static>> {
    loop {
        match client.next().await.unwrap() {
            Incoming::Push(Push::Update(update)) => return update.events,
            Incoming::Closed { code, .. } => panic!("closed with {code:?}"),
            _ => {}
        }
    }
}
