//! A match as it is shown: in words, as the frames clients were sent, or one moment of it.

use std::io::{self, Write};

use client::protocol::{Encoding, ServerMessage, decode_message};
use components::{Event, Seat, Version};
use journal::Chain;

use super::rerun::{Difference, Moment, cause_json, rerun};
use crate::play::{News, Style, table_lines};

/// A match and who looks at it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Film<'a> {
    /// The match.
    pub(crate) chain: &'a Chain,
    /// Whose eyes; a spectator's where there is no seat.
    pub(crate) seat: Option<Seat>,
}

/// What became of a showing: writing may fail, and so may the match.
type Shown = io::Result<Result<(), Difference>>;

impl Film<'_> {
    /// The room as it was at one version.
    pub(crate) fn show_at(self, version: u64, json: bool, out: &mut impl Write) -> Shown {
        let mut found = None;
        let ran = rerun(self.chain, None, |moment| {
            if moment.recorded.version == Version(version) {
                found = Some(self.snapshot(moment));
            }
        });
        match (found, ran) {
            (Some(snapshot), _) if json => writeln!(out, "{snapshot}").map(Ok),
            (Some(snapshot), _) => {
                for line in room_lines(&snapshot) {
                    writeln!(out, "{line}")?;
                }
                Ok(Ok(()))
            }
            (None, Err(difference)) => Ok(Err(difference)),
            (None, Ok(_)) => Ok(Err(Difference::Gap(Version(version)))),
        }
    }

    /// Every commit as a line of JSON, with the very frame that was sent.
    pub(crate) fn show_frames(self, out: &mut impl Write) -> Shown {
        write_frames(self.chain, &mut [(self.seat, out)])
    }

    /// Every commit in words.
    pub(crate) fn show_news(self, out: &mut impl Write) -> Shown {
        let (mut news, mut written) = (None, Ok(()));
        let ran = rerun(self.chain, None, |moment| {
            let Moment { since_ms, recorded, .. } = *moment;
            let told = match &mut news {
                None => {
                    news = news_of(&self.snapshot(moment));
                    room_lines(&self.snapshot(moment))
                }
                Some(news) => told(news, &self.update(moment)),
            };
            for line in told {
                if written.is_ok() {
                    let (seconds, version) = (since_ms as f64 / 1000.0, recorded.version.0);
                    written = writeln!(out, "{seconds:>9.3} s  v{version:<5} {line}");
                }
            }
        });
        written?;
        Ok(ran.map(drop))
    }

    fn snapshot(self, moment: &Moment<'_>) -> String {
        let Moment { state, settings, .. } = moment;
        net::snapshot_json(&rules::room_view(state, self.chain.room, self.seat, settings))
    }

    fn update(self, moment: &Moment<'_>) -> String {
        let Moment { state, recorded, .. } = moment;
        let code = state.charter.map(|charter| charter.code);
        let shown: Vec<_> = recorded
            .events
            .iter()
            .map(|event| rules::view_event(event, state, self.seat))
            .collect();
        code.map(|code| net::update_json(code, recorded.version, &shown)).unwrap_or_default()
    }

    /// A line of JSON: the frame in it is byte for byte what a client was sent.
    fn line(self, moment: &Moment<'_>) -> String {
        let Moment { since_ms, recorded, .. } = *moment;
        let (version, wall_ms) = (recorded.version.0, recorded.wall_ms);
        let (cause, frame) = (cause_json(recorded.cause), self.update(moment));
        format!(
            r#"{{"version":{version},"ms":{since_ms},"wall_ms":{wall_ms},"cause":{cause},"frame":{frame}}}"#
        )
    }
}

/// Writes what each of these viewers was sent of a match, a line of JSON for each commit; `None` is a
/// spectator.
pub(crate) fn write_frames<W: Write>(chain: &Chain, viewers: &mut [(Option<Seat>, W)]) -> Shown {
    let mut written = Ok(());
    let ran = rerun(chain, None, |moment| {
        // But for a deal, all are told the same.
        let is_secret =
            moment.recorded.events.iter().any(|event| !matches!(event, Event::Public(_)));
        let mut line = None;
        for (seat, out) in viewers.iter_mut() {
            let film = Film { chain, seat: *seat };
            let line = match &mut line {
                Some(line) if !is_secret => line,
                line => line.insert(film.line(moment)),
            };
            if written.is_ok() {
                written = writeln!(out, "{line}");
            }
        }
    });
    written?;
    Ok(ran.map(drop))
}

fn news_of(snapshot: &str) -> Option<News> {
    match decode_message(Encoding::Json, snapshot.as_bytes()) {
        Ok(ServerMessage::Snapshot(room)) => Some(News::from(&room, Style::Plain)),
        _ => None,
    }
}

fn room_lines(snapshot: &str) -> Vec<String> {
    match decode_message(Encoding::Json, snapshot.as_bytes()) {
        Ok(ServerMessage::Snapshot(room)) => {
            table_lines(&room, room.ms_left.map(u64::from), Style::Plain)
        }
        _ => Vec::new(),
    }
}

fn told(news: &mut News, update: &str) -> Vec<String> {
    match decode_message(Encoding::Json, update.as_bytes()) {
        Ok(ServerMessage::Update(update)) => {
            update.events.iter().flat_map(|event| news.tell(event)).collect()
        }
        _ => Vec::new(),
    }
}
