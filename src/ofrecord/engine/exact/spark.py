"""The exact functions as Spark SQL functions: DECIMAL(38, 0) is a whole number of 128 bits.

Spark's `div` keeps the low 64 bits of a quotient, and says nothing of the others. So it divides only where the quotient
has no more; elsewhere what is divisible is divided, which is exact, and a cast to BIGINT refuses what has no room.
"""

from typing import Any, Final

_SIZE: Final = "CAST(abs(a) AS DECIMAL(38, 0))"
_TOTAL: Final = "aggregate(ws, CAST(0 AS DECIMAL(38, 0)), (s, v) -> CAST(s + v AS DECIMAL(38, 0)))"
# Euclid's algorithm ends after five steps for each decimal digit of the smaller number; a list is always gone through
# to its end.
_STEPS: Final = """CASE WHEN b < 100 THEN 10 WHEN b < 10000 THEN 20 WHEN b < 1000000 THEN 30 WHEN b < 1000000000 THEN 45
    WHEN b < 1000000000000000000 THEN 90 ELSE 190 END"""
_GCD: Final = """aggregate(sequence(1, 90), struct(x AS a, y AS b),
    (p, i) -> IF(p.b = 0, p, struct(p.b AS a, p.a % p.b AS b)), p -> p.a)"""

_SHARE: Final = f"""CAST(sign(a) AS BIGINT) * (({_SIZE} * ws[i]) div {_TOTAL}
    + CASE WHEN size(filter(
            transform(ws, (w, j) -> struct(({_SIZE} * w) % {_TOTAL} AS r, j AS j)),
            x -> x.r > ({_SIZE} * ws[i]) % {_TOTAL} OR (x.r = ({_SIZE} * ws[i]) % {_TOTAL} AND x.j < i)))
        < abs(a) - aggregate(ws, 0L, (s, w) -> s + (({_SIZE} * w) div {_TOTAL})) THEN 1 ELSE 0 END)"""

