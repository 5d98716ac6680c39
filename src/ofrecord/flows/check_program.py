"""A program document checked in full: its examples are run through the very rules that bill and pay.

No database, no clock: the same bytes give the same faults and the same figures anywhere.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from ofrecord.billing.rules import bill_month
from ofrecord.billing.types import Billable, LineValue, SeatsFrom
from ofrecord.engine.judge import judge
from ofrecord.engine.types import BilledFact, FeeLine, Recognition
from ofrecord.kernel.calendar import Month, Span, add_months
from ofrecord.kernel.money import Money, sum_money
from ofrecord.kernel.words import money_words
from ofrecord.program.document import Checked, check
from ofrecord.program.faults import Fault
from ofrecord.program.positions import Path, path_text
from ofrecord.program.types import (
    PARTNER_OF_RECORD,
    Clause,
    Example,
    Story,
    Terms,
    WorkedExample,
    WorkedPart,
    WorkedPeriod,
)
from ofrecord.program.words import and_list

PARTNER: Final = "partner"


@dataclass(frozen=True, slots=True)
class CheckedProgram:
    """What a full check found. `terms` is None as soon as there is a fault; `examples` are those that ran."""

    terms: Terms | None
    examples: tuple[WorkedExample, ...]
    faults: tuple[Fault, ...]


def check_program(document: bytes) -> CheckedProgram:
    """Checks the document and runs its examples; every fault at once, in the order of the text."""
    checked = check(document)
    if checked.compiled is None:
        return CheckedProgram(None, (), checked.faults)
    worked = []
    faults = list(checked.faults)
    for path, example in checked.examples:
        result = work(checked.compiled, example)
        worked.append(result)
        faults += _faults_of(checked, path, result)
    return CheckedProgram(None if faults else checked.compiled, tuple(worked), tuple(sorted(faults)))


def work(terms: Terms, example: Example) -> WorkedExample:
    """What the example pays in each period that it names, computed."""
    price = price_on(terms, example.story)
    lines = tell(terms, example.story)
    periods = tuple(_worked_period(terms, lines, period, price.currency) for period, _ in example.pays)
    return WorkedExample(example, price, periods)


def tell(terms: Terms, story: Story) -> list[FeeLine]:
    """The fee lines of the story: billed month by month, judged line by line."""
    billable = Billable(
        unit_price=price_on(terms, story),
        started_on=story.start,
        cancelled_from=story.cancelled_from or add_months(story.start, story.months),
        seats=(SeatsFrom(story.start, story.seats), *(SeatsFrom(c.day, c.seats) for c in story.changes)),
    )
    months = [Month.of(story.start).plus(number) for number in range(story.months + 1)]
    billed = [(month, line) for month in months for line in bill_month(billable, month, terms.rounding)]
    facts = [_fact(terms, story, month, n, line) for n, (month, line) in enumerate(billed)]
    return judge({terms.sha256: terms}, facts)


def price_on(terms: Terms, story: Story) -> Money:
    """What a seat costs on the day the story starts; the price is agreed for the whole of it."""
    offer = terms.offer(story.offer)
    assert offer is not None, "the story was checked against these terms"
    return next(p.amount for p in offer.prices if p.region == story.region and p.span.has(story.start))


def _fact(terms: Terms, story: Story, month: Month, number: int, line: LineValue) -> BilledFact:
    return BilledFact(
        # Padded so that lines sort as they are billed.
        invoice_line=f"{number:06}",
        invoice=str(month),
        invoice_day=month.last,
        subscription="subscription",
        started_on=story.start,
        customer="customer",
        offer=story.offer,
        way=story.way,
        region=story.region,
        currency=line.amount.currency,
        seats=line.seats,
        unit_price_minor=line.unit_price.minor,
        billed_minor=line.amount.minor,
        service=line.span,
        terms_sha256=terms.sha256,
        partners=(Recognition(PARTNER, PARTNER_OF_RECORD, Span(story.start), story.tier),),
    )


def months_of_period(period: str) -> tuple[int, int] | None:
    """The months of the subscription that a period names; None when it names an invoice or the total."""
    noun, _, number = period.partition(" ")
    if noun == "year":
        return 12 * int(number) - 11, 12 * int(number)
    return (int(number), int(number)) if noun == "month" else None


def _within(line: FeeLine, period: str) -> bool:
    """Whether the line belongs to the period, by the days that it pays for."""
    months = months_of_period(period)
    if months is not None:
        return months[0] <= line.month_first <= months[1]
    return period in ("total", line.invoice)


def _crosses(line: FeeLine, period: str) -> bool:
    """Whether only some days of the line lie in the period, so that no exact part of it does."""
    months = months_of_period(period)
    inside = [months is None or months[0] <= m <= months[1] for m in (line.month_first, line.month_last)]
    around = months is not None and line.month_first < months[0] and line.month_last > months[1]
    return inside[0] != inside[1] or around


def _worked_period(terms: Terms, lines: list[FeeLine], period: str, currency: str) -> WorkedPeriod:
    within = [line for line in lines if _within(line, period)]
    parts = tuple(
        part for clause in terms.clauses if (part := _worked_part(clause, within, currency)) is not None
    )
    return WorkedPeriod(period, sum_money((line.fee for line in within), currency), parts)


def _worked_part(clause: Clause, lines: list[FeeLine], currency: str) -> WorkedPart | None:
    own = [line for line in lines if line.clause == clause.name]
    basis = sum_money((Money(line.basis_minor, currency) for line in own), currency)
    return WorkedPart(clause, basis, sum_money((line.fee for line in own), currency)) if own else None


def _faults_of(checked: Checked, path: Path, worked: WorkedExample) -> list[Fault]:
    """Where the example does not come out, and what was computed instead."""
    assert checked.compiled is not None, "the example was run"
    lines = tell(checked.compiled, worked.example.story)
    faults = []
    for (period, expected), computed in zip(worked.example.pays, worked.periods, strict=True):
        at = (*path, "pays", period)
        place, text = checked.positions.of_value(at), path_text(at)
        crossing = next((line for line in lines if _crosses(line, period)), None)
        if crossing is not None:
            faults.append(Fault(*place, text, *_crossing_words(crossing, period)))
        elif computed.paid != expected:
            paid = money_words(computed.paid)
            says = f"{period} pays {paid}, not {money_words(expected)}{_working(computed)}."
            faults.append(Fault(*place, text, says, f'Correct the rule, or write "{computed.paid}".'))
    return faults


def _crossing_words(line: FeeLine, period: str) -> tuple[str, str]:
    last = (line.service.until or date.max) - timedelta(days=1)
    says = f"{period} begins or ends inside the invoice line of {line.service.first} to {last}."
    return says, f'Let the story start on the first of a month, or name invoices, like "{line.invoice}".'


def _working(period: WorkedPeriod) -> str:
    """: first-year 1,080.00 USD of 9,000.00 USD"""
    parts = [
        f"{part.clause.name} pays {money_words(part.fee)} of {money_words(part.basis)}"
        if part.clause.rate is not None
        else f"{part.clause.name} declares it unpaid"
        for part in period.parts
    ]
    return f": {and_list(parts)}" if parts else ""
