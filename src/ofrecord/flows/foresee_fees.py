"""What an order would earn, before it is sent: the very rules that bill and pay, run over the months to come."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby, repeat

from ofrecord.billing.rules import bill_month
from ofrecord.billing.types import Billable, LineValue, SeatsFrom
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.types import BilledFact, FeeLine, History, Laws, Recognition
from ofrecord.kernel.calendar import Month, Span, add_months, month_index
from ofrecord.kernel.money import Money, share, sum_money
from ofrecord.orders.types import Draft, OrderCard
from ofrecord.program.clause_types import PARTNER_OF_RECORD
from ofrecord.program.types import Terms

YEARS = 2


@dataclass(frozen=True, slots=True)
class ForeseenYear:
    """What one year of the subscription would bill and earn, and by which clauses."""

    year: int
    billed: Money
    fee: Money
    clauses: tuple[str, ...]


def foresee(terms: Terms, draft: Draft | OrderCard) -> list[ForeseenYear]:
    """The first years of the subscription, if the seats stay and the customer pays.

    Computed line by line as settlement will, so rounding is the same. A line that runs over an anniversary is
    shared by days between the two years.
    """
    lines = judge(Laws((terms,)), History([*_facts(terms, draft)]), date.max)
    pieces = sorted((piece for line in lines for piece in _pieces(line)), key=lambda piece: piece.year)
    currency = draft.unit_price.currency
    return [
        _foreseen(year, list(group), currency) for year, group in groupby(pieces, lambda piece: piece.year)
    ]


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a fee line that lies in one year of the subscription."""

    year: int
    line: FeeLine
    billed: Money
    fee: Money


def _pieces(line: FeeLine) -> list[_Piece]:
    assert line.started_on is not None, "a sale has started"
    started_on = line.started_on
    anniversaries = [add_months(started_on, 12 * year) for year in range(1, YEARS)]
    spans = line.service.cut(anniversaries)
    days = [span.days for span in spans]
    billed, fees = share(Money(line.basis_minor, line.currency), days), share(line.earned, days)
    years = [(month_index(started_on, span.first) - 1) // 12 + 1 for span in spans]
    return [_Piece(*piece) for piece in zip(years, repeat(line), billed, fees, strict=False)]


def _foreseen(year: int, pieces: list[_Piece], currency: str) -> ForeseenYear:
    # Where two clauses pay for the same days, the days were billed once.
    billed = {(piece.line.invoice_line, piece.line.piece): piece.billed for piece in pieces}
    return ForeseenYear(
        year=year,
        billed=sum_money(billed.values(), currency),
        fee=sum_money((piece.fee for piece in pieces), currency),
        clauses=tuple(dict.fromkeys(piece.line.clause for piece in pieces if piece.line.clause)),
    )


def _facts(terms: Terms, draft: Draft | OrderCard) -> Iterator[BilledFact]:
    end = add_months(draft.starts_on, 12 * YEARS)
    billable = Billable(draft.unit_price, draft.starts_on, end, (SeatsFrom(draft.starts_on, draft.seats),))
    for index in range(12 * YEARS + 1):
        month = Month.of(draft.starts_on).plus(index)
        for line in bill_month(billable, month, terms.rounding):
            yield _fact(terms, draft, month, line)


def _fact(terms: Terms, draft: Draft | OrderCard, month: Month, line: LineValue) -> BilledFact:
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
