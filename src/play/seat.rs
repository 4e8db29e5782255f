//! How the player gets a seat, and gets it back.

use std::io;
use std::time::Duration;

use client::{Client, ClientError, Incoming, Options, Push};
use protocol::{CreateRoom, Encoding, ErrorCode, JoinRoom, Request, Snapshot};

use crate::args::{Exit, Play};

/// How long a server may take until the room is there.
const SNAPSHOT_WAIT: Duration = Duration::from_secs(10);

/// Bots that leave no seat free beside the host's.
const BOTS_ALL: u8 = 3;

/// A connection that holds a seat, and the room as it was when the seat was taken.
pub(super) struct Seated {
    pub(super) client: Client,
    pub(super) room: Snapshot<'static>,
    /// Whether a match has been started since then.
    pub(super) is_begun: bool,
}

/// Connects, and joins a room or opens one. With three bots, the match starts at once.
///
/// # Errors
/// When there is no server, or no seat.
pub(super) async fn take(asked: &Play) -> Result<Seated, ClientError> {
    let options = Options { name: Some(asked.name.clone()), ..options(asked) };
    let mut client = Client::connect(&asked.url, options).await?;
    let mut is_begun = false;
    match &asked.room {
        Some(code) => {
            let join = JoinRoom { room: code.clone(), seat: None };
            client.request(Request::JoinRoom(join)).await?;
        }
        None => {
            let pace = asked.pace.map(pace);
            let create = CreateRoom { pace, bots: asked.bots, ..CreateRoom::default() };
            client.request(Request::CreateRoom(create)).await?;
            is_begun = asked.bots == BOTS_ALL;
            if is_begun {
                client.request(Request::StartMatch).await?;
            }
        }
    }
    Ok(Seated { is_begun, ..first_room(client).await? })
}

/// Connects again as the session of the token; `None` if it holds no seat any more.
///
/// # Errors
/// When there is no server, or it does not know the session.
pub(super) async fn take_again(
    asked: &Play,
    token: String,
    first_id: u32,
) -> Result<Option<Seated>, ClientError> {
    let options = Options { token: Some(token), first_id, ..options(asked) };
    let client = Client::connect(&asked.url, options).await?;
    if client.welcome().seat_held().is_none() {
        return Ok(None);
    }
    first_room(client).await.map(Some)
}

/// What to say on stderr when there is no seat, and how the process ends.
pub(super) fn explain(error: &ClientError, asked: &Play) -> (String, Exit) {
    let exit = match error {
        ClientError::BadUrl(_) => Exit::Usage,
        ClientError::Refused(data) if data.code == ErrorCode::BadName => Exit::Usage,
        _ => Exit::Io,
    };
    let hint = match error {
        ClientError::Refused(data) => match data.code {
            ErrorCode::NameTaken | ErrorCode::BadName => "\nChoose another name with --name NAME.",
            ErrorCode::RoomNotFound => "\nLeave --room out to open a room of your own.",
            _ => "",
        },
        _ if is_refused(error) => {
            return (
                format!(
                    "no server answers at {}\nStart one with `liap serve`, or name another with \
                     --url.",
                    asked.url
                ),
                exit,
            );
        }
        _ => "",
    };
    (format!("{}{hint}", super::style::clean(&error.to_string())), exit)
}

fn options(asked: &Play) -> Options {
    Options {
        encoding: if asked.json { Encoding::Json } else { Encoding::MessagePack },
        program: Some("liap play".to_owned()),
        ..Options::default()
    }
}

/// The room comes as a snapshot, before everything else that is about it.
async fn first_room(mut client: Client) -> Result<Seated, ClientError> {
    let waiting = async {
        loop {
            match client.next().await? {
                Incoming::Push(Push::Snapshot(room)) => {
                    return Ok(Seated { client, room: *room, is_begun: false });
                }
                Incoming::Closed { code, reason } => {
                    return Err(ClientError::Closed { code, reason });
                }
                Incoming::Answer { .. } | Incoming::Push(_) => {}
            }
        }
    };
    tokio::time::timeout(SNAPSHOT_WAIT, waiting).await.unwrap_or(Err(ClientError::TimedOut))
}

/// Whether nobody listens at the address.
fn is_refused(error: &ClientError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind() == io::ErrorKind::ConnectionRefused;
        }
        cause = error.source();
    }
    false
}

const fn pace(pace: components::Pace) -> protocol::Pace {
    match pace {
        components::Pace::Standard => protocol::Pace::Standard,
        components::Pace::Classic => protocol::Pace::Classic,
        components::Pace::Fast => protocol::Pace::Fast,
        components::Pace::Instant => protocol::Pace::Instant,
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use client::ClientError;
    use protocol::{ErrorCode, ErrorData};

    use super::super::asked_for;
    use super::{Exit, explain, take};

    #[tokio::test]
    async fn without_a_server_it_says_how_to_start_one() {
        // A port that was free a moment ago.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let asked = asked_for(&format!("ws://{address}/v1/ws"));
        let error = take(&asked).await.err().unwrap();
        let (text, exit) = explain(&error, &asked);
        assert!(text.contains(&asked.url) && text.contains("liap serve"), "{text}");
        assert_eq!(exit, Exit::Io);
    }

    #[tokio::test]
    async fn an_address_that_is_none_is_the_command_lines_fault() {
        let asked = asked_for("http://127.0.0.1/");
        let error = take(&asked).await.err().unwrap();
        assert_eq!(explain(&error, &asked).1, Exit::Usage);
    }

    #[test]
    fn a_name_that_is_taken_comes_with_the_way_out() {
        let (code, message) = (ErrorCode::NameTaken, "Somebody has it.".into());
        let data = ErrorData { code, message, retry_after_ms: None };
        let (text, exit) = explain(&ClientError::Refused(Box::new(data)), &asked_for("ws://x/"));
        assert_eq!(text, "name_taken: Somebody has it.\nChoose another name with --name NAME.");
        assert_eq!(exit, Exit::Io);
    }
}
