//! One person: connects, plays, and comes back after every end of a connection.

use std::cell::RefCell;
use std::io::Write;
use std::rc::Rc;
use std::time::Duration;

use client::{Client, ClientError, Incoming, Options, Push};
use protocol::{CreateRoom, Encoding, Event, JoinRoom, Pace, Phase, Request, Resync};
use tokio::time::{Instant, sleep, sleep_until};

use crate::book::{Book, is_remembered};
use crate::chance::Chance;
use crate::choice;
use crate::shared::{Shared, Stage};

/// How long a server that has the connection may leave a request unanswered: above the longest stop.
const ANSWER_MAX: Duration = Duration::from_secs(30);

/// How often a person looks up: whether the run is over.
const GLANCE: Duration = Duration::from_millis(500);

/// How many of 100 decisions come only after another look at everything: without one, a snapshot is
/// hardly ever of a version that was folded too, since coming back makes a version.
const RESYNCS: u64 = 3;

/// One person.
pub(crate) struct Player {
    pub(crate) shared: Rc<Shared>,
    pub(crate) book: Rc<RefCell<Book>>,
    /// Who opens the room, for those who join it.
    pub(crate) host: Option<Rc<RefCell<Book>>>,
    pub(crate) encoding: Encoding,
    pub(crate) chance: Chance,
    pub(crate) token: Option<String>,
    pub(crate) next_id: u32,
}

impl Player {
    /// Plays until the run is over.
    pub(crate) async fn live(mut self) {
        let mut lost: Option<Instant> = None;
        while self.shared.stage.get() != Stage::Over {
            if let Some(mut client) = self.connect().await {
                if let Some(lost) = lost {
                    self.shared.verdict.borrow_mut().returned(lost.elapsed());
                }
                if let Err(error @ ClientError::Unreadable(_)) = self.play(&mut client).await {
                    let what = format!("{}: {error}", self.book.borrow());
                    self.shared.verdict.borrow_mut().violate(what);
                }
                self.next_id = self.next_id.max(client.next_id());
                lost = Some(Instant::now());
            }
            sleep(self.chance.ms(10, 200)).await;
        }
    }

    /// Says hello; `None` if nobody is there now.
    async fn connect(&mut self) -> Option<Client> {
        let first_id = self.again().map_or(self.next_id, |id| id - 1);
        let options = Options {
            encoding: self.encoding,
            name: Some(self.book.borrow().name.clone()),
            token: self.token.clone(),
            first_id,
            ..Options::default()
        };
        match Client::connect(&self.shared.url, options).await {
            Ok(client) => {
                self.token = Some(client.token().to_owned());
                let mut verdict = self.shared.verdict.borrow_mut();
                self.book.borrow_mut().connected(client.welcome(), &mut verdict);
                Some(client)
            }
            Err(error @ (ClientError::Refused(_) | ClientError::Unreadable(_))) => {
                let what = format!("{}: hello: {error}", self.book.borrow());
                self.shared.verdict.borrow_mut().violate(what);
                sleep(Duration::from_secs(1)).await;
                None
            }
            Err(_) => None,
        }
    }

    /// The request to send again on the next connection: the one without an answer, or now and
    /// then the last that was done. A client numbers by itself, so `hello` takes the number before.
    fn again(&mut self) -> Option<u32> {
        let book = self.book.borrow();
        if let Some(asked) = book.unanswered().filter(|asked| is_sent_again(&asked.request)) {
            return Some(asked.id);
        }
        let repeats = self.chance.percent(30);
        book.last_done().filter(|asked| repeats && asked.id + 1 == self.next_id).map(|it| it.id)
    }

    /// Plays until the connection ends, or the run is over.
    async fn play(&mut self, client: &mut Client) -> Result<(), ClientError> {
        self.ask_again(client).await?;
        let mut due: Option<Instant> = None;
        let mut asked_at = Instant::now();
        loop {
            let is_waiting = self.book.borrow().unanswered().is_some();
            if is_waiting {
                due = None;
            } else if due.is_none() && self.wish().is_some() {
                let think_ms = self.shared.think_ms;
                due = Some(Instant::now() + self.chance.ms(think_ms / 10, think_ms));
            }
            let wake = due.unwrap_or_else(|| Instant::now() + GLANCE);
            tokio::select! {
                incoming = client.next() => {
                    if !self.take(incoming?) {
                        return Ok(());
                    }
                }
                () = sleep_until(wake) => {
                    let is_over = self.shared.stage.get() == Stage::Over;
                    if is_over || (is_waiting && self.is_forgotten(asked_at)) {
                        return Ok(());
                    }
                    if due.take().is_some() && let Some(mut request) = self.wish() {
                        if self.book.borrow().table().is_some() && self.chance.percent(RESYNCS) {
                            request = Request::Resync(Resync::default());
                        }
                        asked_at = Instant::now();
                        self.ask(client, request).await?;
                    }
                }
            }
        }
    }

