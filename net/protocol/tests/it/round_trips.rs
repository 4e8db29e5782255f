//! What is written is read back as it was, in both encodings.

use protocol::*;

use crate::samples::*;

fn read(encoding: Encoding, bytes: &[u8]) -> ServerMessage {
    decode_message(encoding, bytes).unwrap_or_else(|error| panic!("{encoding:?}: {error}"))
}

fn ok_data<T: serde::Serialize>(encoding: Encoding, data: &T) -> OkData {
    let bytes = encoded(encoding, |encoding, out| encode_ok(encoding, 7, data, out));
    match read(encoding, &bytes) {
        ServerMessage::Ok { id: 7, data } => *data,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_request_comes_back() {
    for encoding in Encoding::ALL {
        for (id, request) in (0..).zip(requests()).chain([(u32::MAX, Request::LeaveRoom)]) {
            let bytes = request_bytes(encoding, id, &request);
            assert_eq!(decode_request(encoding, &bytes), Ok(Envelope { id, request }));
        }
    }
}

#[test]
fn every_type_of_request_is_among_the_samples() {
    for kind in RequestType::ALL {
        assert!(requests().iter().any(|request| request.kind() == *kind), "{kind:?}");
    }
}

#[test]
fn every_event_comes_back() {
    for encoding in Encoding::ALL {
        for events in [vec![], events(), vec![played(); 70]] {
            let bytes = encoded(encoding, |encoding, out| {
                encode_update(encoding, "K7MPQ2", 41, events.iter().cloned(), out);
            });
            let expected = Update { room: "K7MPQ2".into(), version: 41, events };
            assert_eq!(read(encoding, &bytes), ServerMessage::Update(expected));
        }
    }
}

#[test]
fn every_phase_comes_back_in_a_snapshot() {
    let snapshots = phases().into_iter().map(snapshot).chain([bare_snapshot()]);
    for snapshot in snapshots {
        for encoding in Encoding::ALL {
            let bytes =
                encoded(encoding, |encoding, out| encode_snapshot(encoding, &snapshot, out));
            assert_eq!(read(encoding, &bytes), ServerMessage::Snapshot(Box::new(snapshot.clone())));
        }
    }
}

#[test]
fn lobby_and_notices_come_back() {
    for encoding in Encoding::ALL {
        let bytes = encoded(encoding, |encoding, out| encode_lobby(encoding, &lobby(), out));
        assert_eq!(read(encoding, &bytes), ServerMessage::Lobby(lobby()));
        for kind in NoticeKind::ALL {
            let notice = Notice { kind: *kind, message: "Soon.".into() };
            let bytes = encoded(encoding, |encoding, out| encode_notice(encoding, &notice, out));
            assert_eq!(read(encoding, &bytes), ServerMessage::Notice(notice));
        }
    }
}

#[test]
fn every_error_comes_back() {
    for encoding in Encoding::ALL {
        for code in ErrorCode::ALL {
            for (id, retry_after_ms) in [(None, None), (Some(7), Some(250))] {
                let data = ErrorData { code: *code, message: "No.".into(), retry_after_ms };
                let bytes =
                    encoded(encoding, |encoding, out| encode_error(encoding, id, &data, out));
                assert_eq!(read(encoding, &bytes), ServerMessage::Error { id, data });
            }
        }
    }
}

#[test]
fn every_shape_of_an_answer_is_read() {
    for encoding in Encoding::ALL {
        assert_eq!(ok_data(encoding, &Done {}), OkData::default());

        let held = Held { room: "K7MPQ2".into(), seat: seat(3) };
        let data = ok_data(encoding, &welcome(Some(held)));
        assert_eq!(
            (data.session.as_deref(), data.token.as_deref()),
            (Some("s7f3a"), Some("t.0kEn"))
        );
        assert_eq!((data.epoch, data.server), (Some(1), Some(Server::new("liap", "0.1.0"))));
        assert_eq!(data.limits, Some(welcome(None).limits));
        let data = ok_data(encoding, &welcome(Some(Held { room: "K7MPQ2".into(), seat: seat(3) })));
        assert_eq!((data.room_code(), data.seat_held()), (Some("K7MPQ2"), Some(seat(3))));
        let data = ok_data(encoding, &welcome(None));
        assert_eq!((data.room_code(), data.seat_held()), (None, None));

        let data = ok_data(encoding, &Pong { t: Some(u64::MAX), server_ms: 9 });
        assert_eq!((data.t, data.server_ms), (Some(u64::MAX), Some(9)));

        let page =
            RoomsPage { rooms: lobby().changed, next: Some("K7MPQ2".into()), counts: counts() };
        let data = ok_data(encoding, &page);
        assert_eq!((data.rooms, data.counts), (Some(page.rooms), Some(page.counts)));
        assert_eq!(data.next.as_deref(), Some("K7MPQ2"));

        let seated = Seated { room: "K7MPQ2".into(), seat: seat(0), version: 1, duplicate: true };
        let data = ok_data(encoding, &seated);
        assert_eq!((data.room_code(), data.seat_held()), (Some("K7MPQ2"), Some(seat(0))));
        assert_eq!((data.version, data.duplicate), (Some(1), true));

        let data = ok_data(encoding, &Settled { version: 41, duplicate: false });
        assert_eq!(data, OkData { version: Some(41), ..OkData::default() });

        let data = ok_data(encoding, &Watching { room: "K7MPQ2".into() });
        assert_eq!(data.room_code(), Some("K7MPQ2"));
    }
}

#[test]
fn what_a_newer_server_adds_is_passed_over() {
    let update = br#"{"type":"update","extra":[],"data":{"room":"K7MPQ2","version":1,"mood":{},
        "events":[{"type":"sneezed","seat":9},{"type":"player_away","seat":1,"why":["x"]}]}}"#;
    assert_eq!(
        read(Encoding::Json, update),
        ServerMessage::Update(Update {
            room: "K7MPQ2".into(),
            version: 1,
            events: vec![Event::Other, Event::PlayerAway { seat: seat(1) }],
        })
    );
    assert_eq!(read(Encoding::Json, br#"{"type":"weather","data":7}"#), ServerMessage::Other);
    let error = br#"{"type":"error","id":1,"data":{"code":"too_sunny","message":"","retry_after_ms":null}}"#;
    let ServerMessage::Error { data, .. } = read(Encoding::Json, error) else { panic!() };
    assert_eq!(data.code, ErrorCode::Other);
}
