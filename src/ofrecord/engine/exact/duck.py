"""The exact functions as DuckDB macros: HUGEINT is a whole number of 128 bits with a division of its own."""

from typing import Any, Final

import duckdb
import ibis
import ibis.expr.datatypes as dt

DEFINITIONS: Final = (
    "of_product(a, b) AS (a::HUGEINT * b::HUGEINT)::DECIMAL(38, 0)",
    "of_quotient(a, b) AS (sign(a)::HUGEINT * (abs(a::HUGEINT) // b::HUGEINT))::DECIMAL(38, 0)",
    "of_rest(a, b) AS (sign(a)::HUGEINT * (abs(a::HUGEINT) % b::HUGEINT))::DECIMAL(38, 0)",
    # Of 64 bits it is several times as fast.
    """of_divisor(a, b) AS CASE WHEN b::HUGEINT <= 9223372036854775807
        THEN gcd((abs(a::HUGEINT) % b::HUGEINT)::BIGINT, b::BIGINT)::DECIMAL(38, 0)
        ELSE gcd(a::HUGEINT, b::HUGEINT)::DECIMAL(38, 0) END""",
    """of_rounded(n, d, mode) AS (sign(n)::HUGEINT * (abs(n::HUGEINT) // d::HUGEINT + CASE
        WHEN mode = 'half up' THEN (2 * (abs(n::HUGEINT) % d::HUGEINT) >= d::HUGEINT)::HUGEINT
        WHEN mode = 'half even' THEN (2 * (abs(n::HUGEINT) % d::HUGEINT) > d::HUGEINT OR
            (2 * (abs(n::HUGEINT) % d::HUGEINT) = d::HUGEINT AND (abs(n::HUGEINT) // d::HUGEINT) % 2 = 1))::HUGEINT
        ELSE 0::HUGEINT END))::BIGINT""",
    """of_share(a, ws, i) AS CASE WHEN ws IS NULL OR len(ws) = 1 THEN a::BIGINT ELSE (sign(a)::HUGEINT * (
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
    "of_month_start(day) AS date_trunc('month', day)::DATE",
    "of_add_days(day, n) AS (day + n::INTEGER)::DATE",
    "of_days(first, until) AS (until - first)::BIGINT",
    """of_year_first(day, m, d) AS
        make_date(year(day) - (make_date(year(day), m, d) > day)::INTEGER, m, d)""",
    """of_period_first(day, period, m, d) AS CASE period
        WHEN 'lifetime' THEN DATE '0001-01-01'
        WHEN 'month' THEN date_trunc('month', day)::DATE
        WHEN 'program year' THEN of_year_first(day, m, d)
        WHEN 'quarter' THEN of_add_months(of_year_first(day, m, d),
            3 * ((of_month_index(of_year_first(day, m, d), day) - 1) // 3)) END""",
    """of_period_until(day, period, m, d) AS CASE period
        WHEN 'month' THEN of_add_months(date_trunc('month', day)::DATE, 1)
        WHEN 'program year' THEN of_add_months(of_year_first(day, m, d), 12)
        WHEN 'quarter' THEN of_add_months(of_year_first(day, m, d),
            3 + 3 * ((of_month_index(of_year_first(day, m, d), day) - 1) // 3)) END""",
    "of_number(text) AS (('0x' || substr(sha256(text), 1, 16))::UBIGINT % 10000000000)::BIGINT",
    """of_inside(before, amount, ends, times) AS list_transform(ends, lambda e, k: greatest(0, least(before + amount,
        CASE WHEN e >= 4611686018427387904 THEN e ELSE e * times END)
        - greatest(before, CASE WHEN k = 1 THEN 0 ELSE ends[k - 1] * times END))::BIGINT)""",
    "of_band(measured, ends) AS len(list_filter(ends, lambda e: e < measured))::INTEGER",
    """of_shares(a, ws) AS CASE WHEN a <= 0 THEN list_transform(ws, lambda w: 0::BIGINT)
        ELSE list_transform(ws, lambda w, k: of_share(a, ws, (k - 1)::INTEGER)) END""",
    """of_dot(amounts, factors) AS coalesce(list_sum(list_transform(amounts, lambda a, k:
        a::HUGEINT * factors[k]::HUGEINT))::HUGEINT, 0)::DECIMAL(38, 0)""",
    """of_slices(amounts, insides, ns, ds) AS list_filter(list_transform(amounts, lambda a, k: CASE WHEN insides[k] > 0
        THEN {'amount_minor': a, 'rate_numerator': ns[k], 'rate_denominator': ds[k]} END), lambda x: x IS NOT NULL)""",
    "of_scaled(ns, ds, scale) AS list_transform(ns, lambda n, k: (n * (scale // ds[k]))::BIGINT)",
    "of_with_rest(parts, whole) AS list_append(parts, (whole - list_sum(parts))::BIGINT)",
    "of_list_total(ws) AS list_sum(ws)::BIGINT",
    "of_multiple(ws) AS list_reduce(ws, lambda x, y: lcm(x, y))::BIGINT",
    """of_divided(ws, place, parts, scale) AS list_concat(
        list_transform(ws[1:place], lambda w: w * scale),
        list_transform(parts, lambda part: ws[place + 1] * part),
        [ws[place + 1] * (scale - list_sum(parts)::BIGINT)],
        list_transform(ws[place + 2:], lambda w: w * scale))""",
    """of_used(amounts, caps) AS list_reduce(list_zip(amounts, caps), lambda used, x: list_append(used,
        used[len(used)] + least(x[1], greatest(0, x[2] - used[len(used)]))), [0::BIGINT])[1:len(amounts)]""",
)


@ibis.udf.scalar.builtin(name="getvariable", signature=((dt.string,), dt.int32))
def variable(of: Any) -> Any:
    """The number that the connection to DuckDB has under the name: each of several may have another."""


def define(connection: duckdb.DuckDBPyConnection) -> None:
    """Gives the connection the functions."""
    for definition in DEFINITIONS:
        connection.execute(f"CREATE OR REPLACE MACRO {definition}")
