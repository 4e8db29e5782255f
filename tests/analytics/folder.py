"""The files of an archive folder: those that count, as its manifests say, and those that a pattern finds."""

import json
from pathlib import Path

TABLES = ["matches", "seats", "rounds", "plays", "redeals", "presence", "events"]


class Folder:
    """An archive folder, as it was when this was made."""

    def __init__(self, root):
        self.root = Path(root)
        if not (self.root / "_manifests").is_dir():
            raise SystemExit(f"{self.root} is no archive: it has no folder _manifests")

    def manifests(self):
        """All manifests, oldest first."""
        return [json.loads(path.read_text()) for path in sorted((self.root / "_manifests").glob("*.json"))]

    def live(self):
        """The paths of the files that count, by table: listed by a manifest, and replaced by none."""
        manifests = self.manifests()
        replaced = {path for manifest in manifests for path in manifest.get("replaces", [])}
        files = {table: set() for table in TABLES}
        for manifest in manifests:
            for file in manifest["files"]:
                if file["path"] not in replaced:
                    files[file["table"]].add(str(self.root / file["path"]))
        return {table: sorted(paths) for table, paths in files.items() if paths}

    def globbed(self):
        """The paths that `TABLE/*/*/*.parquet` finds, by table."""
        files = {table: sorted(str(path) for path in self.root.glob(f"{table}/*/*/*.parquet")) for table in TABLES}
        return {table: paths for table, paths in files.items() if paths}

    def last_day(self):
        """The last day on which a match ended."""
        return max(path.name for path in self.root.glob("matches/date=*")).removeprefix("date=")
