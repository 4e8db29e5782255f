"""Compares an archive folder with what a simulation says it played.

usage: archive_check.py ARCHIVE --expected MATCHES.jsonl [--grace]

MATCHES.jsonl is what `liap simulate --matches-to` writes. The archive is read by pyarrow, which knows nothing of
Liap: all Parquet files that a pattern finds, and, where those are not the same, again the files that its manifests
say count. Each match must be there once, with the scores that were played, whole in every table, and every file must
be what its manifest says. Prints counts and sums as JSON; exits 1 if anything differs, with the first 20 differences
on stderr.

`--grace`: files that a merge replaced may still be there. Without it they are differences, since a pattern finds
them.
"""

import argparse
import hashlib
import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.json as pj
import pyarrow.parquet as pq

TABLES = ["seats", "rounds", "plays", "redeals", "presence", "events", "matches"]
SHOWN_MAX = 20
PILES = 8
"""Piles of a round."""
PIECES = 32
"""Pieces that are played in a round."""
NAMED = re.compile(r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-([0-9a-f]{16}))?\.parquet$")
"""The name of a file: its manifest, and the hash of a file that was merged."""
UPLOAD = ".parquet#"
"""In the name of a file that was being written when the process was killed: no reader takes it for Parquet."""


class Differences:
    """What is not as it should be: how often each thing is wrong, and the first of it."""

    def __init__(self):
        self.counts, self.first = {}, []

    def add(self, what, subjects):
        """`subjects` are those for which `what` is wrong: a list or a column."""
        if len(subjects) == 0:
            return
        self.counts[what] = self.counts.get(what, 0) + len(subjects)
        for subject in subjects[: SHOWN_MAX - len(self.first)]:
            self.first.append(f"{what}: {subject.as_py() if isinstance(subject, pa.Scalar) else subject}")

    def rows(self, what, table, wrong, subject="match_id"):
        """Adds the subjects of the rows that are wrong; what is null is wrong, too."""
        wrong = pc.fill_null(wrong, True)
        if pc.any(wrong).as_py():
            self.add(what, table.filter(wrong)[subject])


class Manifests:
    """The manifests of an archive, and the files they list."""

    def __init__(self, root, wrong):
        self.root, self.all, self.files = root, [], {}
        for path in sorted((root / "_manifests").glob("*.json")):
            try:
                self.all.append(json.loads(path.read_text()))
            except ValueError as error:
                wrong.add("a manifest that is not readable", [f"{path.name}: {error}"])
        self.replaced = {path for manifest in self.all for path in manifest.get("replaces", [])}
        for manifest in self.all:
            for file in manifest["files"]:
                # What a merge left as it was is listed again.
                if self.files.setdefault(file["path"], file) != file:
                    wrong.add("a file of which two manifests say different things", [file["path"]])
            told = sum(file["rows"] for file in manifest["files"] if file["table"] == "matches")
            if manifest["matches"] != told:
                wrong.add("a manifest counts matches otherwise than its files", [manifest["id"]])

    def live(self):
        """The files that count."""
        return {path for path in self.files if path not in self.replaced}


def wrong_with(root, file):
    """What is wrong with a file that a manifest lists; None if nothing is."""
    path = root / file["path"]
    hour = datetime.fromtimestamp(file["hour"] * 3600, UTC)
    folder, named = f"{file['table']}/date={hour:%Y-%m-%d}/hour={hour:%H}/", NAMED.match(path.name)
    if file["path"] != folder + path.name or not named or named[2] not in (None, file["sha256"][:16]):
        return f"{file['path']} should be {folder}MANIFEST.parquet, or MANIFEST-SHA256.parquet if it was merged"
    try:
        data = path.read_bytes()
        metadata = pq.read_metadata(pa.BufferReader(data))
    except (OSError, pa.ArrowInvalid) as error:
        return f"{file['path']}: {error}"
    told = {key.decode(): value.decode() for key, value in (metadata.metadata or {}).items()}
    for name, is_so, should in (
        ("bytes", len(data), file["bytes"]),
        ("rows", metadata.num_rows, file["rows"]),
        ("sha256", hashlib.sha256(data).hexdigest(), file["sha256"]),
        ("liap.schema", told.get("liap.schema"), "1"),
        ("liap.table", told.get("liap.table"), file["table"]),
        ("liap.manifest", told.get("liap.manifest"), named[1]),
    ):
        if is_so != should:
            return f"{file['path']}: {name} is {is_so}, should be {should}"
    return None


