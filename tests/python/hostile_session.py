"""Ids, repeats, tokens, rate limits, the lobby: what concerns a session rather than the game."""

import asyncio

from hostile_probe import closed_with, new_name, refused
from liap_player import Player
from liap_wire import Closed, Refused, Wire

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ2345679"


async def person(checks, encoding, **options):
    """A player who said hello."""
    return await Player(checks.url, encoding, new_name(), 1, quirks=False, **options).start()


async def repeats(checks, encoding):
    """An accepted id again is a duplicate, an older one stale; `create_room` and `join_room` can be repeated."""
    p = await person(checks, encoding)
    id = p.wire.number()
    first = await p.wire.call("create_room", {"pace": "instant", "private": True}, id)
    snapshot = await p.wire.push()
    again = await p.wire.call("create_room", {"pace": "instant", "private": True}, id)
    same = (again["room"], again["seat"], again.get("duplicate")) == (first["room"], 0, True)
    checks.check(same, f"{encoding}: create_room repeated was answered {again}, first {first}")
    joined = await p.wire.call("join_room", {"room": first["room"].lower()})
    same = (joined["room"], joined["seat"], joined.get("duplicate")) == (first["room"], 0, True)
    checks.check(same, f"{encoding}: join_room of the own room was answered {joined}")
    wire, made = p.wire, []
    for at in range(6):
        kind, data = ("remove_player", {"seat": 1}) if at % 2 else ("add_bot", {"seat": 1})
        id = wire.number()
        made.append((id, kind, data, (await wire.call(kind, data, id))["version"]))
        wire.number()
    checks.check(
        [m[3] for m in made] == list(range(made[0][3], made[0][3] + 6)), f"{encoding}: versions of six changes: {made}"
    )
    for id, kind, data, version in made[-4:]:
        message, _ = await wire.answer(kind, data, id)
        data = message["data"]
        right = message["type"] == "ok" and (data["version"], data.get("duplicate")) == (version, True)
        checks.check(right, f"{encoding}: accepted id {id} repeated: {message}; expected version {version}, duplicate")
    for id, kind, data, _ in made[:2]:
        await refused(checks, wire, kind, data, "stale", id)
    # Never seen before and not older than what is remembered: judged as new, here by the rules.
    await refused(checks, wire, "remove_player", {"seat": 2}, {"seat_empty"}, made[-1][0] - 1)
    await refused(checks, wire, "list_rooms", {}, {"stale"}, made[0][0])
    before = snapshot["data"]["version"]
    await wire.call("ping", {"t": 1})
    versions = []
    while not wire.pushes.empty():
        push = await wire.push()
        versions += [push["data"]["version"]] if push["type"] == "update" else []
    expected = [m[3] for m in made]
    checks.check(
        versions[-6:] == expected and all(v > before for v in versions),
        f"{encoding}: updates {versions}, made {expected}",
    )
    wire.next_id = 2**32 - 1
    message, _ = await wire.answer("ping", {"t": 1})
    checks.check(message["type"] == "ok", f"{encoding}: the greatest id was answered {message}")
    await p.close()


async def tokens(checks, encoding):
    """A token resumes the seat; the newest connection wins; a used-up token is unauthorized."""
    p = await person(checks, encoding)
    old_token, name = p.token, p.name
    code = await p.create(pace="instant", private=True)
    old = p.wire
    p.rng.random = lambda: 0.0  # overtake the old connection, do not close it first
    await p.reconnect()
    checks.check(p.table.room == code, f"{encoding}: not the same room after a reconnection")
    first = await Wire.open(checks.url, encoding)
    first.next_id = p.wire.next_id
    answer = await first.hello(token=old_token)
    checks.check(
        answer["room"] == {"room": code, "seat": 0},
        f"{encoding}: the presented token was no longer good before the new one was used: {answer}",
    )
    code_of_old = await closed_with(p.wire, 10)
    checks.check(code_of_old == 4000, f"{encoding}: the overtaken connection was closed with {code_of_old}, not 4000")
    second = await Wire.open(checks.url, encoding)
    second.next_id = first.next_id
    await second.hello(token=answer["token"], name=name)
    third = await Wire.open(checks.url, encoding, tolerant=True)
    third.next_id = second.next_id + 1
    await refused(checks, third, "hello", {"token": old_token}, "unauthorized")
    checks.check(second.failure is None, f"{encoding}: a refused token disturbed the session: {second.failure}")
    await second.call("leave_room")
    for wire in (old, p.wire, first, second, third):
        await wire.close()


