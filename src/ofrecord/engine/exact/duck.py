"""The exact functions as DuckDB macros: HUGEINT is a whole number of 128 bits with a division of its own."""

from typing import Final

import duckdb

DEFINITIONS: Final = (
    "of_product(a, b) AS (a::HUGEINT * b::HUGEINT)::DECIMAL(38, 0)",
    "of_quotient(a, b) AS (sign(a)::HUGEINT * (abs(a::HUGEINT) // b::HUGEINT))::DECIMAL(38, 0)",
    "of_rest(a, b) AS (sign(a)::HUGEINT * (abs(a::HUGEINT) % b::HUGEINT))::DECIMAL(38, 0)",
    "of_divisor(a, b) AS gcd((abs(a::HUGEINT) % b::HUGEINT)::BIGINT, b::BIGINT)::DECIMAL(38, 0)",
    """of_rounded(n, d, mode) AS (sign(n)::HUGEINT * (abs(n::HUGEINT) // d::HUGEINT + CASE
        WHEN mode = 'half up' THEN (2 * (abs(n::HUGEINT) % d::HUGEINT) >= d::HUGEINT)::HUGEINT
        WHEN mode = 'half even' THEN (2 * (abs(n::HUGEINT) % d::HUGEINT) > d::HUGEINT OR
            (2 * (abs(n::HUGEINT) % d::HUGEINT) = d::HUGEINT AND (abs(n::HUGEINT) // d::HUGEINT) % 2 = 1))::HUGEINT
        ELSE 0::HUGEINT END))::BIGINT""",
    """of_share(a, ws, i) AS CASE WHEN len(ws) = 1 THEN a::BIGINT ELSE (sign(a)::HUGEINT * (
        (abs(a::HUGEINT) * ws[i + 1]) // list_sum(ws)::HUGEINT
        + (len(list_filter(list_transform(ws, lambda w, j:
                {'r': (abs(a::HUGEINT) * w) % list_sum(ws)::HUGEINT, 'j': j}), lambda x:
                x.r > (abs(a::HUGEINT) * ws[i + 1]) % list_sum(ws)::HUGEINT
                OR (x.r = (abs(a::HUGEINT) * ws[i + 1]) % list_sum(ws)::HUGEINT AND x.j < i + 1)))
            < abs(a::HUGEINT) - list_sum(list_transform(ws, lambda w:
                (abs(a::HUGEINT) * w) // list_sum(ws)::HUGEINT))::HUGEINT)::HUGEINT))::BIGINT END""",
    "of_floor_share(a, n, d) AS ((abs(a::HUGEINT) * n::HUGEINT) // d::HUGEINT)::BIGINT",
    "of_add_months(day, n) AS (day + to_months(n::INTEGER))::DATE",
    """of_month_index(start, day) AS ((year(day) - year(start)) * 12 + month(day) - month(start)
        + (((start + to_months((((year(day) - year(start)) * 12 + month(day) - month(start)))::INTEGER))::DATE
            <= day)::INTEGER))::INTEGER""",
    "of_add_days(day, n) AS (day + n::INTEGER)::DATE",
    "of_days(first, until) AS (until - first)::BIGINT",
    "of_number(text) AS (('0x' || substr(sha256(text), 1, 16))::UBIGINT % 10000000000)::BIGINT",
    """of_used(amounts, caps) AS list_reduce(list_zip(amounts, caps), lambda used, x: list_append(used,
        used[len(used)] + least(x[1], greatest(0, x[2] - used[len(used)]))), [0::BIGINT])[1:len(amounts)]""",
)


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives the connection the functions."""
    for definition in DEFINITIONS:
        connection.execute(f"CREATE OR REPLACE MACRO {definition}")
