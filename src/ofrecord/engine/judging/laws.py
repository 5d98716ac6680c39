"""Which clauses reach a sale: those of the version it was made under, and those that later versions extend to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ofrecord.engine.types import BilledFact, Laws
from ofrecord.kernel.calendar import Span, add_months, month_index
from ofrecord.program.clause_types import Applies, Clause
from ofrecord.program.types import Terms


@dataclass(frozen=True, slots=True)
class Reach:
    """Clauses of one version that reach the days of `span` of a sale."""

    terms: Terms
    clauses: tuple[Clause, ...]
    span: Span


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
