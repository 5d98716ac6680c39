"""What an order would earn, in words and amounts: the part that compose, review and order pages share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from django.urls import reverse

from ofrecord.access.types import Reader
from ofrecord.flows import compose_order
from ofrecord.flows.compose_order import Wanted
from ofrecord.flows.foresee_fees import ForeseenYear, foresee
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.orders.types import Draft, OrderCard
from ofrecord.program.guide import clause_anchor
from ofrecord.program.queries import Published, version
from ofrecord.web import words

YEARS = ("first year", "second year", "third year")


@dataclass(frozen=True, slots=True)
class CitedClause:
    """A clause as a page names it, with the place in the guide where it stands."""

    title: str
    rate: Fraction | None
    because: str
    url: str


@dataclass(frozen=True, slots=True)
class EarnedYear:
    """What one year of the subscription would bill and earn."""

    title: str
    billed: Money
    fee: Money
    clauses: Sequence[CitedClause]


@dataclass(frozen=True, slots=True)
class Foresight:
    """An order as it would be written, and what it would earn."""

    draft: Draft | OrderCard
    years: Sequence[EarnedYear]
    version: str

    @property
    def sentence(self) -> str:
        """1,080.00 USD in the first year and 540.00 USD in the second year"""
        return " and ".join(f"{words.money_text(year.fee)} in the {year.title}" for year in self.years)

    @property
    def monthly(self) -> Money:
        return self.draft.unit_price * self.draft.seats

    @property
    def yearly(self) -> Money:
        return self.monthly * 12


def foresight(reader: Reader, at: datetime, wanted: Wanted) -> Foresight:
    """What the order would be and earn if it were written now. Raises the refusals of composing."""
    customer_id = wanted.customer_id or new_id()
    return foresight_of(compose_order.draft(reader=reader, at=at, wanted=wanted, customer_id=customer_id))


def foresight_of(draft: Draft | OrderCard) -> Foresight:
    """What the order would earn under the version that it was composed under."""
    published = version(draft.version_id)
    assert published is not None, "an order's version is published"
    years = [_year(year, published) for year in foresee(published.terms, draft)]
    return Foresight(draft, years, published.terms.version)


def _year(year: ForeseenYear, published: Published) -> EarnedYear:
    cited = [clause for name in year.clauses if (clause := cite(published, name)) is not None]
    return EarnedYear(YEARS[year.year - 1], year.billed, year.fee, cited)


def cite(published: Published, name: str) -> CitedClause | None:
    """The clause of that name with its place in the guide."""
    clause = published.terms.clause(name)
    if clause is None:
        return None
    page = reverse("portal:version", args=[published.id])
    return CitedClause(clause.title, clause.rate, clause.because, f"{page}#{clause_anchor(name)}")
