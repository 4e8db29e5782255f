//! Updates and requests between types and bytes, with reused buffers.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use protocol::{
    Decider, Encoding, Envelope, Event, Pieces, Play, Request, Seat, SetKind, decode_request,
    encode_request, encode_update,
};

criterion_group!(benches, encode, decode);
criterion_main!(benches);

const ENCODINGS: [(&str, Encoding); 2] =
    [("msgpack", Encoding::MessagePack), ("json", Encoding::Json)];

/// An update with one `played`: by far the most frequent.
fn encode(criterion: &mut Criterion) {
    let seat = |number| Seat::new(number).expect("0..=3");
    let event = || Event::Played {
        seat: seat(2),
        pieces: Pieces(1 << 3 | 1 << 4),
        kind: Some(SetKind::Pair),
        points: 20,
        next: Some(seat(3)),
        decider: Decider::Person,
    };
    let mut group = criterion.benchmark_group("encode_update");
    for (name, encoding) in ENCODINGS {
        let mut buffer = Vec::new();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                buffer.clear();
                encode_update(
                    encoding,
                    "K7MPQ2",
                    black_box(41),
                    [event()].into_iter(),
                    &mut buffer,
                );
                black_box(&buffer);
            });
        });
    }
    group.finish();
}

fn decode(criterion: &mut Criterion) {
    let request = Request::Play(Play { pieces: Pieces(1 << 3 | 1 << 4), turn: None });
    let envelope = Envelope { id: 7, request };
    let mut group = criterion.benchmark_group("decode_play");
    for (name, encoding) in ENCODINGS {
        let mut bytes = Vec::new();
        encode_request(encoding, &envelope, &mut bytes);
        group.bench_function(name, |bencher| {
            bencher.iter(|| decode_request(encoding, black_box(&bytes)));
        });
    }
    group.finish();
}
