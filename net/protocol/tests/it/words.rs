//! The words of the document are the words of the code.

use std::collections::BTreeSet;

use protocol::*;

/// The document a stranger writes a client from.
pub(crate) fn document() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol.md");
    std::fs::read_to_string(path).unwrap()
}

/// The words in backticks in the first column of the table under a heading.
fn first_column(heading: &str) -> BTreeSet<String> {
    let document = document();
    let (_, section) = document.split_once(&format!("{heading}\n")).unwrap();
    section
        .lines()
        .skip_while(|line| !line.starts_with("|---"))
        .skip(1)
        .take_while(|line| line.starts_with('|'))
        .flat_map(|row| {
            let cell = row.split('|').nth(1).unwrap();
            cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

fn words<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> BTreeSet<String> {
    all.iter().map(|variant| word(*variant).to_owned()).collect()
}

#[test]
fn every_error_code_is_documented_and_no_other() {
    assert_eq!(first_column("## Error codes"), words(ErrorCode::ALL, ErrorCode::as_str));
}

#[test]
fn every_request_is_documented_and_no_other() {
    assert_eq!(first_column("## Requests"), words(RequestType::ALL, RequestType::as_str));
}

#[test]
fn every_event_and_phase_is_documented_and_no_other() {
    let tag = |json: String, key: &str| {
        let (_, rest) = json.split_once(&format!("{key}\":\"")).unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let events = crate::samples::events()
        .iter()
        .map(|event| tag(serde_json::to_string(event).unwrap(), "type"))
        .collect();
    assert_eq!(
        first_column("### `update`: `{room, version, events: [{\"type\": ..., ...}]}`"),
        events
    );
    let phases = crate::samples::phases()
        .iter()
        .map(|phase| tag(serde_json::to_string(phase).unwrap(), "name"))
        .collect();
    assert_eq!(first_column("### `snapshot`: everything the seat, or spectator, may see"), phases);
}

#[test]
fn every_word_is_its_own_and_read_as_written() {
    fn check<T: Copy + PartialEq + std::fmt::Debug>(
        all: &[T],
        word: fn(T) -> &'static str,
        parse: fn(&str) -> Option<T>,
    ) {
        let mut seen = BTreeSet::new();
        for variant in all {
            assert_eq!(parse(word(*variant)), Some(*variant));
            assert!(seen.insert(word(*variant)), "{variant:?}");
        }
    }
    check(RequestType::ALL, RequestType::as_str, RequestType::parse);
    check(MessageType::ALL, MessageType::as_str, MessageType::parse);
    check(ErrorCode::ALL, ErrorCode::as_str, ErrorCode::parse);
    check(SetKind::ALL, SetKind::as_str, SetKind::parse);
    check(Pace::ALL, Pace::as_str, Pace::parse);
    assert_eq!(ErrorCode::parse("too_sunny"), Some(ErrorCode::Other));
    assert_eq!(Pace::parse("too_sunny"), None);
    for encoding in Encoding::ALL {
        assert_eq!(Encoding::of_subprotocol(encoding.subprotocol()), Some(encoding));
    }
    assert_eq!(Encoding::of_subprotocol("liap.v2"), None);
}
