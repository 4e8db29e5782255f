//! A first look at a message, before anything of it is decoded: is it whole, and not too deep?
//! No recursion and no allocation, whatever the bytes are.

/// Whether `bytes` is one whole `MessagePack` value that nests at most `depth_max` deep (at most
/// [`LEVELS`]), with all its text in UTF-8.
///
/// # Errors
/// Says what is wrong, in words for the sender.
pub(crate) fn messagepack(bytes: &[u8], depth_max: usize) -> Result<(), String> {
    // How many values are still to come on each level; level 0 holds the message itself.
    let mut left = [0u64; LEVELS + 1];
    let mut level = 0;
    left[0] = 1;
    let mut rest = bytes;
    loop {
        while left[level] == 0 {
            if level == 0 {
                return match rest.len() {
                    0 => Ok(()),
                    more => Err(format!("{more} bytes follow after the end of the message")),
                };
            }
            level -= 1;
        }
        left[level] -= 1;
        let values = value(&mut rest)?;
        if let Some(values) = values {
            // Every value takes at least a byte: a greater count is a lie.
            if values > rest.len() as u64 {
                return Err(format!("{values} values are announced, {} bytes follow", rest.len()));
            }
            level += 1;
            if level > depth_max.min(LEVELS) {
                return Err(too_deep(depth_max));
            }
            left[level] = values;
        }
    }
}

/// The deepest nesting that can be asked for.
pub(crate) const LEVELS: usize = 16;

/// Steps over one value, or into it: then the answer is how many values it holds.
fn value(rest: &mut &[u8]) -> Result<Option<u64>, String> {
    let marker = number(rest, 1)? as u8;
    let skipped = match marker {
        0x80..=0x8f => return Ok(Some(2 * u64::from(marker & 0x0f))),
        0x90..=0x9f => return Ok(Some(u64::from(marker & 0x0f))),
        0xdc | 0xdd => return Ok(Some(number(rest, 2 << (marker - 0xdc))?)),
        0xde | 0xdf => return Ok(Some(2 * number(rest, 2 << (marker - 0xde))?)),
        0xa0..=0xbf => return text(rest, u64::from(marker & 0x1f)),
        0xd9..=0xdb => {
            let length = number(rest, 1 << (marker - 0xd9))?;
            return text(rest, length);
        }
        0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => 0,
        0xc1 => return Err("the byte 0xc1 begins no MessagePack value".to_owned()),
        0xc4..=0xc6 => number(rest, 1 << (marker - 0xc4))?,
        0xc7..=0xc9 => number(rest, 1 << (marker - 0xc7))? + 1,
        0xca | 0xcb => 4 << (marker - 0xca),
        0xcc..=0xcf => 1 << (marker - 0xcc),
        0xd0..=0xd3 => 1 << (marker - 0xd0),
        0xd4..=0xd8 => 1 + (1 << (marker - 0xd4)),
    };
    take(rest, skipped)?;
    Ok(None)
}

fn text(rest: &mut &[u8], length: u64) -> Result<Option<u64>, String> {
    match std::str::from_utf8(take(rest, length)?) {
        Ok(_) => Ok(None),
        Err(_) => Err("a string is not in UTF-8".to_owned()),
    }
}

/// Takes a big-endian number of so many bytes, at most 4.
fn number(rest: &mut &[u8], bytes: u64) -> Result<u64, String> {
    Ok(take(rest, bytes)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn take<'a>(rest: &mut &'a [u8], length: u64) -> Result<&'a [u8], String> {
    let split = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
    let Some((taken, after)) = split else {
        return Err(format!("the message ends where {length} more bytes should be"));
    };
    *rest = after;
    Ok(taken)
}

/// Whether `bytes` is text in UTF-8 whose brackets nest at most `depth_max` deep. What else JSON
/// asks for is the parser's to say.
///
/// # Errors
/// Says what is wrong, in words for the sender.
pub(crate) fn json(bytes: &[u8], depth_max: usize) -> Result<(), String> {
    if std::str::from_utf8(bytes).is_err() {
        return Err("the message is not in UTF-8".to_owned());
    }
    let (mut depth, mut in_string, mut escaped) = (0usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            _ if in_string => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > depth_max {
                    return Err(too_deep(depth_max));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn too_deep(depth_max: usize) -> String {
    format!("the message nests more than {depth_max} deep")
}

#[cfg(test)]
mod tests {
    use super::{json, messagepack};

    #[test]
    fn whole_messages_pass() {
        for bytes in [
            &[0x80][..],
            &[0x81, 0xa1, b'a', 0x92, 0xcd, 1, 2, 0xcb, 0, 0, 0, 0, 0, 0, 0, 0],
            &[0x93, 0xd4, 1, 2, 0xc7, 1, 5, 9, 0xc4, 2, 0xff, 0xff],
        ] {
            assert_eq!(messagepack(bytes, 8), Ok(()));
        }
        assert_eq!(json(br#"{"a": "[[[[{{\"[[", "b": [[]]}"#, 3), Ok(()));
    }

    #[test]
    fn the_limit_of_depth_is_exact() {
        for depth in 1..=16 {
            let mut nested = vec![0x91; depth];
            nested.push(0xc0);
            assert_eq!(messagepack(&nested, 8).is_ok(), depth <= 8, "{depth}");
            assert_eq!(json("[".repeat(depth).as_bytes(), 8).is_ok(), depth <= 8, "{depth}");
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (bytes, part) in [
            (&[][..], "1 more bytes"),
            (&[0x80, 0x80, 0xc0], "2 bytes follow after"),
            (&[0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0], "4294967295 values are announced, 1 bytes"),
            (&[0xdf, 0xff, 0xff, 0xff, 0xff], "8589934590 values"),
            (&[0xdb, 0xff, 0xff, 0xff, 0xff, b'a'], "where 4294967295 more bytes"),
            (&[0xa1, 0xff], "not in UTF-8"),
            (&[0xc1], "0xc1"),
        ] {
            let error = messagepack(bytes, 8).unwrap_err();
            assert!(error.contains(part), "{bytes:x?}: {error}");
        }
        assert_eq!(json(b"\"\xff\"", 8), Err("the message is not in UTF-8".to_owned()));
    }
}
