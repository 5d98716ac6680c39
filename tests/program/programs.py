"""Small programs of every kind of clause, drawn at random, and the points that they can be tried at.

A program uses three of the facts that a clause can ask for, beside way, region and offer; of the others its
points have one value. Days, seats and months are few, and no range ends after the last that is tried.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import product
from typing import Any, NamedTuple

from hypothesis import strategies as st

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.clause_types import (
    DEALS,
    DESIGNATION,
    HOST,
    NEW,
    PARTNER_OF_RECORD,
    REFERRER,
    RENEWAL,
    START,
    Basis,
    Clause,
    Condition,
    CountRange,
    Growth,
    Needs,
    Per,
    Period,
    PoolKey,
    Scope,
    Unit,
)
from ofrecord.program.types import Offer, Price, Service, Terms, Way

WAYS, TIERS, REGIONS, OFFERS = ("w1", "w2"), ("t1", "t2"), ("r1", "r2", "r3"), ("o1", "o2", "o3")
SEGMENTS, ROLES, FAMILIES = ("s1", "s2"), (PARTNER_OF_RECORD, REFERRER, HOST), ("f1", "f2")
FIRST_DAY = date(2009, 4, 1)
LAST = 7  # the last count, and the number of days, that is tried; no range begins or ends later than 6
DAYS = tuple(FIRST_DAY + timedelta(days=number) for number in range(LAST))
OPTIONAL = ("roles", "tiers", "segments", "deals", "seats", "sold", "billed", "months", "designated")


class Point(NamedTuple):
    """One sale: a single value of every fact."""

    way: str
    role: str
    tier: str
    region: str
    segment: str
    offer: str
    deal: str
    seats: int
    sold: date
    billed: date
    month: int
    designated: int


def offer(code: str, regions: tuple[str, ...], family: str = "", since: date = FIRST_DAY) -> Offer:
    prices = tuple(Price(region, Span(since), Money(1500, "USD")) for region in regions)
    return Offer(code, code, (), prices, family=family)


def terms(
    ways: tuple[Way, ...],
    tiers: tuple[str, ...],
    offers: tuple[Offer, ...],
    clauses: tuple[Clause, ...],
    **more: Any,
) -> Terms:
    return Terms(
        sha256="", program="p", version="1", title="P", vendor="V", effective=FIRST_DAY, notice_days=1,
        currency="USD", rounding=Rounding.HALF_UP, time_zone="UTC", tiers=tiers, ways=ways, offers=offers,
        clauses=clauses, service=Service("", "", True, 30), **more,
    )  # fmt: skip


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    chosen = st.lists(st.sampled_from(values), unique=True, max_size=len(values))
    return chosen.map(lambda found: tuple(sorted(found, key=values.index)))


firsts = st.integers(1, 4)
lengths = st.one_of(st.none(), st.integers(0, 2))
counts = st.one_of(
    st.none(),
    st.builds(lambda first, more: CountRange(first, None if more is None else first + more), firsts, lengths),
)
spans = st.one_of(
    st.none(),
    st.builds(
        lambda first, more, endless: Span(
            date.min if endless else DAYS[first], None if more is None else DAYS[first + more]
        ),
        firsts,
        lengths,
        st.booleans(),
    ),
)


@st.composite
def conditions(draw: st.DrawFn, used: tuple[str, ...], unpaid: bool) -> Condition:
    since = draw(st.sampled_from([n for n in ("months", "designated") if n in used] or [""]))
    return Condition(
        ways=draw(some(WAYS)),
        roles=draw(some(ROLES)) if unpaid and "roles" in used else (),
        tiers=draw(some(TIERS)) if "tiers" in used else (),
        regions=draw(some(REGIONS)),
        segments=draw(some(SEGMENTS)) if "segments" in used else (),
        families=draw(st.sampled_from([(), (), ("f1",), ("f2",)])),
        offers=draw(some(OFFERS)),
        deals=draw(some(DEALS)) if "deals" in used else (),
        months=draw(counts) if since else None,
        months_from=DESIGNATION if since == "designated" else START,
        seats=draw(counts) if "seats" in used else None,
        sold=draw(spans) if "sold" in used else None,
        billed=draw(spans) if "billed" in used else None,
    )


@st.composite
def clauses(draw: st.DrawFn, number: int, used: tuple[str, ...]) -> Clause:
    """A clause of any kind, that may name any other of five, but goes before earlier ones only: in no circle."""
    name = f"c{number}"
    earlier = st.sets(st.sampled_from([f"c{n}" for n in range(number)] or [""])).map(sorted).map(tuple)
    others = st.sets(st.sampled_from([f"c{n}" for n in range(5) if n != number])).map(sorted).map(tuple)
    kind = draw(st.sampled_from(("rate", "rate", "rate", "amount", "split", "fee", "pooled", "unpaid")))
    when = draw(conditions(used, kind == "unpaid"))
    if kind == "unpaid":
        return Clause(name, "", "", when, because="No reason.")
    role = draw(st.sampled_from(ROLES)) if "roles" in used else PARTNER_OF_RECORD
    own: dict[str, Any] = {"role": role, "rate": draw(st.fractions(Fraction(1, 10), 1, max_denominator=10))}
    if kind == "amount":
        own |= {"rate": None, "amount": Money(100, "USD"), "unit": Unit.SEAT}
    elif kind == "split":
        own |= {"role": "", "split": ((role, Fraction(1, 2)), (PARTNER_OF_RECORD, Fraction(1, 4)))}
    elif kind == "fee":
        own |= {"basis": Basis.FEE, "of": draw(st.sampled_from([f"c{n}" for n in range(5) if n != number]))}
    elif kind == "pooled":
        own |= {"basis": Basis.POOLED, "pool": "ads", "pool_key": PoolKey.EQUALLY}
    if draw(st.integers(0, 4)) == 0:
        own |= {"needs": Needs(seats=75)}
    if kind == "rate" and draw(st.integers(0, 6)) == 0:
        own |= {"growth": Growth(Per(Scope.PARTNER, Period.MONTH))}
    return Clause(name, "", when=when, together_with=draw(others), instead_of=draw(earlier), **own)


@st.composite
def programs(draw: st.DrawFn) -> Terms:
    used = tuple(draw(st.lists(st.sampled_from(OPTIONAL), unique=True, max_size=3)))
    since = st.sampled_from(DAYS[:3] if {"sold", "billed"} & set(used) else DAYS[:1])
    ways = tuple(
        Way(code, code, "vendor", tuple((region, draw(since)) for region in draw(some(REGIONS))))
        for code in WAYS
    )
    families = ("f1", "f2", "")
    offers = tuple(
        offer(code, draw(some(REGIONS)), family, draw(since))
        for code, family in zip(OFFERS, families, strict=True)
    )
    found = tuple(draw(clauses(number, used)) for number in range(draw(st.integers(0, 5))))
    tiers, segments = TIERS if "tiers" in used else (), SEGMENTS if "segments" in used else ()
    return terms(ways, tiers, offers, found, segments=segments, pools=("ads",))


def first_sale(of: Terms, way: str, region: str, code: str) -> date | None:
    """The first day on which the offer can be sold there that way."""
    opened = next(dict(each.open).get(region) for each in of.ways if each.code == way)
    priced = [
        p.span.first for each in of.offers if each.code == code for p in each.prices if p.region == region
    ]
    return max(opened, *priced) if opened and priced else None


def points(of: Terms) -> Iterator[Point]:
    """Every single combination that can occur, of the facts that a clause asks for."""
    asked = {name for name in ("seats", "sold", "billed") for c in of.clauses if getattr(c.when, name)}
    asked |= {c.when.months_from for c in of.clauses if c.when.months}
    roles = {role for c in of.clauses for role in (*c.payees, *c.when.roles)} | {PARTNER_OF_RECORD}
    numbers = tuple(range(1, LAST + 1))
    facts = (
        sorted(roles),
        of.tiers or ("",),
        of.segments or ("",),
        DEALS if any(c.when.deals for c in of.clauses) else (NEW,),
        numbers if "seats" in asked else (1,),
        numbers if START in asked else (LAST,),
        numbers if DESIGNATION in asked else (1,),
        DAYS if "billed" in asked else DAYS[-1:],
    )
    for way, region, code in product(WAYS, REGIONS, OFFERS):
        since = first_sale(of, way, region, code)
        sales = (
            () if since is None else (day for day in DAYS if day >= since) if "sold" in asked else (since,)
        )
        for sold, (role, tier, segment, deal, seats, month, designated, billed) in product(
            sales, product(*facts)
        ):
            if billed >= sold and designated <= month and (deal != RENEWAL or month > 1):
                yield Point(
                    way, role, tier, region, segment, code, deal, seats, sold, billed, month, designated
                )


def claims(of: Terms, clause: Clause, point: Point, follow: bool = True) -> bool:
    """Whether the clause is about the point: what the documents say, said once more and slowly."""
    when = clause.when
    family = next(each.family for each in of.offers if each.code == point.offer)
    month = point.month if when.months_from == START else point.designated
    role = point.role in clause.payees if clause.pays else not when.roles or point.role in when.roles
    sale = (
        (not when.ways or point.way in when.ways)
        and (not when.regions or point.region in when.regions)
        and (not when.segments or point.segment in when.segments)
        and (not when.families or family in when.families)
        and (not when.offers or point.offer in when.offers)
        and (not when.deals or point.deal in when.deals)
        and (when.seats is None or when.seats.has(point.seats))
        and (when.sold is None or when.sold.has(point.sold))
        and (when.billed is None or when.billed.has(point.billed))
    )
    own = role and (not when.tiers or point.tier in when.tiers)
    own = own and (when.months is None or when.months.has(month))
    return sale and own and (not follow or _bases_claim(of, clause, point))


def _bases_claim(of: Terms, clause: Clause, point: Point) -> bool:
    """Whether the clauses whose fee it is a share of are about the sale, for whichever partner."""
    seen = {clause.name}
    while (base := next((c for c in of.clauses if c.name == clause.of), None)) and base.name not in seen:
        seen.add(base.name)
        of_sale = base.when.months is None or base.when.months_from == DESIGNATION
        neutral = Condition(
            ways=base.when.ways, regions=base.when.regions, segments=base.when.segments,
            families=base.when.families, offers=base.when.offers, deals=base.when.deals,
            months=None if of_sale else base.when.months, seats=base.when.seats, sold=base.when.sold,
            billed=base.when.billed,
        )  # fmt: skip
        if not claims(of, Clause("", "", "", neutral, because="-"), point, follow=False):
            return False
        clause = base
    return True
