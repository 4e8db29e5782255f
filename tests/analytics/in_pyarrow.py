"""The questions as pyarrow answers them, with datasets and compute functions."""

from datetime import date
from itertools import groupby

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

HIVE = ds.partitioning(pa.schema([("date", pa.date32()), ("hour", pa.int64())]), flavor="hive")
GAME = ["match_id", "seat"]
KEPT = pc.CountOptions(mode="all")
col = pc.field


class Tables:
    """The tables of an archive; those without rows have no files."""

    def __init__(self, root, paths):
        self.datasets = {
            table: ds.dataset(files, format="parquet", partitioning=HIVE, partition_base_dir=str(root))
            for table, files in paths.items()
        }

    def read(self, table, columns, where=None):
        """Some columns of the rows for which `where` holds."""
        return self.datasets[table].to_table(columns=columns, filter=where)


def number(column):
    """A column as floats: whole numbers would be divided as such."""
    return pc.cast(column, pa.float64())


def with_columns(table, **columns):
    """The table with further columns, or others in their place."""
    for name, values in columns.items():
        at = table.schema.get_field_index(name)
        table = table.append_column(name, values) if at < 0 else table.set_column(at, name, values)
    return table


def grouped(table, keys, **aggregates):
    """Groups with (column, function) or (column, function, options) under the names given."""
    result = table.group_by(keys).aggregate(list(aggregates.values()))
    names = [f"{column}_{function}" for column, function, *_ in aggregates.values()]
    return result.select(keys + names).rename_columns(keys + list(aggregates))


def sort(table, *keys, nulls="at_end"):
    """Sorted; a name that begins with `-` is descending."""
    order = [(key.lstrip("-"), "descending" if key[0] == "-" else "ascending", nulls) for key in keys]
    return table.take(pc.sort_indices(table, sort_keys=order))


def percentiles(table, keys, value, **wanted):
    """Exact percentiles of each group: what `group_by` has is approximate."""
    rows = []
    for row in grouped(table, keys, n=(value, "count")).select(keys).to_pylist():
        where = pc.scalar(True)
        for key, of in row.items():
            where = where & (col(key) == of)
        found = pc.quantile(table.filter(where)[value], list(wanted.values()), interpolation="linear")
        rows.append(row | dict(zip(wanted, found.to_pylist(), strict=True)))
    return pa.Table.from_pylist(rows)


def hours(t, day):
    """1. Matches by the hour in which they ended."""
    columns = ["hour", "ended_at", "duration_ms"]
    table = t.read("matches", columns, col("date") == date.fromisoformat(day))
    if table.num_rows == 0:
        return table
    table = with_columns(table, duration_ms=pc.divide(number(table["duration_ms"]), 60_000.0))
    result = grouped(table, ["hour"], in_paris=("ended_at", "min"), matches=("hour", "count"))
    paris = pc.cast(pc.floor_temporal(result["in_paris"], unit="hour"), pa.timestamp("ms", "Europe/Paris"))
    # The seconds of a format are with a fraction, so it is cut.
    result = with_columns(result, in_paris=pc.strftime(paris, "%H:%M"))
    minutes = percentiles(table, ["hour"], "duration_ms", median_minutes=0.5, p90_minutes=0.9)
    return sort(result.join(minutes, "hour").rename_columns({"hour": "hour_utc"}), "hour_utc")


def seats(t):
    """2. How often each seat wins."""
    ended = col("end_reason").isin(["score_reached", "rounds_played"])
    played = t.read("matches", ["match_id"], ended)
    table = t.read("seats", ["match_id", "seat", "won"]).join(played, "match_id", join_type="left semi")
    result = sort(grouped(table, ["seat"], games=("won", "count"), wins=("won", "sum")), "seat")
    rows, z = [], 1.959964
    for row in result.to_pylist():
        n, p = row["games"], row["wins"] / row["games"]
        half = z * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
        centre, scale = p + z * z / (2 * n), 1 + z * z / n
        rows.append(row | {"rate": p, "low": (centre - half) / scale, "high": (centre + half) / scale})
    return rows


