//! A game as its player follows it: what to show when something comes or is typed. No socket, and
//! no clock of its own.

use std::time::{Duration, Instant};

use client::{Fold, Push, TableView};
use protocol::{
    AddBot, Declare, ErrorCode, ErrorData, Event, Phase, Play, Redeal, RemovePlayer, Request,
    Resync, Snapshot, Turn, Update,
};

use super::advice::{self, asked};
use super::command::{Asked, Command, parse};
use super::news::News;
use super::piece::{hand_line, pick, set_of};
use super::style::{Style, clean, seconds};
use super::{help, table};

/// The player is reminded when so much time is left, if there was half as much again to begin with.
const REMINDER: Duration = Duration::from_secs(10);

/// What to do about what came.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    /// To show.
    pub(super) lines: Vec<String>,
    /// To send.
    pub(super) request: Option<Request>,
    /// Whether the player goes.
    pub(super) is_over: bool,
}

impl Reply {
    fn show(lines: Vec<String>) -> Self {
        Self { lines, ..Self::default() }
    }

    fn say(line: impl Into<String>) -> Self {
        Self::show(vec![line.into()])
    }

    fn send(request: Request) -> Self {
        Self { request: Some(request), ..Self::default() }
    }
}

/// A game as its player follows it.
#[derive(Debug)]
pub(super) struct Game {
    table: TableView,
    news: News,
    style: Style,
    /// When the table's time left was as it says.
    clock_set: Instant,
    is_reminded: bool,
}

impl Game {
    /// Begins with a whole room.
    pub(super) fn new(snapshot: Snapshot<'static>, style: Style, now: Instant) -> Self {
        let news = News::from(&snapshot, style);
        let table = TableView::new(snapshot);
        Self { table, news, style, clock_set: now, is_reminded: false }
    }

    /// The table, and what is legal if the player is asked.
    pub(super) fn overview(&self, now: Instant) -> Vec<String> {
        let mut lines = vec![String::new()];
        lines.extend(table::lines(self.room(), self.ms_left(now), self.style));
        if asked(self.room()) != Asked::Nothing || self.is_between() {
            lines.extend(advice::lines(self.room(), self.style));
        } else {
            lines.push(self.hand());
        }
        lines
    }

    /// What the server tells.
    pub(super) fn hear(&mut self, push: Push, now: Instant) -> Reply {
        match push {
            Push::Snapshot(snapshot) => {
                self.table.apply_snapshot(*snapshot);
                self.news = News::from(self.room(), self.style);
                self.set_clock(now);
                Reply::show(self.overview(now))
            }
            Push::Update(update) => self.hear_update(&update, now),
            Push::Notice(notice) => {
                Reply::say(format!("The server says: {}", clean(&notice.message)))
            }
            Push::Lobby(_) => Reply::default(),
        }
    }

    /// What the server answers.
    pub(super) fn answered<T>(result: Result<T, Box<ErrorData<'_>>>) -> Reply {
        let Err(error) = result else { return Reply::default() };
        let is_over = matches!(error.code, ErrorCode::NotInRoom | ErrorCode::RoomNotFound);
        Reply { is_over, ..Reply::say(format!("Not done: {}", clean(&error.message))) }
    }

    /// What the player types.
    pub(super) fn obey(&self, line: &str, now: Instant) -> Reply {
        let command = match parse(line, asked(self.room())) {
            Ok(command) => command,
            Err(error) => return Reply::say(error),
        };
        let turn = Some(self.table.turn());
        match command {
            Command::Help => Reply::show(help::lines(self.style)),
            Command::Hand => Reply::say(self.hand()),
            Command::Table => Reply::show(self.overview(now)),
            Command::Scores => Reply::show(table::scores(self.room())),
            Command::Legal => Reply::show(advice::lines(self.room(), self.style)),
            Command::Redeal(accept) => Reply::send(Request::Redeal(Redeal { accept, turn })),
            Command::Declare(piles) => Reply::send(Request::Declare(Declare { piles, turn })),
            Command::Play(numbers) => self.play(&numbers, turn),
            Command::Start => Reply::send(Request::StartMatch),
            Command::AddBot(level) => Reply::send(Request::AddBot(AddBot { seat: None, level })),
            Command::Remove(seat) => Reply::send(Request::RemovePlayer(RemovePlayer { seat })),
            Command::Rematch => Reply::send(Request::Rematch),
            Command::Leave => Reply { is_over: true, ..Reply::default() },
        }
    }

    /// When to call [`remind`](Self::remind).
    pub(super) fn remind_at(&self) -> Option<Instant> {
        let left = Duration::from_millis(self.room().ms_left?.into());
        let is_asked = matches!(asked(self.room()), Asked::Piles | Asked::Pieces);
        let is_due = is_asked && !self.is_reminded && left > REMINDER + REMINDER / 2;
        is_due.then(|| self.clock_set + (left - REMINDER))
    }

