//! What is typed, or piped in: read by a thread of its own, since reading blocks.

use std::io::{self, BufRead, Read};
use std::thread;

use tokio::signal::ctrl_c;
use tokio::sync::mpsc;

/// Most bytes of a line; what is longer counts as several.
const LINE_BYTES_MAX: u64 = 1024;

/// Most lines that wait: a pipe is not read on before.
const LINES_MAX: usize = 16;

/// Lines as they come.
#[derive(Debug)]
pub(super) struct Input {
    lines: mpsc::Receiver<String>,
    interrupts: mpsc::Receiver<()>,
}

impl Input {
    /// Reads stdin from now on, and catches Ctrl-C. Needs a tokio runtime. The thread ends with
    /// stdin or with the process.
    pub(super) fn start() -> Self {
        let (to_lines, lines) = mpsc::channel(LINES_MAX);
        let (to_interrupts, interrupts) = mpsc::channel(1);
        thread::spawn(move || {
            let mut stdin = io::stdin().lock();
            while let Some(line) = read_line(&mut stdin) {
                if to_lines.blocking_send(line).is_err() {
                    break;
                }
            }
        });
        tokio::spawn(async move {
            while ctrl_c().await.is_ok() && to_interrupts.send(()).await.is_ok() {}
            // Where Ctrl-C cannot be caught, that is no interrupt.
            to_interrupts.closed().await;
        });
        Self { lines, interrupts }
    }

    /// The next line; `None` at the end of input and at Ctrl-C. Lines are left waiting unless
    /// `may_read`. May be cancelled without loss.
    pub(super) async fn next(&mut self, may_read: bool) -> Option<String> {
        tokio::select! {
            biased;
            _ = self.interrupts.recv() => None,
            line = self.lines.recv(), if may_read => line,
        }
    }
}

/// A line without its end; `None` after the last, and where nothing can be read.
fn read_line(from: &mut impl BufRead) -> Option<String> {
    let mut bytes = Vec::new();
    match from.take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(String::from_utf8_lossy(&bytes).trim_end().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::{Input, LINE_BYTES_MAX, read_line};

    #[test]
    fn lines_are_read_to_the_end_also_without_a_last_line_end() {
        let mut from = &b"play 1\r\n\n\xffhi"[..];
        let lines: Vec<String> = std::iter::from_fn(|| read_line(&mut from)).collect();
        assert_eq!(lines, ["play 1", "", "\u{fffd}hi"]);
    }

    #[test]
    fn an_endless_line_is_cut() {
        let text = "x".repeat(LINE_BYTES_MAX as usize + 1);
        let mut from = text.as_bytes();
        let lengths: Vec<usize> =
            std::iter::from_fn(|| read_line(&mut from)).map(|line| line.len()).collect();
        assert_eq!(lengths, [LINE_BYTES_MAX as usize, 1]);
    }

    #[tokio::test]
    async fn an_interrupt_ends_input_also_while_no_line_may_be_read() {
        let (to_lines, lines) = mpsc::channel(2);
        let (to_interrupts, interrupts) = mpsc::channel(1);
        let mut input = Input { lines, interrupts };
        to_lines.send("hand".to_owned()).await.unwrap();
        assert_eq!(input.next(true).await.as_deref(), Some("hand"));
        to_lines.send("table".to_owned()).await.unwrap();
        to_interrupts.send(()).await.unwrap();
        assert_eq!(input.next(false).await, None);
    }
}
