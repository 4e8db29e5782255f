"""What a place of the archive holds, seen past the server: by pyarrow in a folder and in S3, by psql in PostgreSQL."""

import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.fs as fs
import pyarrow.parquet as pq
from server import Wrong

TABLES = ["matches", "seats", "rounds", "plays", "redeals", "presence", "events"]


@dataclass(frozen=True)
class Held:
    """Rows of each table, each match's room and number, and each seat's score."""

    rows: dict
    matches: list
    scores: list

    def each_once(self, name):
        """Wrong if any match or seat is there twice, or a match without its four seats."""
        for what, rows in (("match", [row[0] for row in self.matches]), ("seat", [row[:2] for row in self.scores])):
            twice = [row for row, count in Counter(rows).items() if count > 1]
            if twice:
                raise Wrong(f"{name} has a {what} more than once: {twice[:3]}")
        wanted = {(match, seat) for match, _, _ in self.matches for seat in range(4)}
        if wanted != {row[:2] for row in self.scores}:
            raise Wrong(f"{name}: not four seats of each match, or of others")


class Objects:
    """An archive in a folder or a bucket, by the pattern every tool uses."""

    def __init__(self, name, root, filesystem):
        self.name, self.root, self.filesystem = name, root, filesystem

    def _read(self, table, columns):
        wanted = fs.FileSelector(f"{self.root}/{table}", recursive=True, allow_not_found=True)
        files = [info.path for info in self.filesystem.get_file_info(wanted) if info.path.endswith(".parquet")]
        # Each by itself: the folders' names are no columns here.
        return [pq.ParquetFile(self.filesystem.open_input_file(path)).read(columns) for path in files]

    def ids(self):
        """The matches that are in."""
        return {value for part in self._read("matches", ["match_id"]) for value in part["match_id"].to_pylist()}

    def held(self):
        """All of it."""
        rows = {table: sum(len(part) for part in self._read(table, ["match_id"])) for table in TABLES}
        columns = {"matches": ["match_id", "room_id", "number"], "seats": ["match_id", "seat", "score"]}
        read = {}
        for table, names in columns.items():
            parts = [part.cast(part.schema.remove_metadata()) for part in self._read(table, names)]
            whole = pa.concat_tables(parts).to_pydict() if parts else {name: [] for name in names}
            read[table] = sorted(zip(*(whole[name] for name in names), strict=True))
        return Held(rows, read["matches"], read["seats"])


def folder(root):
    """An archive in a folder."""
    return Objects("the folder", str(root), fs.LocalFileSystem())


def bucket(address, name, prefix):
    """An archive in a bucket of moto's server."""
    store = fs.S3FileSystem(
        access_key="liap", secret_key="secret", region="us-east-1", scheme="http", endpoint_override=address
    )
    return Objects("S3", f"{name}/{prefix}", store)


def psql():
    """The program, on the path or where Debian puts it."""
    found = shutil.which("psql") or next(map(str, Path("/usr/lib/postgresql").glob("*/bin/psql")), None)
    return found or "psql"


class Database:
    """An archive in PostgreSQL."""

    name = "PostgreSQL"

    def __init__(self, url):
        self.url = url

    def ask(self, sql, check=True):
        """The rows of the answer, as lists of text; None if it is refused and need not be answered."""
        command = [psql(), self.url, "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", sql]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode == 0:
            return [line.split("\t") for line in done.stdout.splitlines()]
        if check:
            raise Wrong(f"{sql}: {done.stderr.strip()}")
        return None

    def _is_made(self):
        return self.ask("select to_regclass('liap.matches') is not null") == [["t"]]

    def ids(self):
        """The matches that are in."""
        return {row[0] for row in self.ask("select match_id from liap.matches")} if self._is_made() else set()

    def held(self):
        """All of it."""
        counts = ", ".join(f"(select count(*) from liap.{table})" for table in TABLES)
        rows = dict(zip(TABLES, map(int, self.ask(f"select {counts}")[0]), strict=True))
        matches = self.ask("select match_id, room_id, number from liap.matches")
        scores = self.ask("select match_id, seat, score from liap.seats")
        return Held(
            rows,
            sorted((match, room, int(number)) for match, room, number in matches),
            sorted((match, int(seat), int(score)) for match, seat, score in scores),
        )