    /// The player's time is running out.
    pub(super) fn remind(&mut self, now: Instant) -> Reply {
        self.is_reminded = true;
        let left = self.ms_left(now).unwrap_or_default();
        Reply::say(format!("{} left: then a bot decides for you.", seconds(left)))
    }

    fn play(&self, numbers: &[u8], turn: Option<Turn>) -> Reply {
        match pick(set_of(self.table.hand()), numbers) {
            Ok(picked) => {
                let pieces = protocol::Pieces(picked.0);
                Reply::send(Request::Play(Play { pieces, turn }))
            }
            Err(error) => Reply::say(error),
        }
    }

    fn hear_update(&mut self, update: &Update<'static>, now: Instant) -> Reply {
        let (was_behind, before) = (self.table.needs_resync(), self.question());
        match self.table.apply_update(update) {
            Fold::Done => {}
            Fold::Passed => return Reply::default(),
            Fold::Gap if was_behind => return Reply::default(),
            Fold::Gap => return Reply::send(Request::Resync(Resync::default())),
        }
        if update.events.iter().any(sets_clock) {
            self.set_clock(now);
        }
        let mut lines: Vec<String> =
            update.events.iter().flat_map(|event| self.news.tell(event)).collect();
        let is_new = self.question() != before && asked(self.room()) != Asked::Nothing;
        lines.extend(if is_new { self.overview(now) } else { self.after(&update.events, now) });
        let is_over = matches!(self.room().phase, Phase::Closed) || self.is_out(&update.events);
        Reply { lines, request: None, is_over }
    }

    /// What to show after events that ask nothing of the player.
    fn after(&self, events: &[Event<'_>], now: Instant) -> Vec<String> {
        let any = |is: fn(&Event<'_>) -> bool| events.iter().any(is);
        if any(moves_people) && self.is_between()
            || any(|event| matches!(event, Event::MatchOver { .. }))
        {
            return advice::lines(self.room(), self.style);
        }
        let mut lines = Vec::new();
        if any(|event| matches!(event, Event::Dealt { .. })) {
            lines.push(self.hand());
        } else if any(is_milestone) && !any(|event| matches!(event, Event::RoundScored { .. })) {
            lines.push(String::new());
            lines.extend(table::lines(self.room(), self.ms_left(now), self.style));
        } else if any(sets_clock) && self.waits_for_person() {
            lines.push(format!("{}.", table::state(self.room(), self.ms_left(now))));
        }
        lines
    }

    fn room(&self) -> &Snapshot<'static> {
        self.table.state()
    }

    fn hand(&self) -> String {
        hand_line(set_of(self.table.hand()), self.style)
    }

    /// What is asked, and when: the same question is not put twice.
    fn question(&self) -> (Asked, Turn, u8) {
        (asked(self.room()), self.table.turn(), self.room().round.redeals)
    }

    fn is_between(&self) -> bool {
        matches!(self.room().phase, Phase::Open | Phase::Finished { .. })
    }

    /// Whether the player has lost the seat.
    fn is_out(&self, events: &[Event<'_>]) -> bool {
        let own = self.room().seat;
        events
            .iter()
            .any(|event| matches!(event, Event::PlayerLeft { seat, .. } if Some(*seat) == own))
    }

    fn waits_for_person(&self) -> bool {
        let (Phase::Declaring { seat } | Phase::Playing { seat, .. }) = self.room().phase else {
            return false;
        };
        let is_person = self.table.player(seat).is_some_and(|player| player.bot.is_none());
        is_person && self.room().seat != Some(seat)
    }

    fn set_clock(&mut self, now: Instant) {
        (self.clock_set, self.is_reminded) = (now, false);
    }

    fn ms_left(&self, now: Instant) -> Option<u64> {
        let gone = now.saturating_duration_since(self.clock_set).as_millis() as u64;
        self.room().ms_left.map(|ms| u64::from(ms).saturating_sub(gone))
    }
}

/// Whether the time left counts from this event.
const fn sets_clock(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::Dealt { .. }
            | Event::RedealOffered { .. }
            | Event::RedealWarned { .. }
            | Event::RoundStarted { .. }
            | Event::DeclareStarted { .. }
            | Event::Declared { .. }
            | Event::TurnStarted { .. }
            | Event::Played { .. }
            | Event::TurnWon { .. }
            | Event::RoundScored { .. }
    )
}

const fn moves_people(event: &Event<'_>) -> bool {
    matches!(
        event,
        Event::PlayerJoined { .. } | Event::PlayerLeft { .. } | Event::HostChanged { .. }
    )
}

/// Whether the table is worth a look after it.
const fn is_milestone(event: &Event<'_>) -> bool {
    matches!(event, Event::TurnWon { .. } | Event::Declared { next: None, .. })
}

#[cfg(test)]
mod tests;
