"""A snapshot as the referee's first knowledge of a room, and as a check on what it folded since."""

from liap_fields import Breach

ON_HAND = ("declaring", "playing")


def load(table, data):
    """Sets the table to what a snapshot says."""
    phase, seats, about = data["phase"], data["seats"], data["round"]
    table.room, table.version, table.own, table.host = data["room"], data["version"], data["seat"], data["host"]
    table.pace, table.private, table.match = data["pace"], data["private"], data["match"]
    table.paused = data["paused"]
    if (data["hand"] is None) != (table.own is None):
        raise Breach(f"a snapshot with hand {data['hand']} for seat {table.own}")
    table.hand = None if data["hand"] is None else set(data["hand"])
    table.seats = [seat and {"name": seat["name"], "bot": seat["bot"]} for seat in seats]

    def of(field, empty):
        return [empty if seat is None else seat[field] for seat in seats]

    table.counts, table.captured, table.scores = of("held", 0), of("captured", 0), of("score", 0)
    table.turns_won, table.perfect, table.declared = of("turns_won", 0), of("perfect_rounds", 0), of("declared", None)
    # Whether a seat's streak counts the declaration of the running round is not documented: such a one is unknown.
    table.streak = [None if d is not None else s for d, s in zip(table.declared, of("zero_streak", 0))]
    table.round, table.redeals, table.multiplier = about["number"], about["redeals"], about["multiplier"]
    table.starter, table.reason, table.turn = about["starter"], about["reason"], about["turn"]
    table.phase_version, table.finishing = None, False
    table.last_winner = table.leader = phase.get("winner", phase.get("leader"))
    table.to_act, table.lead_kind = phase.get("seat"), phase.get("kind")
    table.asked = phase.get("asked", [])
    table.answered = {**{s: True for s in phase.get("accepted", [])}, **{s: False for s in phase.get("declined", [])}}
    table.plays = []
    if table.leader is not None and "plays" in phase:
        order = [(table.leader + i) % 4 for i in range(4)]
        table.plays = [(s, phase["plays"][s]) for s in order if phase["plays"][s] is not None]
    name = phase["name"]
    table.phase = "redealt" if name == "dealt" and table.redeals else name


def compare(table, data):
    """Raises Breach where a later snapshot disagrees with the folded state (asked for on the own decision)."""
    phase, seats, about = data["phase"], data["seats"], data["round"]
    wrong = []

    def same(what, shown, folded):
        if shown != folded:
            wrong.append(f"{what} is {shown!r} in the snapshot, {folded!r} by the updates")

    if data["version"] < table.version:
        wrong.append(f"version {data['version']} is older than the last update {table.version}")
    for field in ("room", "host", "private", "pace", "match", "paused"):
        same(field, data[field], getattr(table, field))
    same("seat", data["seat"], table.own)
    same(
        "hand",
        None if data["hand"] is None else sorted(data["hand"]),
        None if table.hand is None else sorted(table.hand),
    )
    same("phase", phase["name"], table.phase)
    for at, (shown, folded) in enumerate(zip(seats, table.seats)):
        same(f"seat {at} taken", shown is not None, folded is not None)
        if shown and folded:
            same(f"bot of seat {at}", shown["bot"], folded["bot"])
            same(f"name of seat {at}", shown["name"], folded["name"] or shown["name"])
    if phase["name"] in ON_HAND + ("redealing",) and all(seats):
        same("round", about["number"], table.round)
        same("redeals", about["redeals"], table.redeals)
        same("multiplier", about["multiplier"], table.multiplier)
        same("turn", about["turn"], table.turn)
        same("score", [s["score"] for s in seats], table.scores)
        same("turns_won", [s["turns_won"] for s in seats], table.turns_won)
        same("perfect_rounds", [s["perfect_rounds"] for s in seats], table.perfect)
        same("held", [s["held"] for s in seats], table.counts)
        for s in range(4):
            if table.declared[s] is None and table.streak[s] is not None:
                same(f"zero_streak of seat {s}", seats[s]["zero_streak"], table.streak[s])
    if phase["name"] in ON_HAND and all(seats):
        same("starter", about["starter"], table.starter)
        same("reason", about["reason"], table.reason)
        same("declared", [s["declared"] for s in seats], table.declared)
        same("captured", [s["captured"] for s in seats], table.captured)
        same("whose turn", phase["seat"], table.to_act)
    if phase["name"] == "redealing":
        same("asked", sorted(phase["asked"]), sorted(table.asked))
        same("accepted", sorted(phase["accepted"]), sorted(s for s, yes in table.answered.items() if yes))
        same("declined", sorted(phase["declined"]), sorted(s for s, yes in table.answered.items() if not yes))
    if phase["name"] == "playing":
        plays = dict(table.plays)
        same("leader", phase["leader"], table.leader)
        same("kind", phase["kind"], table.lead_kind)
        same(
            "plays",
            [p and sorted(p) for p in phase["plays"]],
            [sorted(plays[s]) if s in plays else None for s in range(4)],
        )
    if wrong:
        raise Breach(
            "the snapshot disagrees: " + "; ".join(wrong) + f"\n  snapshot: {data!r}\n  referee: {table.describe()}"
        )
