"""Generated programs and histories: any clauses together, any sales, whatever is taken back or paid when."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st
from tests.support.oddities import odd_program, odd_sales, relaxed
from tests.support.told import clause, terms

from ofrecord.engine.types import BilledFact, Credit, Laws, PoolFact, RateFact, Receipt, Recognition
from ofrecord.kernel.calendar import Month, Span, add_months
from ofrecord.kernel.money import Money, Rounding, share_minor
from ofrecord.program.clause_types import (
    DEALS,
    DISTRIBUTOR,
    FORMER_PARTNER,
    PARTNER_OF_RECORD,
    REFERRER,
    SERVICES,
    Applies,
    Band,
    Bands,
    Basis,
    Clause,
    Condition,
    CountRange,
    Earned,
    Growth,
    Holdback,
    Limit,
    Measure,
    Needs,
    Per,
    Period,
    PoolKey,
    Scope,
    Unit,
)
from ofrecord.program.types import CHARGEBACK, CREDIT_NOTE, REFUND, WRITE_OFF, Payment, Proration, Terms

FIRST = Month(2009, 4)
MONTHS = 8
TIERS = ("Registered", "Gold")
PARTNERS = ("p1", "p2", "p3")
ROLES = (PARTNER_OF_RECORD, REFERRER, DISTRIBUTOR, SERVICES)

rates = st.sampled_from(["12%", "6%", "1/3", "7.5%", "100%", "0.1%"])
scopes = st.sampled_from([Scope.SUBSCRIPTION, Scope.CUSTOMER, Scope.PARTNER])
periods = st.sampled_from([Period.MONTH, Period.QUARTER, Period.YEAR])
pers = st.builds(Per, st.sampled_from(Scope), st.sampled_from(Period))
amounts = st.integers(1, 200_00).map(lambda minor: Money(minor, "USD"))
count_ranges = st.tuples(st.integers(1, 5), st.none() | st.integers(0, 5)).map(
    lambda pair: CountRange(pair[0], None if pair[1] is None else pair[0] + pair[1])
)


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def listed(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.just(()) | st.sampled_from(values).map(lambda value: (value,))


conditions = st.builds(
    Condition,
    ways=listed(("partner-of-record", "resale")),
    tiers=listed(TIERS),
    regions=listed(("US", "GB")),
    deals=listed(DEALS),
    months=some(count_ranges),
    months_from=st.sampled_from(["start", "designation"]),
    seats=some(count_ranges),
)


@st.composite
def bands(draw: st.DrawFn) -> Bands:
    graduated = draw(st.booleans())
    measure = draw(st.sampled_from([Measure.AMOUNT, Measure.SEATS] if graduated else list(Measure)))
    by_seats = graduated and measure is Measure.SEATS
    ends = sorted(
        draw(st.sets(st.integers(1, 300_00 if measure is Measure.AMOUNT else 12), min_size=1, max_size=3))
    )
    per = Per(draw(st.sampled_from(Scope)), Period.MONTH if by_seats else draw(periods))
    found = [Band(end, Fraction(draw(st.integers(0, 30)), 100)) for end in ends]
    return Bands(graduated, measure, per, (*found, Band(None, Fraction(draw(st.integers(0, 30)), 100))))


needs = st.builds(
    Needs,
    new_customers=st.integers(0, 2),
    seats=st.integers(0, 15),
    subscriptions=st.integers(0, 2),
    billed=some(amounts),
    during=st.none(),
    period=st.sampled_from(Period),
    for_all=st.booleans(),
)


@st.composite
def clauses(draw: st.DrawFn, name: str) -> Clause:
    """A clause of any kind that can stand alone."""
    role = draw(st.sampled_from((*ROLES, FORMER_PARTNER)))
    usual = clause(name, role=role, when=draw(conditions))
    how = draw(st.sampled_from(["rate", "bands", "amount", "growth", "split", "pooled", "unpaid"]))
    usual = {
        "rate": lambda: replace(
            usual, rate=Fraction(draw(st.integers(1, 100)), draw(st.sampled_from([100, 300])))
        ),
        "bands": lambda: replace(usual, bands=draw(bands())),
        "amount": lambda: replace(usual, amount=draw(amounts), unit=draw(st.sampled_from(Unit))),
        "growth": lambda: replace(
            usual, rate=Fraction(1, 10), growth=Growth(Per(draw(scopes), draw(periods)), Fraction(11, 10))
        ),
        "split": lambda: replace(
            usual,
            role="",
            rate=Fraction(1, 5),
            split=((PARTNER_OF_RECORD, Fraction(2, 3)), (REFERRER, Fraction(1, 4))),
        ),
        "pooled": lambda: replace(
            usual,
            rate=Fraction(1, 7),
            basis=Basis.POOLED,
            pool="ads",
            pool_key=draw(st.sampled_from(PoolKey)),
        ),
        "unpaid": lambda: replace(usual, role="", because="It is so."),
    }[how]()
    if how in ("unpaid", "pooled"):
        return usual
    by_amount = usual.amount is None and how != "growth"
    return replace(
        usual,
        basis=draw(st.sampled_from([Basis.BILLED, Basis.COLLECTED, Basis.LIST, Basis.MARGIN]))
        if by_amount
        else Basis.BILLED,
        earned=draw(st.sampled_from(Earned)) if how != "growth" else Earned.WHEN_BILLED,
        cap=Limit(draw(amounts), draw(pers)) if draw(st.booleans()) and not usual.split else None,
        floor=draw(
            some(st.builds(Limit, amounts, st.builds(Per, scopes, periods) | st.just(Per(Scope.LINE))))
        ),
        needs=draw(some(needs)),
        holdback=draw(some(st.builds(Holdback, st.just(Fraction(1, 5)), st.integers(0, 100)))),
        applies=draw(st.sampled_from(Applies)),
    )


@st.composite
def programs(draw: st.DrawFn, sha: str = "a") -> Terms:
    some_clauses = [draw(clauses(f"clause-{n}")) for n in range(draw(st.integers(1, 4)))]
    if draw(st.booleans()):
        of = draw(st.sampled_from(some_clauses)).name
        some_clauses.append(clause("override", "10%", role=DISTRIBUTOR, basis=Basis.FEE, of=of))
    names = [each.name for each in some_clauses]
    if len(names) > 1 and draw(st.booleans()):
        some_clauses[0] = replace(some_clauses[0], instead_of=(names[1],))
    return terms(
        *some_clauses,
        sha=sha,
        tiers=TIERS,
        pools=("ads",),
        rounding=draw(st.sampled_from(Rounding)),
        proration=draw(st.sampled_from(Proration)),
        time_zone="America/New_York",
        year_from=(7, 1),
        payment=Payment(claw_window=draw(some(st.integers(0, 90)))),
    )


@st.composite
def recognitions(draw: st.DrawFn, start: date) -> tuple[Recognition, ...]:
    """A partner of record, perhaps followed by another, and others in other roles."""
    first, second = draw(st.permutations(PARTNERS))[:2]
    change = draw(some(st.integers(1, 200)))
    found = [Recognition(first, PARTNER_OF_RECORD, Span(start))]
    if change is not None:
        day = start + timedelta(days=change)
        found = [
            Recognition(first, PARTNER_OF_RECORD, Span(start, day)),
            Recognition(second, PARTNER_OF_RECORD, Span(day)),
            Recognition(first, FORMER_PARTNER, Span(day)),
        ]
    for role in draw(st.sets(st.sampled_from([REFERRER, DISTRIBUTOR, SERVICES]))):
        shared = draw(st.booleans())
        holders = PARTNERS[:2] if shared else PARTNERS[2:]
        found += [Recognition(p, role, Span(start), "", Fraction(2, 5) if shared else None) for p in holders]
    return tuple(found)


@st.composite
def sales(draw: st.DrawFn, number: int, sha: str = "a") -> list[BilledFact]:
    """One subscription billed month by month, with payments and credits as they come."""
    start = FIRST.first + timedelta(days=draw(st.integers(0, 120)))
    partners = draw(recognitions(start))
    usual: dict[str, Any] = {
        "subscription": f"s{number}",
        "customer": f"c{draw(st.integers(1, 2))}",
        "started_on": start,
        "way": draw(st.sampled_from(["partner-of-record", "resale"])),
        "region": draw(st.sampled_from(["US", "GB"])),
        "terms_sha256": sha * 64,
        "deal": draw(st.sampled_from(["new", "cross-sell", "upsell"])),
        "commitment_months": draw(st.integers(1, 12)),
    }
    first_seats = draw(st.integers(1, 9))
    found = []
    for month in (Month.of(start).plus(n) for n in range(draw(st.integers(1, MONTHS)))):
        service = Span(max(start, month.first), month.plus(1).first)
        seats = first_seats + draw(st.integers(0, 3))
        minor = draw(st.integers(0, 150_00))
        fact = BilledFact(
            invoice_line=f"{month}/{number}",
            invoice=f"N-{month}-{number}",
            invoice_day=month.last,
            offer="business-suite",
            currency="USD",
            seats=seats,
            unit_price_minor=15_00,
            billed_minor=minor,
            service=service,
            partners=partners,
            list_minor=minor + draw(st.integers(0, 50_00)),
            wholesale_minor=minor * 2 // 3,
            first_seats=first_seats,
            **usual,
        )
        found.append(replace(fact, receipts=draw(_receipts(fact)), credits=draw(_credits(fact))))
    return found


@st.composite
def _receipts(draw: st.DrawFn, fact: BilledFact) -> tuple[Receipt, ...]:
    parts = draw(st.sampled_from([(), (1,), (1, 2)]))
    if not parts or not fact.billed_minor:
        return ()
    days = [fact.invoice_day + timedelta(days=draw(st.integers(0, 60))) for _ in parts]
    minors = share_minor(fact.billed_minor, parts)
    return tuple(
        Receipt(f"{fact.invoice_line}/r{n}", day, minor)
        for n, (day, minor) in enumerate(zip(days, minors, strict=True))
        if minor
    )


@st.composite
def _credits(draw: st.DrawFn, fact: BilledFact) -> tuple[Credit, ...]:
    left, found = fact.billed_minor, []
    for n in range(draw(st.sampled_from([0, 0, 1, 2]))):
        minor = draw(st.integers(0, left))
        kind = draw(st.sampled_from([REFUND, CREDIT_NOTE, CHARGEBACK, WRITE_OFF]))
        day = fact.invoice_day + timedelta(days=draw(st.integers(0, 120)))
        if minor:
            found.append(Credit(f"{fact.invoice_line}/c{n}", kind, day, -minor))
            left -= minor
    return tuple(found)


@st.composite
def histories(draw: st.DrawFn, shas: str = "a", *, odd: bool = False) -> list[BilledFact]:
    """Sales of few partners; a partner has one tier on a day, and a line names who is recognized in its month."""
    count = draw(st.integers(1, 3))
    each = [draw(sales(n, draw(st.sampled_from(shas)))) for n in range(count)]
    if odd:
        each = [draw(odd_sales(sale)) for sale in each]
    found = [fact for sale in each for fact in sale]
    tiers = draw(st.dictionaries(st.sampled_from(PARTNERS), st.lists(tier_changes, max_size=2)))
    return [with_partners_of_the_month(replace(fact, partners=_tiered(fact, tiers))) for fact in found]


tier_changes = st.tuples(st.integers(0, MONTHS + 4), st.sampled_from(("", *TIERS)))


def _tiered(fact: BilledFact, tiers: dict[str, list[tuple[int, str]]]) -> tuple[Recognition, ...]:
    def tier(partner: str) -> str:
        held = [
            each for each in sorted(tiers.get(partner, ())) if FIRST.plus(each[0]).first <= fact.invoice_day
        ]
        return held[-1][1] if held else ""

    return tuple(replace(each, tier=tier(each.partner)) for each in fact.partners)


pools = st.lists(
    st.tuples(st.integers(0, MONTHS - 1), st.integers(0, 1000_00)), max_size=3, unique_by=lambda pair: pair[0]
).map(
    lambda found: [PoolFact(f"ads/{FIRST.plus(n)}", "ads", FIRST.plus(n), minor, "USD") for n, minor in found]
)
exchange = st.lists(
    st.builds(
        lambda days, cents: RateFact("USD", FIRST.first + timedelta(days=days), Fraction(cents, 100)),
        st.integers(0, 400),
        st.integers(50, 200),
    ),
    max_size=5,
    unique_by=lambda rate: rate.day,
)
currencies = st.dictionaries(st.sampled_from(PARTNERS), st.sampled_from(["EUR", "USD"]), max_size=2)
LAST = add_months(FIRST.first, MONTHS + 12)


@st.composite
def several_laws(draw: st.DrawFn) -> Laws:
    """One version, or two or three that follow one another some months later, odd or not, of clauses that pay."""
    odd, after, found = draw(st.booleans()), 0, []
    for number, sha in enumerate("abc"[: draw(st.integers(1, 3))]):
        terms = draw(programs(sha))
        terms = replace(
            terms, version=str(number + 1), clauses=tuple(relaxed(draw, c) for c in terms.clauses)
        )
        terms = draw(odd_program(terms)) if odd else terms
        found.append(terms if not number else replace(terms, effective=FIRST.plus(after).first))
        after += draw(st.integers(1, 6))
    return Laws(tuple(found))


def with_partners_of_the_month(fact: BilledFact) -> BilledFact:
    """The fact with only those who are recognized in the month of its invoice."""
    month = Month.of(fact.invoice_day).span
    return replace(fact, partners=tuple(each for each in fact.partners if each.span.common(month)))
