"""What a month of service costs, and what became of an invoice: what was paid of each line, what taken back."""

from datetime import date
from fractions import Fraction
from itertools import groupby
from uuid import UUID

from ofrecord.billing.refusals import (
    AmountNotPositive,
    CreditTooLarge,
    CurrencyDiffers,
    LineUnknown,
    PaymentTooLarge,
    RefundedUnpaid,
)
from ofrecord.billing.types import (
    Billable,
    CreditKind,
    InvoiceBooks,
    LineAccount,
    LineBilled,
    LineValue,
    SeatsFrom,
    WantedCredit,
)
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding, multiply, share, sum_money
from ofrecord.program.types import Price
from ofrecord.subscriptions.types import Running


def bill_month(billable: Billable, month: Month, rounding: Rounding) -> tuple[LineValue, ...]:
    """The lines of the month's invoice, one for each stretch of days with the same seats.

    In the order of the days; empty when the month has no day of service. A stretch without a day or a seat
    has no line.
    """
    served = billable.service.common(month.span)
    if served is None:
        return ()
    return tuple(
        _line(span, seats, billable.unit_price, rounding)
        for span, seats in _stretches(billable, served)
        if seats
    )


def billable_of(running: Running) -> Billable:
    """The subscription as billing needs it."""
    seats = tuple(SeatsFrom(change.day, change.seats) for change in running.seats)
    return Billable(running.unit_price, running.started_on, running.cancelled_from, seats)


def charge(price: Money, seats: int, served: Span, rounding: Rounding) -> Money:
    """What so many seats cost at a monthly price on the days of `served`, which lie in one month."""
    return prorate(price * seats, served.days, Month.of(served.first).span.days, rounding)


def list_amounts(
    price: Price | None, served: Span, seats: int, currency: str, rounding: Rounding
) -> tuple[int | None, int | None]:
    """What a line would be at the list price and at the wholesale price, prorated as the bill; None where there is no
    such price in the currency."""
    if price is None:
        return None, None
    listed, wholesale = (
        charge(each, seats, served, rounding).minor
        if each is not None and each.currency == currency
        else None
        for each in (price.amount, price.wholesale)
    )
    return listed, wholesale


def prorate(price: Money, days: int, days_of: int, rounding: Rounding) -> Money:
    """The price of a whole period for `days` of its `days_of` days, rounded once."""
    return price if days == days_of else multiply(price, Fraction(days, days_of), rounding)


def seats_on(billable: Billable, day: date) -> int:
    """How many seats there are on the day; zero before the first that is stated."""
    stated = [change for change in billable.seats if change.day <= day]
    # The sort is stable, so the later of two on one day comes last and holds.
    return sorted(stated, key=lambda change: change.day)[-1].seats if stated else 0


def _stretches(billable: Billable, served: Span) -> list[tuple[Span, int]]:
    """The served days cut where the number of seats differs."""
    pieces = [(span, seats_on(billable, span.first)) for span in served.cut([c.day for c in billable.seats])]
    stretches = []
    for seats, group in groupby(pieces, key=lambda piece: piece[1]):
        spans = [span for span, _ in group]
        stretches.append((Span(spans[0].first, spans[-1].until), seats))
    return stretches


def _line(span: Span, seats: int, unit_price: Money, rounding: Rounding) -> LineValue:
    days_in_month = Month.of(span.first).span.days
    return LineValue(
        span, seats, unit_price, span.days, days_in_month, charge(unit_price, seats, span, rounding)
    )


def shares_of(books: InvoiceBooks) -> dict[UUID, tuple[Money, ...]]:
    """What each payment pays of each line, in the order of the lines; the parts sum to the payment.

    Payments are taken by day, then id. Each is shared in proportion to what every line still owes on its day, by
    largest remainder. What is more than is owed, because less is owed since an earlier day, is shared by amount.
    """
    paid = [Money.zero(line.amount.currency) for line in books.lines]
    shares: dict[UUID, tuple[Money, ...]] = {}
    for payment in sorted(books.payments, key=lambda each: (each.day, each.id)):
        known = books.until(payment.day)
        owed = [
            max(0, (line.amount + _lowered(known, line) - so_far).minor)
            for line, so_far in zip(books.lines, paid, strict=True)
        ]
        parts = _parts(payment.amount, owed, [line.amount.minor for line in books.lines])
        shares[payment.id] = parts
        paid = [so_far + part for so_far, part in zip(paid, parts, strict=True)]
    return shares


def _parts(amount: Money, owed: list[int], amounts: list[int]) -> tuple[Money, ...]:
    within = Money(min(amount.minor, sum(owed)), amount.currency)
    parts = share(within, owed) if within else tuple(Money.zero(amount.currency) for _ in owed)
    above = amount - within
    if not above:
        return parts
    weights = amounts if any(amounts) else [1] * len(amounts)
    return tuple(part + more for part, more in zip(parts, share(above, weights), strict=True))


