"""What a statement's paper says: its figures, its sums, and a line's rate and exchange in words."""

from collections import defaultdict
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction

from ofrecord.documents.refusals import StatementUnsound
from ofrecord.documents.types import ClauseRow, HeldRow, Row, StatementPaper
from ofrecord.engine.types import FeeLine
from ofrecord.kernel.money import Money, sum_money
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import MONTHS, amount_words, day_words
from ofrecord.statements.types import NamedLine

MINUS = "\u2212"
NO_CLAUSE = "No clause applies"
EXCHANGE_DIGITS = 6


def require_sound(paper: StatementPaper) -> None:
    """Raises StatementUnsound unless the lines sum to each figure, and what came in is what goes out."""
    figures, zero = paper.figures, Money.zero(paper.currency)
    came = figures.opening + figures.fees - figures.held + figures.released
    for figure, stated, summed in (
        ("new lines", figures.new, due_of(paper.new, zero)),
        ("corrections", figures.corrected, due_of(paper.corrections, zero)),
        ("what is not taken back", figures.waived, _sum(paper, "waived_minor")),
        ("what is held back", figures.held, _sum(paper, "held_minor")),
        ("what goes out", figures.payable + figures.carried, came),
    ):
        if stated != summed:
            raise StatementUnsound(number=paper.number, figure=figure, stated=stated, summed=summed)


def due_of(lines: tuple[NamedLine, ...], zero: Money) -> Money:
    """What the lines add to the statement."""
    return sum_money((named.booked.line.due for named in lines), zero.currency)


def _sum(paper: StatementPaper, column: str) -> Money:
    return Money(sum(getattr(named.booked.line, column) for named in paper.lines), paper.currency)


def incoming(paper: StatementPaper) -> tuple[Row, ...]:
    """What came in and what is kept back, to be added up."""
    figures = paper.figures
    return (
        Row("Opening balance", figures.opening),
        Row("New lines", figures.new),
        Row("Corrections", figures.corrected),
        Row("Not taken back", figures.waived),
        Row("Held back", -figures.held),
        Row("Released", figures.released),
    )


def outgoing(paper: StatementPaper) -> tuple[Row, ...]:
    """Where the sum goes."""
    return (
        Row("Payable", paper.figures.payable),
        Row("Closing balance", paper.figures.carried),
    )


def clause_rows(paper: StatementPaper) -> tuple[ClauseRow, ...]:
    """What each clause adds with lines that correct nothing, the most first."""
    groups: dict[tuple[str, str], list[NamedLine]] = defaultdict(list)
    for named in paper.new:
        groups[named.names.clause or NO_CLAUSE, named.booked.line.version].append(named)
    zero = Money.zero(paper.currency)
    rows = [
        ClauseRow(title, version, len(group), due_of(tuple(group), zero))
        for (title, version), group in groups.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.amount.minor, row.title, row.version)))


def held_rows(paper: StatementPaper) -> tuple[HeldRow, ...]:
    """What is held back, by the day of its release."""
    groups: dict[date, list[int]] = defaultdict(list)
    for named in paper.lines:
        line = named.booked.line
        if line.held_minor and line.release_on:
            groups[line.release_on].append(line.held_minor)
    return tuple(
        HeldRow(release, len(parts), Money(sum(parts), paper.currency))
        for release, parts in sorted(groups.items())
    )


def rate_words(line: FeeLine) -> str:
    """12%; 5% of 10,000.00 and 8% of 2,345.00; 2.00 for each of 59 1/2; empty where nothing was multiplied."""
    if len(line.slices) == 1:
        return rate_text(line.slices[0].rate)
    if line.slices:
        parts = (
            f"{rate_text(part.rate)} of {figure(Money(part.amount_minor, line.currency))}"
            for part in line.slices
        )
        return " and ".join(parts)
    if line.amount_minor:
        return f"{figure(Money(line.amount_minor, line.currency))} for each of {_mixed(line.quantity)}"
    return ""


def _mixed(number: Fraction) -> str:
    """59 1/2"""
    whole, rest = divmod(number.numerator, number.denominator)
    fraction = f"{rest}/{number.denominator}" if rest else ""
    return f"{whole} {fraction}".strip() if whole or not rest else fraction


def exchange_words(line: FeeLine) -> str:
    """148.15 EUR at 1.0842 of 30 October 2026; empty where the line is in the statement's currency."""
    if line.currency == line.due_currency or line.exchange_day is None:
        return ""
    rate, is_exact = decimal_rate(line.exchange)
    about = "" if is_exact else "about "
    return f"{figure(line.fee)} {line.currency} at {about}{rate} of {day_words(line.exchange_day)}"


def decimal_rate(rate: Fraction) -> tuple[str, bool]:
    """An exchange rate as a decimal of a few digits, and whether that is all of it."""
    with localcontext() as context:
        context.prec = 40
        whole = Decimal(rate.numerator) / Decimal(rate.denominator)
        shown = whole.quantize(Decimal(1).scaleb(-EXCHANGE_DIGITS))
    text = f"{shown:f}".rstrip("0").rstrip(".")
    return text, Fraction(shown) == rate


def why_words(line: FeeLine) -> str:
    """Why a line adds nothing, or not yet."""
    return line.waits or line.reason


def days_words(first: date, last: date) -> str:
    """1 to 31 Oct 2026; 20 Oct to 3 Nov 2026; 20 Dec 2026 to 3 Jan 2027"""
    if first == last:
        return _short(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} to {_short(last)}"
    begins = _short(first).removesuffix(f" {last.year}")
    return f"{begins} to {_short(last)}"


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def figure(amount: Money) -> str:
    """−1,290.00"""
    return amount_words(amount).replace("-", MINUS)
