"""The limit: one hand-written DuckDB query that writes what the engine writes, for just this program."""

from pathlib import Path
from typing import Final

import duckdb
from bench.settle.same import rows_a_group

# Each line's number, drawn from its key; that a number drawn twice is given once is left to the engine.
NUMBERED: Final = True
_NUMBER: Final = """
    (('0x' || substr(sha256(
        concat_ws('/', invoice_line, piece_first, deal, name, partner, 'partner of record')), 1, 16))::UBIGINT
        % 10000000000)::BIGINT AS number,
"""
_BESIDE: Final = (
    "CREATE VIEW {0} AS FROM read_parquet('{1}/{0}/*.parquet')",
    "CREATE VIEW {0} AS FROM read_parquet('{1}/{0}.parquet')",
)
_CLAUSES: Final = """
    CREATE TABLE clauses AS FROM (VALUES
        (1::TINYINT, 'Registered', FALSE, 3, 25, 30000::BIGINT), (2, 'Silver', FALSE, 7, 50, 30000),
        (3, 'Gold', FALSE, 4, 25, 30000), (4, 'Registered', TRUE, 3, 50, 15000),
        (5, 'Silver', TRUE, 7, 100, 15000), (6, 'Gold', TRUE, 2, 25, 15000)
    ) AS _(clause, tier, ongoing, rate_numerator, rate_denominator, cap_minor)
"""
_MONTH_INDEX: Final = """
    CREATE MACRO month_index(start, day) AS (datediff('month', start, day)
        + (start + to_months(datediff('month', start, day)::INTEGER) <= day)::INTEGER)::INTEGER
"""


def connect(memory: str, scratch: Path) -> duckdb.DuckDBPyConnection:
    """A connection with the engine's settings."""
    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{memory}'; SET threads = 2; SET temp_directory = '{scratch}'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def settle(folder: Path, book: Path, terms_sha256: str, through: str, memory: str) -> dict[str, float]:
    """Writes the book of the facts in the folder."""
    with connect(memory, book.parent / "spilled") as connection:
        # The joins stand in their order; the planner's guess of how many tiers there are turns them round.
        connection.execute("SET disabled_optimizers = 'join_order,build_side_probe_side'")
        for name in ("facts", "credits"):
            connection.execute(_BESIDE[0].format(name, folder))
        for name in ("recognitions", "tiers"):
            connection.execute(_BESIDE[1].format(name, folder))
        for statement in (_CLAUSES, _MONTH_INDEX):
            connection.execute(statement)
        query = Path(__file__).with_name("limit.sql").read_text()
        query = query.replace("{book}", str(book)).replace("{number}", _NUMBER if NUMBERED else "")
        query = query.replace("{rows}", str(rows_a_group(folder)))
        connection.execute(query, {"through": through, "terms": terms_sha256})
    return {}