def line_accounts(books: InvoiceBooks) -> tuple[LineAccount, ...]:
    """What became of each line, in the order of the lines."""
    shares = shares_of(books).values()
    return tuple(
        LineAccount(
            line=line,
            paid=sum_money((parts[place] for parts in shares), line.amount.currency),
            lowered=_lowered(books, line),
            refunded=_credited(books, line, CreditKind.REFUND),
            charged_back=_credited(books, line, CreditKind.CHARGEBACK, CreditKind.WON_BACK),
        )
        for place, line in enumerate(books.lines)
    )


def _lowered(books: InvoiceBooks, line: LineBilled) -> Money:
    return _credited(books, line, CreditKind.CREDIT_NOTE, CreditKind.WRITE_OFF)


def _credited(books: InvoiceBooks, line: LineBilled, *kinds: CreditKind) -> Money:
    found = (each.amount for each in books.credits if each.line_id == line.id and each.kind in kinds)
    return sum_money(found, line.amount.currency)


def payable(books: InvoiceBooks, amount: Money | None, invoice: str) -> Money:
    """What a payment of `amount` comes to, or of all the rest for None; zero when nothing is owed and no amount given.

    Raises CurrencyDiffers, AmountNotPositive, PaymentTooLarge.
    """
    currency = books.lines[0].amount.currency
    owed = sum_money((account.owed for account in line_accounts(books)), currency)
    rest = max(owed, Money.zero(currency))
    if amount is None:
        return rest
    _require_amount(amount, currency, invoice)
    if rest < amount:
        raise PaymentTooLarge(invoice=invoice, asked=amount, owed=rest)
    return amount


def creditable(books: InvoiceBooks, kind: CreditKind, day: date) -> tuple[Money, ...]:
    """The most that can be credited to each line on the day, given what is already on the record for later days.

    At most what is left of the line. A refund and a chargeback take back what was paid and not given back, a
    write-off what is owed; what is won back is what was charged back.
    """
    days = [day, *books.days_from(day)]
    by_day = [[_most(account, kind) for account in line_accounts(books.until(each))] for each in days]
    return tuple(min(line) for line in zip(*by_day, strict=True))


def _most(account: LineAccount, kind: CreditKind) -> Money:
    zero = Money.zero(account.line.amount.currency)
    most = {
        CreditKind.CREDIT_NOTE: account.left,
        CreditKind.REFUND: min(account.kept, account.left),
        CreditKind.CHARGEBACK: min(account.kept, account.left),
        CreditKind.WRITE_OFF: min(account.owed, account.left),
        CreditKind.WON_BACK: -account.charged_back,
    }
    return max(most[kind], zero)


def credit_parts(books: InvoiceBooks, wanted: WantedCredit, invoice: str) -> tuple[Money, ...]:
    """What of a credit falls on each line, in the order of the lines: sizes, not signed, zero where nothing does.

    With a line's number all of it falls on that line, else it is shared by what can be credited to each. Raises
    LineUnknown, CurrencyDiffers, AmountNotPositive, CreditTooLarge.
    """
    currency = books.lines[0].amount.currency
    if wanted.line is not None and wanted.line not in {line.number for line in books.lines}:
        raise LineUnknown(invoice=invoice, line=wanted.line, last=books.lines[-1].number)
    if wanted.amount is not None:
        _require_amount(wanted.amount, currency, invoice)
    weights = [
        most.minor if wanted.line in (None, line.number) else 0
        for most, line in zip(creditable(books, wanted.kind, wanted.day), books.lines, strict=True)
    ]
    most = Money(sum(weights), currency)
    asked = wanted.amount or most
    if most < asked or not most:
        raise CreditTooLarge(
            invoice=invoice,
            line=wanted.line,
            kind_of_credit=wanted.kind,
            day=wanted.day,
            asked=asked,
            most=most,
        )
    return share(asked, weights)


def require_sound(books: InvoiceBooks, since: date, invoice: str) -> None:
    """Refuses what would leave a line with less paid than was given back of it, on any day from `since` on.

    A fact of an earlier day can shift what later payments pay of each line.
    """
    for day in books.days_from(since):
        for account in line_accounts(books.until(day)):
            if account.kept.minor < 0:
                raise RefundedUnpaid(invoice=invoice, line=account.line.number, day=day, first=since)


def _require_amount(amount: Money, currency: str, invoice: str) -> None:
    if amount.currency != currency:
        raise CurrencyDiffers(invoice=invoice, asked=amount, currency=currency)
    if amount.minor <= 0:
        raise AmountNotPositive(invoice=invoice, asked=amount)