    /// Sends again what [`again`](Self::again) has chosen.
    async fn ask_again(&mut self, client: &mut Client) -> Result<(), ClientError> {
        let request = {
            let mut book = self.book.borrow_mut();
            let at = client.next_id();
            if book.unanswered().is_some_and(|asked| asked.id != at) {
                book.give_up();
            }
            book.asked.last().filter(|asked| asked.id == at).map(|asked| asked.request.clone())
        };
        let Some(request) = request else { return Ok(()) };
        self.shared.verdict.borrow_mut().repeats += 1;
        self.ask(client, request).await
    }

    /// Whether an answer is overdue, which must not be.
    fn is_forgotten(&self, asked_at: Instant) -> bool {
        let is_late = asked_at.elapsed() > ANSWER_MAX;
        if is_late {
            let book = self.book.borrow();
            let what = format!("{book}: no answer to {:?}", book.unanswered());
            self.shared.verdict.borrow_mut().violate(what);
        }
        is_late
    }

    async fn ask(&mut self, client: &mut Client, request: Request) -> Result<(), ClientError> {
        self.book.borrow_mut().ask(client.next_id(), &request);
        self.next_id = self.next_id.max(client.next_id() + 1);
        client.send(request).await?;
        Ok(())
    }

    /// What this person wants to ask now.
    fn wish(&mut self) -> Option<Request> {
        let book = self.book.borrow();
        if book.is_behind() {
            return Some(Request::Resync(Resync::default()));
        }
        if book.seat.is_none() {
            let Some(host) = &self.host else {
                let pace = Some(Pace::Fast);
                return Some(Request::CreateRoom(CreateRoom {
                    pace,
                    bots: 2,
                    ..Default::default()
                }));
            };
            let room = host.borrow().room.clone();
            return (!room.is_empty()).then_some(Request::JoinRoom(JoinRoom { room, seat: None }));
        }
        let table = book.table()?;
        // The right to begin goes over to who is there.
        let is_host = table.seat().is_some() && table.state().host == table.seat();
        match table.phase() {
            Phase::Open if is_host => {
                table.state().seats.iter().all(Option::is_some).then_some(Request::StartMatch)
            }
            Phase::Finished { .. } if is_host => {
                (self.shared.stage.get() == Stage::Playing).then_some(Request::Rematch)
            }
            _ => choice::decision(table, &mut self.chance),
        }
    }

    /// Takes in what came; false if it was the end.
    fn take(&mut self, incoming: Incoming) -> bool {
        let mut book = self.book.borrow_mut();
        let verdict = &mut *self.shared.verdict.borrow_mut();
        match incoming {
            Incoming::Answer { id: Some(id), result } => {
                let result = result.as_ref().map(|data| &**data).map_err(|data| data.code);
                book.answered(id, result, verdict);
            }
            Incoming::Answer { id: None, result } => {
                verdict.violate(format!("{book}: an answer to nothing: {result:?}"));
            }
            Incoming::Push(Push::Update(update)) => {
                if let Some(seen) = &self.shared.seen {
                    let (room, version) = (&update.room, update.version);
                    let events: &Vec<Event<'_>> = &update.events;
                    let line = serde_json::json!([room, book.seat, version, events]);
                    _ = writeln!(seen.borrow_mut(), "{line}");
                }
                book.update(&update, verdict);
            }
            Incoming::Push(Push::Snapshot(snapshot)) => book.snapshot(*snapshot, verdict),
            Incoming::Push(Push::Lobby(_) | Push::Notice(_)) => {}
            Incoming::Closed { .. } => return false,
        }
        true
    }
}

/// Whether a request without an answer is sent again as it is, after a lost connection.
fn is_sent_again(request: &Request) -> bool {
    is_remembered(request) || matches!(request, Request::CreateRoom(_) | Request::JoinRoom(_))
}