def check_files(root, manifests, there, grace, wrong):
    """Every file of a manifest is there and right; nothing else is."""
    wanted = manifests.live() | (manifests.replaced & there if grace else set())
    wrong.add("a file that no manifest lists", sorted(there - set(manifests.files) - manifests.replaced))
    wrong.add("a file that was replaced is still there", sorted((manifests.replaced & there) - wanted))
    files = [manifests.files[path] for path in sorted(wanted) if path in manifests.files]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(pool.map(lambda file: wrong_with(root, file), files))
    wrong.add("a file that is not what its manifest says", [what for what in found if what])
    return {"files": len(files), "bytes": sum(file["bytes"] for file in files)}


class Archive:
    """The tables of some files of an archive."""

    def __init__(self, root, files):
        self.root, self.files = root, {table: [] for table in TABLES}
        for path in sorted(files):
            self.files[path.partition("/")[0]].append(str(root / path))

    def read(self, table, columns):
        """Columns of all rows, `match_id` first and as a dictionary, in the order of the files; None without any."""
        if not self.files[table]:
            return None
        form = ds.ParquetFileFormat(dictionary_columns={"match_id"})
        data = ds.dataset(self.files[table], format=form, schema=None)
        return data.to_table(columns=["match_id", *columns]).unify_dictionaries()

    def hours(self, table):
        """`match_id` and hour of each match of a table, once for each hour it is in."""
        hive = ds.partitioning(pa.schema([("date", pa.string()), ("hour", pa.string())]), flavor="hive")
        form = ds.ParquetFileFormat(dictionary_columns={"match_id"})
        data = ds.dataset(self.files[table], format=form, partitioning=hive, partition_base_dir=str(self.root / table))
        read = data.to_table(columns=["match_id", "date", "hour"]).unify_dictionaries()
        return plain(read.group_by(["match_id", "date", "hour"]).aggregate([]))


def plain(table):
    """With `match_id` as text, so that it can be joined."""
    at = table.schema.get_field_index("match_id")
    return table.set_column(at, "match_id", pc.cast(table["match_id"], pa.string()))


def grouped(table, keys, *aggregates):
    """Groups, with `match_id` as text."""
    return plain(table.group_by(keys).aggregate(list(aggregates)))


def expected(path):
    """What was played: a row for each match, and one for each seat."""
    told = pj.read_json(path, read_options=pj.ReadOptions(block_size=16 << 20))
    seats = []
    for seat in range(4):
        columns = {
            "room": told["room"],
            "seed": told["seed"],
            "seat": pa.repeat(pa.scalar(seat, pa.int16()), len(told)),
        }
        for name, of in (
            ("score", "scores"),
            ("rank", "ranks"),
            ("turns_won", "turns_won"),
            ("won", "won"),
            ("level", "levels"),
        ):
            columns[name] = pc.list_element(told[of], seat)
        seats.append(pa.table(columns))
    return told.select(["index", "room", "seed", "rounds"]), pa.concat_tables(seats)


def check_matches(archive, told, wrong):
    """Each match is there once, and nothing else; gives the matches with what was expected of them."""
    columns = ["room_id", "seed", "rounds", "turns", "plays", "commits", "redeals", "humans", "winning_score"]
    matches = plain(archive.read("matches", columns))
    matches = matches.rename_columns({"room_id": "room"})
    once = matches.group_by(["room", "seed"]).aggregate([("match_id", "count"), ("match_id", "min")])
    wrong.rows("a match is there more than once", once, pc.greater(once["match_id_count"], 1), "match_id_min")
    ids = matches.group_by("match_id").aggregate([("match_id", "count")])
    wrong.rows("an id is there more than once", ids, pc.greater(ids["match_id_count"], 1))
    told = told.rename_columns({"rounds": "rounds_told"})
    both = once.join(told, ["room", "seed"], join_type="full outer")
    wrong.add("a match is missing", both.filter(pc.is_null(both["match_id_count"]))["index"])
    wrong.add("a match that was never played", both.filter(pc.is_null(both["index"]))["match_id_min"])
    met = matches.join(told, ["room", "seed"], join_type="inner")
    wrong.rows("matches.rounds", met, pc.not_equal(met["rounds"], met["rounds_told"]))
    wrong.rows("matches.humans", met, pc.not_equal(met["humans"], 0))
    return matches