def scored(t, columns):
    """The rounds that were scored, with who sat in the seat."""
    rounds = t.read("rounds", GAME + columns, col("points").is_valid())
    who = t.read("seats", {"match_id": col("match_id"), "seat": col("seat"), "bot_level": col("bot_level")})
    who = with_columns(who, bot_level=pc.fill_null(who["bot_level"], "person")).rename_columns([*GAME, "who"])
    return rounds.join(who, GAME, join_type="inner")


def accuracy(t):
    """3. How well declarations come true."""
    table = scored(t, ["declared", "captured", "points"])
    zero, none = pc.equal(table["declared"], 0), pc.equal(table["captured"], 0)
    table = with_columns(
        table,
        hit=number(pc.equal(table["declared"], table["captured"])),
        off=pc.abs(pc.subtract(table["declared"], table["captured"])),
        zero=number(zero),
        held=number(pc.if_else(zero, none, pa.scalar(None, pa.bool_()))),
    )
    result = grouped(
        table,
        ["who"],
        rounds=("points", "count"),
        hit_rate=("hit", "mean"),
        off_by=("off", "mean"),
        zero_rate=("zero", "mean"),
        zero_held=("held", "mean"),
        points=("points", "mean"),
    )
    return sort(result, "who")


def first(t):
    """4. What it is worth to go first."""
    columns = ["declare_order", "declared", "captured", "points", "multiplier"]
    table = t.read("rounds", columns, col("points").is_valid())
    table = with_columns(
        table,
        hit=number(pc.equal(table["declared"], table["captured"])),
        points=pc.divide(number(table["points"]), number(table["multiplier"])),
    ).rename_columns({"declare_order": "place"})
    result = grouped(
        table,
        ["place"],
        rounds=("points", "count"),
        declared=("declared", "mean"),
        captured=("captured", "mean"),
        hit_rate=("hit", "mean"),
        points=("points", "mean"),
    )
    return sort(result, "place")


def covariance(table, x, y):
    """Of two columns of floats, with both their means taken off first."""
    x, y = (pc.subtract(table[name], pc.mean(table[name])) for name in (x, y))
    return pc.sum(pc.multiply(x, y)).as_py() / (table.num_rows - 1) if table.num_rows > 1 else float("nan")


def hands(t):
    """5. What a hand's points say of the declaration."""
    table, rows = scored(t, ["hand_points", "declared", "captured"]), []
    for name in ("hand_points", "declared", "captured"):
        table = with_columns(table, **{name: number(table[name])})
    for who in sorted(pc.unique(table["who"]).to_pylist()):
        of = table.filter(col("who") == who)
        variance = {name: covariance(of, name, name) for name in ("hand_points", "declared", "captured")}
        both = {name: covariance(of, "hand_points", name) for name in ("declared", "captured")}
        spread = {name: (variance["hand_points"] * variance[name]) ** 0.5 for name in both}
        rows.append(
            {
                "who": who,
                "rounds": of.num_rows,
                "with_declared": both["declared"] / spread["declared"],
                "with_captured": both["captured"] / spread["captured"],
                "piles_per_10_points": 10 * both["declared"] / variance["hand_points"],
            }
        )
    return rows


def thinking(t):
    """6. How long decisions take."""
    tables = []
    for decision, table, decider, ms in (
        ("declare", "rounds", "declared_by", "declare_ms"),
        ("play", "plays", "decider", "think_ms"),
        ("redeal", "redeals", "decider", "think_ms"),
    ):
        columns = {"decision": pc.scalar(decision), "decider": col(decider), "ms": col(ms)}
        tables.append(t.read(table, columns, col(decider).is_valid()))
    table, keys = pa.concat_tables(tables, promote_options="permissive"), ["decision", "decider"]
    counted = grouped(table, keys, decisions=("ms", "count"))
    counted = counted.join(percentiles(table, keys, "ms", p50_ms=0.5, p95_ms=0.95, p99_ms=0.99), keys)
    return sort(counted, *keys)


