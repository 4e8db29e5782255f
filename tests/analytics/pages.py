"""Runs the code of docs/analytics.md that is no question: how to begin, and how to read each match once.

usage: pages.py ARCHIVE [--merged]

`--merged`: the archive's hours were merged and the files before are still there, so a pattern must find all rows twice.
"""

import argparse
import json
import sys

import documented
import duckdb
import in_duckdb
from folder import Folder

FILES = "Scanning Files: "


def rows_of(files):
    """How many rows these files have."""
    return duckdb.read_parquet(files).aggregate("count(*)").fetchall()[0][0]


def seen_at_start(root):
    """How many matches each tool sees that begins as the document says."""
    code, seen, names = documented.marked("start", root), {}, {}
    connection = duckdb.connect()
    connection.execute(code["duckdb"])
    seen["duckdb"] = connection.execute("SELECT count(*) FROM matches").fetchone()[0]
    for tool in ("polars", "pyarrow"):
        exec(code[tool], names)
        seen[tool] = (
            names["matches"].select("match_id").collect().height if tool == "polars" else names["matches"].count_rows()
        )
    by_pattern = duckdb.connect()
    by_pattern.execute(code["pattern"])
    return seen, by_pattern.execute("SELECT count(*) FROM matches").fetchone()[0]


def seen_once(root):
    """How many seats each tool sees by the pattern, with the line that takes each match once; and how many matches."""
    code, seen = documented.marked("once", root), {}
    seen["duckdb"] = len(duckdb.connect().execute(code["duckdb"]).fetchall())
    for tool in ("polars", "pyarrow"):
        names = {}
        exec(code[tool], names)
        seen[tool] = names["seats"].collect().height if tool == "polars" else names["seats"].num_rows
    return seen, len(duckdb.connect().execute(code["matches"]).fetchall())


def files_read(root, live):
    """How many files DuckDB opens for question 1, and of how many."""
    connection = in_duckdb.started(root, live)
    sql = documented.questions()[1].replace(documented.DAY, Folder(root).last_day())
    plan = connection.execute(f"EXPLAIN ANALYZE {sql}").fetchall()[0][1]
    if FILES not in plan:
        return len(live["matches"]), len(live["matches"])
    some, of = plan.partition(FILES)[2].split()[0].split("/")
    return int(some), int(of)


def main():
    """Runs and compares; exits 1 if anything is not as the document says."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("archive")
    arguments.add_argument("--merged", action="store_true")
    options = arguments.parse_args()
    folder, wrong = Folder(options.archive), []
    live, globbed, times = folder.live(), folder.globbed(), 2 if options.merged else 1
    matches, seats = rows_of(live["matches"]), rows_of(live["seats"])

    def need(what, is_so, should):
        if is_so != should:
            wrong.append(f"{what}: {is_so}, should be {should}")

    started, by_pattern = seen_at_start(options.archive)
    for tool, seen in started.items():
        need(f"matches that {tool} sees at its start", seen, matches)
    need("matches that the pattern finds", by_pattern, times * matches)
    need("rows of seats that the pattern finds", rows_of(globbed["seats"]), times * seats)
    once, matches_once = seen_once(options.archive)
    need("matches that a pattern takes once", matches_once, matches)
    for tool, seen in once.items():
        need(f"rows of seats that {tool} takes once", seen, seats)
    day = [path for path in live["matches"] if f"date={folder.last_day()}/" in path]
    need(
        "files that a condition on the date reads", files_read(options.archive, live), (len(day), len(live["matches"]))
    )
    print(
        json.dumps(
            {"matches": matches, "by_pattern": by_pattern, "files_of_a_day": len(day), "files": len(live["matches"])}
        )
    )
    for line in wrong:
        print(f"pages.py: {line}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
