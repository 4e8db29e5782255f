//! Where things are in a store, and what their names say.

use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{Hour, Manifest, ManifestId, Table};

/// Characters of a UUID as text.
const ID_LEN: usize = 36;

/// Where the part of a batch is, from the archive's root:
/// `{table}/date=YYYY-MM-DD/hour=HH/{manifest id}.parquet`.
#[must_use]
pub fn part_path(table: Table, hour: Hour, id: ManifestId) -> String {
    format!("{}/{hour}/{id}.parquet", table.name())
}

/// Where a file of a step of keeping is. Two keepers may try the same step with other bytes: named
/// by what is in them, neither can overwrite the other's files.
pub(crate) fn step_path(table: Table, hour: Hour, id: ManifestId, sha256: &str) -> String {
    let start = sha256.get(..16).unwrap_or(sha256);
    format!("{}/{hour}/{id}-{start}.parquet", table.name())
}

/// The manifest a file was written for, as its name says.
pub(crate) fn manifest_of(path: &str) -> Option<ManifestId> {
    let name = path.rsplit('/').next()?;
    let id = Uuid::try_parse(name.get(..ID_LEN)?).ok()?;
    name.ends_with(".parquet").then_some(ManifestId(id))
}

/// The manifest at this path, if it is the path of one.
pub(crate) fn manifest_at(path: &str) -> Option<ManifestId> {
    let name = path.strip_prefix(Manifest::FOLDER)?.strip_prefix('/')?.strip_suffix(".json")?;
    let id = (name.len() == ID_LEN).then(|| Uuid::try_parse(name).ok())??;
    Some(ManifestId(id))
}

/// The name of the n-th change of an hour that is kept: a UUID of version 7 of the hour's end, so
/// that of two keepers at the same step one is refused by the store.
pub(crate) fn step_id(hour: Hour, step: u32) -> ManifestId {
    let mut rest = [0x0f, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
    rest[6..].copy_from_slice(&step.to_be_bytes());
    ManifestId(uuid::Builder::from_unix_timestamp_millis(hour.end_ms(), &rest).into_uuid())
}

/// The hour and the step of such a name.
pub(crate) fn step_of(id: ManifestId) -> Option<(Hour, u32)> {
    let bytes = id.0.as_bytes();
    let ms = bytes[..6].iter().fold(0, |ms, byte| (ms << 8) | u64::from(*byte));
    let hour = Hour(Hour::of(ms).0.checked_sub(1)?);
    let step = u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]);
    (step_id(hour, step) == id).then_some((hour, step))
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_named_by_its_hour_and_its_number_and_sorts_by_both() {
        let hour = Hour::of(1_795_000_000_123);
        let id = step_id(hour, 7);
        assert_eq!(id.0.get_version_num(), 7);
        assert_eq!(step_of(id), Some((hour, 7)));
        assert!(id < step_id(hour, 8) && step_id(hour, 8) < step_id(Hour(hour.0 + 1), 1));
    }

    #[test]
    fn a_batch_is_no_step() {
        let id = uuid::Builder::from_unix_timestamp_millis(1_795_000_000_123, &[9; 10]);
        assert_eq!(step_of(ManifestId(id.into_uuid())), None);
        assert_eq!(step_of(ManifestId(Uuid::nil())), None);
    }

    #[test]
    fn a_file_says_for_which_manifest_it_was_written() {
        let id = step_id(Hour(7), 1);
        assert_eq!(manifest_of(&part_path(Table::Plays, Hour(7), id)), Some(id));
        assert_eq!(manifest_of(&step_path(Table::Plays, Hour(7), id, "0123")), Some(id));
        assert_eq!(manifest_of("plays/notes.parquet"), None);
        assert_eq!(manifest_at(&Manifest::path(id)), Some(id));
        assert_eq!(manifest_at("_manifests/notes.json"), None);
    }

    #[test]
    fn a_hash_is_in_hexadecimal() {
        assert!(sha256_hex(b"").starts_with("e3b0c44298fc1c14"));
        assert_eq!(sha256_hex(b"").len(), 64);
    }
}
