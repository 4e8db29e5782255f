//! A TCP proxy on loopback that fails when told to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What the proxy does with bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Carries them.
    Pass,
    /// Hangs up on everybody.
    Refuse,
    /// Takes everything, answers nothing.
    BlackHole,
    /// Carries this many bytes in a second, each way.
    Slow(u64),
    /// Carries this many bytes of requests, then hangs up.
    Cut(u64),
    /// Carries this many bytes of requests, then answers nothing more.
    Hang(u64),
    /// Carries each request with these bytes in it, waits for its answer, and hangs up instead.
    LoseAnswerTo(&'static str),
    /// Answers every HTTP request with this status itself.
    Http(u16),
}

/// A running proxy; it ends when it is dropped.
pub(crate) struct Proxy {
    address: SocketAddr,
    mode: watch::Sender<Mode>,
    requests: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// In front of this server.
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mode, modes) = watch::channel(Mode::Pass);
        let requests = Arc::new(AtomicU64::new(0));
        let carried = Carried { server, modes, requests: Arc::clone(&requests) };
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carried.clone().serve(client));
            }
        });
        Self { address, mode, requests, task }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on; bytes are counted from here.
    pub(crate) fn set(&self, mode: Mode) {
        self.requests.store(0, Ordering::SeqCst);
        self.mode.send_replace(mode);
    }

    /// Bytes of requests carried since the mode was set.
    pub(crate) fn requested(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone)]
struct Carried {
    server: SocketAddr,
    modes: watch::Receiver<Mode>,
    requests: Arc<AtomicU64>,
}

impl Carried {
    /// Either way's end is the end of both: so a cut is seen on both sides.
    async fn serve(mut self, mut client: TcpStream) {
        let mode = *self.modes.borrow_and_update();
        match mode {
            Mode::Refuse => return,
            Mode::Http(status) => return answer(&mut client, status).await,
            Mode::BlackHole => {
                let _ = self.modes.changed().await;
                return;
            }
            _ => {}
        }
        let Ok(server) = TcpStream::connect(self.server).await else { return };
        let (from_client, to_client) = client.into_split();
        let (from_server, to_server) = server.into_split();
        let lost = AtomicBool::new(false);
        tokio::select! {
            () = self.clone().requests(from_client, to_server, &lost) => {}
            () = self.answers(from_server, to_client, &lost) => {}
        }
    }

    /// `lost` tells the other way that the next answer is.
    async fn requests(
        mut self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        lost: &AtomicBool,
    ) {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let mut bytes = &buffer[..count];
            let before = self.requests.fetch_add(count as u64, Ordering::SeqCst);
            let mode = *self.modes.borrow_and_update();
            if let Mode::Cut(limit) | Mode::Hang(limit) = mode {
                let left = limit.saturating_sub(before) as usize;
                bytes = &bytes[..count.min(left)];
            }
            // Whoever is connected comes again, and is answered by the proxy itself.
            let hangs_up = matches!(mode, Mode::Refuse | Mode::Http(_));
            if hangs_up || !self.lets_pass(mode, count).await {
                return;
            }
            if to.write_all(bytes).await.is_err() {
                return;
            }
            match mode {
                Mode::Cut(_) if bytes.len() < count => return,
                Mode::Hang(_) if bytes.len() < count => {
                    let _ = self.modes.changed().await;
                    return;
                }
                // The answers' side hangs up when the answer is there.
                Mode::LoseAnswerTo(what) if has(bytes, what) => lost.store(true, Ordering::SeqCst),
                _ => {}
            }
        }
    }

    async fn answers(mut self, mut from: OwnedReadHalf, mut to: OwnedWriteHalf, lost: &AtomicBool) {
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut buffer).await {
            let mode = *self.modes.borrow_and_update();
            let is_lost = matches!(mode, Mode::LoseAnswerTo(_)) && lost.load(Ordering::SeqCst);
            if is_lost || matches!(mode, Mode::Refuse) {
                return;
            }
            if !self.lets_pass(mode, count).await || to.write_all(&buffer[..count]).await.is_err() {
                return;
            }
        }
    }

    /// Waits as long as these bytes take; false if they never pass.
    async fn lets_pass(&mut self, mode: Mode, count: usize) -> bool {
        match mode {
            Mode::Slow(bytes_per_s) => {
                let us = count as u64 * 1_000_000 / bytes_per_s;
                tokio::time::sleep(Duration::from_micros(us)).await;
            }
            Mode::BlackHole => {
                let _ = self.modes.changed().await;
                return false;
            }
            _ => {}
        }
        true
    }
}

fn has(bytes: &[u8], what: &str) -> bool {
    bytes.windows(what.len()).any(|window| window == what.as_bytes())
}

/// Reads a whole request, so that the client is not cut off writing it, and answers it.
async fn answer(client: &mut TcpStream, status: u16) {
    let mut request = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(count @ 1..) = client.read(&mut buffer).await else { return };
        request.extend_from_slice(&buffer[..count]);
        let Some(end) = request.windows(4).position(|window| window == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&request[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        if request.len() >= end + 4 + length {
            break;
        }
    }
    let body = "<Error><Code>Planted</Code><Message>planted by the test's proxy</Message></Error>";
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status} Planted\r\ncontent-type: application/xml\r\n\
         content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let _ = client.write_all(answer.as_bytes()).await;
}
