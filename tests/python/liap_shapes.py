"""The shapes of messages as docs/protocol.md writes them down, and where secrets may stand."""

import re

import liap_rules as rules
from liap_fields import Breach, array, distinct, flag, four, nullable, one_of, require, text, whole

HEX64 = re.compile(r"[0-9a-fA-F]{64}")
CODE = re.compile(r"[ABCDEFGHJKLMNPQRSTUVWXYZ2345679]{6}")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ERROR_CODES = set(
    "bad_frame bad_message unknown_type hello_first unauthorized bad_name name_taken room_not_found room_full"
    " seat_taken match_running not_in_room already_in_room not_host seats_empty seat_empty wrong_phase"
    " not_your_turn already_declared bad_declaration not_in_hand bad_count bad_set not_weak already_decided"
    " stale rate_limited busy overloaded storage_unavailable paused banned draining internal".split()
)

seat, count, pile = whole(0, 3), whole(0), whole(0, 8)
piece, version = whole(0, 31), whole(0)
seats_list, pieces = distinct(seat), distinct(piece, 1, 6)
hand, level = nullable(distinct(piece, 0, 8)), nullable(one_of("simple", "standard"))
kind = nullable(one_of(*rules.KINDS))
decider = one_of("person", "bot", "absence", "time_out")
reason = one_of("redeal_accepted", "red_general", "won_last_turn", "first_seat")

EVENTS = {
    "player_joined": {"seat": seat, "name": text(), "bot": level},
    "player_left": {"seat": seat, "reason": one_of("left", "removed", "away"), "bot": level},
    "player_away": {"seat": seat},
    "player_back": {"seat": seat},
    "host_changed": {"seat": seat},
    "match_started": {"match": text(UUID), "number": whole(1), "seed_hash": text(HEX64)},
    "dealt": {"round": whole(1, 20), "redeal": whole(0, 9), "multiplier": whole(1, 10), "hand": hand},
    "redeal_offered": {"seats": distinct(seat, 1)},
    "redeal_warned": {"ms_left": whole(1)},
    "redeal_decided": {"seat": seat, "accept": flag, "decider": decider},
    "round_started": {"round": whole(1, 20), "starter": seat, "reason": reason, "multiplier": whole(1, 10)},
    "declare_started": {"seat": seat},
    "declared": {"seat": seat, "piles": pile, "next": nullable(seat), "decider": decider},
    "turn_started": {"turn": whole(1, 8), "seat": seat},
    "played": {
        "seat": seat, "pieces": pieces, "kind": kind, "points": whole(1), "next": nullable(seat), "decider": decider,
    },
    "turn_won": {"turn": whole(1, 8), "seat": seat, "piles": whole(1, 8)},
    "round_scored": {
        "round": whole(1, 20), "multiplier": whole(1, 10), "declared": four(pile), "captured": four(pile),
        "points": four(whole()), "scores": four(whole()),
    },
    "match_over": {
        "match": text(UUID), "reason": one_of("score_reached", "rounds_played", "abandoned", "closed"),
        "rounds": whole(0, 20), "winners": seats_list, "scores": four(whole()), "ranks": four(whole(1, 4)),
        "turns_won": four(count), "perfect_rounds": four(count), "seed": text(HEX64),
    },
    "room_paused": {}, "room_resumed": {},
    "room_closed": {"reason": one_of("empty", "finished", "server")},
}  # fmt: skip

plays = four(nullable(pieces))
PHASES = {
    "open": {}, "dealt": {}, "starting": {}, "closed": {},
    "redealing": {"asked": seats_list, "accepted": seats_list, "declined": seats_list},
    "declaring": {"seat": seat},
    "playing": {"seat": seat, "leader": seat, "kind": kind, "plays": plays},
    "staying": {"leader": seat, "kind": kind, "plays": plays},
    "turn_won": {"winner": seat, "leader": seat, "kind": kind, "plays": plays},
    "scored": {"points": four(whole())},
    "finished": {"winners": seats_list},
}  # fmt: skip

SEAT = {
    "name": text(), "bot": level, "presence": one_of("here", "lost", "away"), "held": pile, "declared": nullable(pile),
    "captured": pile, "score": whole(), "zero_streak": count, "turns_won": count, "perfect_rounds": count,
}  # fmt: skip
PACE = {
    "name": text(), "deal_ms": count, "redealt_ms": count, "start_ms": count, "redeal_ms": count,
    "declare_ms": nullable(count), "play_ms": nullable(count), "stay_ms": count, "turn_ms": count, "score_ms": count,
}  # fmt: skip
SNAPSHOT = {
    "room": text(CODE), "version": version, "seat": nullable(seat), "pace": PACE, "private": flag,
    "host": nullable(seat),
    "match": nullable({"match": text(UUID), "number": whole(1), "seed_hash": text(HEX64)}),
    "round": {
        "number": whole(0, 20), "redeals": whole(0, 9), "multiplier": whole(0, 10), "starter": nullable(seat),
        "reason": nullable(reason), "turn": whole(0, 8),
    },
    "ms_left": nullable(count), "paused": flag, "hand": hand, "seats": four(nullable(SEAT)),
}  # fmt: skip
COUNTS = {name: count for name in "rooms open running finished players bots free_seats".split()}
ENTRY = {
    "room": text(CODE), "pace": text(), "stage": one_of("open", "running", "finished"), "host": nullable(text()),
    "seats": four(nullable({"name": text(), "bot": level})), "free_seats": whole(0, 4),
}  # fmt: skip
LIMITS = {n: count for n in "frame_bytes unanswered send_queue ping_seconds silence_seconds".split()}

