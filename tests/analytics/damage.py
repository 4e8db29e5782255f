"""Damages copies of an archive, one by one: tests/proofs/archive_check.py must find each, and name it.

usage: damage.py DATA, with DATA/archive and DATA/matches.jsonl
"""

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

CHECK = Path(__file__).resolve().parents[1] / "proofs" / "archive_check.py"


class Copy:
    """An archive that may be damaged."""

    def __init__(self, data, work):
        self.root, self.told = work / "archive", work / "matches.jsonl"
        shutil.copytree(data / "archive", self.root)
        shutil.copy(data / "matches.jsonl", self.told)
        self.manifest = sorted(self.root.glob("_manifests/*.json"))[0]

    def first(self, table):
        """The first manifest's first file of a table."""
        files = json.loads(self.manifest.read_text())["files"]
        return self.root / next(file["path"] for file in files if file["table"] == table)

    def rewrite(self, path, change):
        """Changes the rows of a file, and has the manifest say so."""
        before = pq.ParquetFile(path)
        rows = change(before.read())
        with pq.ParquetWriter(path, rows.schema, compression="zstd", store_schema=False) as writer:
            writer.write_table(rows)
            told = {key: value for key, value in before.metadata.metadata.items() if key.startswith(b"liap.")}
            writer.add_key_value_metadata(told)
        data, name = path.read_bytes(), str(path.relative_to(self.root))
        manifest = json.loads(self.manifest.read_text())
        for file in manifest["files"]:
            if file["path"] == name:
                file |= {"rows": len(rows), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        matches = [file["rows"] for file in manifest["files"] if file["table"] == "matches"]
        self.manifest.write_text(json.dumps(manifest | {"matches": sum(matches)}))


def nothing(copy):
    """The control: a file that is written anew with the same rows."""
    copy.rewrite(copy.first("plays"), lambda rows: rows)


def without_a_file(copy):
    copy.first("plays").unlink()


def with_a_stray_file(copy):
    path = copy.first("seats")
    shutil.copy(path, path.with_name("00000000-0000-7000-8000-000000000000.parquet"))


def with_another_byte(copy):
    path = copy.first("rounds")
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)


def without_a_manifest(copy):
    copy.manifest.unlink()


def with_half_a_manifest(copy):
    text = copy.manifest.read_text()
    copy.manifest.write_text(text[: len(text) // 2])


def without_a_match(copy):
    copy.rewrite(copy.first("matches"), lambda rows: rows.slice(1))


def with_a_match_twice(copy):
    copy.rewrite(copy.first("matches"), lambda rows: pa.concat_tables([rows.slice(0, 1), rows]))


def with_a_match_too_many(copy):
    copy.told.write_text("".join(copy.told.read_text().splitlines(keepends=True)[1:]))


def with_another_score(copy):
    first, *others = copy.told.read_text().splitlines(keepends=True)
    played = json.loads(first)
    played["scores"][2] += 1
    copy.told.write_text("".join([json.dumps(played) + "\n", *others]))


def without_a_row(table, at):
    """A file of this table without the row that is so many from the end."""

    def change(rows):
        return pa.concat_tables([rows.slice(0, len(rows) - at), rows.slice(len(rows) - at + 1)])

    return lambda copy: copy.rewrite(copy.first(table), change)


def with_more_points(copy):
    def change(rows):
        at = rows.schema.get_field_index("points")
        first = pc.equal(pa.array(range(len(rows))), 0)
        points = pc.if_else(first, pc.add(rows["points"], pa.scalar(1, pa.int16())), rows["points"])
        return rows.set_column(at, "points", points)

    copy.rewrite(copy.first("rounds"), change)


def with_a_leap(copy):
    def change(rows):
        at = rows.schema.get_field_index("version")
        last = pc.equal(pa.array(range(len(rows))), len(rows) - 1)
        return rows.set_column(at, rows.schema.field(at), pc.add(rows["version"], pc.cast(last, pa.int64())))

    copy.rewrite(copy.first("events"), change)


WRONG = [
    (nothing, None),
    (without_a_file, "a file that is not what its manifest says"),
    (with_a_stray_file, "a file that no manifest lists"),
    (with_another_byte, "a file that is not what its manifest says"),
    (without_a_manifest, "a file that no manifest lists"),
    (with_half_a_manifest, "a manifest that is not readable"),
    (without_a_match, "a match is missing"),
    (with_a_match_twice, "a match is there more than once"),
    (with_a_match_too_many, "a match that was never played"),
    (with_another_score, "seats.score"),
    (with_more_points, "rounds: score of a seat"),
    (with_a_leap, "events: a version that does not follow the one before it"),
    (without_a_row("seats", 1), "seats: not four rows"),
    (without_a_row("rounds", 1), "rounds: seat_count of a round is not 4"),
    (without_a_row("plays", 1), "plays: not four of a turn"),
    (without_a_row("events", 3), "events: matches.commits"),
]


def main():
    """Damages and checks; exits 1 if anything was not found."""
    data, missed = Path(sys.argv[1]), 0
    for damage, wanted in WRONG:
        with tempfile.TemporaryDirectory(dir=data) as work:
            copy = Copy(data, Path(work))
            damage(copy)
            check = [sys.executable, CHECK, copy.root, "--expected", copy.told]
            found = subprocess.run(check, capture_output=True, text=True, check=False)
        named = json.loads(found.stdout)["differences"] if found.stdout else {"crashed": found.stderr}
        if (wanted is None and named) or (wanted is not None and (wanted not in named or found.returncode != 1)):
            missed += 1
            print(f"damage.py: {damage.__qualname__}: wanted {wanted!r}, found {named}", file=sys.stderr)
    print(f"{len(WRONG) - missed} of {len(WRONG)} as they should be")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
