"""Every exact function of every engine is the kernel's, at the stated limits: beyond 2^53, negative, any rounding."""

import hashlib
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

import ibis
import ibis.expr.datatypes as dt
import pyarrow as pa
import pytest
from tests.support.compared import Case, check
from tests.support.spark import HAS_SPARK, NO_SPARK
from tests.support.told import billed, clause, recognized, terms

from ofrecord.engine.exact import functions as exact
from ofrecord.engine.exact.functions import MINORS, WIDE, WIDES
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.running.spark import spark_engine
from ofrecord.engine.types import Credit, Laws
from ofrecord.kernel.calendar import Month, Span, add_months, month_index
from ofrecord.kernel.money import LIMIT_MINOR, Money, Rounding, round_fraction, share_minor
from ofrecord.program.clause_types import (
    Band,
    Bands,
    Limit,
    Measure,
    Per,
    Period,
    Scope,
    period_of,
)
from ofrecord.program.types import Proration

MOST: Final = LIMIT_MINOR
MOST_FACTOR: Final = 10**18
MOST_WEIGHT: Final = 10**13
MOST_QUOTIENT: Final = 10**31
ENDLESS: Final = 2**62
MINOR, COUNT, DAY, TEXT = dt.int64, dt.int32, dt.date, dt.string
Draw = Callable[[random.Random], tuple[Any, ...]]


@dataclass(frozen=True)
class Exact:
    """A function with the kinds of what it takes, values of them, and what the kernel makes of those."""

    function: Any
    kinds: tuple[dt.DataType, ...]
    draw: Draw
    expected: Callable[..., Any]


def number(chance: random.Random, most: int, least: int = 0) -> int:
    """As often a small one as a large one, and the limits themselves."""
    size = chance.choice([9, 1000, 2**53 + 1, most])
    found = chance.choice([min(most, size), chance.randint(0, min(most, size)), 0, 1])
    return max(least, found) if least >= 0 else found * chance.choice([-1, 1])


def weights(chance: random.Random) -> list[int]:
    found = [number(chance, MOST_WEIGHT) for _ in range(chance.randint(1, 6))]
    return [found[0] + 1 - min(1, sum(found)), *found[1:]]


def some_day(chance: random.Random) -> date:
    ends = [date(2000, 2, 29), date(2008, 1, 31), date(2009, 12, 31), date(2010, 2, 28), date(2012, 6, 30)]
    return chance.choice([*ends, date(2000, 1, 1) + timedelta(days=chance.randint(0, 9000))])


def shared(chance: random.Random) -> tuple[Any, ...]:
    found = weights(chance)
    return number(chance, MOST, -1), found, chance.randrange(len(found))


