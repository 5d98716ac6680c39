"""What an order would earn, in words and amounts: the part that compose, review and order pages share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from ofrecord.access.types import Reader
from ofrecord.flows import compose_order
from ofrecord.flows.compose_order import Wanted
from ofrecord.flows.foresee_clauses import ForeseenClause
from ofrecord.flows.foresee_fees import Foreseen, ForeseenMonth, ForeseenYear, foresee
from ofrecord.kernel.money import Money
from ofrecord.orders.types import Draft, OrderCard
from ofrecord.program.guide import clause_anchor
from ofrecord.program.queries import version_with
from ofrecord.web import words

YEARS = ("first year", "second year")


@dataclass(frozen=True, slots=True)
class CitedClause:
    """A clause as a page names it, with the place in the guide where it stands and what a partner should know."""

    title: str
    url: str
    foreseen: ForeseenClause


@dataclass(frozen=True, slots=True)
class EarnedYear:
    """What one year of the subscription would bill and earn, and on what by which clause."""

    title: str
    billed: Money
    fee: Money
    elsewhere: Money
    clauses: Sequence[tuple[CitedClause, Money]]


@dataclass(frozen=True, slots=True)
class Foresight:
    """An order as it would be written, and what it would earn."""

    draft: Draft | OrderCard
    foreseen: Foreseen
    years: Sequence[EarnedYear]
    clauses: Sequence[CitedClause]

    @property
    def version(self) -> str:
        return self.foreseen.terms.version

    @property
    def months(self) -> Sequence[ForeseenMonth]:
        return self.foreseen.months

    @property
    def sentence(self) -> str:
        """1,080.00 USD in the first year and 540.00 USD in the second year"""
        return " and ".join(f"{words.money_text(year.fee)} in the {year.title}" for year in self.years)

    @property
    def elsewhere_words(self) -> str:
        """And 120.00 USD more on your other sales in the first year."""
        told = [_elsewhere_words(year) for year in self.years if year.elsewhere]
        return f"And {' and '.join(told)}." if told else ""

    @property
    def has_elsewhere(self) -> bool:
        return any(month.elsewhere for month in self.months)

    @property
    def monthly(self) -> Money:
        return self.draft.unit_price * self.draft.seats

    @property
    def yearly(self) -> Money:
        return self.monthly * 12


def _elsewhere_words(year: EarnedYear) -> str:
    is_more = year.elsewhere.minor > 0
    amount = words.money_text(year.elsewhere if is_more else -year.elsewhere)
    return f"{amount} {'more' if is_more else 'less'} on your other sales in the {year.title}"


def foresight(reader: Reader, at: datetime, wanted: Wanted) -> Foresight:
    """What the order would be and earn if it were written now. Raises the refusals of composing."""
    draft = compose_order.draft(reader=reader, at=at, wanted=wanted)
    return foresight_of(reader, at, draft)


def foresight_of(reader: Reader, at: datetime, draft: Draft | OrderCard) -> Foresight:
    """What the order would earn under the version that it was composed under."""
    foreseen = foresee(reader=reader, at=at, draft=draft)
    pages = {sha: _guide(sha) for sha in {each.terms.sha256 for each in foreseen.clauses}}
    cited = {each.clause.name: _cited(each, pages[each.terms.sha256]) for each in foreseen.clauses}
    years = [_year(year, cited) for year in foreseen.years]
    return Foresight(draft, foreseen, years, list(cited.values()))


def _guide(sha256: str) -> str:
    """The page of the version."""
    return reverse("portal:version", args=[version_with(sha256)])


def _cited(foreseen: ForeseenClause, page: str) -> CitedClause:
    clause = foreseen.clause
    return CitedClause(clause.title, f"{page}#{clause_anchor(clause.name)}", foreseen)


def _year(year: ForeseenYear, cited: dict[str, CitedClause]) -> EarnedYear:
    return EarnedYear(
        title=YEARS[year.year - 1],
        billed=year.billed,
        fee=year.fee,
        elsewhere=year.elsewhere,
        clauses=[(cited[name], fee) for name, fee in year.by_clause],
    )
