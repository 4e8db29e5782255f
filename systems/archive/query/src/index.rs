//! Who is in which file, in memory: the files of a player are found without a look into any.
//!
//! For each file of `seats` a sorted list of its players with what the leaderboards add up, 36
//! bytes each; for each file of `matches` its first and last match. Lists are shared by all
//! snapshots, so a new manifest costs its own files only.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use archive::{FileEntry, Hour, Table};
use futures_util::{StreamExt, TryStreamExt};
use uuid::Uuid;

use crate::ask::AskError;
use crate::engine::Engine;

mod read;

/// What a player did in one file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    /// Matches.
    pub games: u32,
    /// Those that were won.
    pub wins: u32,
    /// Scores, added up.
    pub score: i32,
    /// Rounds that were scored.
    pub rounds: u32,
    /// Those in which as much was captured as declared.
    pub hits: u32,
}

/// A file of `seats`.
#[derive(Debug)]
pub struct SeatsFile {
    /// Which.
    pub file: FileEntry,
    /// Its players, sorted.
    pub players: Box<[(Uuid, Sum)]>,
    mark: u64,
}

impl SeatsFile {
    /// What this player did in it.
    #[must_use]
    pub fn of(&self, player: &Uuid) -> Option<&Sum> {
        let at = self.players.binary_search_by(|(key, _)| key.cmp(player)).ok()?;
        self.players.get(at).map(|(_, sum)| sum)
    }
}

/// A file of `matches`.
#[derive(Debug)]
pub struct MatchesFile {
    /// Which.
    pub file: FileEntry,
    /// Its first and its last match; none in an empty file.
    pub range: Option<(Uuid, Uuid)>,
}

/// Who is in which file.
#[derive(Debug, Default)]
pub struct Index {
    /// The files of `seats`, the oldest hours first.
    pub seats: Vec<Arc<SeatsFile>>,
    /// The files of `matches`, the oldest hours first.
    pub matches: Vec<Arc<MatchesFile>>,
    /// The first hour of which players are known, if older ones did not fit.
    pub since: Option<Hour>,
}

impl Index {
    /// The index of these files; what is known of them already is kept. If there are more than
    /// `most` players in files, the oldest hours are left out.
    ///
    /// # Errors
    /// If a file cannot be read.
    pub async fn next(
        &self,
        engine: &Arc<Engine>,
        files: &BTreeMap<Table, Vec<FileEntry>>,
        most: usize,
    ) -> Result<Self, AskError> {
        let of = |table| files.get(&table).map(Vec::as_slice).unwrap_or_default();
        let seats = self.next_seats(engine, of(Table::Seats), most);
        let matches = self.next_matches(engine, of(Table::Matches));
        let ((seats, since), matches) = futures_util::try_join!(seats, matches)?;
        Ok(Self { seats, matches, since })
    }

    async fn next_seats(
        &self,
        engine: &Arc<Engine>,
        files: &[FileEntry],
        most: usize,
    ) -> Result<(Vec<Arc<SeatsFile>>, Option<Hour>), AskError> {
        let known: HashMap<&str, &Arc<SeatsFile>> =
            self.seats.iter().map(|one| (one.file.path.as_str(), one)).collect();
        let mut newest_first = Vec::with_capacity(files.len());
        for file in files.iter().rev() {
            let kept = known.get(file.path.as_str()).map(|one| Arc::clone(one));
            newest_first.push(kept_or_read(kept, Arc::clone(engine), file.clone(), read::seats));
        }
        let mut reads = futures_util::stream::iter(newest_first).buffered(read::AT_ONCE);
        let (mut seats, mut players) = (Vec::<Arc<SeatsFile>>::new(), 0);
        let mut left_out = None;
        while let Some(one) = reads.try_next().await? {
            players += one.players.len();
            if players > most {
                left_out = Some(one.file.hour);
                break;
            }
            seats.push(one);
        }
        // Hours are known whole or not at all.
        if let Some(hour) = left_out {
            seats.retain(|one| one.file.hour > hour);
        }
        seats.reverse();
        Ok((seats, left_out.map(|hour| Hour(hour.0 + 1))))
    }

    async fn next_matches(
        &self,
        engine: &Arc<Engine>,
        files: &[FileEntry],
    ) -> Result<Vec<Arc<MatchesFile>>, AskError> {
        let known: HashMap<&str, &Arc<MatchesFile>> =
            self.matches.iter().map(|one| (one.file.path.as_str(), one)).collect();
        let mut reads = Vec::with_capacity(files.len());
        for file in files {
            let kept = known.get(file.path.as_str()).map(|one| Arc::clone(one));
            reads.push(kept_or_read(kept, Arc::clone(engine), file.clone(), read::matches));
        }
        futures_util::stream::iter(reads).buffered(read::AT_ONCE).try_collect().await
    }

    /// The files with this player, the newest hours first.
    pub fn of<'a>(
        &'a self,
        player: &'a Uuid,
    ) -> impl Iterator<Item = (&'a Arc<SeatsFile>, &'a Sum)> {
        self.seats.iter().rev().filter_map(move |one| Some((one, one.of(player)?)))
    }

    /// What of the archive an answer about this player rests on: another number as soon as a file
    /// with the player comes or goes. `None` for a player who is in no file.
    #[must_use]
    pub fn mark(&self, player: &Uuid) -> Option<u64> {
        self.of(player).map(|(one, _)| one.mark).reduce(u64::wrapping_add)
    }

    /// The files that may hold this match, which is in one at most.
    pub fn holding(&self, id: Uuid) -> impl Iterator<Item = &Arc<MatchesFile>> {
        self.matches
            .iter()
            .filter(move |one| one.range.is_some_and(|(first, last)| first <= id && id <= last))
    }

    /// Players in files: what bounds its memory.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.seats.iter().map(|one| one.players.len()).sum()
    }

    /// What each player did since the start of this hour.
    #[must_use]
    pub fn sums(&self, since: Hour) -> HashMap<Uuid, Sum> {
        let mut sums: HashMap<Uuid, Sum> = HashMap::new();
        for one in self.seats.iter().rev().take_while(|one| one.file.hour >= since) {
            for (player, sum) in &one.players {
                sums.entry(*player).or_default().add(sum);
            }
        }
        sums
    }
}

async fn kept_or_read<One, Reading: Future<Output = Result<One, AskError>>>(
    kept: Option<Arc<One>>,
    engine: Arc<Engine>,
    file: FileEntry,
    read: fn(Arc<Engine>, FileEntry) -> Reading,
) -> Result<Arc<One>, AskError> {
    match kept {
        Some(kept) => Ok(kept),
        None => read(engine, file).await.map(Arc::new),
    }
}

/// A number for a file: answers that rest on files are kept under the sum of theirs.
#[must_use]
pub fn mark_of(file: &FileEntry) -> u64 {
    let mut mark = DefaultHasher::new();
    file.path.hash(&mut mark);
    mark.finish()
}

impl Sum {
    pub(crate) const fn add(&mut self, other: &Self) {
        self.games = self.games.saturating_add(other.games);
        self.wins = self.wins.saturating_add(other.wins);
        self.score = self.score.saturating_add(other.score);
        self.rounds = self.rounds.saturating_add(other.rounds);
        self.hits = self.hits.saturating_add(other.hits);
    }
}
