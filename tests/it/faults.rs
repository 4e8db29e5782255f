//! Faults of a real server, caused through its socket: they stay small.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use client::protocol::{CreateRoom, ErrorCode, JoinRoom, Pace, Request};
use client::{Client, ClientError, Incoming, Options};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// A server on a port and in a directory of its own; killed and removed in the end.
struct Server {
    child: Child,
    stderr: BufReader<ChildStderr>,
    url: String,
    data: PathBuf,
}

impl Server {
    fn start(name: &str) -> Self {
        let data = std::env::temp_dir().join(format!("liap-faults-{}-{name}", std::process::id()));
        _ = std::fs::remove_dir_all(&data);
        Self::start_in(data)
    }

    fn start_in(data: PathBuf) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_liap"));
        command.args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--shards",
            "1",
            "--plant",
            "names-panic",
        ]);
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

    async fn connect(&self, name: &str) -> Client {
        let options = Options { name: Some(name.to_owned()), ..Options::default() };
        Client::connect(&self.url, options).await.unwrap()
    }

    /// Waits for a line of the log that has this in it.
    fn logged(&mut self, text: &str) {
        while !line(&mut self.stderr).contains(text) {}
    }

    fn exit_code(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
        _ = std::fs::remove_dir_all(&self.data);
    }
}

fn line(stderr: &mut impl BufRead) -> String {
    let mut line = String::new();
    assert!(stderr.read_line(&mut line).unwrap() > 0, "the log ended");
    line
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { timeout(PATIENCE, test).await.expect("in time") });
}

/// A room with a running match of one person and three bots.
async fn playing(server: &Server, name: &str) -> (Client, String) {
    let mut client = server.connect(name).await;
    let wish = CreateRoom { pace: Some(Pace::Fast), bots: 3, ..CreateRoom::default() };
    let seated = client.request(Request::CreateRoom(wish)).await.unwrap();
    client.request(Request::StartMatch).await.unwrap();
    (client, seated.room_code().unwrap().to_owned())
}

/// A room in which three seats are free.
async fn waiting(server: &Server, name: &str) -> (Client, String) {
    let mut client = server.connect(name).await;
    let seated = client.request(Request::CreateRoom(CreateRoom::default())).await.unwrap();
    (client, seated.room_code().unwrap().to_owned())
}

async fn join(client: &mut Client, room: &str) -> Result<(), ErrorCode> {
    let wish = JoinRoom { room: room.into(), seat: None };
    match client.request(Request::JoinRoom(wish)).await {
        Ok(_) => Ok(()),
        Err(ClientError::Refused(data)) => Err(data.code),
        Err(other) => panic!("{other}"),
    }
}

/// The next update of the room somebody plays in.
async fn update(client: &mut Client) {
    loop {
        match client.next().await.unwrap() {
            Incoming::Push(client::Push::Update(_)) => return,
            Incoming::Closed { code, .. } => panic!("closed with {code:?}"),
            _ => {}
        }
    }
}

#[test]
fn a_panic_of_the_rules_costs_the_asker_an_answer_and_three_of_them_the_room_its_clocks() {
    let mut server = Server::start("rules");
    run(async {
        let (mut other, _) = playing(&server, "Ann").await;
        let (mut host, room) = waiting(&server, "Bob").await;
        let mut guest = server.connect("panic rules").await;
        for _ in 0..3 {
            assert_eq!(join(&mut guest, &room).await, Err(ErrorCode::Internal));
        }
        let mut late = server.connect("Cid").await;
        assert_eq!(join(&mut late, &room).await, Err(ErrorCode::Paused));
        update(&mut host).await;
        update(&mut other).await;
    });
    server.logged("the rules panicked");
    let letters = std::fs::read_to_string(server.data.join("dead-letters.jsonl")).unwrap();
    assert_eq!(letters.lines().count(), 3);
    assert!(letters.lines().last().unwrap().contains(r#""quarantined":true"#), "{letters}");
}

#[test]
fn a_panic_of_the_tick_rebuilds_the_shard_while_connections_stay() {
    let server = Server::start("tick");
    run(async {
        let (mut other, _) = playing(&server, "Ann").await;
        let (_host, room) = waiting(&server, "Bob").await;
        let mut guest = server.connect("panic tick").await;
        assert_eq!(join(&mut guest, &room).await, Err(ErrorCode::Internal));
        update(&mut other).await;
        let mut late = server.connect("Cid").await;
        assert_eq!(join(&mut late, &room).await, Ok(()));
    });
}

#[test]
fn the_third_panic_of_a_tick_within_a_minute_ends_the_process_and_the_next_one_has_the_rooms() {
    let mut server = Server::start("thrice");
    let mut token = String::new();
    run(async {
        let (host, room) = waiting(&server, "Bob").await;
        host.token().clone_into(&mut token);
        for nth in 1..=3 {
            let mut guest = server.connect("panic tick").await;
            let wish = JoinRoom { room: room.clone(), seat: None };
            let answer = guest.request(Request::JoinRoom(wish)).await;
            assert_eq!(matches!(answer, Err(ClientError::Refused(_))), nth < 3, "{answer:?}");
        }
    });
    assert_eq!(server.exit_code(), Some(70));
    let again = Server::start_in(server.data.clone());
    run(async {
        let options = Options { token: Some(token), ..Options::default() };
        let host = Client::connect(&again.url, options).await.unwrap();
        assert!(host.welcome().room.is_some(), "the seat is kept");
    });
}
