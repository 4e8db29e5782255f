//! The desk: who asks here gets a ready-made answer, kept or made, with names.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use archive::Hour;
use tokio::sync::Semaphore;
use uuid::Uuid;

use crate::ask::AskError;
use crate::facts::board::{Boards, Metric};
use crate::facts::game::{self, Match};
use crate::facts::history::{self, History};
use crate::facts::player::{self, Figures};
use crate::facts::totals::{self, Totals};
use crate::facts::window::Window;
use crate::kept::{Count, Kept};
use crate::names::Names;
use crate::snapshot::{Archive, Snapshot};

/// The time, in ms since 1970.
pub type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// How much the desk may use.
#[derive(Debug, Clone, Copy)]
pub struct DeskLimits {
    /// Answers that are being made at once.
    pub at_once: usize,
    /// How long an answer waits for its turn.
    pub wait: Duration,
    /// How long the making of an answer may take.
    pub time: Duration,
    /// Bytes of all answers that are kept.
    pub kept_bytes: u64,
}

impl Default for DeskLimits {
    fn default() -> Self {
        Self {
            at_once: 8,
            wait: Duration::from_secs(2),
            time: Duration::from_secs(10),
            kept_bytes: 128 << 20,
        }
    }
}

/// Matches that a player of a leaderboard must have played at least, if it is not of sums.
pub const GAMES_MIN: u32 = 10;

/// Makes and keeps the ready-made answers.
pub struct Desk {
    /// What is asked.
    pub archive: Arc<Archive>,
    /// Who is who.
    pub names: Names,
    limits: DeskLimits,
    clock: Clock,
    turns: Semaphore,
    matches: Kept<(Uuid, u64), Match>,
    histories: Kept<(Uuid, u64, u64, usize), History>,
    players: Kept<(Uuid, u64), Figures>,
    boards: Kept<(u64, Hour, Window, u32), Boards>,
    totals: Kept<(u64, Hour, Window), Totals>,
    /// Looks at the archive that failed.
    pub looks_failed: AtomicU64,
    /// When the archive was looked at last with success, in ms since 1970.
    pub looked_ms: AtomicU64,
}

impl Desk {
    /// A desk that has nothing yet: see [`look`](Self::look).
    #[must_use]
    pub fn new(archive: Arc<Archive>, names: Names, clock: Clock, limits: DeskLimits) -> Self {
        let part = |percent: u64| limits.kept_bytes / 100 * percent;
        Self {
            archive,
            names,
            limits,
            clock,
            turns: Semaphore::new(limits.at_once),
            matches: Kept::new("match", part(35), |one| {
                1_000 + one.seats.len() * 250 + one.rounds_played.len() * 200
            }),
            histories: Kept::new("history", part(35), |one| 200 + one.matches.len() * 500),
            players: Kept::new("player", part(10), |_| 500),
            boards: Kept::new("leaderboard", part(10), Boards::bytes),
            totals: Kept::new("stats", part(10), |one| 1_000 + one.matches_per_hour.len() * 80),
            looks_failed: AtomicU64::new(0),
            looked_ms: AtomicU64::new(0),
        }
    }

