"""Which clauses reach a sale: those of the version it was made under, and those that later versions extend to it."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from ofrecord.engine.types import BilledFact, Laws
from ofrecord.kernel.calendar import Span, add_months, month_index
from ofrecord.program.clause_types import START, Applies, Clause
from ofrecord.program.types import Terms


@dataclass(frozen=True, slots=True)
class Reach:
    """Clauses of one version that reach the days of `span` of a sale."""

    terms: Terms
    clauses: tuple[Clause, ...]
    span: Span


@dataclass(frozen=True, eq=False)
class Reached:
    """The clauses that may claim a sale, and what they ask for: one object for all sales with the same clauses."""

    reaches: tuple[Reach, ...]

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        return tuple(clause for reach in self.reaches for clause in reach.clauses)

    @cached_property
    def asks_deal(self) -> bool:
        return any(clause.when.deals for clause in self.clauses)

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles that any of the clauses names."""
        return frozenset(role for clause in self.clauses for role in (*clause.payees, *clause.when.roles))

    @cached_property
    def days(self) -> tuple[date, ...]:
        """The days on which other clauses begin to reach the sale."""
        ends = (day for reach in self.reaches for day in (reach.span.first, reach.span.until))
        return tuple(dict.fromkeys(day for day in ends if day not in (None, date.min)))

    @cached_property
    def months_of_start(self) -> tuple[int, ...]:
        """After how many months of the subscription a range of months begins or is over."""
        ranges = (c.when.months for c in self.clauses if c.when.months and c.when.months_from == START)
        ends = (month for each in ranges for month in (each.first - 1, each.last))
        return tuple(dict.fromkeys(month for month in ends if month is not None))

    @cached_property
    def of_designation(self) -> tuple[Clause, ...]:
        """The clauses that count months from the day on which the partner was designated."""
        return tuple(c for c in self.clauses if c.when.months and c.when.months_from != START)


class Reaching:
    """`reaches`, worked out once for all sales that the same clauses reach."""

    def __init__(self, laws: Laws) -> None:
        self._laws = laws
        self._found: dict[Hashable, Reached] = {}
        self._in_force: dict[date, str] = {}
        self._ends_with_renewal = any(
            clause.applies is Applies.UNTIL_RENEWAL for terms in laws.versions for clause in terms.clauses
        )

    def of(self, fact: BilledFact) -> Reached:
        if fact.invoice_day not in self._in_force:
            now = self._laws.in_force(fact.invoice_day)
            self._in_force[fact.invoice_day] = now.sha256 if now is not None else ""
        renewal = (fact.started_on, fact.commitment_months) if self._ends_with_renewal else None
        key = (fact.terms_sha256, self._in_force[fact.invoice_day], renewal)
        if key not in self._found:
            self._found[key] = Reached(reaches(self._laws, fact))
        return self._found[key]


def reaches(laws: Laws, fact: BilledFact) -> tuple[Reach, ...]:
    """The clauses that may claim the sale, those that go before first.

    A clause that applies to all goes before those of other versions; the version of the sale before the one
    under which it was renewed. Of these only the first that claim a case for a role are heard.
    """
    own = laws.by_sha[fact.terms_sha256]
    now = laws.in_force(fact.invoice_day)
    found = []
    if now is not None and now.sha256 != own.sha256:
        extended = tuple(clause for clause in now.clauses if clause.applies is Applies.ALL)
        found += [Reach(now, extended, Span(date.min))] if extended else []
    return (*found, *_own(laws, own, fact))


def _own(laws: Laws, own: Terms, fact: BilledFact, since: date = date.min) -> Iterator[Reach]:
    """The version of the sale, and those under which it was renewed, one after the other."""
    renewed_on = _renewed_on(laws, own, fact, since)
    if renewed_on is None:
        yield Reach(own, own.clauses, Span(since))
        return
    # What the version of the sale declared unpaid does not stand in the way of the one that governs from now on.
    stays = tuple(
        clause for clause in own.clauses if clause.pays and clause.applies is not Applies.UNTIL_RENEWAL
    )
    yield Reach(own, own.clauses, Span(since, renewed_on))
    if stays:
        yield Reach(own, stays, Span(renewed_on))
    renewed_under = laws.in_force(renewed_on)
    if renewed_under is not None:
        yield from _own(laws, renewed_under, fact, renewed_on)


def _renewed_on(laws: Laws, own: Terms, fact: BilledFact, since: date) -> date | None:
    """The first renewal after the next version took effect, if a clause of the version ends with it."""
    following = laws.after(own)
    if following is None or not any(clause.applies is Applies.UNTIL_RENEWAL for clause in own.clauses):
        return None
    term = max(1, fact.commitment_months)
    earliest = max(following.effective, since + timedelta(days=1), fact.started_on + timedelta(days=1))
    renewals = max(1, -(-(month_index(fact.started_on, earliest) - 1) // term))
    day = add_months(fact.started_on, renewals * term)
    return day if day >= earliest else add_months(fact.started_on, (renewals + 1) * term)
