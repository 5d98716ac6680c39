"""The table of the guide that says what is paid in all: every case that can occur, with its clauses and their sum."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.rate import rate_text
from ofrecord.program.analysis import cases, is_sure
from ofrecord.program.cells import Case
from ofrecord.program.clause_types import PARTNER_OF_RECORD, Basis, Clause, CountRange
from ofrecord.program.clause_words import (
    basis_words,
    clause_title,
    offer_title,
    pays_words,
    rates_of,
    share_words,
    way_title,
)
from ofrecord.program.guide_parts import Grid
from ofrecord.program.types import Terms
from ofrecord.program.words import and_list, capital, deals_words, months_words, seats_words, span_words

ALIKE = (Basis.BILLED, Basis.COLLECTED)
Words = Callable[[Terms, Case], str]


def cases_grid(terms: Terms) -> Grid:
    """Every case with what is paid in it for sure, and beside that what is paid under a condition only.

    Left out is what no clause covers and none must: a role in a way to sell in which no clause names it.
    """
    found = tuple(case for case in cases(terms) if case.clauses or PARTNER_OF_RECORD in case.roles)
    columns = _telling_columns(found)
    rows = [_row(case, terms, columns) for case in found]
    may = any(row[-2] for row in rows)
    head = (
        *(title for title, _ in columns),
        "Clauses",
        *(("Under conditions",) if may else ()),
        "Paid in all",
    )
    return Grid(head, tuple(row if may else (*row[:-2], row[-1]) for row in rows))


def _row(case: Case, terms: Terms, columns: list[tuple[str, Words]]) -> tuple[str, ...]:
    sure = _paid_for_sure(case, terms)
    unsure = [clause for clause in case.clauses if not is_sure(clause, terms)]
    return (
        *(words(terms, case) for _, words in columns),
        " + ".join(_clause_words(clause, terms) for clause in sure) or "none",
        "; ".join(_unsure_words(clause, sure, terms) for clause in unsure),
        _total_words(sure, terms),
    )


def _paid_for_sure(case: Case, terms: Terms) -> list[Clause]:
    """The clauses that pay wherever they match, less those that give way to one of them."""
    sure = [clause for clause in case.clauses if is_sure(clause, terms)]
    return [clause for clause in sure if not any(clause.gives_way_to(other) for other in sure)]


def _clause_words(clause: Clause, terms: Terms) -> str:
    """First year: 12%; Override: 10% of the fee under “First year”; Direct orders: unpaid"""
    return f"{clause.title}: {_short_words(clause, terms) if clause.pays else 'unpaid'}"


def _short_words(clause: Clause, terms: Terms) -> str:
    """How much it pays; of what is billed it need not be said."""
    if clause.basis in ALIKE and clause.amount is None:
        return share_words(clause)
    return pays_words(clause, terms)


def _unsure_words(clause: Clause, sure: list[Clause], terms: Terms) -> str:
    """Campaign: 24%, instead of “Standard”"""
    others = [clause_title(terms, other.name) for other in sure if other.gives_way_to(clause)]
    how = f"instead of {and_list(others)}" if others else "in addition"
    return f"{_clause_words(clause, terms)}, {how}"


def _total_words(clauses: Iterable[Clause], terms: Terms) -> str:
    """The sum of the rates of each basis, from the lowest bands to the highest; amounts as they are."""
    shares: dict[str, list[tuple[Fraction, Fraction]]] = defaultdict(list)
    amounts = []
    for clause in clauses:
        if clause.amount is not None:
            amounts.append(pays_words(clause, terms))
        elif clause.pays:
            shares["" if clause.basis in ALIKE else f" of {basis_words(clause, terms)}"].append(
                rates_of(clause)
            )
    sums = [f"{_range_words(rates)}{of}" for of, rates in shares.items()]
    return " + ".join([*sums, *amounts]) or "nothing"


def _range_words(rates: list[tuple[Fraction, Fraction]]) -> str:
    low, high = (sum((rate[end] for rate in rates), Fraction(0)) for end in (0, 1))
    return rate_text(low) if low == high else f"{rate_text(low)} to {rate_text(high)}"


def _telling_columns(found: tuple[Case, ...]) -> list[tuple[str, Words]]:
    """The facts by which cases differ; the way to sell and the month are always said."""
    since = any(case.designated != CountRange(1) for case in found)
    always = ("ways",) if since else ("ways", "months")
    return [
        (title, words)
        for name, title, words in COLUMNS
        if name in always
        or any(getattr(case, name) != EVERYTHING.get(name, getattr(found[0], name)) for case in found)
    ]


def _named(name: str, title: Callable[[Terms, str], str] = lambda _terms, value: value) -> Words:
    """The values by their titles, or that it may be any of several."""

    def words(terms: Terms, case: Case) -> str:
        values: tuple[str, ...] = getattr(case, name)
        known = KNOWN[name](terms) if name in KNOWN else 0
        return (
            "Any" if len(values) == known > 1 else capital(and_list([title(terms, each) for each in values]))
        )

    return words


def _ranged(name: str, words: Callable[[Any], str]) -> Words:
    return lambda _terms, case: capital(words(getattr(case, name)))


# How many there are of facts of which there may be many.
KNOWN: dict[str, Callable[[Terms], int]] = {
    "tiers": lambda terms: len(terms.tiers),
    "regions": lambda terms: len({region for way in terms.ways for region, _ in way.open}),
    "segments": lambda terms: len(terms.segments),
    "offers": lambda terms: len(terms.offers),
}
# What a range is where no clause asks for it.
EVERYTHING = {
    "seats": CountRange(1),
    "sold": Span(date.min),
    "billed": Span(date.min),
    "designated": CountRange(1),
}
COLUMNS = (
    ("ways", "Way to sell", _named("ways", way_title)),
    ("roles", "Role", _named("roles")),
    ("tiers", "Tier", _named("tiers")),
    ("regions", "Region", _named("regions")),
    ("segments", "Segment", _named("segments")),
    ("offers", "Offer", _named("offers", offer_title)),
    ("deals", "Sale", _ranged("deals", lambda deals: deals_words(deals) or "any sale")),
    ("seats", "Seats", _ranged("seats", seats_words)),
    ("sold", "Sold", _ranged("sold", span_words)),
    ("billed", "Billed", _ranged("billed", span_words)),
    ("months", "Month of the subscription", _ranged("months", months_words)),
    ("designated", "Month of the designation", _ranged("designated", months_words)),
)
