//! Trying buried matches again: after an update, or once the target has been put right.

use crate::archiver::caught;
use crate::{Batch, DeadLetter, Outlet, Reason, Standing, TargetError};

/// What became of the buried matches.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Retried {
    /// In the archive now, and not among the dead any more.
    pub archived: u64,
    /// They were in the archive already: only their letters were left.
    pub met: u64,
    /// Refused again: their letters say why.
    pub refused: u64,
    /// Without a replay file: they are still in the journal, and the server will read them again
    /// when it starts.
    pub without_chain: u64,
    /// Their letters or replay files cannot be understood.
    pub unreadable: u64,
}

/// Archives each buried match as a batch of its own; what is in the archive is removed from among
/// the dead. The batch of a match that is alone always has the same name, so that it is in the
/// archive once, however often this is done, by whom, and whenever it is interrupted.
///
/// `progress` is told how many of how many are done.
///
/// # Errors
/// `Unavailable` when the target or a file is. What was done until then is done.
pub fn retry<O: Outlet>(
    outlet: &mut O,
    wall_ms: u64,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<Retried, TargetError> {
    let all = outlet.buried()?;
    let mut retried = Retried::default();
    for (done, of) in all.iter().enumerate() {
        progress(done, all.len());
        let (letter, chain) = match outlet.unearth(*of) {
            Ok(Some(found)) => found,
            Ok(None) => continue,
            Err(TargetError::Refused(_)) => {
                retried.unreadable += 1;
                continue;
            }
            Err(away) => return Err(away),
        };
        retry_one(outlet, letter, chain, wall_ms, &mut retried)?;
    }
    progress(all.len(), all.len());
    Ok(retried)
}

fn retry_one<O: Outlet>(
    outlet: &mut O,
    letter: DeadLetter,
    chain: Option<O::Chain>,
    wall_ms: u64,
    retried: &mut Retried,
) -> Result<(), TargetError> {
    let Some(ended) = letter.of() else {
        retried.unreadable += 1;
        return Ok(());
    };
    let batch = Batch::alone(ended);
    let standing = match outlet.holds(batch.id)? {
        true => Standing::Same,
        false => outlet.standing(&[ended])?.first().copied().unwrap_or_default(),
    };
    match standing {
        Standing::Absent => {}
        Standing::Same => {
            outlet.exhume(ended.match_id)?;
            retried.met += 1;
            return Ok(());
        }
        Standing::Other { ended_ms } => {
            let mut again = DeadLetter::twice(ended, ended_ms, wall_ms);
            again.attempts = letter.attempts.saturating_add(1);
            outlet.bury(&again, None)?;
            retried.refused += 1;
            return Ok(());
        }
    }
    let Some(chain) = chain else {
        retried.without_chain += 1;
        return Ok(());
    };
    let published = match caught(|| outlet.convert(&batch, &[chain])) {
        Ok(change) => caught(|| outlet.apply(&change)).map(|_| ()).map_err(|e| (Reason::Target, e)),
        Err(error) => Err((Reason::Convert, error)),
    };
    match published {
        Ok(()) => {
            outlet.exhume(ended.match_id)?;
            retried.archived += 1;
        }
        Err((reason, TargetError::Refused(text))) => {
            let mut again = DeadLetter::new(ended, reason, &text, wall_ms);
            again.attempts = letter.attempts.saturating_add(1);
            outlet.bury(&again, None)?;
            retried.refused += 1;
        }
        Err((_, away)) => return Err(away),
    }
    Ok(())
}
