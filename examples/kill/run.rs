//! The run: people sit down, the server dies and comes back, the last matches end.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use client::TableView;
use protocol::{Encoding, Phase};
use tokio::time::{Instant, sleep};

use crate::args::Args;
use crate::book::Book;
use crate::chance::Chance;
use crate::player::Player;
use crate::server::{Life, Starter};
use crate::shared::{Shared, Stage};

/// How long all rooms may take to begin their first match, and the server to be ready.
const OPENING_MAX: Duration = Duration::from_secs(60);

/// How long a stop of the server lasts, in ms: above the grace of a lost connection.
const STOP_MS: (u64, u64) = (1_500, 4_000);

/// How long a server that is asked to end may take.
const END_MAX: Duration = Duration::from_secs(30);

/// Both people of a room; the host first.
pub(crate) type Pair = [Rc<RefCell<Book>>; 2];

/// What happened to the server.
#[derive(Debug, Default)]
pub(crate) struct Lives {
    pub(crate) kills: u32,
    pub(crate) stops: u32,
    /// From a start after a kill until ready, in lives without a stop.
    pub(crate) recoveries: Vec<Duration>,
    /// Rooms whose last match did not end in time.
    pub(crate) unended: usize,
}

/// Seats everybody, whose life begins at once.
pub(crate) fn seat_people(args: &Args, shared: &Rc<Shared>) -> Vec<Pair> {
    (0..args.rooms)
        .map(|nth| {
            let book = |who: &str| Rc::new(RefCell::new(Book::of(format!("{who} {nth}"))));
            let pair = [book("Ann"), book("Bob")];
            for (at, own) in pair.iter().enumerate() {
                let person = (nth * 2 + at) as u64;
                let player = Player {
                    shared: Rc::clone(shared),
                    book: Rc::clone(own),
                    host: (at > 0).then(|| Rc::clone(&pair[0])),
                    encoding: if nth % 2 == at { Encoding::Json } else { Encoding::MessagePack },
                    chance: Chance::new(args.seed, person),
                    token: None,
                    next_id: 1,
                };
                tokio::task::spawn_local(player.live());
            }
            pair
        })
        .collect()
}

/// Lets the server live and die as often as wanted, and end in the end.
///
/// # Errors
///
/// What makes going on senseless: it does not start, or nobody gets to play.
pub(crate) async fn live_and_die(
    args: &Args,
    starter: &Starter,
    shared: &Shared,
    pairs: &[Pair],
) -> Result<Lives, String> {
    let mut lives = Lives::default();
    let mut chance = Chance::new(args.seed, u64::MAX >> 1);
    let mut life = starter.start().map_err(|error| format!("the server: {error}"))?;
    starter.ready(life.began, OPENING_MAX).await.ok_or("the server does not become ready")?;
    let plays = |book: &Rc<RefCell<Book>>| !book.borrow().matches.is_empty();
    let opened = until(OPENING_MAX, || pairs.iter().flatten().all(plays)).await;
    if !opened {
        return Err("not all rooms began to play in time".to_owned());
    }
    for nth in 1..=args.kills {
        let stops = nth * args.stops / args.kills > (nth - 1) * args.stops / args.kills;
        let (low, high) = args.every;
        // Now and then so short that it may be over before it is ready.
        let length = if chance.percent(10) { chance.ms(0, low) } else { chance.ms(low, high) };
        let recoveries = &mut lives.recoveries;
        tokio::select! {
            () = spend(&life, length, stops, &mut lives.stops, &mut chance) => {}
            () = note_ready(starter, &life, nth > 1 && !stops, recoveries) => {}
            () = enough(args, shared) => break,
        }
        if args.gently {
            end_well(life, shared).await;
        } else if let Err(what) = life.kill() {
            shared.verdict.borrow_mut().violate(what);
        }
        lives.kills += 1;
        life = starter.start().map_err(|error| format!("the server: {error}"))?;
    }
    match starter.ready(life.began, OPENING_MAX).await {
        Some(took) if lives.kills == args.kills && args.kills > 0 => lives.recoveries.push(took),
        Some(_) => {}
        None => shared.verdict.borrow_mut().violate("it did not become ready".to_owned()),
    }
    lives.unended = end(args, shared, pairs).await;
    end_well(life, shared).await;
    Ok(lives)
}

/// Asks it to end, as it must then.
async fn end_well(life: Life, shared: &Shared) {
    let ended = life.stop(END_MAX).await;
    let is_good = matches!(&ended, Ok(Some(status)) if status.success());
    shared
        .verdict
        .borrow_mut()
        .need(is_good, || format!("asked to end, the server did so with {ended:?}"));
}

/// Passes the rest of a life, with a stop in the middle of it if wanted.
async fn spend(life: &Life, length: Duration, stops: bool, stopped: &mut u32, chance: &mut Chance) {
    if stops {
        sleep(chance.ms(0, length.as_millis() as u64)).await;
        if life.signal("STOP").is_ok() {
            *stopped += 1;
            sleep(chance.ms(STOP_MS.0, STOP_MS.1)).await;
            _ = life.signal("CONT");
            // The end comes a whole life later, or before anybody has noticed that it goes on.
            sleep(chance.ms(0, length.as_millis() as u64)).await;
            return;
        }
    }
    let left = length.saturating_sub(life.began.elapsed());
    sleep(left).await;
}

/// Notes how long it takes to be ready, and then waits for ever.
async fn note_ready(starter: &Starter, life: &Life, notes: bool, recoveries: &mut Vec<Duration>) {
    if notes && let Some(took) = starter.ready(life.began, OPENING_MAX).await {
        recoveries.push(took);
    }
    std::future::pending::<()>().await;
}

/// Waits for as many violations as end the run.
async fn enough(args: &Args, shared: &Shared) {
    loop {
        sleep(Duration::from_millis(50)).await;
        if is_enough(args, shared) {
            return;
        }
    }
}

fn is_enough(args: &Args, shared: &Shared) -> bool {
    args.stop_at > 0 && shared.verdict.borrow().violations >= args.stop_at
}

/// Lets the last matches end: in how many rooms they did not.
async fn end(args: &Args, shared: &Shared, pairs: &[Pair]) -> usize {
    shared.stage.set(Stage::Ending);
    let unended = || count(pairs, |table| matches!(table.phase(), Phase::Finished { .. }));
    let patience = Duration::from_secs(args.patience);
    until(patience, || is_enough(args, shared) || unended() == 0).await;
    let left = unended();
    shared.stage.set(Stage::Over);
    for pair in pairs {
        for book in pair {
            let book = book.borrow();
            if let Some(asked) = book.unanswered().filter(|_| !is_enough(args, shared)) {
                let what = format!("{book}: never answered: {asked:?}");
                shared.verdict.borrow_mut().violate(what);
            }
        }
    }
    left
}

/// Rooms in which not both see a table that is as it should be, with nothing to be answered.
fn count(pairs: &[Pair], is_right: impl Fn(&TableView) -> bool) -> usize {
    let is_fine = |book: &Rc<RefCell<Book>>| {
        let book = book.borrow();
        book.unanswered().is_none() && book.table().is_some_and(&is_right)
    };
    pairs.iter().filter(|pair| !pair.iter().all(is_fine)).count()
}

/// Waits until something holds; false if it does not in time.
async fn until(patience: Duration, holds: impl Fn() -> bool) -> bool {
    let began = Instant::now();
    while !holds() {
        if began.elapsed() > patience {
            return false;
        }
        sleep(Duration::from_millis(50)).await;
    }
    true
}
