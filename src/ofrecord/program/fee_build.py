"""From what was read of a clause to the clause."""

from fractions import Fraction
from typing import Any

from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import (
    START,
    Band,
    Bands,
    Clause,
    Condition,
    Growth,
    Holdback,
    Limit,
    Measure,
    Needs,
    Per,
    Period,
    Scope,
)
from ofrecord.program.words import name_words

Table = dict[str, Any]


def build_fee(name: str, clause: Table) -> Clause:
    """A clause that pays. Where a fault was noted in how much, it pays all the same: a rate of nothing."""
    bands, amount = _bands(clause), clause["amount"]
    says_nothing = clause["rate"] is None and bands is None and amount is None
    return Clause(
        name=name,
        title=clause["title"] or name_words(name),
        role=clause["pays"] or "",
        when=_condition(clause["when"]),
        basis=clause["on"],
        rate=Fraction(0) if says_nothing else clause["rate"],
        bands=bands,
        amount=amount,
        unit=clause["each"],
        together_with=clause["together_with"],
        instead_of=clause["instead_of"],
        of=clause["of"] or "",
        needs=_needs(clause["needs"]),
        growth=_growth(clause["growth"]),
        cap=_limit(clause["cap"]),
        floor=_limit(clause["floor"]),
        split=clause["split"] or (),
        pool=clause["pool"] or "",
        pool_key=clause["shared_by"],
        holdback=_holdback(clause["holdback"]),
        earned=clause["earned"],
        applies=clause["applies"],
    )


def build_unpaid(name: str, clause: Table) -> Clause:
    """A clause that declares its cases unpaid."""
    return Clause(
        name=name,
        title=clause["title"] or name_words(name),
        role="",
        when=_condition(clause["when"]),
        because=clause["because"],
    )


def _condition(when: Table) -> Condition:
    return Condition(
        ways=when["way"],
        roles=when.get("role", ()),
        tiers=when["tier"],
        regions=when["region"],
        segments=when["segment"],
        families=when["family"],
        offers=when["offer"],
        deals=when["deal"],
        months=when["month"],
        months_from=when["month_from"] or START,
        seats=when["seats"],
        sold=when["sold"],
        billed=when["billed"],
    )


def _bands(clause: Table) -> Bands | None:
    rows = clause["bands"]
    if rows is None:
        return None
    per = clause["graduated_per"] or clause["whole_amount_per"] or Per(Scope.LINE)
    measure = next((row["up_to"].measure for row in rows if row["up_to"] is not None), Measure.AMOUNT)
    bands = tuple(Band(row["up_to"].number if row["up_to"] else None, row["rate"]) for row in rows)
    return Bands(clause["graduated_per"] is not None, measure, per, bands)


def _needs(table: Table | None) -> Needs | None:
    if table is None:
        return None
    during = table["in"]
    return Needs(
        new_customers=table["new_customers"] or 0,
        seats=table["seats"] or 0,
        subscriptions=table["subscriptions"] or 0,
        billed=table["billed"],
        during=during if isinstance(during, Span) else None,
        period=during if isinstance(during, Period) else Period.LIFETIME,
        for_all=table["counts"],
    )


def _growth(table: Table | None) -> Growth | None:
    return None if table is None else Growth(table["per"], table["above"])


def _limit(table: Table | None) -> Limit | None:
    return None if table is None else Limit(table["amount"], table["per"])


def _holdback(table: Table | None) -> Holdback | None:
    return None if table is None else Holdback(table["share"], table["days"])
