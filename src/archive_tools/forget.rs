//! `liap archive forget`: who a player is goes; with `--hard`, also that their matches are one
//! person's.

use std::io::Write;

use archive::{Dead, DeadError, Erased, Found, People, PlayerKey, Table};
use components::{PlayerId, RoomState};
use journal::Finished;
use serde_json::json;

use super::bar::Bar;
use super::{Desk, Kept, done};
use crate::archiving::{DEAD, PEOPLE};
use crate::args::{Exit, Forget};
use crate::clock::wall_ms;
use crate::journal_tools::{self, Failure};
use crate::serve::storage::JOURNAL;

pub(super) fn run(asked: &Forget, desk: &mut Desk, out: &mut impl Write) -> Result<Exit, Failure> {
    let wrong = |error: archive::PeopleError| Failure::Data(error.to_string());
    let path = desk.beside(PEOPLE);
    if !path.is_file() {
        return Err(Failure::Missing(format!("there is no {}: nobody is known", path.display())));
    }
    let mut people = People::open(&path).map_err(wrong)?;
    let found = people.find(&asked.player).map_err(wrong)?;
    let key = match &found[..] {
        [one] => one.key,
        // A player who was forgotten before can still be erased.
        [] => match uuid::Uuid::parse_str(asked.player.trim()) {
            Ok(key) if asked.hard => PlayerKey(key),
            _ => {
                let who = &asked.player;
                return Err(Failure::Missing(format!(
                    "nobody is known as {who}; who never finished a match is known once one is \
                     archived: `liap archive flush`"
                )));
            }
        },
        several => return Err(ambiguous(several)),
    };
    // First, or a match that is archived meanwhile would have the key again.
    let forgotten = match found.first() {
        Some(one) => people.forget(one.player).map_err(wrong)?,
        None => None,
    };
    let erased = if asked.hard { erase_again(key, desk)? } else { Erased::default() };
    let (dead, waiting) = match found.first() {
        Some(one) => (dead_of(one.player, desk)?, waiting_of(one.player, desk)?),
        None => (0, 0),
    };
    let (names, sessions) =
        forgotten.as_ref().map_or((0, 0), |forgotten| (forgotten.names.len(), forgotten.sessions));
    let json = json!({
        "player_key": key.to_string(), "names": names, "sessions": sessions, "hard": asked.hard,
        "matches": erased.matches, "hours": erased.hours, "files": erased.files,
        "rows": erased.rows, "bytes": erased.bytes, "deleted": erased.deleted,
        "left_alone": erased.left_alone, "missing": erased.missing, "damage": erased.damage,
        "dead": dead, "waiting": waiting,
    });
    let mut words = format!(
        "player {key} is forgotten: {names} names and {sessions} sessions are gone; the archive \
         does not tell any more who that was"
    );
    if asked.hard {
        let Erased { matches, files, rows, .. } = erased;
        words.push_str(&format!(
            "\n{matches} matches, {rows} rows in {files} files were written anew without the player"
        ));
    }
    if waiting > 0 {
        words.push_str(&format!(
            "\n{waiting} games of the player are still in the journal and bring the name back: when they are \
             over, `liap archive flush`, then forget again"
        ));
    }
    if dead > 0 {
        words.push_str(&format!(
            "\n{dead} matches in DATA/dead still name the player: `liap archive retry`, or delete them"
        ));
    }
    desk.tell(out, &json, &words)?;
    let is_whole = dead == 0
        && waiting == 0
        && erased.left_alone == 0
        && erased.missing.is_empty()
        && erased.damage.is_empty();
    Ok(if is_whole { Exit::Ok } else { Exit::CheckFailed })
}

/// Erases, and says how to go on where that fails: the player is forgotten by then.
fn erase_again(key: PlayerKey, desk: &Desk) -> Result<Erased, Failure> {
    erase(key, desk).map_err(|failure| {
        let why = format!("{failure}; try again with --player {key} --hard");
        match failure {
            Failure::Io(_) => Failure::Io(std::io::Error::other(why)),
            Failure::Data(_) => Failure::Data(why),
            Failure::Missing(_) => Failure::Missing(why),
        }
    })
}

/// Matches of this player that were put aside: their replay files have names.
fn dead_of(player: PlayerId, desk: &Desk) -> Result<usize, Failure> {
    let wrong = |error: DeadError| Failure::Data(error.to_string());
    let dead = Dead::at(&desk.beside(DEAD));
    let mut count = 0;
    for id in dead.list().map_err(wrong)? {
        // What cannot be read names nobody who could be found.
        let Ok(Some(chain)) = dead.chain(id) else { continue };
        count += usize::from(sits(&chain.base, player));
    }
    Ok(count)
}

/// Games of this player that the journal still has: live ones, and finished ones that wait.
fn waiting_of(player: PlayerId, desk: &Desk) -> Result<usize, Failure> {
    let directory = desk.beside(JOURNAL);
    if !directory.is_dir() {
        return Ok(0);
    }
    let journal = journal_tools::open(&directory)?;
    let live = journal.rooms().iter().filter(|room| sits(&room.state, player)).count();
    let read = |done: Finished| journal.read_match(done.match_id).ok().flatten();
    let waiting = journal.finished().filter_map(read).filter(|chain| sits(&chain.base, player));
    Ok(live + waiting.count())
}

fn sits(room: &RoomState, player: PlayerId) -> bool {
    let mut seats = room.players.iter().flatten();
    seats.any(|one| one.control.human().is_some_and(|human| human.player == player))
}

fn erase(key: PlayerKey, desk: &Desk) -> Result<Erased, Failure> {
    let Kept { mut keeper, runtime } = desk.kept()?;
    let bar = Bar::new();
    let mut redact =
        |table, rows: &_| archive::erase(table, rows, key).map_err(|error| error.to_string());
    let (name, others) = (key.to_string(), [Table::Events]);
    let mut tell = bar.teller();
    done(&runtime, keeper.erase(&name, &others, wall_ms(), &mut redact, &mut tell))
}

fn ambiguous(several: &[Found]) -> Failure {
    let mut text = "several players are known so; say which by the key:".to_owned();
    for one in several {
        text.push_str(&format!("\n  {} {}", one.key, one.names.join(", ")));
    }
    Failure::Missing(text)
}
