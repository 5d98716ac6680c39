"""What an order would pay its partner, before it is sent: the judge over what is on record and what it would bring.

The order's bills of two years are put beside the partner's real history and the bills that its other sales will have.
So caps, bands and conditions stand where they will stand, and what the order does to other sales shows too.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Reader
from ofrecord.engine.judging.judge import hear
from ofrecord.engine.judging.measures import Sales
from ofrecord.engine.types import BilledFact, FeeLine
from ofrecord.flows.foresee_case import YEARS, Case, asks_needs, case_of, own_facts
from ofrecord.flows.foresee_clauses import ForeseenClause, Sold, foreseen_clauses
from ofrecord.flows.foresee_judged import judged_once, judged_twice
from ofrecord.kernel.calendar import Month, Span, add_months, month_index
from ofrecord.kernel.money import Money, share, sum_money
from ofrecord.orders.types import Draft, OrderCard
from ofrecord.program.risks import taken_back
from ofrecord.program.types import Terms


@dataclass(frozen=True, slots=True)
class ForeseenMonth:
    """What the invoice of one month would bill and earn; `elsewhere` is what it adds on the partner's other sales."""

    month: Month
    billed: Money
    fee: Money
    elsewhere: Money


@dataclass(frozen=True, slots=True)
class ForeseenYear:
    """What one year of the subscription would bill and earn, and by which clauses, the most first."""

    year: int
    billed: Money
    fee: Money
    by_clause: tuple[tuple[str, Money], ...]
    elsewhere: Money

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.by_clause)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an order would pay, if its seats stay and the customer pays every bill on its day.

    `clauses` are those that pay for it, or would once their condition is met; `takes_back` says what could lessen
    it later, a sentence each. `tier` is the partner's of today, empty where it has none. Where `is_whole` is not, the
    partner sells too much to be judged while somebody waits, and the order was judged alone.
    """

    terms: Terms
    years: tuple[ForeseenYear, ...]
    months: tuple[ForeseenMonth, ...]
    clauses: tuple[ForeseenClause, ...]
    takes_back: tuple[str, ...]
    tier: str
    is_whole: bool = True


def foresee(*, reader: Reader, at: datetime, draft: Draft | OrderCard) -> Foreseen:
    """What the order would bill and pay in its first years. Changes nothing. Raises NotFound for another's order."""
    if draft.partner_id is None or reader.partner_id not in (None, draft.partner_id):
        raise NotFound(what="order")
    with entered(OFFICE):
        case = case_of(draft, at.date())
        own = [*own_facts(case)]
        judged = judged_once(case, own) or judged_twice(case, own)
    new, elsewhere = judged.new, judged.elsewhere
    sold = _sold(case, own, judged.sales, new)
    clauses = foreseen_clauses(case.laws, new, sold, case.currency)
    return Foreseen(
        terms=case.terms,
        years=tuple(_years(case, own, new, elsewhere)),
        months=tuple(_months(case, own, new, elsewhere)),
        clauses=clauses,
        takes_back=tuple(taken_back(case.terms, [each.clause for each in clauses], case.tier)),
        tier=case.tier,
        is_whole=judged.is_whole,
    )


def _sold(case: Case, own: Sequence[BilledFact], sales: Sales, new: Sequence[FeeLine]) -> list[Sold]:
    """How far each condition over the partner's sales is met when the order is billed for the first time."""
    if not asks_needs(case.laws):
        return []
    through = case.months[-1].last
    paying = {(line.terms_sha256, line.clause) for line in new}
    found: dict[tuple[str, str], Sold] = {}
    for heard in hear(case.laws, own, through).heard:
        for each in heard.considered:
            key = (each.terms.sha256, each.clause.name)
            # Alone the order may lack what is needed; with the other sales it is there or not.
            if each.clause.needs is not None and each.failed in ("", "needs") and key not in found:
                progress = sales.progress(each.terms, each.clause, heard.case)
                found[key] = Sold(each.terms, each.clause, progress, is_met=key in paying)
    return list(found.values())


def _year_of(case: Case, day: date) -> int:
    """The year of the subscription; a bill after the last day of the last one is still of it."""
    index = month_index(case.draft.starts_on, max(day, case.draft.starts_on))
    return min((index - 1) // 12 + 1, YEARS)


def _years(
    case: Case, own: Sequence[BilledFact], new: Sequence[FeeLine], elsewhere: Sequence[tuple[date, Money]]
) -> Iterator[ForeseenYear]:
    """A line that runs over an anniversary is shared by days between the two years."""
    anniversaries = [add_months(case.draft.starts_on, 12 * year) for year in range(1, YEARS)]
    billed: dict[int, list[Money]] = defaultdict(list)
    fees: dict[int, dict[str, list[Money]]] = defaultdict(lambda: defaultdict(list))
    for fact in own:
        for year, part in _by_year(
            case, fact.service, anniversaries, Money(fact.billed_minor, fact.currency)
        ):
            billed[year].append(part)
    for line in new:
        # A top-up is for a period of its own, and belongs to the year in which that ends.
        span = line.service if line.invoice_line else Span(line.event_day, line.event_day + timedelta(days=1))
        for year, part in _by_year(case, span, anniversaries, line.earned):
            if line.clause:
                fees[year][line.clause].append(part)
    for year in range(1, YEARS + 1):
        totals = [(name, sum_money(parts, case.currency)) for name, parts in fees[year].items()]
        yield ForeseenYear(
            year=year,
            billed=sum_money(billed[year], case.currency),
            fee=sum_money((fee for _, fee in totals), case.currency),
            by_clause=tuple(sorted(totals, key=lambda each: -each[1].minor)),
            elsewhere=sum_money(
                (amount for day, amount in elsewhere if _year_of(case, day) == year), case.currency
            ),
        )


def _by_year(case: Case, span: Span, anniversaries: list[date], amount: Money) -> Iterator[tuple[int, Money]]:
    pieces = span.cut(anniversaries)
    parts = share(amount, [piece.days for piece in pieces])
    return zip((_year_of(case, piece.first) for piece in pieces), parts, strict=True)


def _months(
    case: Case, own: Sequence[BilledFact], new: Sequence[FeeLine], elsewhere: Sequence[tuple[date, Money]]
) -> Iterator[ForeseenMonth]:
    for month in case.months:
        yield ForeseenMonth(
            month=month,
            billed=sum_money(
                (
                    Money(fact.billed_minor, fact.currency)
                    for fact in own
                    if Month.of(fact.invoice_day) == month
                ),
                case.currency,
            ),
            fee=sum_money((line.earned for line in new if Month.of(line.event_day) == month), case.currency),
            elsewhere=sum_money(
                (amount for day, amount in elsewhere if Month.of(day) == month), case.currency
            ),
        )
