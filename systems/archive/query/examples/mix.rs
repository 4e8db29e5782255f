//! Replays a mix of requests against a server in this process, over a socket, and prints as JSON how
//! long answers took and how often caches had them:
//! `mix FOLDER MIX_FILE [CLIENTS]`, or `mix --record N PLAYERS MATCHES` to make up such a file.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for figures")]

#[path = "../tests/synthetic/synthetic.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod synthetic;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use query::ask::Limits;
use query::desk::{Desk, DeskLimits};
use query::engine::{Engine, EngineLimits};
use query::names::Names;
use query::place::Place;
use query::serve::{ServeOptions, Server};
use query::snapshot::Archive;
use synthetic::games::{Dice, Game, player, somebody};
use synthetic::{LAST, Synthetic};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// What kind of a request it is, its path.
type Request = (String, String);

#[tokio::main]
async fn main() {
    let given: Vec<String> = std::env::args().skip(1).collect();
    let number =
        |at: usize, default: u64| given.get(at).map_or(default, |text| text.parse().unwrap());
    if given.first().is_some_and(|first| first == "--record") {
        record(number(1, 2_000), number(2, 50_000), number(3, 1_000_000));
        return;
    }
    let text = std::fs::read_to_string(&given[1]).unwrap();
    let requests: Vec<Request> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(' '))
        .map(|(kind, path)| (kind.to_owned(), path.to_owned()))
        .collect();
    replay(PathBuf::from(&given[0]), requests, number(2, 1) as usize).await;
}

/// What people do: look at a leaderboard, open somebody on it or themselves, their matches, one of
/// those, the next page. Who is looked at follows who plays: the few much, the many seldom.
fn record(count: u64, players: u64, matches: u64) {
    let archive =
        Synthetic { matches, detailed: 0, players, hours: 720, last: LAST, last_batches: 6 };
    let mut dice = Dice::of(4_711);
    println!(
        "# {count} requests to an archive of {matches} matches and {players} players (mix --record)"
    );
    let mut left = count;
    // Visitors come back: a few hundred people make up the visits of a day.
    let visitors: Vec<u64> = (0..120).map(|_| somebody(&mut dice, players)).collect();
    while left > 0 {
        let who = visitors[(dice.share() * dice.share() * visitors.len() as f64) as usize];
        let key = player(who);
        let mut visit = Vec::new();
        let metric = ["wins", "wins", "win_rate", "score", "accuracy"][dice.below(5) as usize];
        let window = ["day", "week", "week", "month", "all"][dice.below(5) as usize];
        visit.push(format!("leaderboard /v1/leaderboard?metric={metric}&window={window}"));
        visit.push(format!("player /v1/players/{key}/stats"));
        visit.push(format!("history /v1/players/{key}/history"));
        if dice.below(3) == 0 {
            let recent = matches - 1 - (dice.share() * dice.share() * dice.share() * 400.0) as u64;
            visit.push(format!("match /v1/matches/{}", Game::of(recent, &archive).id));
        }
        if dice.below(12) == 0 {
            let before = LAST.start_ms() - dice.below(5) * 86_400_000;
            visit.push(format!("history /v1/players/{key}/history?before={before}"));
        }
        if dice.below(6) == 0 {
            visit.push("stats /v1/stats".to_owned());
        }
        for line in visit.into_iter().take(left as usize) {
            println!("{line}");
            left -= 1;
        }
    }
}

