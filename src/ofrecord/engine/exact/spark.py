"""The exact functions as Spark SQL functions: DECIMAL(38, 0) is a whole number of 128 bits, `div` its division."""

from typing import Any, Final

_SIZE: Final = "CAST(abs(a) AS DECIMAL(38, 0))"
_TOTAL: Final = "aggregate(ws, CAST(0 AS DECIMAL(38, 0)), (s, v) -> CAST(s + v AS DECIMAL(38, 0)))"
# Euclid's algorithm ends after five steps for each decimal digit of the smaller number.
_STEPS: Final = 90

DEFINITIONS: Final = (
    "of_product(a DECIMAL(38, 0), b DECIMAL(38, 0)) RETURNS DECIMAL(38, 0) RETURN CAST(a * b AS DECIMAL(38, 0))",
    "of_quotient(a DECIMAL(38, 0), b DECIMAL(38, 0)) RETURNS DECIMAL(38, 0) RETURN CAST(a div b AS DECIMAL(38, 0))",
    "of_rest(a DECIMAL(38, 0), b DECIMAL(38, 0)) RETURNS DECIMAL(38, 0) RETURN CAST(a % b AS DECIMAL(38, 0))",
    f"""of_divisor(a DECIMAL(38, 0), b DECIMAL(38, 0)) RETURNS DECIMAL(38, 0) RETURN aggregate(
        sequence(1, {_STEPS}), struct(b AS x, CAST(abs(a) % b AS DECIMAL(38, 0)) AS y),
        (acc, i) -> IF(acc.y = 0, acc, struct(acc.y AS x, CAST(acc.x % acc.y AS DECIMAL(38, 0)) AS y)),
        acc -> acc.x)""",
    """of_rounded(n DECIMAL(38, 0), d DECIMAL(38, 0), mode STRING) RETURNS BIGINT RETURN CAST(sign(n) AS BIGINT) * (
        abs(n) div d + CASE
        WHEN mode = 'half up' THEN IF(2 * (abs(n) % d) >= d, 1, 0)
        WHEN mode = 'half even' THEN IF(2 * (abs(n) % d) > d
            OR (2 * (abs(n) % d) = d AND (abs(n) div d) % 2 = 1), 1, 0)
        ELSE 0 END)""",
    f"""of_share(a BIGINT, ws ARRAY<BIGINT>, i INT) RETURNS BIGINT RETURN CASE WHEN size(ws) = 1 THEN a ELSE
        CAST(sign(a) AS BIGINT) * (({_SIZE} * ws[i]) div {_TOTAL}
        + CASE WHEN size(filter(
                transform(ws, (w, j) -> struct(({_SIZE} * w) % {_TOTAL} AS r, j AS j)),
                x -> x.r > ({_SIZE} * ws[i]) % {_TOTAL} OR (x.r = ({_SIZE} * ws[i]) % {_TOTAL} AND x.j < i)))
            < abs(a) - aggregate(ws, 0L, (s, w) -> s + (({_SIZE} * w) div {_TOTAL})) THEN 1 ELSE 0 END) END""",
    """of_floor_share(a BIGINT, n DECIMAL(38, 0), d DECIMAL(38, 0)) RETURNS BIGINT
        RETURN CAST(abs(a) * n AS DECIMAL(38, 0)) div d""",
    "of_add_months(day DATE, n BIGINT) RETURNS DATE RETURN add_months(day, CAST(n AS INT))",
    """of_month_index(start DATE, day DATE) RETURNS INT RETURN (year(day) - year(start)) * 12 + month(day) - month(start)
        + IF(add_months(start, (year(day) - year(start)) * 12 + month(day) - month(start)) <= day, 1, 0)""",
    "of_add_days(day DATE, n BIGINT) RETURNS DATE RETURN date_add(day, CAST(n AS INT))",
    "of_days(first DATE, until DATE) RETURNS BIGINT RETURN CAST(datediff(until, first) AS BIGINT)",
    """of_number(text STRING) RETURNS BIGINT RETURN CAST(
        CAST(conv(substr(sha2(text, 256), 1, 16), 16, 10) AS DECIMAL(20, 0)) % 10000000000 AS BIGINT)""",
    """of_used(amounts ARRAY<BIGINT>, caps ARRAY<BIGINT>) RETURNS ARRAY<BIGINT> RETURN slice(aggregate(
        arrays_zip(amounts, caps), array(0L), (used, x) -> concat(used, array(element_at(used, -1)
        + least(x.amounts, greatest(0L, x.caps - element_at(used, -1)))))), 1, size(amounts))""",
)


def define(session: Any) -> None:
    """Gives the session the functions."""
    for definition in DEFINITIONS:
        session.sql(f"CREATE OR REPLACE TEMPORARY FUNCTION {definition}")
