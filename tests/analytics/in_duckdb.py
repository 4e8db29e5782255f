"""The questions as DuckDB answers them: the very SQL of docs/analytics.md."""

from datetime import UTC, datetime

import documented
import duckdb

HIVE = "{date: DATE, hour: INT}"


def connect(paths):
    """A connection with a view of each table; those without rows have no files."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for table, files in paths.items():
        connection.from_query(
            f"FROM read_parquet({files!r}, hive_partitioning = true, hive_types = {HIVE})"
        ).create_view(table)
    return connection


def started(root, tables):
    """A connection that began as docs/analytics.md says, through the manifests, with all of these tables."""
    connection = duckdb.connect()
    connection.execute(documented.marked("start", root)["duckdb"])
    for table in tables:
        connection.execute(f"CREATE VIEW IF NOT EXISTS {table} AS FROM archived('{table}')")
    return connection


def asked(connection, sql):
    """The rows that some SQL answers, as dictionaries."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def utc(value):
    """A moment as the other tools give it."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def answers(connection, day):
    """The rows of each answer, by the number of its question."""
    found = {}
    for number, sql in documented.questions().items():
        rows = asked(connection, sql.replace(documented.DAY, day))
        found[number] = [{name: utc(value) for name, value in row.items()} for row in rows]
    return found


def rows(connection, tables):
    """How many rows each table has, and of how many matches."""
    counts = {}
    for table in tables:
        counts[table] = connection.execute(f"SELECT count(*), count(DISTINCT match_id) FROM {table}").fetchone()
    return counts
