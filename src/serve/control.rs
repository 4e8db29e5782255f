//! The control socket: what an operator's command line asks of a running server. A Unix socket in a
//! directory that only the server's own user may enter.

use std::fs::{self, DirBuilder};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Sender;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::{UnixListener, unix};
use tokio::sync::{Semaphore, oneshot};

/// Bytes of a question.
const QUESTION_BYTES_MAX: u64 = 256;

/// Bytes of an answer.
const ANSWER_BYTES_MAX: u64 = 64 << 10;

/// Questions that wait for an answer; who comes later waits to be heard.
const QUESTIONS_MAX: usize = 8;

/// How long somebody who has connected may take to ask.
const ASKING_SECONDS_MAX: u64 = 5;

/// A question, and where its answer goes: one line of JSON.
pub(crate) struct Question {
    pub(crate) what: What,
    pub(crate) reply: oneshot::Sender<String>,
}

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// That all finished matches are archived now.
    ArchiveFlush,
}

impl What {
    /// As it is written on the socket.
    pub(crate) const fn line(self) -> &'static str {
        match self {
            Self::ArchiveFlush => "archive flush",
        }
    }

    fn of(line: &str) -> Option<Self> {
        [Self::ArchiveFlush].into_iter().find(|what| what.line() == line)
    }
}

fn path(data: &Path) -> PathBuf {
    data.join("run").join("control.sock")
}

/// Asks the server that uses this data directory; `None` if none does.
///
/// # Errors
///
/// It went away while it was asked.
pub(crate) fn ask(data: &Path, what: What, patience: Duration) -> io::Result<Option<String>> {
    let mut stream = match UnixStream::connect(path(data)) {
        Ok(stream) => stream,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused
            ) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    stream.set_read_timeout(Some(patience))?;
    writeln!(stream, "{}", what.line())?;
    let mut answer = String::new();
    BufReader::new(stream.take(ANSWER_BYTES_MAX)).read_line(&mut answer)?;
    if answer.is_empty() {
        return Err(io::Error::other("the server stopped before it answered"));
    }
    Ok(Some(answer.trim_end().to_owned()))
}

/// Listens in this data directory, whose journal is this process's.
///
/// # Errors
///
/// The socket cannot be made.
pub(super) fn listen(data: &Path) -> io::Result<UnixListener> {
    let path = path(data);
    if let Some(directory) = path.parent() {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => UnixListener::bind(&path),
    }
}

/// Takes questions as long as it is polled.
pub(super) async fn answer(listener: UnixListener, questions: Sender<Question>) {
    let slots = Arc::new(Semaphore::new(QUESTIONS_MAX));
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, most likely: the network says so too.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let questions = questions.clone();
        tokio::spawn(async move {
            if let Err(error) = converse(stream, questions).await {
                tracing::debug!(%error, "somebody left the control socket");
            }
            drop(slot);
        });
    }
}

async fn converse(
    mut stream: tokio::net::UnixStream,
    questions: Sender<Question>,
) -> io::Result<()> {
    let (reader, mut writer) = stream.split();
    let asking = Duration::from_secs(ASKING_SECONDS_MAX);
    let line = tokio::time::timeout(asking, read_question(reader)).await??;
    let answer = match What::of(line.trim_end()) {
        None => error("unknown_question", "there is: archive flush"),
        Some(what) => {
            let (reply, answer) = oneshot::channel();
            match questions.try_send(Question { what, reply }) {
                Ok(()) => answer.await.map_err(io::Error::other)?,
                Err(_) => error("no_archive", "this server has no archive, or it is busy"),
            }
        }
    };
    writer.write_all(answer.as_bytes()).await?;
    writer.write_all(b"\n").await
}

fn error(code: &str, message: &str) -> String {
    serde_json::json!({ "error": { "code": code, "message": message } }).to_string()
}

async fn read_question(reader: unix::ReadHalf<'_>) -> io::Result<String> {
    let mut line = String::new();
    let mut reader = tokio::io::BufReader::new(reader.take(QUESTION_BYTES_MAX));
    reader.read_line(&mut line).await?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_asked_where_no_server_runs() {
        let data = std::env::temp_dir().join(format!("liap-control-{}", std::process::id()));
        let answer = ask(&data, What::ArchiveFlush, Duration::from_secs(1)).unwrap();
        assert_eq!(answer, None);
    }

    #[test]
    fn a_question_is_answered_and_an_unknown_one_is_told_what_there_is() {
        let data = std::env::temp_dir().join(format!("liap-control-{}-b", std::process::id()));
        fs::create_dir_all(&data).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (questions, asked) = crossbeam_channel::bounded::<Question>(1);
        let asking = data.clone();
        let listener = runtime.block_on(async { listen(&data).unwrap() });
        let client = std::thread::spawn(move || {
            let known = ask(&asking, What::ArchiveFlush, Duration::from_secs(10)).unwrap();
            let mut stream = UnixStream::connect(path(&asking)).unwrap();
            stream.write_all(b"make tea\n").unwrap();
            let mut unknown = String::new();
            BufReader::new(stream).read_line(&mut unknown).unwrap();
            (known, unknown)
        });
        let archive = std::thread::spawn(move || {
            let question = asked.recv().unwrap();
            assert_eq!(question.what, What::ArchiveFlush);
            question.reply.send("{}".to_owned()).unwrap();
        });
        let (known, unknown) = runtime.block_on(async {
            tokio::spawn(answer(listener, questions));
            tokio::task::spawn_blocking(move || client.join().unwrap()).await.unwrap()
        });
        archive.join().unwrap();
        assert_eq!(known.as_deref(), Some("{}"));
        assert!(unknown.contains("archive flush"), "{unknown}");
        fs::remove_dir_all(&data).unwrap();
    }
}
