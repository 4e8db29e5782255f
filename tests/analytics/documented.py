"""The questions of docs/analytics.md: their SQL, and the answers printed there.

usage: documented.py DATA prints the arguments of the `liap simulate` that makes the archive of those answers in DATA.
"""

import re
import sys
from datetime import datetime
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "analytics.md"

QUESTION = re.compile(r"^### (\d+)\. (.+?)\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
SQL = re.compile(r"^```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ANSWER = re.compile(r"(?:^\|.*\|\n)+", re.MULTILINE)
MARKED = re.compile(r"<!-- (\w+: \w+) -->\n+```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)

RECIPE = re.compile(r"^    liap (simulate (?:.*\\\n)*.*)\n", re.MULTILINE)

DAY = "2026-10-25"
"""The day that question 1 is about."""

FOLDER = "DATA/archive"
"""What stands for the archive folder."""


def marked(kind, root):
    """The code after comments of this kind, by the tool that they name, for this archive."""
    found = {}
    for name, code in MARKED.findall(DOCUMENT.read_text()):
        of, tool = name.split(": ")
        if of == kind:
            found[tool] = code.replace(FOLDER, str(root))
    return found


def recipe(data):
    """The arguments of the simulation that makes the archive."""
    return RECIPE.search(DOCUMENT.read_text())[1].replace("\\\n", " ").replace("DATA", data).split()


def questions():
    """The SQL of each question, by its number."""
    found = {}
    for number, title, body in QUESTION.findall(DOCUMENT.read_text()):
        sql = SQL.findall(body)
        if len(sql) != 1:
            raise SystemExit(f"question {number}, {title!r}, has {len(sql)} blocks of SQL in {DOCUMENT}")
        found[int(number)] = sql[0]
    return found


def answers():
    """The printed table of each question, by its number."""
    found = {}
    for number, _, body in QUESTION.findall(DOCUMENT.read_text()):
        table = ANSWER.search(body)
        found[int(number)] = table.group() if table else ""
    return found


def shown(value):
    """A value as the tables print it."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return str(value)


def table(rows):
    """Rows as a table of Markdown."""
    if not rows:
        return "(no rows)\n"
    lines = [list(rows[0]), ["---"] * len(rows[0])] + [[shown(value) for value in row.values()] for row in rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def write(answered):
    """Puts these answers into the document, in place of those that are there."""
    text = DOCUMENT.read_text()

    def renewed(match):
        rows = answered[int(match[1])]
        return match[0].replace(ANSWER.search(match[3]).group(), table(rows))

    DOCUMENT.write_text(QUESTION.sub(renewed, text))


if __name__ == "__main__":
    print(*recipe(sys.argv[1]))