async fn replay(folder: PathBuf, requests: Vec<Request>, clients: usize) {
    let begun = Instant::now();
    let store = Place::Folder(folder).open().unwrap();
    let engine = Engine::new(store, EngineLimits::default()).unwrap();
    let archive = Arc::new(Archive::new(Arc::new(engine), Some(16 << 20)));
    let clock = Arc::new(|| LAST.end_ms() - 1);
    let desk = Desk::new(archive, Names::default(), clock, DeskLimits::default());
    let options = ServeOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        token_file: None,
        poll: Duration::from_secs(5),
        sql: Limits::default(),
        sql_at_once: 1,
        connections_max: 64,
    };
    let server = Server::start(desk, &options).await.unwrap();
    let start_ms = begun.elapsed().as_millis();
    let (address, shared) = (server.address().unwrap(), Arc::clone(server.shared()));
    tokio::spawn(server.run(std::future::pending()));

    let cold = cold(address, &requests).await;
    let before: BTreeMap<_, _> =
        shared.desk.counts().iter().map(|one| (one.name, (one.hits, one.misses))).collect();
    let since = |one: &query::kept::Count| {
        let (hits, misses) = before.get(one.name).copied().unwrap_or_default();
        (one.hits - hits, one.misses - misses)
    };
    let requests = Arc::new(requests);
    let begun = Instant::now();
    let tasks: Vec<_> = (0..clients)
        .map(|client| tokio::spawn(one_client(address, Arc::clone(&requests), client, clients)))
        .collect();
    let mut took: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for task in tasks {
        for (kind, ms) in task.await.unwrap() {
            took.entry(kind).or_default().push(ms);
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    let kinds: BTreeMap<_, _> =
        took.iter_mut().map(|(kind, all)| (kind.clone(), summary(all))).collect();
    let caches: BTreeMap<_, _> = shared
        .desk
        .counts()
        .iter()
        .map(|one| {
            let (hits, misses) = since(one);
            let rate = hits as f64 / (hits + misses).max(1) as f64;
            (one.name, serde_json::json!({"hits": hits, "misses": misses, "hit_rate": rate}))
        })
        .collect();
    let (hits, misses) = shared
        .desk
        .counts()
        .iter()
        .map(since)
        .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let report = serde_json::json!({
        "start_ms": start_ms, "index_entries": shared.desk.archive.now().index.entries(),
        "clients": clients, "requests": requests.len(), "seconds": seconds,
        "took_ms": kinds, "histories_not_kept_ms": cold, "caches": caches,
        "hit_rate": hits as f64 / (hits + misses).max(1) as f64,
    });
    println!("{}", serde_json::to_string_pretty(&report).unwrap());
}

/// Histories that no cache has: each is asked for with a page length that nobody else asks for, once
/// to warm the files' footers, then measured.
async fn cold(address: SocketAddr, requests: &[Request]) -> serde_json::Value {
    let mut paths: Vec<&String> =
        requests.iter().filter(|(kind, _)| kind == "history").map(|(_, path)| path).collect();
    paths.sort();
    paths.dedup();
    let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
    let mut took = Vec::new();
    for limit in [22, 21, 19] {
        for path in &paths {
            let mark = if path.contains('?') { '&' } else { '?' };
            let ms = ask(&mut stream, &format!("{path}{mark}limit={limit}")).await;
            if limit < 22 {
                took.push(ms);
            }
        }
    }
    summary(&mut took)
}

async fn one_client(
    address: SocketAddr,
    requests: Arc<Vec<Request>>,
    client: usize,
    clients: usize,
) -> Vec<(String, f64)> {
    let mut stream = BufReader::new(TcpStream::connect(address).await.unwrap());
    let mut took = Vec::new();
    for (kind, path) in requests.iter().skip(client).step_by(clients) {
        took.push((kind.clone(), ask(&mut stream, path).await));
    }
    took
}

async fn ask(stream: &mut BufReader<TcpStream>, path: &str) -> f64 {
    let begun = Instant::now();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.get_mut().write_all(request.as_bytes()).await.unwrap();
    let mut length = 0;
    let mut line = String::new();
    stream.read_line(&mut line).await.unwrap();
    let status = line.clone();
    while line != "\r\n" {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    assert!(status.contains(" 200 "), "{path}: {status}{}", String::from_utf8_lossy(&body));
    begun.elapsed().as_secs_f64() * 1_000.0
}

fn summary(all: &mut [f64]) -> serde_json::Value {
    all.sort_by(f64::total_cmp);
    let at = |share: f64| {
        all.get(((all.len() as f64 * share) as usize).min(all.len().saturating_sub(1)))
    };
    serde_json::json!({
        "count": all.len(), "p50": at(0.5), "p90": at(0.9), "p99": at(0.99), "max": all.last(),
    })
}
