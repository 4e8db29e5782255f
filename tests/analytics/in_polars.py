"""The questions as Polars answers them."""

from datetime import date

import polars as pl

WHO = pl.coalesce("bot_level", pl.lit("person")).alias("who")
GAME = ["match_id", "seat"]


def scan(paths):
    """The tables of these files; those without rows have no files."""
    return {table: pl.scan_parquet(files, hive_partitioning=True) for table, files in paths.items()}


def hours(t, day):
    """1. Matches by the hour in which they ended."""
    paris = pl.col("ended_at").min().dt.truncate("1h").dt.convert_time_zone("Europe/Paris")
    minutes = pl.col("duration_ms") / 60_000
    return (
        t["matches"]
        .filter(pl.col("date") == date.fromisoformat(day))
        .group_by(hour_utc="hour")
        .agg(
            in_paris=paris.dt.strftime("%H:%M"),
            matches=pl.len(),
            median_minutes=minutes.median(),
            p90_minutes=minutes.quantile(0.9, "linear"),
        )
        .sort("hour_utc")
    )


def seats(t):
    """2. How often each seat wins."""
    played = t["matches"].filter(pl.col("end_reason").is_in(["score_reached", "rounds_played"]))
    n, p, z = pl.col("games"), pl.col("wins") / pl.col("games"), 1.959964
    half = z * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt()
    centre, scale = p + z * z / (2 * n), 1 + z * z / n
    return (
        t["seats"]
        .join(played, on="match_id", how="semi")
        .group_by("seat")
        .agg(games=pl.len().cast(pl.Int64), wins=pl.col("won").sum().cast(pl.Int64))
        .with_columns(rate=p, low=(centre - half) / scale, high=(centre + half) / scale)
        .sort("seat")
    )


def scored(t):
    """The rounds that were scored, with who sat in the seat."""
    return t["rounds"].filter(pl.col("points").is_not_null()).join(t["seats"].select(*GAME, WHO), on=GAME)


def accuracy(t):
    """3. How well declarations come true."""
    declared, captured = pl.col("declared"), pl.col("captured")
    return (
        scored(t)
        .group_by("who")
        .agg(
            rounds=pl.len(),
            hit_rate=(declared == captured).mean(),
            off_by=(declared - captured).abs().mean(),
            zero_rate=(declared == 0).mean(),
            zero_held=(captured == 0).filter(declared == 0).mean(),
            points=pl.col("points").mean(),
        )
        .sort("who")
    )


def first(t):
    """4. What it is worth to go first."""
    return (
        t["rounds"]
        .filter(pl.col("points").is_not_null())
        .group_by(place="declare_order")
        .agg(
            rounds=pl.len(),
            declared=pl.col("declared").mean(),
            captured=pl.col("captured").mean(),
            hit_rate=(pl.col("declared") == pl.col("captured")).mean(),
            points=(pl.col("points") / pl.col("multiplier")).mean(),
        )
        .sort("place")
    )


def hands(t):
    """5. What a hand's points say of the declaration."""
    points, declared = pl.col("hand_points").cast(pl.Float64), pl.col("declared").cast(pl.Float64)
    return (
        scored(t)
        .group_by("who")
        .agg(
            rounds=pl.len(),
            with_declared=pl.corr(points, declared),
            with_captured=pl.corr(points, pl.col("captured").cast(pl.Float64)),
            piles_per_10_points=10 * pl.cov(points, declared) / points.var(),
        )
        .sort("who")
    )


def thinking(t):
    """6. How long decisions take."""
    declared = t["rounds"].filter(pl.col("declared").is_not_null())
    decisions = pl.concat(
        [
            declared.select(decision=pl.lit("declare"), decider="declared_by", ms="declare_ms"),
            t["plays"].select(decision=pl.lit("play"), decider="decider", ms="think_ms"),
            t["redeals"].select(decision=pl.lit("redeal"), decider="decider", ms="think_ms"),
        ]
    )
    ms = pl.col("ms")
    return (
        decisions.group_by("decision", "decider")
        .agg(
            decisions=pl.len(),
            p50_ms=ms.quantile(0.5, "linear"),
            p95_ms=ms.quantile(0.95, "linear"),
            p99_ms=ms.quantile(0.99, "linear"),
        )
        .sort("decision", "decider")
    )


def redeals(t):
    """7. Who takes a redeal."""
    place = pl.col("score").rank("min", descending=True).over("match_id", "round")
    standing = (
        t["rounds"]
        .filter(pl.col("score").is_not_null())
        .select(*GAME, round=pl.col("round") + 1, place=place.cast(pl.Int64))
    )
    return (
        t["redeals"]
        .join(standing, on=["match_id", "round", "seat"], how="left")
        .group_by("place")
        .agg(asked=pl.len(), accepted=pl.col("accepted").sum(), rate=pl.col("accepted").mean())
        .sort("place", nulls_last=False)
    )


def streaks(t):
    """8. The longest losing streaks."""
    bot = pl.concat_str("bot_level", pl.lit(" bot, seat "), pl.col("seat").cast(pl.String))
    runs = (
        t["seats"]
        .with_columns(who=pl.coalesce("player_key", bot))
        .filter(pl.col("who").is_not_null())
        .sort("who", "ended_at", "match_id", "seat")
        .with_columns(run=pl.struct("who", "won").rle_id())
        .filter(~pl.col("won"))
    )
    return (
        runs.group_by("who", "run")
        .agg(lost=pl.len(), since=pl.col("ended_at").min())
        .sort("lost", "since", descending=[True, False])
        .group_by("who", maintain_order=True)
        .agg(pl.col("lost", "since").first())
        .sort("lost", "who", descending=[True, False])
        .head(8)
    )


def sets(t):
    """9. What takes turns."""
    return (
        t["plays"]
        .filter(pl.col("won"))
        .group_by("turn", "set_type")
        .agg(turns=pl.len(), by_leader=(pl.col("position") == 1).mean(), strength=pl.col("strength").mean())
        .with_columns(share=pl.col("turns") / pl.col("turns").sum().over("turn"))
        .sort("turn", "turns", "set_type", descending=[False, True, False])
        .group_by("turn", maintain_order=True)
        .head(2)
        .select("turn", "set_type", "turns", "share", "by_leader", "strength")
        .sort("turn", "turns", "set_type", descending=[False, True, False])
    )


def leavers(t):
    """10. What becomes of matches that somebody left."""
    left = pl.col("left_at").is_not_null()
    by_match = t["seats"].group_by("match_id").agg(leavers=left.sum(), seat_won=(left & pl.col("won")).any())
    return (
        t["matches"]
        .join(by_match, on="match_id")
        .group_by("leavers", "end_reason")
        .agg(
            matches=pl.len(),
            rounds=pl.col("rounds").mean(),
            their_seat_won=pl.col("seat_won").sum(),
        )
        .sort("leavers", "end_reason")
    )


def answers(t, day):
    """The rows of each answer, by the number of its question."""
    plans = [
        hours(t, day),
        *(of(t) for of in (seats, accuracy, first, hands, thinking, redeals, streaks, sets, leavers)),
    ]
    return {number: frame.to_dicts() for number, frame in enumerate(pl.collect_all(plans), 1)}


def rows(t, tables):
    """How many rows each table has, and of how many matches."""
    counts = {}
    for table in tables:
        counts[table] = t[table].select(pl.len(), pl.col("match_id").n_unique()).collect().row(0)
    return counts