def check_seats(archive, matches, told, wrong):
    """Four seats a match, with what was played; gives their sums."""
    columns = ["seat", "score", "rank", "won", "turns_won", "is_bot", "bot_level", "declared_hits", "captured_sum"]
    seats = plain(archive.read("seats", columns))
    four = seats.group_by("match_id").aggregate([("seat", "count"), ("seat", "count_distinct")])
    rows_of_each(matches, four, wrong, "seats")
    wrong.rows("seats: not four rows", four, pc.not_equal(four["seat_count"], 4))
    wrong.rows("seats: not four seats", four, pc.not_equal(four["seat_count_distinct"], 4))
    told = told.rename_columns({name: f"{name}_told" for name in ("score", "rank", "won", "turns_won", "level")})
    met = seats.join(matches.select(["match_id", "room", "seed"]), "match_id").join(
        told, ["room", "seed", "seat"], join_type="inner"
    )
    if len(met) != len(told):
        wrong.add("seats: rows that have none in what was played", [f"{len(met)} of {len(told)} met"])
    for name in ("score", "rank", "won", "turns_won"):
        wrong.rows(f"seats.{name}", met, pc.not_equal(met[name], met[f"{name}_told"]))
    wrong.rows("seats.bot_level", met, pc.not_equal(met["bot_level"], met["level_told"]))
    wrong.rows("seats.is_bot", met, pc.invert(met["is_bot"]))
    return seats


def rows_of_each(matches, groups, wrong, table):
    """Every match has rows in the table, and every row has a match."""
    have, of = matches["match_id"], groups["match_id"]
    wrong.add(f"{table}: a match without rows", have.filter(pc.invert(pc.is_in(have, pc.unique(of)))))
    wrong.add(f"{table}: rows without a match", of.filter(pc.invert(pc.is_in(of, pc.unique(have)))))


def check_rounds(archive, matches, seats, wrong):
    """Four rows a round, eight piles, and points that come to the score."""
    columns = ["round", "seat", "declared", "captured", "points", "score", "redeals"]
    rounds = archive.read("rounds", columns)
    hit = pc.cast(pc.equal(rounds["declared"], rounds["captured"]), pa.int64())
    rounds = rounds.append_column("hit", hit)
    each = grouped(
        rounds,
        ["match_id", "round"],
        ("seat", "count"),
        ("seat", "count_distinct"),
        ("points", "count"),
        ("captured", "sum"),
        ("redeals", "min"),
        ("redeals", "max"),
    )
    for name in ("seat_count", "seat_count_distinct", "points_count"):
        wrong.rows(f"rounds: {name} of a round is not 4", each, pc.not_equal(each[name], 4))
    wrong.rows("rounds: captured in a round is not 8", each, pc.not_equal(each["captured_sum"], PILES))
    wrong.rows("rounds: redeals differ in a round", each, pc.not_equal(each["redeals_min"], each["redeals_max"]))
    of_match = each.group_by("match_id").aggregate([("round", "count"), ("round", "max"), ("redeals_max", "sum")])
    rows_of_each(matches, of_match, wrong, "rounds")
    met = matches.join(of_match, "match_id", join_type="inner")
    wrong.rows("rounds: as many as matches.rounds", met, pc.not_equal(met["round_count"], met["rounds"]))
    wrong.rows("rounds: numbered from 1", met, pc.not_equal(met["round_max"], met["rounds"]))
    wrong.rows("matches.redeals", met, pc.not_equal(met["redeals_max_sum"], met["redeals"]))
    sums = grouped(rounds, ["match_id", "seat"], ("points", "sum"), ("captured", "sum"), ("hit", "sum"))
    met = seats.join(sums, ["match_id", "seat"], join_type="left outer", right_suffix="_of_rounds")
    for name, told in (
        ("points_sum", "score"),
        ("captured_sum_of_rounds", "captured_sum"),
        ("hit_sum", "declared_hits"),
    ):
        wrong.rows(f"rounds: {told} of a seat", met, pc.not_equal(met[name], met[told]))
    return {"rounds": len(each), "round_rows": len(rounds), "points": pc.sum(rounds["points"]).as_py()}


