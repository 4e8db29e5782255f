//! Section `journal`.

use super::super::key::Key;
use super::super::kind::Kind::{Choice, Int};
use super::super::slot::{Durability, Named};

/// Files below 1 MiB are opened too often, above 1 GiB space comes back too late.
const FILE_MB: (i64, i64) = (1, 1024);

pub(super) fn keys() -> Vec<Key> {
    let file = Int(FILE_MB.0, FILE_MB.1);
    vec![
        Key::new(
            "journal.durability",
            Choice(Durability::NAMES),
            "What is done before anything is shown: `none` keeps nothing, `process` hands it to the \
             operating system (survives kill -9), `disk` syncs it too (survives power loss).",
            |config, _| &mut config.journal.durability,
        ),
        Key::new(
            "journal.queue",
            Int(16, 1 << 16),
            "Batches that may wait to be written; beyond that the ticks wait.",
            |config, _| &mut config.journal.queue,
        ),
        Key::new(
            "journal.state_file_mb",
            file,
            "A state file ends at this size, in MiB.",
            |config, _| &mut config.journal.state_file_mb,
        ),
        Key::new(
            "journal.events_file_mb",
            file,
            "An events file ends at this size, in MiB.",
            |config, _| &mut config.journal.events_file_mb,
        ),
        Key::new(
            "journal.finished_mb",
            Int(1, 1 << 20),
            "Events may take so many MiB before the oldest finished matches are forgotten.",
            |config, _| &mut config.journal.finished_mb,
        ),
        Key::new(
            "journal.reserve_mb",
            Int(0, 1024),
            "So many MiB of the disk are set aside in `DATA/journal/RESERVE`: with them a full disk \
             still takes what the archive needs to give space back.",
            |config, _| &mut config.journal.reserve_mb,
        ),
    ]
}
