//! The name somebody may have meant.

/// Characters of a name worth guessing at: the work grows with them.
const CHARS_MAX: usize = 100;

/// The nearest of `names`: a few keystrokes away, or with the section left out or confused.
pub(super) fn nearest<'a>(
    name: &str,
    names: impl IntoIterator<Item = &'a str>,
    separator: &str,
) -> Option<&'a str> {
    if name.chars().count() > CHARS_MAX {
        return None;
    }
    let last = |name: &str| name.rsplit(separator).next().map(str::to_owned);
    let reach = (name.chars().count() / 4).clamp(1, 3);
    names
        .into_iter()
        .map(|other| {
            let distance = distance(name, other);
            (
                if last(name) == last(other) { distance.min(reach) } else { distance },
                distance,
                other,
            )
        })
        .filter(|(rank, ..)| *rank <= reach)
        .min_by_key(|(rank, distance, _)| (*rank, *distance))
        .map(|(.., other)| other)
}

/// How many letters must be put in, left out, replaced or swapped with the next one.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                let earlier: &Vec<usize> = &before;
                best = best.min(earlier[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expected: Option<&str>) {
        let names = ["net.listen", "net.send_queue", "server.shards", "rooms.max"];
        assert_eq!(nearest(name, names, "."), expected, "{name}");
    }

    #[test]
    fn a_slip_of_the_finger_is_seen_through() {
        check("net.listen", Some("net.listen"));
        check("net.send-queue", Some("net.send_queue"));
        check("net.send_qeueu", Some("net.send_queue"));
        check("netsend_queue", Some("net.send_queue"));
    }

    #[test]
    fn a_missing_or_wrong_section_is_seen_through() {
        check("send_queue", Some("net.send_queue"));
        check("server.send_queue", Some("net.send_queue"));
        check("shards", Some("server.shards"));
    }

    #[test]
    fn nothing_is_made_up() {
        check("colour", None);
        check("net.lost", None);
        check("", None);
        check(&"net.listen".repeat(20), None);
    }

    #[test]
    fn letters_are_counted() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
        assert_eq!(distance("abcd", "abdc"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
