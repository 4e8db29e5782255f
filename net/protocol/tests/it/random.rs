//! Whatever the bytes: an answer, never a panic.

use proptest::collection::vec;
use proptest::prelude::*;
use protocol::*;

use crate::samples::*;

fn check(bytes: &[u8]) {
    for encoding in Encoding::ALL {
        match decode_request(encoding, bytes) {
            Ok(Envelope { id, request }) => {
                let again = request_bytes(encoding, id, &request);
                assert_eq!(decode_request(encoding, &again), Ok(Envelope { id, request }));
            }
            Err(error) => {
                assert!(!error.message.is_empty() && error.message.chars().count() <= 300);
            }
        }
        if let Err(error) = decode_message(encoding, bytes) {
            assert!(error.to_string().chars().count() <= 300);
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_are_answered(bytes in vec(any::<u8>(), 0..200)) {
        check(&bytes);
    }

    #[test]
    fn arbitrary_json_is_answered(text in r#"[\[\]{}:,"0-9a-z\\. -]{0,80}"#) {
        check(text.as_bytes());
    }

    #[test]
    fn damaged_requests_are_answered(
        which in 0..requests().len(),
        json in any::<bool>(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let encoding = if json { Encoding::Json } else { Encoding::MessagePack };
        let mut bytes = request_bytes(encoding, 7, &requests()[which]);
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        check(&bytes);
    }

    #[test]
    fn damaged_messages_are_answered(
        which in 0..phases().len(),
        json in any::<bool>(),
        damage in vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let encoding = if json { Encoding::Json } else { Encoding::MessagePack };
        let view = snapshot(phases()[which]);
        let mut bytes = encoded(encoding, |encoding, out| encode_snapshot(encoding, &view, out));
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        check(&bytes);
    }

    #[test]
    fn names_keep_their_promise(name in "\\PC{0,60}|[ \\t\\u{200e}-\\u{202e}a-z]{0,8}") {
        if let Ok(name) = check_name(&name) {
            prop_assert!((1..=50).contains(&name.chars().count()));
            prop_assert_eq!(name.trim(), name);
            prop_assert_eq!(check_name(name), Ok(name));
        }
    }

    #[test]
    fn ids_and_hashes_are_read_as_written(id in any::<u128>(), bytes in any::<[u8; 32]>()) {
        prop_assert_eq!(MatchId::parse(&MatchId(id).to_string()), Some(MatchId(id)));
        prop_assert_eq!(Hex::parse(&Hex(bytes).to_string()), Some(Hex(bytes)));
        prop_assert_eq!(Hex::parse(&Hex(bytes).to_string().to_uppercase()), Some(Hex(bytes)));
    }
}