DEFINITIONS: Final = (
    # Spark's own abs, and its minus sign, round a negative number of more than 34 digits.
    """of_size(a DECIMAL(38, 0)) RETURNS DECIMAL(38, 0)
        RETURN IF(a < 0, CAST(CAST(0 AS DECIMAL(38, 0)) - a AS DECIMAL(38, 0)), a)""",
    "of_product(a DECIMAL(38, 0), b DECIMAL(38, 0)) RETURNS DECIMAL(38, 0) RETURN CAST(a * b AS DECIMAL(38, 0))",
    """of_quotient(a DECIMAL(38, 0), b DECIMAL(38, 0)) RETURNS DECIMAL(38, 0)
        RETURN CAST((a - a % b) / b AS DECIMAL(38, 0))""",
    "of_rest(a DECIMAL(38, 0), b DECIMAL(38, 0)) RETURNS DECIMAL(38, 0) RETURN CAST(a % b AS DECIMAL(38, 0))",
    # Of 64 bits it is several times as fast.
    f"""of_divisor(a DECIMAL(38, 0), b DECIMAL(38, 0)) RETURNS DECIMAL(38, 0) RETURN IF(b < 1000000000000000000,
        CAST(aggregate(sequence(1, {_STEPS}),
            struct(CAST(b AS BIGINT) AS x, CAST(of_size(a) % b AS BIGINT) AS y),
            (acc, i) -> IF(acc.y = 0, acc, struct(acc.y AS x, acc.x % acc.y AS y)),
            acc -> acc.x) AS DECIMAL(38, 0)),
        aggregate(sequence(1, {_STEPS}), struct(b AS x, CAST(of_size(a) % b AS DECIMAL(38, 0)) AS y),
            (acc, i) -> IF(acc.y = 0, acc, struct(acc.y AS x, CAST(acc.x % acc.y AS DECIMAL(38, 0)) AS y)),
            acc -> acc.x))""",
    """of_rounded(n DECIMAL(38, 0), d DECIMAL(38, 0), mode STRING) RETURNS BIGINT RETURN CAST(sign(n) AS BIGINT) * (
        CAST((of_size(n) - of_size(n) % d) / d AS BIGINT) + CASE
        WHEN mode = 'half up' THEN IF(2 * (of_size(n) % d) >= d, 1, 0)
        WHEN mode = 'half even' THEN IF(2 * (of_size(n) % d) > d
            OR (2 * (of_size(n) % d) = d AND ((of_size(n) - of_size(n) % d) / d) % 2 = 1), 1, 0)
        ELSE 0 END)""",
    f"""of_share(a BIGINT, ws ARRAY<BIGINT>, i INT) RETURNS BIGINT
        RETURN CASE WHEN ws IS NULL OR size(ws) = 1 THEN a ELSE {_SHARE} END""",
    """of_floor_share(a BIGINT, n DECIMAL(38, 0), d DECIMAL(38, 0)) RETURNS BIGINT
        RETURN CAST(of_quotient(CAST(abs(a) * n AS DECIMAL(38, 0)), d) AS BIGINT)""",
    "of_add_months(day DATE, n BIGINT) RETURNS DATE RETURN add_months(day, CAST(n AS INT))",
    """of_month_index(start DATE, day DATE) RETURNS INT RETURN
        (year(day) - year(start)) * 12 + month(day) - month(start)
        + IF(add_months(start, (year(day) - year(start)) * 12 + month(day) - month(start)) <= day, 1, 0)""",
    "of_month_start(day DATE) RETURNS DATE RETURN CAST(trunc(day, 'MM') AS DATE)",
    "of_add_days(day DATE, n BIGINT) RETURNS DATE RETURN date_add(day, CAST(n AS INT))",
    "of_days(first DATE, until DATE) RETURNS BIGINT RETURN CAST(datediff(until, first) AS BIGINT)",
    """of_year_first(day DATE, m INT, d INT) RETURNS DATE
        RETURN make_date(year(day) - IF(make_date(year(day), m, d) > day, 1, 0), m, d)""",
    """of_period_first(day DATE, period STRING, m INT, d INT) RETURNS DATE RETURN CASE period
        WHEN 'lifetime' THEN DATE '0001-01-01'
        WHEN 'month' THEN trunc(day, 'MM')
        WHEN 'program year' THEN of_year_first(day, m, d)
        WHEN 'quarter' THEN add_months(of_year_first(day, m, d),
            CAST(3 * ((of_month_index(of_year_first(day, m, d), day) - 1) div 3) AS INT)) END""",
    """of_period_until(day DATE, period STRING, m INT, d INT) RETURNS DATE RETURN CASE period
        WHEN 'month' THEN add_months(trunc(day, 'MM'), 1)
        WHEN 'program year' THEN add_months(of_year_first(day, m, d), 12)
        WHEN 'quarter' THEN add_months(of_year_first(day, m, d),
            CAST(3 + 3 * ((of_month_index(of_year_first(day, m, d), day) - 1) div 3) AS INT)) END""",
    """of_number(text STRING) RETURNS BIGINT RETURN CAST(
        CAST(conv(substr(sha2(text, 256), 1, 16), 16, 10) AS DECIMAL(20, 0)) % 10000000000 AS BIGINT)""",
    """of_inside(before BIGINT, amount BIGINT, ends ARRAY<BIGINT>, times BIGINT) RETURNS ARRAY<BIGINT>
        RETURN transform(ends, (e, k) -> greatest(0L, least(before + amount,
        IF(e >= 4611686018427387904L, e, e * times)) - greatest(before, IF(k = 0, 0L, ends[k - 1] * times))))""",
    """of_band(measured BIGINT, ends ARRAY<BIGINT>) RETURNS INT
        RETURN size(filter(ends, e -> e < measured))""",
    f"""of_shares(a BIGINT, ws ARRAY<BIGINT>) RETURNS ARRAY<BIGINT> RETURN IF(a <= 0, transform(ws, w -> 0L),
        transform(ws, (w, i) -> {_SHARE}))""",
    """of_dot(amounts ARRAY<BIGINT>, factors ARRAY<DECIMAL(38, 0)>) RETURNS DECIMAL(38, 0) RETURN aggregate(
        transform(amounts, (a, k) -> CAST(a * factors[k] AS DECIMAL(38, 0))), CAST(0 AS DECIMAL(38, 0)),
        (s, v) -> CAST(s + v AS DECIMAL(38, 0)))""",
    """of_slices(amounts ARRAY<BIGINT>, insides ARRAY<BIGINT>, ns ARRAY<DECIMAL(38, 0)>, ds ARRAY<DECIMAL(38, 0)>)
        RETURNS ARRAY<STRUCT<amount_minor: BIGINT, rate_numerator: DECIMAL(38, 0), rate_denominator: DECIMAL(38, 0)>>
        RETURN filter(transform(amounts, (a, k) -> IF(insides[k] > 0,
        struct(a AS amount_minor, ns[k] AS rate_numerator, ds[k] AS rate_denominator), NULL)), x -> x IS NOT NULL)""",
    """of_scaled(ns ARRAY<BIGINT>, ds ARRAY<BIGINT>, scale BIGINT) RETURNS ARRAY<BIGINT>
        RETURN zip_with(ns, ds, (n, d) -> n * (scale div d))""",
    """of_with_rest(parts ARRAY<BIGINT>, whole BIGINT) RETURNS ARRAY<BIGINT>
        RETURN array_append(parts, whole - aggregate(parts, 0L, (s, v) -> s + v))""",
    "of_list_total(ws ARRAY<BIGINT>) RETURNS BIGINT RETURN aggregate(ws, 0L, (s, v) -> s + v)",
    f"""of_multiple(ws ARRAY<BIGINT>) RETURNS BIGINT RETURN aggregate(ws, 1L, (x, y) -> x div {_GCD} * y)""",
    """of_divided(ws ARRAY<BIGINT>, place INT, parts ARRAY<BIGINT>, scale BIGINT) RETURNS ARRAY<BIGINT> RETURN concat(
        transform(slice(ws, 1, place), w -> w * scale), transform(parts, part -> ws[place] * part),
        array(ws[place] * (scale - aggregate(parts, 0L, (s, v) -> s + v))),
        transform(slice(ws, place + 2, size(ws)), w -> w * scale))""",
    """of_used(amounts ARRAY<BIGINT>, caps ARRAY<BIGINT>) RETURNS ARRAY<BIGINT> RETURN slice(aggregate(
        arrays_zip(amounts, caps), array(0L), (used, x) -> concat(used, array(element_at(used, -1)
        + least(x.amounts, greatest(0L, x.caps - element_at(used, -1)))))), 1, size(amounts))""",
)


def define(session: Any) -> None:
    """Gives the session the functions."""
    for definition in DEFINITIONS:
        session.sql(f"CREATE OR REPLACE TEMPORARY FUNCTION {definition}")