SEATED = {"room": text(CODE), "seat": seat, "version": version, "duplicate?": flag}
SETTLED = {"version": version, "duplicate?": flag}
ANSWERS = {
    "hello": {
        "session": text(), "token": text(), "epoch": whole(), "limits": LIMITS,
        "server": {"name": text(), "version": text(), "protocol": whole(1, 1)},
        "room": nullable({"room": text(CODE), "seat": seat}),
    },
    "ping": {"t?": lambda v: True, "server_ms": count},
    "list_rooms": {"rooms": array(ENTRY, 0, 100), "next": nullable(text(CODE)), "counts": COUNTS},
    "watch_lobby": {}, "unwatch_lobby": {}, "create_room": SEATED, "join_room": SEATED,
    "watch_room": {"room": text(CODE)}, "unwatch_room": {"room": text(CODE)},
    **{n: SETTLED for n in "leave_room add_bot remove_player start_match rematch redeal declare play resync".split()},
}  # fmt: skip


def check_ok(request, data):
    """The `ok` data of a request."""
    require(ANSWERS[request], data, f"ok of {request}")


def check_answer(message):
    """The envelope of an answer, and of an error its data."""
    require(
        {"type": one_of("ok", "error"), "id": nullable(whole(0, 2**32 - 1)), "data": lambda v: isinstance(v, dict)},
        message,
        "answer",
    )
    if message["type"] == "ok":
        return
    error = {"code": one_of(*ERROR_CODES), "message": text(), "retry_after_ms": nullable(whole(1))}
    require(error, message["data"], "error")
    if (message["data"]["code"] == "rate_limited") and message["data"]["retry_after_ms"] is None:
        raise Breach(f"rate_limited without retry_after_ms: {message!r}")


def check_push(message):
    """The envelope and data of a push."""
    kind = message.get("type")
    if kind == "snapshot":
        data = message.get("data")
        name = (data.get("phase") or {}).get("name") if isinstance(data, dict) else None
        if name not in PHASES:
            raise Breach(f"a snapshot without a known phase: {message!r}")
        require({**SNAPSHOT, "phase": {"name": text(), **PHASES[name]}}, data, "snapshot")
    elif kind == "update":
        require(
            {"room": text(CODE), "version": version, "events": array(lambda e: isinstance(e, dict))},
            message.get("data"),
            "update",
        )
        for event in message["data"]["events"]:
            if event.get("type") not in EVENTS:
                raise Breach(f"an unknown event: {event!r}")
            require({"type": text(), **EVENTS[event["type"]]}, event, event["type"])
    elif kind == "lobby":
        require({"changed": array(ENTRY), "gone": array(text(CODE)), "counts": COUNTS}, message.get("data"), "lobby")
    elif kind == "notice":
        require({"kind": text(), "message": text()}, message.get("data"), "notice")
    else:
        raise Breach(f"an unknown push: {message!r}")


HAND_AT = {"snapshot.data.hand", "update.data.events.dealt.hand"}
HASH_AT = {"snapshot.data.match.seed_hash", "update.data.events.match_started.seed_hash"}
SEED_AT = {"update.data.events.match_over.seed"}
NAMED = {"ok.data.token", "ok.data.session"}


def scan_secrets(message):
    """Raises Breach if a hand or a seed stands anywhere but where the protocol has it."""
    todo = [(str(message.get("type")), message)]
    while todo:
        where, value = todo.pop()
        if isinstance(value, dict):
            for key, inner in value.items():
                path = f"{where}.{key}"
                if (
                    "hand" in str(key).lower() or "seed" in str(key).lower()
                ) and path not in HAND_AT | HASH_AT | SEED_AT:
                    raise Breach(f"a secret's name at {path}: {message!r}")
                todo.append((path, inner))
        elif isinstance(value, list):
            in_events = where.endswith(".events")
            todo += [(f"{where}.{x.get('type')}" if in_events and isinstance(x, dict) else where, x) for x in value]
        elif isinstance(value, str) and HEX64.fullmatch(value) and where not in HASH_AT | SEED_AT | NAMED:
            raise Breach(f"64 hex digits, like a seed, at {where}: {message!r}")