    /// The time, in ms since 1970.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        (self.clock)()
    }

    fn running(&self) -> Hour {
        Hour::of(self.now_ms())
    }

    /// Looks at the archive; if it changed, makes what many will ask for and only then shows it.
    ///
    /// # Errors
    /// If it cannot be read now. What was shown before still is.
    pub async fn look(&self) -> Result<(), AskError> {
        let looked = match self.archive.look().await {
            Ok(Some(snapshot)) => {
                let warmed = self.warm(&snapshot).await;
                warmed.map(|()| self.archive.publish(snapshot))
            }
            // The hour may have changed.
            Ok(None) => self.warm(&self.archive.now()).await,
            Err(error) => Err(error),
        };
        match &looked {
            Ok(()) => self.looked_ms.store(self.now_ms(), Ordering::Relaxed),
            Err(_) => _ = self.looks_failed.fetch_add(1, Ordering::Relaxed),
        }
        looked
    }

    async fn warm(&self, snapshot: &Arc<Snapshot>) -> Result<(), AskError> {
        let running = self.running();
        for window in Window::EVERY {
            for games_min in [1, GAMES_MIN] {
                let key = (snapshot.number, running, window, games_min);
                self.boards.warm(key, boards(snapshot, running, window, games_min)).await?;
            }
            let made = totals::totals(self.archive.engine(), snapshot, window, running);
            self.totals.warm((snapshot.number, running, window), made).await?;
        }
        Ok(())
    }

    /// Makes an answer when its turn comes, in time.
    async fn make<Made>(
        &self,
        making: impl Future<Output = Result<Made, AskError>>,
    ) -> Result<Made, AskError> {
        let turn = tokio::time::timeout(self.limits.wait, self.turns.acquire()).await;
        let _turn = turn.map_err(|_| AskError::Busy)?.map_err(|_| AskError::Busy)?;
        let made = tokio::time::timeout(self.limits.time, making).await;
        let made = made.map_err(|_| AskError::TooLong(self.limits.time))?;
        self.noticed(made).await
    }

    /// If the archive was rewritten beneath an answer, looks at it before that is said: who asks
    /// again gets the answer.
    ///
    /// # Errors
    /// The same.
    pub async fn noticed<Made>(&self, made: Result<Made, AskError>) -> Result<Made, AskError> {
        if matches!(made, Err(AskError::Changed)) {
            // If this fails, it is counted and tried again soon.
            _ = self.look().await;
        }
        made
    }

    /// A match.
    ///
    /// # Errors
    /// If it cannot be had now.
    pub async fn game(&self, id: Uuid) -> Result<Option<Arc<Match>>, AskError> {
        let snapshot = self.archive.now();
        let marks = snapshot.index.holding(id).map(|one| crate::index::mark_of(&one.file));
        let Some(mark) = marks.reduce(u64::wrapping_add) else { return Ok(None) };
        let making = async {
            let found = self.make(game::find(self.archive.engine(), &snapshot, id)).await?;
            found.ok_or(AskError::UnknownMatch(id))
        };
        match self.matches.get((id, mark), making).await {
            Err(AskError::UnknownMatch(_)) => Ok(None),
            other => other.map(Some),
        }
    }

    /// A page of a player's history; `None` for who never played.
    ///
    /// # Errors
    /// If it cannot be had now.
    pub async fn history(
        &self,
        player: Uuid,
        before_ms: u64,
        limit: usize,
    ) -> Result<Option<Arc<History>>, AskError> {
        let snapshot = self.archive.now();
        let Some(mark) = snapshot.index.mark(&player) else { return Ok(None) };
        let making =
            self.make(history::page(self.archive.engine(), &snapshot, player, before_ms, limit));
        self.histories.get((player, mark, before_ms, limit), making).await.map(Some)
    }

    /// A player's figures; `None` for who never played.
    ///
    /// # Errors
    /// If they cannot be had now.
    pub async fn figures(&self, key: Uuid) -> Result<Option<Arc<Figures>>, AskError> {
        let snapshot = self.archive.now();
        let Some(mark) = snapshot.index.mark(&key) else { return Ok(None) };
        let making = async {
            let made = self.make(player::figures(self.archive.engine(), &snapshot, key)).await?;
            made.ok_or(AskError::Changed)
        };
        self.players.get((key, mark), making).await.map(Some)
    }

    /// The leaderboards of a window, with the first hour in it.
    ///
    /// # Errors
    /// If they cannot be had now.
    pub async fn boards(
        &self,
        window: Window,
        games_min: u32,
    ) -> Result<(Arc<Boards>, Hour), AskError> {
        let (snapshot, running) = (self.archive.now(), self.running());
        let key = (snapshot.number, running, window, games_min);
        let making = self.make(boards(&snapshot, running, window, games_min));
        let since = window.since(running).max(snapshot.index.since.unwrap_or(Hour(0)));
        Ok((self.boards.get(key, making).await?, since))
    }

    /// Figures over all players.
    ///
    /// # Errors
    /// If they cannot be had now.
    pub async fn totals(&self, window: Window) -> Result<Arc<Totals>, AskError> {
        let (snapshot, running) = (self.archive.now(), self.running());
        let making = self.make(totals::totals(self.archive.engine(), &snapshot, window, running));
        self.totals.get((snapshot.number, running, window), making).await
    }

    /// How the caches do.
    #[must_use]
    pub fn counts(&self) -> [Count; 5] {
        [
            self.matches.count(),
            self.histories.count(),
            self.players.count(),
            self.boards.count(),
            self.totals.count(),
        ]
    }
}

/// What games a leaderboard asks for if nobody says: sums need none.
#[must_use]
pub const fn games_min(metric: Metric) -> u32 {
    match metric {
        Metric::Wins => 1,
        Metric::WinRate | Metric::Score | Metric::Accuracy => GAMES_MIN,
    }
}

async fn boards(
    snapshot: &Arc<Snapshot>,
    running: Hour,
    window: Window,
    games_min: u32,
) -> Result<Boards, AskError> {
    let snapshot = Arc::clone(snapshot);
    let made = move || Boards::of(&snapshot.index, window, running, games_min);
    tokio::task::spawn_blocking(made).await.map_err(|died| AskError::Internal(died.to_string()))
}
