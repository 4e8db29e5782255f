//! `DATA/token.keys`: what proves that a token is ours. Whoever has them can be anybody.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use net::{Key, TokenKeys};

/// Bytes of a key: as many as its hash has.
const KEY_BYTES: usize = 32;

/// The file in the data directory.
pub(crate) const FILE: &str = "token.keys";

/// Reads the keys; makes them where there are none.
///
/// # Errors
///
/// The file cannot be read or made, is no such file, or may be read by others.
pub(crate) fn load(data: &Path) -> io::Result<TokenKeys> {
    let path = data.join(FILE);
    match fs::metadata(&path) {
        Ok(metadata) if metadata.permissions().mode() & 0o077 != 0 => {
            Err(io::Error::other(format!("{} may be read by others: chmod 600 it", path.display())))
        }
        Ok(_) => parse(&fs::read_to_string(&path)?).ok_or_else(|| {
            let what = "is no key file: a line `current` and at most one `previous`, each with 64 \
                        hexadecimal digits";
            io::Error::other(format!("{} {what}", path.display()))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let current = random()?;
            write(data, &current, None)?;
            Ok(TokenKeys { current: Key::new(current), previous: None })
        }
        Err(error) => Err(error),
    }
}

/// Keys for a process that keeps nothing.
///
/// # Errors
///
/// The system has no random bytes.
pub(crate) fn ephemeral() -> io::Result<TokenKeys> {
    Ok(TokenKeys { current: Key::new(random()?), previous: None })
}

/// Makes a new key; tokens of the one before stay good until it is called again.
///
/// # Errors
///
/// As [`load`], or the file cannot be written.
pub(crate) fn rotate(data: &Path) -> io::Result<()> {
    load(data)?;
    let (current, _) = lines(&fs::read_to_string(data.join(FILE))?)
        .ok_or_else(|| io::Error::other("the key file changed meanwhile"))?;
    write(data, &random()?, Some(&current))
}

fn parse(text: &str) -> Option<TokenKeys> {
    let (current, previous) = lines(text)?;
    Some(TokenKeys { current: Key::new(current), previous: previous.map(Key::new) })
}

fn lines(text: &str) -> Option<([u8; KEY_BYTES], Option<[u8; KEY_BYTES]>)> {
    let (mut current, mut previous) = (None, None);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (name, digits) = line.split_once(' ')?;
        let slot = match name {
            "current" => &mut current,
            "previous" => &mut previous,
            _ => return None,
        };
        if slot.replace(key(digits.trim())?).is_some() {
            return None;
        }
    }
    Some((current?, previous))
}

fn key(digits: &str) -> Option<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    if digits.len() != 2 * KEY_BYTES || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in key.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(digits.get(at..at + 2)?, 16).ok()?;
    }
    Some(key)
}

/// Whole or not at all, and never readable by others.
fn write(
    data: &Path,
    current: &[u8; KEY_BYTES],
    previous: Option<&[u8; KEY_BYTES]>,
) -> io::Result<()> {
    let hex = |key: &[u8; KEY_BYTES]| -> String {
        key.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let mut text = format!("current {}\n", hex(current));
    if let Some(previous) = previous {
        text.push_str(&format!("previous {}\n", hex(previous)));
    }
    let draft = data.join(format!("{FILE}.new"));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&draft, data.join(FILE))?;
    fs::File::open(data)?.sync_all()
}

fn random() -> io::Result<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    getrandom::fill(&mut key).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str) -> std::path::PathBuf {
        let place = std::env::temp_dir().join(format!("liap-keys-{}-{name}", std::process::id()));
        _ = fs::remove_dir_all(&place);
        fs::create_dir_all(&place).unwrap();
        place
    }

    #[test]
    fn keys_are_made_once_for_the_owner_alone() {
        let place = place("made");
        load(&place).unwrap();
        let first = fs::read_to_string(place.join(FILE)).unwrap();
        load(&place).unwrap();
        assert_eq!(fs::read_to_string(place.join(FILE)).unwrap(), first);
        assert_eq!(fs::metadata(place.join(FILE)).unwrap().permissions().mode() & 0o777, 0o600);
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn a_rotated_key_is_the_previous_one() {
        let place = place("rotated");
        load(&place).unwrap();
        let (old, _) = lines(&fs::read_to_string(place.join(FILE)).unwrap()).unwrap();
        rotate(&place).unwrap();
        let (new, previous) = lines(&fs::read_to_string(place.join(FILE)).unwrap()).unwrap();
        assert!(previous == Some(old) && new != old);
        fs::remove_dir_all(place).unwrap();
    }

    #[test]
    fn what_others_may_read_or_nobody_can_is_refused() {
        let place = place("refused");
        load(&place).unwrap();
        let path = place.join(FILE);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(load(&place).unwrap_err().to_string().contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        for bad in ["", "current 12", "previous 00", "current\n", "currant 00 11"] {
            fs::write(&path, bad).unwrap();
            assert!(load(&place).unwrap_err().to_string().contains("no key file"), "{bad:?}");
        }
        fs::remove_dir_all(place).unwrap();
    }
}
