"""Hostile messages over good WebSocket frames: cut short, too deep, of wrong types, out of order."""

import random

import msgpack

from hostile_probe import ANY, ANY_CLOSE, Probe
from liap_wire import encode

SAMPLES = {
    "hello": {"name": "Ann", "token": "x", "client": "c", "room": "ABCDEF", "version": 3},
    "ping": {"t": 5},
    "list_rooms": {"after": "ABCDEF", "limit": 10},
    "create_room": {"pace": "instant", "private": True, "bots": 3, "bot_level": "simple"},
    "join_room": {"room": "ABCDEF", "seat": 1},
    "watch_room": {"room": "ABCDEF"},
    "unwatch_room": {"room": "ABCDEF"},
    "add_bot": {"seat": 1, "level": "simple"},
    "remove_player": {"seat": 1},
    "redeal": {"accept": True, "turn": [1, 0]},
    "declare": {"piles": 2, "turn": [1, 0]},
    "play": {"pieces": [3, 4], "turn": [1, 1]},
    "resync": {"version": 3},
}
BARE = ("watch_lobby", "unwatch_lobby", "leave_room", "start_match", "rematch")
LISTS, WHOLES, FLAGS = {"turn", "pieces"}, {"t", "limit", "bots", "seat", "piles", "version"}, {"private", "accept"}
RANGES = {"limit": (0, 101), "bots": (4, 255), "seat": (4, 255), "piles": (256, 2**32)}
WRONG = [
    -1,
    1.5,
    1.0,
    2**63,
    2**70,
    True,
    "x",
    [],
    ["a"],
    {},
    {"a": 1},
    [[1]],
    [1, "b"],
    [1.5, 2],
    [-1, 0],
    [1],
    [1, 2, 3],
]


def wrong_values(field):
    """Values whose type does not fit a field (a lone `[]` or wrong length fits `pieces` in type, so not those)."""
    for value in WRONG:
        if field == "pieces" and value in ([], [1], [1, 2, 3]):
            continue
        is_text = (
            isinstance(value, str)
            and field not in LISTS | WHOLES | FLAGS
            and field not in ("pace", "bot_level", "level")
        )
        if is_text or (value is True and field in FLAGS) or (value == 2**63 and field in ("version", "t")):
            continue
        yield value


def packed(encoding, message):
    """The frame of any message, sound or not; None where this encoding cannot write it."""
    try:
        return encode(encoding, message)
    except (OverflowError, ValueError):
        return None


async def cut_short(checks, encoding):
    """Every request, cut off at every byte."""
    probe = Probe(checks, encoding)
    for kind, data in {**SAMPLES, **dict.fromkeys(BARE, {})}.items():
        id = (await probe.ready()).number()
        frame = encode(encoding, {"id": id, "type": kind, "data": data})
        for end in range(len(frame)):
            await probe.expect(f"{kind} cut to {end} bytes", frame[:end], {"bad_message"}, (None, id))
    await probe.close()


async def wrong_types(checks, encoding):
    """Every field of every request with values that do not fit, and the envelope likewise."""
    probe = Probe(checks, encoding)
    for kind, data in SAMPLES.items():
        for field in data:
            high = [("range", v) for v in RANGES.get(field, ())]
            for sort, value in [("type", v) for v in wrong_values(field)] + high:
                id = (await probe.ready()).number()
                frame = packed(encoding, {"id": id, "type": kind, "data": {**data, field: value}})
                if frame:
                    codes = {"bad_message", "not_in_room", "room_not_found"} if sort == "range" else {"bad_message"}
                    await probe.expect(f"{kind}.{field} = {value!r}", frame, codes, (id,))
        for bad in (5, "x", [1], True):
            id = (await probe.ready()).number()
            await probe.expect(
                f"{kind} with data {bad!r}",
                packed(encoding, {"id": id, "type": kind, "data": bad}),
                {"bad_message"},
                (id,),
            )
    for required in ("remove_player", "redeal", "declare", "play", "join_room", "watch_room", "unwatch_room"):
        for body in ({}, {"data": {}}, {"data": None}):
            id = (await probe.ready()).number()
            await probe.expect(
                f"{required} without its data",
                packed(encoding, {"id": id, "type": required, **body}),
                {"bad_message"},
                (id,),
            )
    for id in (-1, 1.5, 2**32, 2**64 - 1, 2**70, "7", None, [], {}, True):
        frame = packed(encoding, {"id": id, "type": "ping", "data": {"t": 1}})
        if frame:
            await probe.expect(f"id {id!r}", frame, {"bad_message"})
    await probe.expect("no id", packed(encoding, {"type": "ping"}), {"bad_message"})
    for kind in (5, None, [], {}, True):
        id = (await probe.ready()).number()
        await probe.expect(f"type {kind!r}", packed(encoding, {"id": id, "type": kind}), {"bad_message"}, (id,))
    for kind in ("", "Play", "play ", "snapshot", "ok", "x" * 3000, "\0", "\u202e"):
        id = (await probe.ready()).number()
        await probe.expect(
            f"type {kind[:20]!r}", packed(encoding, {"id": id, "type": kind, "data": {}}), {"unknown_type"}, (id,)
        )
    id = (await probe.ready()).number()
    await probe.expect("no type", packed(encoding, {"id": id, "data": {}}), {"bad_message"}, (id,))
    await probe.close()


