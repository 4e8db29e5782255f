//! What is no request is refused with words that help, and with its id wherever that can be read.

use protocol::*;

use crate::samples::*;

/// The refusal of a JSON message: id, kind, words.
fn refused(text: &str) -> (Option<u32>, DecodeErrorKind, String) {
    refused_bytes(Encoding::Json, text.as_bytes())
}

fn refused_bytes(encoding: Encoding, bytes: &[u8]) -> (Option<u32>, DecodeErrorKind, String) {
    let DecodeError { id, kind, message } =
        decode_request(encoding, bytes).expect_err(&format!("{bytes:x?} passed"));
    assert!(!message.is_empty() && message.chars().count() <= 300, "{message}");
    (id, kind, message)
}

/// A request whose data is wrong: what is said of it.
fn data_fault(kind: &str, data: &str) -> String {
    let (id, kind, message) = refused(&format!(r#"{{"data":{data},"type":"{kind}","id":7}}"#));
    assert_eq!((id, kind), (Some(7), DecodeErrorKind::BadMessage), "{message}");
    message
}

#[test]
fn a_wrong_field_is_named_with_what_would_be_right() {
    for (kind, data, said) in [
        (
            "play",
            r#"{"pieces":[3,32]}"#,
            "data.pieces: expected an array of different piece indices 0..31, got 32 in it",
        ),
        (
            "play",
            r#"{"pieces":[3,3]}"#,
            "data.pieces: expected an array of different piece indices 0..31, got 3 twice",
        ),
        (
            "play",
            r#"{"pieces":7}"#,
            "data.pieces: expected an array of different piece indices 0..31, got 7",
        ),
        (
            "play",
            r#"{"pieces":[-1]}"#,
            "data.pieces: expected an array of different piece indices 0..31; in it, expected a whole number 0..255, got -1",
        ),
        (
            "play",
            r#"{"pieces":[1.0]}"#,
            "data.pieces: expected an array of different piece indices 0..31; in it, expected a whole number 0..255, got the fraction 1.0",
        ),
        ("play", "{}", "data: missing field `pieces`"),
        (
            "play",
            r#"{"pieces":[1],"turn":[1]}"#,
            "data.turn: expected [round, turn], each 0..255, got another list",
        ),
        (
            "play",
            r#"{"pieces":[1],"turn":[1,2,3]}"#,
            "data.turn: expected [round, turn], each 0..255, got another list",
        ),
        (
            "play",
            r#"{"pieces":[1],"turn":{"round":1}}"#,
            "data.turn: expected [round, turn], each 0..255, got a map",
        ),
        ("play", r#"{"pieces":[1],"pieces":[2]}"#, "data.pieces: duplicate field `pieces`"),
        ("declare", r#"{"piles":256}"#, "data.piles: expected a whole number 0..255, got 256"),
        ("declare", r#"{"piles":null}"#, "data.piles: expected a whole number 0..255, got null"),
        ("declare", r#"{"piles":"4"}"#, "data.piles: expected a whole number 0..255, got \"4\""),
        ("redeal", r#"{"accept":1}"#, "data.accept: expected true or false, got 1"),
        ("remove_player", r#"{"seat":4}"#, "data.seat: expected a seat 0..3, got 4"),
        ("remove_player", "null", "data: missing field `seat`"),
        ("join_room", r#"{"room":["K7MPQ2"]}"#, "data.room: expected a string, got a list"),
        (
            "create_room",
            r#"{"pace":"slow"}"#,
            "data.pace: expected one of `standard` `classic` `fast` `instant`, got \"slow\"",
        ),
        ("create_room", r#"{"bots":4}"#, "data.bots: expected a number of bots 0..3, got 4"),
        ("list_rooms", r#"{"limit":0}"#, "data.limit: expected a limit 1..100, got 0"),
        ("list_rooms", r#"{"limit":101}"#, "data.limit: expected a limit 1..100, got 101"),
        (
            "resync",
            r#"{"version":-1}"#,
            "data.version: expected a whole number 0..18446744073709551615, got -1",
        ),
        (
            "ping",
            r#"{"t":18446744073709551616}"#,
            "data.t: expected a whole number 0..18446744073709551615, got the fraction 1.8446744073709552e19",
        ),
        ("hello", "[]", "data: invalid type: sequence, expected a map"),
        ("leave_room", "7", "data: invalid type: integer `7`, expected a map"),
        ("leave_room", r#""x""#, "data: expected a map, got a string"),
    ] {
        assert_eq!(data_fault(kind, data), said);
    }
    let client = format!(r#"{{"client":"{}"}}"#, "é".repeat(101));
    assert_eq!(
        data_fault("hello", &client),
        format!(
            "data.client: expected a string of at most 100 characters, got \"{}…\"",
            "é".repeat(24)
        )
    );
}

#[test]
fn a_wrong_envelope_is_named_too() {
    let bad = DecodeErrorKind::BadMessage;
    for (text, id, said) in [
        ("{}", None, "missing field `id`"),
        (r#"{"type":"ping"}"#, None, "missing field `id`"),
        (r#"{"id":7}"#, Some(7), "missing field `type`"),
        (r#"{"id":-7,"type":"ping"}"#, None, "id: expected a whole number 0..4294967295, got -7"),
        (
            r#"{"id":4294967296,"type":"ping"}"#,
            None,
            "id: expected a whole number 0..4294967295, got 4294967296",
        ),
        (r#"{"id":null,"type":"ping"}"#, None, "id: expected a whole number, got null"),
        (
            r#"{"id":"7","type":"ping"}"#,
            None,
            "id: expected a whole number 0..4294967295, got \"7\"",
        ),
        (
            r#"{"type":[{"a":[]}],"id":7}"#,
            Some(7),
            "type: expected the name of a request, got a list",
        ),
        (r#"{"id":7,"type":"ping","id":8}"#, Some(7), "duplicate field `id`"),
        (r#"{"type":"ping","type":"ping","id":7}"#, Some(7), "duplicate field `type`"),
        (r#"{"data":{},"data":{},"type":"ping","id":7}"#, Some(7), "duplicate field `data`"),
        (
            "[7,\"ping\",{}]",
            None,
            "invalid type: sequence, expected a map with `id`, `type` and `data`",
        ),
        ("7", None, "invalid type: integer `7`, expected a map with `id`, `type` and `data`"),
        ("\"ping\"", None, "expected a map with `id`, `type` and `data`, got a string"),
        (r#"{"id":7,"type":"ping"}{}"#, Some(7), "trailing characters at line 1 column 23"),
        (r#"{"id":7,"type":"ping"#, Some(7), "EOF while parsing a string at line 1 column 20"),
        ("", None, "EOF while parsing a value at line 1 column 0"),
    ] {
        assert_eq!(refused(text), (id, bad, said.to_owned()), "{text}");
    }
}

#[test]
fn an_unknown_type_is_told_from_a_bad_message() {
    for (text, said) in [
        (r#"{"id":7,"type":"Play"}"#, "there is no request of the type \"Play\""),
        (r#"{"id":7,"type":"","data":[]}"#, "there is no request of the type \"\""),
    ] {
        assert_eq!(refused(text), (Some(7), DecodeErrorKind::UnknownType, said.to_owned()));
    }
}

#[test]
fn data_may_be_left_out_null_or_more_than_is_known() {
    for text in [
        r#"{"id":7,"type":"ping"}"#,
        r#"{"id":7,"type":"ping","data":null}"#,
        r#"{"data":{"t":null,"x":[{"y":1.5}]},"more":{"id":8},"type":"ping","id":7}"#,
        " {\"\\u0069d\":7,\n\"type\":\"p\\u0069ng\"} ",
    ] {
        let expected = Envelope { id: 7, request: Request::Ping(Ping { t: None }) };
        assert_eq!(decode_request(Encoding::Json, text.as_bytes()), Ok(expected), "{text}");
    }
}

#[test]
fn messagepack_is_read_as_strictly() {
    // {id: 7, type: "ping", data: ..}
    let with_data = |data: &[u8]| {
        let head = b"\x83\xa2id\x07\xa4type\xa4ping\xa4data";
        [head, data].concat()
    };
    for (data, said) in [
        (
            &b"\x81\xa1t\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00"[..],
            "data.t: expected a whole number 0..18446744073709551615, got the fraction NaN",
        ),
        (b"\x81\xa1t\xff", "data.t: expected a whole number 0..18446744073709551615, got -1"),
        (
            b"\x81\xa1t\xc4\x01\x07",
            "data.t: expected a whole number 0..18446744073709551615, got raw bytes",
        ),
        (
            b"\x81\xa1t\xd4\x05\x07",
            "data.t: expected a whole number 0..18446744073709551615, got an extension type",
        ),
        (b"\x81\x00\x07", "data: invalid type: integer `0`, expected a field's name"),
        (b"\x91\x07", "data: invalid type: sequence, expected a map"),
        (b"\x80\xc0", "1 bytes follow after the end of the message"),
        (b"\x81\xa1", "2 values are announced, 1 bytes follow"),
        (b"\xdd\xff\xff\xff\xff", "4294967295 values are announced, 0 bytes follow"),
        (b"\xdf\xff\xff\xff\xff", "8589934590 values are announced, 0 bytes follow"),
        (b"\xdb\xff\xff\xff\xffabc", "the message ends where 4294967295 more bytes should be"),
        (b"\xc6\xff\xff\xff\xffabc", "the message ends where 4294967295 more bytes should be"),
        (b"\xc9\xff\xff\xff\xff\x01abc", "the message ends where 4294967296 more bytes should be"),
        (b"\xa2\xc3\x28", "a string is not in UTF-8"),
        (b"\xc1", "the byte 0xc1 begins no MessagePack value"),
    ] {
        let (id, kind, message) = refused_bytes(Encoding::MessagePack, &with_data(data));
        assert_eq!((id, kind, message.as_str()), (Some(7), DecodeErrorKind::BadMessage, said));
    }
    let (id, _, message) =
        refused_bytes(Encoding::MessagePack, b"\x82\xa2id\xcf\0\0\0\x01\0\0\0\0\xa4type\xa4ping");
    assert_eq!(id, None);
    assert_eq!(message, "id: expected a whole number 0..4294967295, got 4294967296");
    refused_bytes(Encoding::MessagePack, b"\x93\x07\xa4ping\x80");
}

#[test]
fn depth_ends_at_its_limit() {
    for encoding in Encoding::ALL {
        for depth in [7, 8, 100, 1_000] {
            // The envelope is one level, the unknown field is the others.
            let bytes = match encoding {
                Encoding::Json => format!(
                    r#"{{"id":7,"x":{}{},"type":"ping"}}"#,
                    "[".repeat(depth),
                    "]".repeat(depth)
                )
                .into_bytes(),
                Encoding::MessagePack => {
                    let mut bytes = b"\x83\xa2id\x07\xa1x".to_vec();
                    bytes.extend(std::iter::repeat_n(0x91, depth - 1));
                    bytes.extend(b"\x90\xa4type\xa4ping");
                    bytes
                }
            };
            if depth < DEPTH_MAX {
                decode_request(encoding, &bytes).unwrap();
            } else {
                let (id, _, message) = refused_bytes(encoding, &bytes);
                assert_eq!(message, "the message nests more than 8 deep");
                assert_eq!(id, Some(7));
            }
        }
    }
}

#[test]
fn size_ends_at_its_limit() {
    let padded = |size: usize| {
        let text = r#"{"id":7,"type":"ping"}"#;
        format!("{text}{}", " ".repeat(size - text.len())).into_bytes()
    };
    decode_request(Encoding::Json, &padded(FRAME_BYTES_MAX)).unwrap();
    let (id, _, message) = refused_bytes(Encoding::Json, &padded(FRAME_BYTES_MAX + 1));
    assert_eq!((id, message.as_str()), (None, "the message has 4097 bytes, 4096 are allowed"));
    for hostile in [vec![b'['; 100_000], vec![0x91; 100_000], vec![0x81; 100_000]] {
        for encoding in Encoding::ALL {
            refused_bytes(encoding, &hostile);
            assert!(decode_message(encoding, &hostile).is_err());
        }
    }
}

#[test]
fn every_truncation_of_every_message_is_refused() {
    for encoding in Encoding::ALL {
        for request in requests() {
            let whole = request_bytes(encoding, 7, &request);
            for end in 0..whole.len() {
                let (id, ..) = refused_bytes(encoding, &whole[..end]);
                assert!(id.is_none_or(|id| id == 7), "{id:?}");
            }
        }
        let whole = encoded(encoding, |encoding, out| {
            encode_snapshot(encoding, &snapshot(phases()[6]), out);
        });
        for end in 0..whole.len() {
            assert!(decode_message(encoding, &whole[..end]).is_err(), "{end}");
        }
    }
}

#[test]
fn text_that_is_not_utf_8_is_refused_wherever_it_stands() {
    for text in [&b"{\"id\":7,\"type\":\"ping\",\"x\":\"\xff\"}"[..], b"\xff", b"{\"\xc3\x28\":1}"]
    {
        let (_, _, message) = refused_bytes(Encoding::Json, text);
        assert_eq!(message, "the message is not in UTF-8");
    }
}
