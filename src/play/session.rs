//! The loop between the player and the server.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use client::{Client, ClientError, Incoming};
use protocol::Request;

use super::game::Game;
use super::input::Input;
use super::seat::{self, Seated};
use super::style::{Style, clean};
use crate::args::{Exit, Play};

/// Requests that may be unanswered: with more the server does not read on.
const UNANSWERED_MAX: u32 = 8;

/// How long a goodbye may take. A server that is gone frees the seat by itself.
const GOODBYE_WAIT: Duration = Duration::from_secs(3);

/// How long to wait before each attempt to get a lost connection back, in ms: about a minute.
const RETRY_MS: [u64; 11] = [200, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000, 8000];

/// Why a conversation ended.
enum End {
    /// The player goes.
    Leaving,
    /// The connection is gone; whether another is worth trying.
    Lost(String, bool),
}

/// Plays until the player leaves, or there is nothing to play on.
pub(super) async fn run(
    asked: &Play,
    style: Style,
    mut input: Input,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<Exit> {
    let mut seated = tokio::select! {
        seated = seat::take(asked) => match seated {
            Ok(seated) => seated,
            Err(error) => {
                let (text, exit) = seat::explain(&error, asked);
                writeln!(err, "liap: {text}")?;
                return Ok(exit);
            }
        },
        // Only an interrupt: what is piped in can wait for the seat.
        _ = input.next(false) => return Ok(Exit::Ok),
    };
    say(out, &greeting(asked, &seated))?;
    loop {
        let Seated { client, room, is_begun } = &mut seated;
        let mut game = Game::new(room.clone(), style, Instant::now());
        if !*is_begun {
            say(out, &game.overview(Instant::now()))?;
        }
        match converse(client, &mut game, &mut input, out).await? {
            End::Leaving => {
                leave(seated.client).await;
                say(out, &["You have left.".to_owned()])?;
                return Ok(Exit::Ok);
            }
            End::Lost(why, true) => {
                say(out, &[format!("{why}. Trying to get it back; quit gives up.")])?;
                match come_back(asked, client, &mut input, out).await? {
                    Ok(again) => seated = again,
                    Err(exit) => return Ok(exit),
                }
            }
            End::Lost(why, false) => {
                writeln!(err, "liap: {why}")?;
                return Ok(Exit::Io);
            }
        }
    }
}

async fn converse(
    client: &mut Client,
    game: &mut Game,
    input: &mut Input,
    out: &mut impl Write,
) -> io::Result<End> {
    let mut unanswered = 0;
    loop {
        let remind_at = game.remind_at();
        let reply = tokio::select! {
            incoming = client.next() => match incoming {
                Ok(Incoming::Push(push)) => game.hear(push, Instant::now()),
                Ok(Incoming::Answer { result, .. }) => {
                    unanswered -= 1.min(unanswered);
                    Game::answered(result)
                }
                Ok(Incoming::Closed { code, reason }) => {
                    return Ok(lost(&ClientError::Closed { code, reason }));
                }
                Err(error) => return Ok(lost(&error)),
            },
            line = input.next(unanswered < UNANSWERED_MAX) => match line {
                Some(line) => game.obey(&line, Instant::now()),
                None => return Ok(End::Leaving),
            },
            () = until(remind_at) => game.remind(Instant::now()),
        };
        say(out, &reply.lines)?;
        if reply.is_over {
            return Ok(End::Leaving);
        }
        if let Some(request) = reply.request {
            if let Err(error) = client.send(request).await {
                return Ok(lost(&error));
            }
            unanswered += 1;
        }
    }
}

fn lost(error: &ClientError) -> End {
    let may_return = match error {
        ClientError::Closed { code: Some(code), .. } => code.should_reconnect(),
        ClientError::Unreadable(_) => false,
        _ => true,
    };
    End::Lost(format!("The connection is lost ({})", clean(&error.to_string())), may_return)
}

/// Tries for about a minute to get the seat back, unless the player gives up.
async fn come_back(
    asked: &Play,
    client: &Client,
    input: &mut Input,
    out: &mut impl Write,
) -> io::Result<Result<Seated, Exit>> {
    let (token, first_id) = (client.token(), client.next_id());
    for wait_ms in RETRY_MS {
        let attempt = async {
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            seat::take_again(asked, token.to_owned(), first_id).await
        };
        let Some(attempt) = unless_given_up(attempt, input, out).await? else {
            return Ok(Err(Exit::Ok));
        };
        match attempt {
            Ok(Some(seated)) => {
                let back = "The connection is back. What you typed last may not have arrived.";
                say(out, &[back.to_owned()])?;
                return Ok(Ok(seated));
            }
            Ok(None) => {
                say(out, &["The server is back, but your seat is gone.".to_owned()])?;
                return Ok(Err(Exit::Io));
            }
            Err(ClientError::Refused(data)) => {
                say(out, &[format!("The server refuses: {}", clean(&data.message))])?;
                return Ok(Err(Exit::Io));
            }
            Err(_) => {}
        }
    }
    say(out, &["The server does not come back.".to_owned()])?;
    Ok(Err(Exit::Io))
}

/// What comes of an attempt; `None` if the player gives up meanwhile.
async fn unless_given_up<T>(
    attempt: impl Future<Output = T>,
    input: &mut Input,
    out: &mut impl Write,
) -> io::Result<Option<T>> {
    let mut attempt = std::pin::pin!(attempt);
    loop {
        let line = tokio::select! {
            done = &mut attempt => return Ok(Some(done)),
            line = input.next(true) => line,
        };
        match line.as_deref() {
            None | Some("quit" | "leave" | "exit" | "q") => return Ok(None),
            Some(_) => say(out, &["Not connected now: wait, or quit.".to_owned()])?,
        }
    }
}

async fn leave(mut client: Client) {
    let goodbye = async {
        // Refused where the seat is gone already, which is as good.
        _ = client.request(Request::LeaveRoom).await;
        _ = client.close().await;
    };
    _ = tokio::time::timeout(GOODBYE_WAIT, goodbye).await;
}

fn greeting(asked: &Play, seated: &Seated) -> Vec<String> {
    let room = &seated.room;
    let code = clean(&room.room);
    let pace = room.pace.name.as_str();
    vec![
        format!("Room {code}, pace {pace}. You are {}.", clean(asked.name.trim())),
        format!("Friends join with: liap play --room {code} --url {} --name NAME", asked.url),
        "Type help for the commands and the rules in short.".to_owned(),
    ]
}

async fn until(moment: Option<Instant>) {
    match moment {
        Some(moment) => tokio::time::sleep_until(moment.into()).await,
        None => std::future::pending().await,
    }
}

fn say(out: &mut impl Write, lines: &[String]) -> io::Result<()> {
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.flush()
}
