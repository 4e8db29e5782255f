//! One room: its connections, on one task.

use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use protocol::{CreateRoom, Envelope, Hello, JoinRoom, Request, Resync, encode_request};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::args::{Args, Until};
use crate::pace::Pacer;
use crate::socket::Socket;
use crate::table::Turn;
use crate::tally::Tally;
use crate::view::{Answer, Player, View};

/// How long any step of opening may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A room being played.
pub(crate) struct Room {
    encoding: protocol::Encoding,
    sockets: Vec<Socket>,
    view: View,
    pacer: Pacer,
    asked_rematch: bool,
    sleep: Pin<Box<Sleep>>,
    message: Vec<u8>,
}

impl Room {
    /// Opens the `nth` room, with everybody in it.
    ///
    /// # Errors
    ///
    /// A sentence about what failed.
    pub(crate) async fn open(
        args: &Args,
        target: &(SocketAddr, String),
        nth: usize,
        tally: Rc<RefCell<Tally>>,
    ) -> Result<Self, String> {
        let encoding = args.encoding();
        let mut room = Self {
            encoding,
            sockets: Vec::new(),
            view: View::new(encoding, tally),
            pacer: Pacer::new(args, nth),
            asked_rematch: false,
            sleep: Box::pin(sleep_until(Instant::now())),
            message: Vec::new(),
        };
        for seat in 0..usize::from(args.humans) {
            let connection = nth * usize::from(args.humans) + seat;
            let socket = Socket::open(target, encoding.subprotocol(), connection).await;
            room.sockets.push(socket.map_err(|error| format!("connecting: {error}"))?);
            room.view.players.push(Player::default());
            let name = Some(format!("load {nth}-{seat}"));
            room.ask(seat, Request::Hello(Hello { name, ..Hello::default() })).await?;
        }
        if args.until >= Until::Join {
            let bots = 4 - args.humans;
            let wish = CreateRoom { pace: Some(args.pace), bots, ..CreateRoom::default() };
            let code = room.ask(0, Request::CreateRoom(wish)).await?.unwrap_or_default();
            for seat in 1..usize::from(args.humans) {
                let wish = JoinRoom { room: code.clone(), seat: None };
                room.ask(seat, Request::JoinRoom(wish)).await?;
            }
        }
        if args.until == Until::Play {
            room.ask(0, Request::StartMatch).await?;
        }
        Ok(room)
    }

    /// Asks and waits for the answer: the room's code where it brings one.
    async fn ask(&mut self, seat: usize, request: Request) -> Result<Option<String>, String> {
        let kind = request.kind().as_str();
        let id = self.push(seat, request);
        let answered = poll_fn(|context| {
            if let Poll::Ready(error) = self.poll_sockets(context) {
                return Poll::Ready(Err(format!("{kind}: {error}")));
            }
            match self.view.answer.take() {
                Some(Answer { from, id: of, result }) if from == seat && of == id => {
                    Poll::Ready(result.map_err(|code| format!("{kind}: {code}")))
                }
                _ => Poll::Pending,
            }
        });
        let timed_out = Err(format!("{kind}: no answer"));
        tokio::time::timeout(PATIENCE, answered).await.unwrap_or(timed_out)
    }

    fn push(&mut self, seat: usize, request: Request) -> u32 {
        let player = &mut self.view.players[seat];
        player.id += 1;
        let id = player.id;
        self.message.clear();
        encode_request(self.encoding, &Envelope { id, request }, &mut self.message);
        self.sockets[seat].push(&self.message);
        id
    }

    /// Plays until a connection ends.
    pub(crate) async fn play(mut self) {
        let error = poll_fn(|context| self.poll_play(context)).await;
        let mut tally = self.view.tally.borrow_mut();
        *tally.ended.entry(error.to_string()).or_default() += 1;
    }

    fn poll_play(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        loop {
            if let Poll::Ready(error) = self.poll_sockets(context) {
                return Poll::Ready(error);
            }
            let Some(due_us) = self.act() else { return Poll::Pending };
            // After a move there may be nothing to wait for but its outcome.
            if due_us > 0 {
                let at = self.view.tally.borrow().instant(due_us);
                self.sleep.as_mut().reset(at.into());
                if self.sleep.as_mut().poll(context).is_pending() {
                    return Poll::Pending;
                }
            }
        }
    }

    /// Takes in all that has come and writes all that is queued.
    fn poll_sockets(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        for seat in 0..self.sockets.len() {
            let view = &mut self.view;
            let socket = &mut self.sockets[seat];
            if let Poll::Ready(error) =
                socket.poll_messages(context, |bytes| view.take(seat, bytes))
            {
                return Poll::Ready(error);
            }
            if std::mem::take(&mut self.view.players[seat].wants_resync) {
                self.push(seat, Request::Resync(Resync::default()));
            }
            if let Poll::Ready(Err(error)) = self.sockets[seat].poll_send(context) {
                return Poll::Ready(error);
            }
        }
        Poll::Pending
    }

    /// Queues a move that is due, and gives 0; else when the next one is due, if any is.
    fn act(&mut self) -> Option<u64> {
        let now_us = self.view.tally.borrow().now_us();
        if self.view.in_flight.is_some() || self.view.tally.borrow().until_us <= now_us {
            return None;
        }
        if self.view.table.turn == Turn::Over {
            let asks = !std::mem::replace(&mut self.asked_rematch, true);
            return asks.then(|| {
                self.push(0, Request::Rematch);
                0
            });
        }
        self.asked_rematch = false;
        let seat = self.view.table.actor(self.sockets.len() as u8)?;
        // Nobody acts on what they have not seen.
        if self.view.players[usize::from(seat)].version < self.view.version {
            return None;
        }
        let due_us = self.pacer.due_us(now_us);
        if now_us < due_us {
            return Some(due_us);
        }
        self.pacer.acted(now_us);
        let request = self.view.table.decide(seat);
        let now_us = self.view.tally.borrow().now_us();
        let id = self.push(usize::from(seat), request);
        self.view.sent(seat, id, now_us, now_us - due_us);
        Some(0)
    }
}
