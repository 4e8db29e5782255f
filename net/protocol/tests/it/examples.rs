//! The examples of docs/protocol.md, byte by byte.

use protocol::*;

use crate::samples::*;
use crate::words::document;

/// What each example of the document says, under its title there.
fn written(title: &str, encoding: Encoding) -> Vec<u8> {
    encoded(encoding, |encoding, out| match title {
        "hello" => {
            let hello = Hello { name: Some("Ada".to_owned()), ..Hello::default() };
            let envelope = Envelope { id: 1, request: Request::Hello(hello) };
            encode_request(encoding, &envelope, out);
        }
        "the answer to hello" => encode_ok(encoding, 1, &welcome(None), out),
        "play" => {
            let turn = Some(Turn { round: 2, turn: 3 });
            let play = Play { pieces: pieces([3, 4]), turn };
            encode_request(encoding, &Envelope { id: 7, request: Request::Play(play) }, out);
        }
        "ok" => encode_ok(encoding, 7, &Settled { version: 41, duplicate: false }, out),
        "error" => {
            let data = ErrorData {
                code: ErrorCode::NotYourTurn,
                message: "Seat 2 is to play first.".into(),
                retry_after_ms: None,
            };
            encode_error(encoding, Some(7), &data, out);
        }
        "update" => encode_update(encoding, "K7MPQ2", 41, [played()].into_iter(), out),
        "snapshot" => encode_snapshot(encoding, &snapshot(phases()[6]), out),
        other => panic!("the document has an example this test does not know: {other}"),
    })
}

/// Title, JSON and `MessagePack` of every example of the document.
fn documented() -> Vec<(String, String, Vec<u8>)> {
    let document = document();
    let (_, section) = document.split_once("## Examples, byte by byte\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    section
        .split("\n### ")
        .skip(1)
        .map(|example| {
            let (title, body) = example.split_once('\n').unwrap();
            let block = |language: &str| {
                let (_, block) = body.split_once(&format!("```{language}\n")).unwrap();
                block.split("```").next().unwrap()
            };
            let json: String = block("json").lines().map(str::trim_start).collect();
            (title.to_owned(), json, from_hex(block("hex")))
        })
        .collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

#[test]
fn the_documents_examples_are_written_to_the_byte() {
    let examples = documented();
    let titles: Vec<_> = examples.iter().map(|(title, ..)| title.as_str()).collect();
    let expected = ["hello", "the answer to hello", "play", "ok", "error", "update", "snapshot"];
    assert_eq!(titles, expected);
    for (title, json, messagepack) in &examples {
        let text = String::from_utf8(written(title, Encoding::Json)).unwrap();
        assert_eq!(text, *json, "{title}");
        assert_eq!(written(title, Encoding::MessagePack), *messagepack, "{title}");
    }
}

#[test]
fn both_encodings_of_an_example_mean_the_same() {
    for (title, json, messagepack) in documented() {
        if title == "hello" || title == "play" {
            let request = decode_request(Encoding::Json, json.as_bytes()).unwrap();
            assert_eq!(decode_request(Encoding::MessagePack, &messagepack), Ok(request));
        } else {
            let message = decode_message(Encoding::Json, json.as_bytes()).unwrap();
            assert_ne!(message, ServerMessage::Other);
            assert_eq!(decode_message(Encoding::MessagePack, &messagepack), Ok(message));
        }
    }
}