def check_plays(archive, matches, seats, wrong):
    """Four plays a turn, one of them won it, all pieces of a round, and turns that come to what was won."""
    plays = archive.read("plays", ["round", "turn", "position", "seat", "count", "won", "piles"])
    turns = grouped(
        plays,
        ["match_id", "round", "turn"],
        ("seat", "count"),
        ("position", "sum"),
        ("won", "sum"),
        ("count", "min"),
        ("count", "max"),
        ("piles", "sum"),
        ("piles", "count"),
    )
    wrong.rows("plays: not four of a turn", turns, pc.not_equal(turns["seat_count"], 4))
    wrong.rows("plays: positions 1 to 4", turns, pc.not_equal(turns["position_sum"], 10))
    for name in ("won_sum", "piles_count"):
        wrong.rows(f"plays: {name} of a turn is not 1", turns, pc.not_equal(turns[name], 1))
    for name in ("count_max", "piles_sum"):
        wrong.rows(f"plays: {name} of a turn", turns, pc.not_equal(turns[name], turns["count_min"]))
    rounds = turns.group_by(["match_id", "round"]).aggregate([("piles_sum", "sum"), ("turn", "count"), ("turn", "max")])
    wrong.rows("plays: piles of a round", rounds, pc.not_equal(rounds["piles_sum_sum"], PILES))
    wrong.rows("plays: turns numbered from 1", rounds, pc.not_equal(rounds["turn_count"], rounds["turn_max"]))
    pieces = grouped(plays, ["match_id", "round"], ("count", "sum"))
    wrong.rows("plays: pieces of a round", pieces, pc.not_equal(pieces["count_sum"], PIECES))
    of_match = rounds.group_by("match_id").aggregate([("round", "count"), ("turn_count", "sum")])
    rows_of_each(matches, of_match, wrong, "plays")
    of_seat = grouped(plays, ["match_id", "seat"], ("won", "sum"), ("piles", "sum"), ("seat", "count"))
    rows = of_seat.group_by("match_id").aggregate([("seat_count", "sum")])
    met = matches.join(of_match, "match_id").join(rows, "match_id")
    for name, told in (("round_count", "rounds"), ("turn_count_sum", "turns"), ("seat_count_sum", "plays")):
        wrong.rows(f"plays: matches.{told}", met, pc.not_equal(met[name], met[told]))
    met = seats.join(of_seat, ["match_id", "seat"], join_type="left outer")
    wrong.rows("plays: turns won by a seat", met, pc.not_equal(met["won_sum"], met["turns_won"]))
    piles = pc.coalesce(met["piles_sum"], pa.scalar(0, pa.int64()))
    wrong.rows("plays: piles of a seat", met, pc.not_equal(piles, met["captured_sum"]))
    return {"turns": len(turns), "plays": len(plays)}


def check_redeals(archive, matches, wrong):
    """Every redeal that was held had somebody who accepted it, and the other way round."""
    redeals = archive.read("redeals", ["round", "redeal", "seat", "accepted"])
    if redeals is None:
        wrong.rows("redeals: none, though some were held", matches, pc.greater(matches["redeals"], 0))
        return {"redeal_decisions": 0, "redeals": 0}
    each = grouped(
        redeals, ["match_id", "round", "redeal"], ("accepted", "any"), ("seat", "count"), ("seat", "count_distinct")
    )
    wrong.rows("redeals: a seat twice", each, pc.not_equal(each["seat_count"], each["seat_count_distinct"]))
    held = each.append_column("held", pc.cast(each["accepted_any"], pa.int64()))
    held = held.group_by("match_id").aggregate([("held", "sum")])
    orphans = pc.invert(pc.is_in(held["match_id"], matches["match_id"]))
    wrong.add("redeals: rows without a match", held["match_id"].filter(orphans))
    met = matches.join(held, "match_id", join_type="left outer")
    counted = pc.coalesce(met["held_sum"], pa.scalar(0, pa.int64()))
    wrong.rows("redeals: matches.redeals", met, pc.not_equal(counted, met["redeals"]))
    return {"redeal_decisions": len(redeals), "redeals": pc.sum(counted).as_py() or 0}


