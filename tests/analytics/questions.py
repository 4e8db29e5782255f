"""Asks an archive ten questions with pyarrow, DuckDB and Polars, which must agree: exactly, floats within 1e-9.

usage: questions.py ARCHIVE [--documented | --write-docs] [--merged] [--people]

Prints the answers as JSON. Each tool reads the archive twice: by a pattern of its Hive partitions, and the files that
the manifests say count. `--documented`: the answers must be those printed in docs/analytics.md, too. `--write-docs`
puts them there. `--merged`: not by the pattern, since files that were merged are still there. `--people`: there must
be people in it who left, were away, and were too late.
"""

import argparse
import json
import math
import sys
import time
from datetime import date, datetime

import documented
import in_duckdb
import in_polars
import in_pyarrow
from folder import Folder

TOLERANCE = 1e-9


def is_same(one, other):
    """Whether two values are, as far as two tools can agree."""
    if isinstance(one, float) and isinstance(other, float):
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return one == other and isinstance(one, float) == isinstance(other, float)


def differences(one, other):
    """What two tools say differently of one question."""
    if len(one) != len(other):
        return [f"{len(one)} rows, and {len(other)}"]
    found = []
    for at, (left, right) in enumerate(zip(one, other, strict=True)):
        if set(left) != set(right):
            return [f"columns {list(left)}, and {list(right)}"]
        found += [f"row {at}, {n}: {left[n]!r}, and {right[n]!r}" for n in left if not is_same(left[n], right[n])]
    return found


def plain(value):
    """Dates and moments as text, for JSON."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} is no JSON")


def ask(folder, merged):
    """What each tool answers, by how it reads, how many rows it sees, and how long it took."""
    day, live, globbed = folder.last_day(), folder.live(), folder.globbed()
    ways = {
        "duckdb, manifests": (in_duckdb, lambda: in_duckdb.started(folder.root, live)),
        "polars, manifests": (in_polars, lambda: in_polars.scan(live)),
        "pyarrow, manifests": (in_pyarrow, lambda: in_pyarrow.Tables(folder.root, live)),
        "duckdb, pattern": (in_duckdb, lambda: in_duckdb.connect(globbed)),
        "polars, pattern": (in_polars, lambda: in_polars.scan(globbed)),
        "pyarrow, pattern": (in_pyarrow, lambda: in_pyarrow.Tables(folder.root, globbed)),
    }
    said, rows, seconds = {}, {}, {}
    for name, (tool, opened) in ways.items():
        if merged and name.endswith("pattern"):
            continue
        began = time.monotonic()
        tables = opened()
        said[name] = tool.answers(tables, day)
        seconds[name] = round(time.monotonic() - began, 2)
        rows[name] = tool.rows(tables, list(live))
    return said, rows, seconds


def missing(answers, rows):
    """What people do and is not in the answers."""
    who = {row["who"] for row in answers[3]}
    deciders = {row["decider"] for row in answers[6]}
    ends = {(row["leavers"] > 0, row["end_reason"]) for row in answers[10]}
    wanted = {
        "a person who declared": "person" in who,
        "deciders of all kinds": deciders == {"person", "bot", "absence", "time_out"},
        "a match played to its end": (False, "score_reached") in ends or (False, "rounds_played") in ends,
        "a match that went on without a leaver": (True, "score_reached") in ends or (True, "rounds_played") in ends,
        "a match that was given up": (True, "abandoned") in ends,
        "a streak of a player by key": any("bot" not in row["who"] for row in answers[8]),
        "rows of presence": rows.get("presence", (0, 0))[0] > 0,
    }
    return [f"not there: {what}" for what, is_there in wanted.items() if not is_there]


def main():
    """Asks, compares, prints; exits 1 if any two disagree."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("archive")
    arguments.add_argument("--documented", action="store_true")
    arguments.add_argument("--write-docs", action="store_true")
    arguments.add_argument("--merged", action="store_true")
    arguments.add_argument("--people", action="store_true")
    options = arguments.parse_args()
    folder = Folder(options.archive)
    said, rows, seconds = ask(folder, options.merged)
    (first, answers), *others = said.items()
    wrong = [
        f"question {number}: {first} and {name} differ: {what}"
        for name, other in others
        for number in answers
        for what in differences(answers[number], other.get(number, []))[:5]
    ]
    wrong += [f"rows: {first} {rows[first]}, {name} {of}" for name, of in rows.items() if of != rows[first]]
    if options.people:
        wrong += missing(answers, rows[first])
    if options.write_docs and not wrong:
        documented.write(answers)
    if options.documented:
        printed = documented.answers()
        wrong += [
            f"question {number}: docs/analytics.md shows\n{printed[number]}which is now\n{documented.table(of)}"
            for number, of in answers.items()
            if printed[number] != documented.table(of)
        ]
    json.dump({"rows": rows[first], "answers": answers}, sys.stdout, indent=1, default=plain)
    print()
    print(json.dumps({"seconds": seconds}), file=sys.stderr)
    for line in wrong[:20]:
        print(f"questions.py: {line}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