def redeals(t):
    """7. Who takes a redeal."""
    rounds = sort(t.read("rounds", [*GAME, "round", "score"], col("score").is_valid()), "match_id", "round", "-score")
    rows = zip(rounds["match_id"].to_pylist(), rounds["round"].to_pylist(), rounds["score"].to_pylist(), strict=True)
    places = []
    for _, seats_of in groupby(rows, key=lambda row: row[:2]):
        scores = [row[2] for row in seats_of]
        places += [scores.index(score) + 1 for score in scores]
    standing = with_columns(
        rounds.select([*GAME, "round"]), round=pc.cast(pc.add(rounds["round"], 1), pa.int16()), place=pa.array(places)
    )
    asked = t.read("redeals", [*GAME, "round", "accepted"])
    table = asked.join(standing, [*GAME, "round"], join_type="left outer")
    table = with_columns(table, rate=number(table["accepted"]))
    result = grouped(table, ["place"], asked=("rate", "count"), accepted=("accepted", "sum"), rate=("rate", "mean"))
    return sort(result, "place", nulls="at_start")


def streaks(t):
    """8. The longest losing streaks."""
    table = t.read("seats", ["player_key", "bot_level", "seat", "won", "ended_at", "match_id"])
    bot = pc.binary_join_element_wise(table["bot_level"], pc.cast(table["seat"], pa.string()), " bot, seat ")
    table = with_columns(table, who=pc.coalesce(table["player_key"], bot)).filter(col("who").is_valid())
    table = sort(table, "who", "ended_at", "match_id", "seat").select(["who", "won", "ended_at"])
    longest = {}
    for (who, won), run in groupby(table.to_pylist(), key=lambda row: (row["who"], row["won"])):
        run = list(run)
        if not won and len(run) > longest.get(who, {"lost": 0})["lost"]:
            longest[who] = {"who": who, "lost": len(run), "since": run[0]["ended_at"]}
    return sorted(longest.values(), key=lambda row: (-row["lost"], row["who"]))[:8]


def sets(t):
    """9. What takes turns."""
    table = t.read("plays", ["turn", "set_type", "position", "strength"], col("won"))
    table = with_columns(table, leader=number(pc.equal(table["position"], 1)))
    found = grouped(
        table,
        ["turn", "set_type"],
        turns=("leader", "count"),
        by_leader=("leader", "mean"),
        strength=("strength", "mean"),
    )
    all_turns = grouped(found, ["turn"], all_turns=("turns", "sum"))
    found, rows = sort(found.join(all_turns, "turn"), "turn", "-turns", "set_type"), []
    for _, of_turn in groupby(found.to_pylist(), key=lambda row: row["turn"]):
        for row in list(of_turn)[:2]:
            share = row["turns"] / row["all_turns"]
            names = ("turn", "set_type", "turns", "share", "by_leader", "strength")
            rows.append({name: (row | {"share": share})[name] for name in names})
    return rows


def leavers(t):
    """10. What becomes of matches that somebody left."""
    table = t.read("seats", ["match_id", "left_at", "won"])
    left = pc.is_valid(table["left_at"])
    table = with_columns(table, left=left, theirs=pc.and_(left, table["won"]))
    table = grouped(table, ["match_id"], leavers=("left", "sum"), seat_won=("theirs", "any"))
    table = t.read("matches", ["match_id", "end_reason", "rounds"]).join(table, "match_id", join_type="inner")
    result = grouped(
        table,
        ["leavers", "end_reason"],
        matches=("match_id", "count"),
        rounds=("rounds", "mean"),
        their_seat_won=("seat_won", "sum"),
    )
    return sort(result, "leavers", "end_reason")


def answers(t, day):
    """The rows of each answer, by the number of its question."""
    asked = [seats, accuracy, first, hands, thinking, redeals, streaks, sets, leavers]
    found = [hours(t, day), *(of(t) for of in asked)]
    return {n: rows if isinstance(rows, list) else rows.to_pylist() for n, rows in enumerate(found, 1)}


def rows(t, tables):
    """How many rows each table has, and of how many matches."""
    counts = {}
    for table in tables:
        ids = t.read(table, ["match_id"])["match_id"]
        counts[table] = (len(ids), pc.count_distinct(ids).as_py())
    return counts