async def not_messages(checks, encoding):
    """Garbage, wrong frames, nesting, sizes, text that is not text."""
    probe, rng = Probe(checks, encoding), random.Random(11)
    for value in ([], 5, "x", None, True, 1.5, [[]], [7, "ping", {}], ["ping", 7]):
        await probe.expect(f"a message that is {value!r}", packed(encoding, value), {"bad_message"})
    for size in [1, 2, 3, 5, 8, 40, 300, 4096] * 10:
        junk = rng.randbytes(size)
        junk = junk.hex().encode()[:size] if encoding == "json" else b"\xc1" + junk[1:]
        await probe.expect(f"{size} bytes of garbage", junk, {"bad_message"}, ANY)
        await probe.expect(
            f"{size} opening bytes", (b"[" if encoding == "json" else b"\x91") * size, {"bad_message"}, ANY
        )
        nested = (b'{"a":' if encoding == "json" else b"\x81\xa1a") * (size // 5 + 1)
        await probe.expect(f"{len(nested)} bytes of maps", nested[:4096], {"bad_message"}, ANY)
    for depth in (5, 6, 7, 20, 500):
        deep, id = 1, (await probe.ready()).number()
        for _ in range(depth):
            deep = [deep]
        frame = packed(encoding, {"id": id, "type": "ping", "data": {"x": deep}})
        wanted, ids = ({"ok"}, (id,)) if depth <= 6 else ({"bad_message"}, (None, id))
        await probe.expect(f"nested {depth + 2} deep", frame, wanted, ids)
    id = (await probe.ready()).number()
    await probe.expect(
        "unknown fields",
        packed(encoding, {"id": id, "type": "ping", "x": [1], "data": {"t": 1, "y": {}}}),
        {"ok"},
        (id,),
    )
    await sound_but_odd(probe, encoding)
    other = packed("json" if encoding == "msgpack" else "msgpack", {"id": 4, "type": "ping"})
    await probe.expect("a frame of the other kind", other, {"bad_frame"}, text=encoding == "msgpack")
    await probe.expect(
        "an empty frame of the other kind", b"", {"bad_frame", "bad_message"}, text=encoding == "msgpack"
    )
    if encoding == "json":
        for junk in (
            b"\xff\xfe",
            b'{"id":1,"type":"\xc3("}',
            b'{"id":1,"type":"hello","data":{"name":"\xed\xa0\x80"}}',
        ):
            await probe.expect("a text frame that is not UTF-8", junk, {"bad_message"}, ANY, ANY_CLOSE)
        lone = b'"type":"hello","data":{"name":"\\ud800"}}'
        await probe.expect("an escaped lone surrogate", b'{"id":900000,' + lone, {"bad_message"}, ANY)
        await probe.expect("1e999", b'{"id":1e999,"type":"ping"}', {"bad_message"}, ANY)
        await probe.expect("NaN", b'{"id":NaN,"type":"ping"}', {"bad_message"}, ANY)
        await probe.expect("two ids", b'{"id":900001,"id":900002,"type":"ping"}', {"bad_message"}, ANY)
    else:
        for junk in ("\udcff\udcfe", "a\udcc3("):
            message = {"id": 900000, "type": "hello", "data": {"name": junk}}
            frame = msgpack.packb(message, unicode_errors="surrogateescape")
            await probe.expect("a string that is not UTF-8", frame, {"bad_message"}, ANY)
        for length in (
            b"\xdf\xff\xff\xff\xff",
            b"\xdd\xff\xff\xff\xff",
            b"\xdb\xff\xff\xff\xff",
            b"\xc6\xff\xff\xff\xff",
        ):
            await probe.expect("a length of 4 GiB", length + b"aa", {"bad_message"}, ANY)
        for value in (
            msgpack.ExtType(1, b"a"),
            {1: 2},
            b"bytes",
            {b"id": 3},
            {0: 7, 1: "ping"},
            {"id": 7, "type": b"ping"},
        ):
            await probe.expect(f"{value!r}", msgpack.packb(value), {"bad_message"}, ANY)
    await probe.close()


async def sound_but_odd(probe, encoding):
    """Messages that are unusual, yet as documented: they must be taken."""

    async def taken(what, write):
        id = (await probe.ready()).number()
        await probe.expect(what, write(id), {"ok"}, (id,))

    await taken("no data", lambda id: packed(encoding, {"id": id, "type": "ping"}))
    await taken("null data", lambda id: packed(encoding, {"id": id, "type": "ping", "data": None}))
    await taken("a null field", lambda id: packed(encoding, {"id": id, "type": "ping", "data": {"t": None}}))
    await taken(
        "fields in another order", lambda id: packed(encoding, {"data": {"t": 2**64 - 1}, "type": "ping", "id": id})
    )
    if encoding == "msgpack":
        body = msgpack.packb("type") + msgpack.packb("ping") + msgpack.packb("id")
        await taken("an id of 8 bytes", lambda id: b"\x82" + body + b"\xcf" + id.to_bytes(8, "big"))
        await taken("a signed id of 8 bytes", lambda id: b"\x82" + body + b"\xd3" + id.to_bytes(8, "big"))
        await taken("a map of 32 bits of length", lambda id: b"\xdf\0\0\0\x02" + body + b"\xcd" + id.to_bytes(2, "big"))
    else:
        await taken("white space", lambda id: b' {\r\n\t"id" : %d , "type" : "ping" } \n' % id)
        await taken("an escaped name", lambda id: b'{"\\u0069d":%d,"type":"\\u0070ing"}' % id)
