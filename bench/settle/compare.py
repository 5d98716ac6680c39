"""Whether several books hold the same: every column of every line, but for its number, in whatever order they come.

Each book is read once: a line is hashed as one row, and of the hashes of all lines are kept the count and two sums that
do not depend on their order. Only where they differ are lines looked for.
"""

import sys
from pathlib import Path
from typing import Final

import duckdb
from bench.settle.same import COLUMNS

_KEY: Final = ("event", "service_first", "clause", "partner")
_FIGURES: Final = ("basis_minor", "exact_numerator", "exact_denominator", "raw_minor", "cap_used_minor")
_FIGURES_ALL: Final = (*_FIGURES, "whole_minor", "earned_minor")


def differing(books: dict[str, Path], memory: str, scratch: Path) -> list[str]:
    """The books that do not hold what the first one does; says on the error stream how they differ."""
    with duckdb.connect() as connection:
        connection.execute(
            f"SET memory_limit = '{memory}'; SET threads = 2; SET temp_directory = '{scratch}'"
        )
        connection.execute("SET enable_progress_bar = false")
        names = list(books)
        first = books[names[0]]
        types = _types(connection, first)
        sums = {name: _sums(connection, path, types) for name, path in books.items()}
        others = [name for name in names[1:] if sums[name] != sums[names[0]]]
        for name in others:
            _say(f"{name} differs from {names[0]}: {sums[name]} and {sums[names[0]]}")
            _say(_first_differences(connection, first, books[name], types))
        return others


def _types(connection: duckdb.DuckDBPyConnection, book: Path) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE FROM '{book}'").fetchall()
    types = {row[0]: row[1] for row in described}
    return {name: types[name] for name in COLUMNS}


def _sums(connection: duckdb.DuckDBPyConnection, book: Path, types: dict[str, str]) -> tuple[int, ...]:
    columns = ", ".join(f'"{name}"::{kind}' for name, kind in types.items())
    query = f"""
        WITH lines AS (SELECT hash({columns}) AS hashed FROM '{book}')
        SELECT count(*), sum(hashed::HUGEINT)::VARCHAR, bit_xor(hash(hashed + 1)) FROM lines
    """
    count, total, mixed = connection.execute(query).fetchall()[0]
    return int(count), int(total), int(mixed)


def _first_differences(
    connection: duckdb.DuckDBPyConnection, first: Path, other: Path, types: dict[str, str]
) -> str:
    """The columns that differ, and ten lines with their figures in both books."""
    on = " AND ".join(f"a.{name} = b.{name}" for name in _KEY)
    different = {name: f"a.{name} IS DISTINCT FROM b.{name}::{kind}" for name, kind in types.items()}
    counts = ", ".join(f"count(*) FILTER ({test}) AS {name}" for name, test in different.items())
    both = f"'{first}' AS a FULL JOIN '{other}' AS b ON {on}"
    found = connection.execute(f"SELECT {counts} FROM {both}").fetchall()[0]
    columns = {name: many for name, many in zip(types, found, strict=True) if many}
    shown = ", ".join(f"coalesce(a.{name}, b.{name})" for name in _KEY)
    figures = ", ".join(f"[a.{name}, b.{name}] AS {name}" for name in _FIGURES_ALL)
    any_of = " OR ".join(different[name] for name in (*_KEY, *_FIGURES_ALL))
    rows = connection.execute(f"SELECT {shown}, {figures} FROM {both} WHERE {any_of} LIMIT 10").fetchall()
    return "\n".join([f"columns with how many lines differ: {columns}", *map(str, rows)])


def _say(text: str) -> None:
    print(text, file=sys.stderr)  # noqa: T201