async def limits_of_rate(checks, encoding):
    """Outside a room 30 credits, inside a `standard` room 30 and 5 per second; `ping` is free."""
    p = await person(checks, encoding)
    codes = []
    for _ in range(20):
        message, _ = await p.wire.answer("list_rooms", {"limit": 1})
        codes.append(message["data"].get("code", "ok"))
    checks.check("rate_limited" in codes and codes[:10] == ["ok"] * 10, f"{encoding}: 20 times list_rooms: {codes}")
    for _ in range(50):
        await p.wire.call("ping", {"t": 0})
    limited, _ = await p.wire.answer("create_room", {"pace": "standard"})
    checks.check(limited["data"].get("code") == "rate_limited", f"{encoding}: create_room without credits: {limited}")
    await p.close()
    p = await person(checks, encoding)
    await p.create(pace="standard", private=True)
    codes = []
    for _ in range(60):
        message, _ = await p.wire.answer("declare", {"piles": 1})
        codes.append(message["data"].get("code", "ok"))
    checks.check(codes[0] == "wrong_phase" and "rate_limited" in codes[20:], f"{encoding}: 60 declarations: {codes}")
    wait = message["data"]["retry_after_ms"] or 1000
    await asyncio.sleep(wait / 1000)  # what the server asked for is what is tested
    await refused(checks, p.wire, "declare", {"piles": 1}, "wrong_phase")
    futures = [(await p.wire.post("ping", {"t": n}))[0] for n in range(100)]
    answers = await asyncio.wait_for(asyncio.gather(*futures), 30)
    echoed = [a["data"].get("t") for a in answers]
    checks.check(echoed == list(range(100)), f"{encoding}: 100 pings at once were answered {echoed}")
    await p.close()


async def lobby(checks, encoding):
    """Public rooms are listed and announced, private ones never."""
    watcher = await person(checks, encoding)
    await watcher.wire.call("watch_lobby")
    await watcher.wire.call("list_rooms", {})
    hidden, shown = await person(checks, encoding), await person(checks, encoding)
    secret = await hidden.create(pace="instant", private=True)
    code = await shown.create(pace="instant", bots=2)
    entry = await lobby_push(
        watcher, lambda data: next((e for e in data["changed"] if e["room"] == code), None), secret
    )
    right = entry["stage"] == "open" and entry["host"] == shown.name and entry["pace"] == "instant"
    checks.check(right and entry["free_seats"] <= 3, f"{encoding}: the lobby's entry of a new room: {entry}")
    listed, after = [], None
    for _ in range(10):
        page = await watcher.wire.call("list_rooms", {"limit": 100, **({"after": after} if after else {})})
        listed, after = listed + [e["room"] for e in page["rooms"]], page["next"]
        if not after:
            break
    checks.check(secret not in listed, f"{encoding}: a private room is listed")
    in_order = (sorted(set(listed)), sorted(set(listed), key=lambda code: [ALPHABET.index(c) for c in code]))
    checks.check(listed in in_order, f"{encoding}: rooms are not in order of code: {listed}")
    if not after:
        checks.check(code in listed, f"{encoding}: the room {code} is not listed: {listed}")
    await shown.wire.call("leave_room")
    await lobby_push(
        watcher, lambda data: code in data["gone"] or [e for e in data["changed"] if e["room"] == code], secret
    )
    await watcher.wire.call("unwatch_lobby")
    for p in (watcher, hidden, shown):
        await p.close()


async def lobby_push(watcher, found, secret):
    """The first lobby push in which something is found."""
    while True:
        push = await watcher.wire.push()
        if push["type"] != "lobby" or secret in str(push):
            raise AssertionError(f"a push that a watcher of the lobby must not get: {push}")
        if found(push["data"]):
            return found(push["data"])


async def abandoned_requests(checks, encoding):
    """A connection that goes while its requests are under way harms nobody."""
    for count in range(20):
        p = await person(checks, encoding)
        await p.wire.post("create_room", {"pace": "instant", "private": True, "bots": 3})
        if count % 2:
            await p.wire.post("start_match")
        p.wire.socket.transport.abort()
        try:
            while True:
                await p.wire.push()
        except (Closed, Refused):
            checks.passed += 1
        await p.close()