def fraction(chance: random.Random) -> tuple[int, int]:
    """A numerator that is at most 10^17 times its denominator, so that its whole is an amount; ties are frequent."""
    below = number(chance, MOST_FACTOR, 1)
    above = number(chance, MOST, -1) * min(below, MOST_FACTOR)
    off = chance.choice([0, below // 2, below // 2 + 1, chance.randint(0, below)])
    return (above - off if above > 0 else above + off), below


def wide(chance: random.Random) -> tuple[int, int]:
    """Of more than 64 bits, as often as of fewer, and so is how often the one goes into the other."""
    return number(chance, MOST_QUOTIENT, -1), number(chance, MOST_FACTOR, 1)


def ends(chance: random.Random) -> list[int]:
    return [*sorted({number(chance, MOST, 1) for _ in range(chance.randint(0, 4))}), ENDLESS]


def inside(before: int, amount: int, up_to: list[int], times: int) -> list[int]:
    found, low = [], 0
    for each in up_to:
        high = each if each >= ENDLESS else each * times
        found.append(max(0, min(before + amount, high) - max(before, low)))
        low = high
    return found


def used_before(found: list[int], caps: list[int]) -> list[int]:
    used, before = 0, []
    for amount, cap in zip(found, caps, strict=True):
        before.append(used)
        used += min(amount, max(0, cap - used))
    return before


def capped(chance: random.Random) -> tuple[list[int], list[int]]:
    found = [number(chance, MOST // 10, -1) for _ in range(chance.randint(1, 6))]
    return found, [number(chance, MOST) for _ in found]


def in_bands(chance: random.Random) -> tuple[Any, ...]:
    count = chance.randint(1, 5)
    draws = [
        [number(chance, MOST, -1) for _ in range(count)],
        [number(chance, MOST) for _ in range(count)],
        [number(chance, MOST_FACTOR) for _ in range(count)],
        [number(chance, MOST_FACTOR, 1) for _ in range(count)],
    ]
    return tuple(draws)


def slices_of(
    found: list[int], inside: list[int], above: list[int], below: list[int]
) -> list[dict[str, int]]:
    return [
        {"amount_minor": amount, "rate_numerator": numerator, "rate_denominator": denominator}
        for amount, is_in, numerator, denominator in zip(found, inside, above, below, strict=True)
        if is_in > 0
    ]


def summed(chance: random.Random) -> tuple[Any, ...]:
    count = chance.randint(1, 5)
    return (
        [number(chance, MOST, -1) for _ in range(count)],
        [number(chance, MOST_FACTOR) for _ in range(count)],
    )


def divided(found: list[int], place: int, parts: list[int], scale: int) -> list[int]:
    own = [found[place] * part for part in (*parts, scale - sum(parts))]
    return [*(w * scale for w in found[:place]), *own, *(w * scale for w in found[place + 1 :])]


def to_divide(chance: random.Random) -> tuple[Any, ...]:
    found = weights(chance)
    parts = [chance.randint(1, 100) for _ in range(chance.randint(1, 3))]
    return found, chance.randrange(len(found)), parts, sum(parts) + chance.randint(0, 50)


def scales(chance: random.Random) -> tuple[Any, ...]:
    below = [chance.choice([1, 2, 3, 4, 100, 300]) for _ in range(chance.randint(1, 4))]
    return [number(chance, 10**12) for _ in below], below, math.lcm(*below) * chance.randint(1, 9)


def periods(chance: random.Random) -> tuple[Any, ...]:
    return some_day(chance), chance.choice([*Period]).value, chance.randint(1, 12), chance.randint(1, 28)


def number_of(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:16], 16) % 10**10


FUNCTIONS: Final[tuple[Exact, ...]] = (
    Exact(
        exact.product,
        (WIDE, WIDE),
        lambda c: (number(c, MOST, -1), number(c, MOST_FACTOR)),
        lambda a, b: a * b,
    ),
    Exact(exact.quotient, (WIDE, WIDE), wide, lambda n, d: abs(n) // d * (-1 if n < 0 else 1)),
    Exact(exact.rest, (WIDE, WIDE), fraction, lambda n, d: abs(n) % d * (-1 if n < 0 else 1)),
    Exact(exact.common_divisor, (WIDE, WIDE), fraction, math.gcd),
    Exact(
        exact.common_divisor,
        (WIDE, WIDE),
        lambda c: (number(c, MOST) * number(c, MOST_FACTOR), number(c, MOST, 1) * number(c, MOST_FACTOR, 1)),
        math.gcd,
    ),
    Exact(
        exact.rounded,
        (WIDE, WIDE, TEXT),
        lambda c: (*fraction(c), c.choice([*Rounding]).value),
        lambda n, d, how: round_fraction(Fraction(n, d), Rounding(how)),
    ),
    Exact(exact.share_of, (MINOR, MINORS, COUNT), shared, lambda a, ws, place: share_minor(a, ws)[place]),
    Exact(
        exact.shares_of,
        (MINOR, MINORS),
        lambda c: shared(c)[:2],
        lambda a, ws: [*share_minor(max(a, 0), ws)],
    ),
    Exact(
        exact.floor_share,
        (MINOR, WIDE, WIDE),
        lambda c: (number(c, MOST, -1), *sorted((number(c, MOST_FACTOR, 1), number(c, MOST_FACTOR, 1)))),
        lambda a, n, d: abs(a) * n // d,
    ),
    Exact(exact.add_months, (DAY, MINOR), lambda c: (some_day(c), c.randint(-40, 400)), add_months),
    Exact(
        exact.month_index,
        (DAY, DAY),
        lambda c: (*sorted((some_day(c), some_day(c))),),
        month_index,
    ),
    Exact(exact.month_start, (DAY,), lambda c: (some_day(c),), lambda day: day.replace(day=1)),
    Exact(
        exact.add_days,
        (DAY, MINOR),
        lambda c: (some_day(c), c.randint(-900, 900)),
        lambda day, n: day + timedelta(days=n),
    ),
    Exact(exact.days_between, (DAY, DAY), lambda c: (some_day(c), some_day(c)), lambda a, b: (b - a).days),
    Exact(
        exact.period_first,
        (DAY, TEXT, COUNT, COUNT),
        periods,
        lambda day, period, m, d: period_of(Period(period), day, (m, d)).first,
    ),
    Exact(
        exact.period_until,
        (DAY, TEXT, COUNT, COUNT),
        periods,
        lambda day, period, m, d: period_of(Period(period), day, (m, d)).until,
    ),
    Exact(exact.number_of, (TEXT,), lambda c: (c.choice(["", "é", f"line {c.random()}"]),), number_of),
    Exact(exact.used_before, (MINORS, MINORS), capped, used_before),
    Exact(
        exact.inside,
        (MINOR, MINOR, MINORS, MINOR),
        lambda c: (number(c, MOST, -1), number(c, MOST, -1), ends(c), c.choice([1, 1, 28, 31])),
        inside,
    ),
    Exact(
        exact.band_of,
        (MINOR, MINORS),
        lambda c: (number(c, MOST, -1), ends(c)),
        lambda measured, up_to: sum(each < measured for each in up_to),
    ),
    Exact(
        exact.dot,
        (MINORS, WIDES),
        summed,
        lambda found, factors: sum(a * f for a, f in zip(found, factors, strict=True)),
    ),
    Exact(exact.slices_of, (MINORS, MINORS, WIDES, WIDES), in_bands, slices_of),
    Exact(
        exact.list_total, (MINORS,), lambda c: ([number(c, MOST, -1) for _ in range(c.randint(1, 9))],), sum
    ),
    Exact(
        exact.common_multiple,
        (MINORS,),
        lambda c: ([c.randint(1, 400) for _ in range(c.randint(1, 5))],),
        lambda found: math.lcm(*found),
    ),
    Exact(exact.divided_weights, (MINORS, COUNT, MINORS, MINOR), to_divide, divided),
    Exact(
        exact.scaled,
        (MINORS, MINORS, MINOR),
        scales,
        lambda above, below, scale: [n * (scale // d) for n, d in zip(above, below, strict=True)],
    ),
    Exact(
        exact.with_rest,
        (MINORS, MINOR),
        lambda c: ([number(c, 1000) for _ in range(c.randint(1, 5))], number(c, MOST)),
        lambda parts, whole: [*parts, whole - sum(parts)],
    ),
)


@pytest.fixture(scope="module", params=["DuckDB", "Spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "DuckDB":
        with duck_engine() as found:
            yield found
        return
    if not HAS_SPARK:
        pytest.skip(NO_SPARK)
    with spark_engine("local[2]") as found:
        yield found


def test_every_function_is_tried() -> None:
    named = {name for name, each in vars(exact).items() if getattr(each, "__module__", "") == exact.__name__}
    # A sum of rows, and an empty list, are no functions of values.
    assert named - {"total", "no_items"} == {each.function.__name__ for each in FUNCTIONS}


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.function.__name__)
def test_a_function_is_the_kernels(engine: Any, each: Exact) -> None:
    chance = random.Random(each.function.__name__)
    rows = [each.draw(chance) for _ in range(400)]
    names = [f"c{place}" for place in range(len(each.kinds))]
    columns = [
        pa.array([row[place] for row in rows], ibis.schema({"c": kind}).to_pyarrow().field("c").type)
        for place, kind in enumerate(each.kinds)
    ]
    table = engine.bring(pa.Table.from_arrays([*columns, pa.array(range(len(rows)))], [*names, "row"]))
    found = engine.fetch(table.select("row", found=each.function(*(table[name] for name in names))))
    for answer in found.to_pylist():
        row = rows[answer["row"]]
        assert answer["found"] == each.expected(*row), row


def test_a_total_is_one_of_whole_numbers(engine: Any) -> None:
    minors = [MOST, MOST - 1, -3, 2**53 + 1]
    table = engine.bring(pa.table({"minor": pa.array(minors, pa.int64())}))
    (row,) = engine.fetch(table.aggregate(found=exact.total(table.minor))).to_pylist()
    assert row == {"found": sum(minors)}


# --- Whole programs at the limits ----------------------------------------------------------------------------------

LARGE: Final = (MOST, MOST - 1, 2**53 + 1, 2**53 + 3, -(2**53) - 1, -MOST, 1)
BY_QUARTER: Final = Per(Scope.PARTNER, Period.QUARTER)
FAR: Final = Money(MOST - 7, "USD")


def large_story(minors: tuple[int, ...]) -> list[Any]:
    """One subscription, billed so much in one month after the other, of which a third was taken back; cut often."""
    first = Month(2010, 4)
    partners = (
        recognized("2010-04-01", "2010-05-11"),
        recognized("2010-05-11", partner="p2"),
        recognized("2010-04-01", partner="p3", role="referrer", share=Fraction(1, 3)),
    )
    found = []
    for place, minor in enumerate(minors):
        month = first.plus(place)
        credits = (
            (Credit(f"c{place}", "refund", month.last, -(minor // 3)),) if place % 2 and minor > 3 else ()
        )
        found.append(
            billed(
                str(month),
                *(each for each in partners if each.span.common(month.span)),
                billed_minor=minor,
                list_minor=minor,
                seats=99_999,
                service=Span(month.first, month.plus(1 + 11 * (place % 2)).first),
                credits=credits,
            )
        )
    return found


def banded(name: str, *, graduated: bool, measure: Measure = Measure.AMOUNT) -> Any:
    edges = (2**53, MOST // 2) if measure is Measure.AMOUNT else (1000, 70_000)
    bands = (Band(edges[0], Fraction(1)), Band(edges[1], Fraction(2, 3)), Band(None, Fraction(99, 100)))
    per = BY_QUARTER if measure is Measure.AMOUNT else Per(Scope.SUBSCRIPTION, Period.MONTH)
    return clause(name, bands=Bands(graduated, measure, per, bands))


@pytest.mark.parametrize(
    ("rounding", "proration"),
    [*zip(Rounding, (Proration.BY_SECONDS, Proration.BY_DAYS, Proration.BY_SECONDS), strict=True)],
)
def test_amounts_beyond_what_a_float_holds_are_those_of_the_judge(
    rounding: Rounding, proration: Proration
) -> None:
    shared = Limit(FAR, BY_QUARTER)
    law = terms(
        clause("whole", "100%"),
        clause("third", "1/3", cap=shared),
        clause("floored", "0.1%", floor=Limit(FAR, Per(Scope.PARTNER, Period.YEAR))),
        clause(
            "split",
            "100%",
            role="",
            split=(("partner of record", Fraction(2, 3)), ("referrer", Fraction(1, 3))),
        ),
        banded("slices", graduated=True),
        banded("reached", graduated=False),
        banded("seats", graduated=True, measure=Measure.SEATS),
        rounding=rounding,
        proration=proration,
        time_zone="America/New_York",
    )
    stories = [large_story(LARGE[place:] + LARGE[:place]) for place in (0, 2, 4)]
    with duck_engine() as engine:
        check(engine, Case(Laws((law,)), stories, date(2012, 12, 31)))
