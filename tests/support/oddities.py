"""What is rarer in programs and histories, and must be settled just as well: drawn into generated ones."""

from dataclasses import fields, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Final

from hypothesis import strategies as st

from ofrecord.engine.types import BilledFact, Credit
from ofrecord.kernel.calendar import Span, add_months
from ofrecord.program.clause_types import (
    DISTRIBUTOR,
    NEW,
    PARTNER_OF_RECORD,
    RENEWAL,
    Basis,
    Clause,
    Condition,
)
from ofrecord.program.types import CHARGEBACK, CREDIT_NOTE, REFUND, WON_BACK, Offer, Payment, Terms

SEGMENTS: Final = ("commercial", "public")
OFFERS: Final = (
    Offer("business-suite", "Business suite", (), (), family="office"),
    Offer("mail", "Mail", (), (), family="office"),
    Offer("backup", "Backup", (), (), family="safety"),
)
_DAYS: Final = st.dates(date(2009, 3, 1), date(2009, 8, 1))
_SPANS: Final = st.one_of(
    st.none(),
    _DAYS.map(Span),
    st.tuples(_DAYS, st.integers(30, 400)).map(lambda pair: Span(pair[0], pair[0] + timedelta(days=pair[1]))),
)


def _some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.sampled_from([*((value,) for value in values), values[:2]])


_ODD: Final[dict[str, st.SearchStrategy[Any]]] = {
    "segments": _some((*SEGMENTS, "")),
    "families": _some(("office", "safety", "")),
    "offers": _some(("business-suite", "mail", "backup")),
    "sold": _SPANS,
    "billed": _SPANS,
    "deals": st.just((NEW, RENEWAL)),
    "roles": _some((DISTRIBUTOR, PARTNER_OF_RECORD)),
}
_CONDITIONS: Final = [each.name for each in fields(Condition) if each.name != "months_from"]


def relaxed(draw: st.DrawFn, clause: Clause) -> Clause:
    """The clause with at most two conditions, and seldom with what must have been sold: so that it claims something."""
    kept = draw(st.sets(st.sampled_from(_CONDITIONS), max_size=draw(st.integers(0, 2))))
    role = PARTNER_OF_RECORD if clause.role and draw(st.booleans()) else clause.role
    usual = Condition()
    freed = {name: getattr(usual, name) for name in _CONDITIONS if name not in kept}
    needs = clause.needs if draw(st.integers(0, 2)) == 0 else None
    return replace(clause, role=role, when=replace(clause.when, **freed), needs=needs)


@st.composite
def odd_program(draw: st.DrawFn, terms: Terms) -> Terms:
    """The program with segments, families and offers, days of sale and of bills, and fees on fees on fees."""
    clauses = tuple(_odd_clause(draw, each) for each in terms.clauses)
    if clauses[-1].basis is Basis.FEE and draw(st.booleans()):
        below = clauses[-1]
        on_top = replace(below, name="on-top", of=below.name, rate=Fraction(1, 3))
        clauses = (replace(on_top, name="topmost", of="on-top"), *clauses, on_top)
    reduced_by = draw(st.sampled_from([Payment().reduced_by, (REFUND, CREDIT_NOTE), (CHARGEBACK,), ()]))
    return replace(
        terms,
        clauses=clauses,
        segments=draw(st.sampled_from([(), SEGMENTS])),
        offers=OFFERS[: draw(st.integers(1, 3))],
        year_from=draw(st.sampled_from([(1, 1), (7, 1)])),
        last_day_included=draw(st.booleans()),
        payment=replace(terms.payment, reduced_by=reduced_by),
    )


def _odd_clause(draw: st.DrawFn, clause: Clause) -> Clause:
    names = draw(st.sets(st.sampled_from([*_ODD]), max_size=1))
    when = replace(
        clause.when, **{name: draw(_ODD[name]) for name in names if name != "roles" or not clause.payees}
    )
    needs = None if clause.needs is None else replace(clause.needs, during=draw(_SPANS))
    return replace(clause, when=when, needs=needs)


@st.composite
def odd_sales(draw: st.DrawFn, facts: list[BilledFact]) -> list[BilledFact]:
    """The sales in other currencies, of other offers, billed long in advance or late, or negative; won back."""
    sold: dict[str, Any] = {
        "offer": draw(st.sampled_from([*(offer.code for offer in OFFERS), "unlisted"])),
        "currency": draw(st.sampled_from(["USD", "USD", "EUR", "JPY"])),
    }
    found = [_odd_fact(draw, replace(fact, **sold)) for fact in facts]
    if draw(st.booleans()):
        found += [_beside(each, draw(st.integers(-50_00, 50_00))) for each in found if draw(st.booleans())]
    return found


def _odd_fact(draw: st.DrawFn, fact: BilledFact) -> BilledFact:  # noqa: PLR0911  as many as there are oddities
    how = draw(
        st.sampled_from(["", "", "", "negative", "nothing", "ahead", "won back", "too much", "unpriced"])
    )
    fact = replace(fact, segment=draw(st.sampled_from(["", *SEGMENTS])))
    if how == "negative":
        return replace(fact, billed_minor=-fact.billed_minor, receipts=(), credits=())
    if how == "nothing":
        return replace(fact, billed_minor=0, receipts=(), credits=())
    if how == "unpriced":
        return replace(
            fact, list_minor=None, wholesale_minor=draw(st.sampled_from([None, fact.wholesale_minor]))
        )
    if how == "ahead":
        until = add_months(fact.service.first, draw(st.integers(1, 14)))
        day = fact.service.first + timedelta(days=draw(st.integers(-20, 40)))
        return replace(fact, service=Span(fact.service.first, until), invoice_day=day)
    if how == "won back":
        return replace(fact, credits=_won_back(draw, fact))
    if how == "too much":
        day = fact.invoice_day + timedelta(days=draw(st.integers(0, 50)))
        note = Credit(
            f"{fact.invoice_line}/x", CREDIT_NOTE, day, -fact.billed_minor - draw(st.integers(1, 900))
        )
        return replace(fact, credits=(note,))
    return fact


def _won_back(draw: st.DrawFn, fact: BilledFact) -> tuple[Credit, ...]:
    minor = draw(st.integers(1, max(1, fact.billed_minor)))
    day = fact.invoice_day + timedelta(days=draw(st.integers(0, 90)))
    later = day + timedelta(days=draw(st.integers(0, 60)))
    return (
        Credit(f"{fact.invoice_line}/b", CHARGEBACK, day, -minor),
        Credit(f"{fact.invoice_line}/w", WON_BACK, later, draw(st.sampled_from([minor, minor // 2 or 1]))),
    )


def _beside(fact: BilledFact, minor: int) -> BilledFact:
    """Another line of the same invoice for the same subscription: seats that were added, or given back."""
    return replace(
        fact,
        invoice_line=f"{fact.invoice_line}/more",
        seats=max(1, fact.seats // 2),
        billed_minor=minor,
        list_minor=minor,
        receipts=(),
        credits=(),
    )