def check_events(archive, matches, wrong):
    """A row for each commit, versions one after the other, the match in its first row."""
    events = archive.read("events", ["version", "chain"])
    ids = events["match_id"]
    index = pa.concat_arrays([chunk.indices for chunk in ids.chunks])
    runs = pc.run_end_encode(index)
    ends, which = runs.run_ends, runs.values
    names = ids.chunk(0).dictionary.take(which)
    starts = pa.concat_arrays([pa.array([0], ends.type), ends.slice(0, len(ends) - 1)])
    runs = pa.table({"match_id": pc.cast(names, pa.string()), "rows": pc.subtract(ends, starts)})
    once = runs.group_by("match_id").aggregate([("rows", "count"), ("rows", "sum")])
    wrong.rows("events: rows of a match are apart", once, pc.greater(once["rows_count"], 1))
    rows_of_each(matches, once, wrong, "events")
    met = matches.join(once, "match_id", join_type="inner")
    wrong.rows("events: matches.commits", met, pc.not_equal(met["rows_sum"], met["commits"]))
    version = events["version"].combine_chunks()
    steps = pc.pairwise_diff(version, 1)
    leaps = pc.indices_nonzero(pc.fill_null(pc.not_equal(steps, 1), True))
    inside = leaps.filter(pc.invert(pc.is_in(pc.cast(leaps, ends.type), starts)))
    wrong.add("events: a version that does not follow the one before it", events["match_id"].take(inside))
    whole = pc.cast(pc.indices_nonzero(pc.is_valid(events["chain"])), ends.type)
    wrong.add("events: a match that is not in its first row", names.filter(pc.invert(pc.is_in(starts, whole))))
    if len(whole) != len(starts):
        wrong.add("events: a match that is in another row than its first", [f"{len(whole)} of {len(starts)}"])
    return {"events": len(events), "chains": len(whole)}


def check_partitions(archive, wrong):
    """A match is in the hour of its end, in all tables."""
    ended = archive.read("matches", ["ended_at"])
    at = ended["ended_at"]
    wanted = plain(
        ended.append_column("date", pc.strftime(at, "%Y-%m-%d")).append_column("hour", pc.strftime(at, "%H"))
    )
    for table in TABLES:
        if not archive.files[table]:
            continue
        found = archive.hours(table).join(wanted, "match_id", join_type="left outer", right_suffix="_ended")
        for name in ("date", "hour"):
            wrong.rows(
                f"{table}: not in the {name} of its end", found, pc.not_equal(found[name], found[f"{name}_ended"])
            )


def check(root, files, told, wrong):
    """Everything about the matches in these files; gives counts and sums."""
    archive = Archive(root, files)
    for table in ("seats", "rounds", "plays", "events", "matches"):
        if not archive.files[table]:
            wrong.add("a table without files", [table])
            return {"matches": 0}
    matches = check_matches(archive, told[0], wrong)
    seats = check_seats(archive, matches, told[1], wrong)
    sums = {
        "matches": len(matches),
        "commits": pc.sum(matches["commits"]).as_py(),
        "winning_scores": pc.sum(matches["winning_score"]).as_py(),
        "scores": pc.sum(seats["score"]).as_py(),
        "wins": pc.sum(seats["won"]).as_py(),
    }
    for part in (
        check_rounds(archive, matches, seats, wrong),
        check_plays(archive, matches, seats, wrong),
        check_redeals(archive, matches, wrong),
        check_events(archive, matches, wrong),
    ):
        sums |= part
    check_partitions(archive, wrong)
    return sums


def main():
    """Compares and prints; exits 1 if anything differs."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("archive", type=Path)
    arguments.add_argument("--expected", required=True)
    arguments.add_argument("--grace", action="store_true")
    options = arguments.parse_args()
    root, wrong = options.archive, Differences()
    if not (root / "_manifests").is_dir():
        sys.exit(f"archive_check.py: {root} is no archive: it has no folder _manifests")
    told = expected(options.expected)
    manifests = Manifests(root, wrong)
    there = {str(path.relative_to(root)) for table in TABLES for path in root.glob(f"{table}/*/*/*.parquet")}
    report = {"expected": len(told[0]), "manifests": len(manifests.all)}
    report["unfinished_uploads"] = sum(UPLOAD in path.name for path in root.rglob("*#*"))
    report |= check_files(root, manifests, there, options.grace, wrong)
    live = manifests.live()
    report["files_by_pattern"] = len(there)
    if not options.grace:
        report["by_pattern"] = check(root, there, told, wrong)
    report["by_manifests"] = (
        report["by_pattern"] if there == live and not options.grace else check(root, live & there, told, wrong)
    )
    report["differences"] = wrong.counts
    print(json.dumps(report, indent=1))
    for line in wrong.first:
        print(f"archive_check.py: {line}", file=sys.stderr)
    sys.exit(1 if wrong.counts else 0)


if __name__ == "__main__":
    main()
