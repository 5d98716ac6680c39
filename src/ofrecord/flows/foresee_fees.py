"""What an order would earn, before it is sent: the very rules that bill and pay, run over the months to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from ofrecord.billing.rules import bill_month
from ofrecord.billing.types import Billable, LineValue, SeatsFrom
from ofrecord.engine.judge import judge
from ofrecord.engine.types import BilledFact, FeeLine, Recognition
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, sum_money
from ofrecord.orders.types import Draft
from ofrecord.program.types import PARTNER_OF_RECORD, Terms

YEARS = 2


@dataclass(frozen=True, slots=True)
class ForeseenYear:
    """What one year of the subscription would bill and earn, and by which clauses."""

    year: int
    billed: Money
    fee: Money
    clauses: tuple[str, ...]


def foresee(terms: Terms, draft: Draft) -> list[ForeseenYear]:
    """The first years of the subscription, if the seats stay and the customer pays.

    Computed line by line as settlement will, so rounding is the same; pieces are put into the year of their month.
    """
    lines = judge({terms.sha256: terms}, _facts(terms, draft))
    by_year = sorted(lines, key=_year)
    years = [
        _foreseen(year, list(group), draft.unit_price.currency) for year, group in groupby(by_year, _year)
    ]
    return [year for year in years if year.year <= YEARS]


def _year(line: FeeLine) -> int:
    return (line.month_first - 1) // 12 + 1


def _foreseen(year: int, lines: list[FeeLine], currency: str) -> ForeseenYear:
    pieces = {(line.invoice_line, line.piece): line.basis_minor for line in lines}
    return ForeseenYear(
        year=year,
        billed=Money(sum(pieces.values()), currency),
        fee=sum_money((line.fee for line in lines), currency),
        clauses=tuple(dict.fromkeys(line.clause for line in lines if line.clause)),
    )


def _facts(terms: Terms, draft: Draft) -> Iterator[BilledFact]:
    billable = Billable(draft.unit_price, draft.starts_on, None, (SeatsFrom(draft.starts_on, draft.seats),))
    for index in range(12 * YEARS + 1):
        month = Month.of(draft.starts_on).plus(index)
        for line in bill_month(billable, month, terms.rounding):
            yield _fact(terms, draft, month, line)


def _fact(terms: Terms, draft: Draft, month: Month, line: LineValue) -> BilledFact:
    partner = Recognition(str(draft.partner_id), PARTNER_OF_RECORD, Span(draft.starts_on))
    return BilledFact(
        invoice_line=f"{month}/{line.span.first}",
        invoice=str(month),
        invoice_day=month.last,
        subscription="",
        started_on=draft.starts_on,
        customer=str(draft.customer_id),
        offer=draft.offer,
        way=draft.way,
        region=draft.region,
        currency=draft.unit_price.currency,
        seats=line.seats,
        unit_price_minor=line.unit_price.minor,
        billed_minor=line.amount.minor,
        service=line.span,
        terms_sha256=terms.sha256,
        partners=(partner,) if draft.partner_id else (),
    )
