//! `liap play`: the game at a terminal, or at the end of a pipe, over the same wire as any client.

mod advice;
mod cast;
mod command;
mod game;
mod help;
mod input;
mod news;
mod over;
mod piece;
#[cfg(test)]
mod sample;
mod seat;
mod session;
mod set;
mod style;
mod table;

use std::env;
use std::io::{self, IsTerminal, Write};

use crate::args::{Exit, Play};
use input::Input;
pub(crate) use news::News;
pub(crate) use style::Style;
pub(crate) use table::lines as table_lines;

/// Plays until the player leaves or input ends. What happens goes to stdout, why nothing does to
/// stderr.
///
/// # Errors
/// Where stdout or stderr cannot be written to, or there is no runtime.
pub(crate) fn run(asked: &Play) -> io::Result<Exit> {
    let (mut out, mut err) = (io::stdout().lock(), io::stderr());
    if let Err(error) = protocol::check_name(&asked.name) {
        writeln!(err, "liap: {error}\nChoose another name with --name NAME.")?;
        return Ok(Exit::Usage);
    }
    let style = if wants_colour(&out) { Style::Colour } else { Style::Plain };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let input = Input::start();
        session::run(asked, style, input, &mut out, &mut err).await
    })
}

fn wants_colour(out: &impl IsTerminal) -> bool {
    out.is_terminal() && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
fn asked_for(url: &str) -> Play {
    let (url, name) = (url.to_owned(), "Ada".to_owned());
    Play { url, name, room: None, pace: None, bots: 3, json: false }
}
