//! The proxy of `tests/outside` before any server, for tests that run the whole program.
//!
//! `proxy 127.0.0.1:5432` prints the address it listens at, and then takes a mode a line: `pass`,
//! `refuse`, `black_hole`, `slow BYTES_PER_S`, `cut BYTES`, `hang BYTES`, `lose_answer_to TEXT`,
//! `http STATUS`. Each is answered with the bytes of requests that were carried since the one
//! before. It ends with its input.

use std::io::{self, BufRead, Write};
use std::net::SocketAddr;

#[path = "../tests/outside/proxy.rs"]
mod proxy;

use proxy::{Mode, Proxy};
use tokio::sync::oneshot;

fn main() -> io::Result<()> {
    let server: Option<SocketAddr> = std::env::args().nth(1).and_then(|text| text.parse().ok());
    let server = server.ok_or_else(|| wrong("usage: proxy ADDRESS:PORT, those of the server"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let proxy = runtime.block_on(Proxy::before(server));
    writeln!(io::stdout(), "{}", proxy.address())?;
    let (end, ended) = oneshot::channel();
    let obeying = std::thread::spawn(move || {
        let obeyed = obey(&proxy);
        // The runtime stops waiting, also if this thread panicked before.
        drop(end);
        obeyed
    });
    let _: Result<(), oneshot::error::RecvError> = runtime.block_on(ended);
    obeying.join().unwrap_or_else(|_| Err(wrong("the proxy panicked")))
}

/// Does what is said on the standard input, until it ends.
fn obey(proxy: &Proxy) -> io::Result<()> {
    for line in io::stdin().lock().lines() {
        let line = line?;
        let mode = mode(&line).ok_or_else(|| wrong(&format!("there is no mode {line:?}")))?;
        let carried = proxy.requested();
        proxy.set(mode);
        writeln!(io::stdout(), "{carried}")?;
    }
    Ok(())
}

fn mode(line: &str) -> Option<Mode> {
    let (name, value) = line.split_once(' ').unwrap_or((line, ""));
    Some(match name {
        "pass" => Mode::Pass,
        "refuse" => Mode::Refuse,
        "black_hole" => Mode::BlackHole,
        "slow" => Mode::Slow(value.parse().ok().filter(|bytes_per_s| 0 < *bytes_per_s)?),
        "cut" => Mode::Cut(value.parse().ok()?),
        "hang" => Mode::Hang(value.parse().ok()?),
        // As many as lines that are read: few.
        "lose_answer_to" if !value.is_empty() => Mode::LoseAnswerTo(value.to_owned().leak()),
        "http" => Mode::Http(value.parse().ok()?),
        _ => return None,
    })
}

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}
