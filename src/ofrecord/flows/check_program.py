"""A program document checked in full: its examples are run through the very rules that bill and pay.

No database, no clock: the same bytes give the same faults and the same figures anywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from ofrecord.engine.types import FeeLine
from ofrecord.flows.tell_story import THE_SALE, price_on, tell
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, sum_money
from ofrecord.kernel.words import money_words
from ofrecord.program.clause_types import Clause
from ofrecord.program.document import Checked, check
from ofrecord.program.faults import Fault
from ofrecord.program.positions import Path, path_text
from ofrecord.program.story_types import Example, WorkedExample, WorkedPart, WorkedPeriod
from ofrecord.program.types import Terms
from ofrecord.program.words import and_list


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
        lines = tell(checked.compiled, example.story)
        result = _worked(checked.compiled, example, lines)
        worked.append(result)
        faults += _faults_of(checked, path, result, lines)
    return CheckedProgram(None if faults else checked.compiled, tuple(worked), tuple(sorted(faults)))


def work(terms: Terms, example: Example) -> WorkedExample:
    """What the example pays in each period that it names, computed; and what it pays to whom."""
    return _worked(terms, example, tell(terms, example.story))


def _worked(terms: Terms, example: Example, lines: list[FeeLine]) -> WorkedExample:
    price = price_on(terms, example.story)
    own = _of_the_sale(lines)
    periods = tuple(_worked_period(terms, own, period, price.currency) for period, _ in example.pays)
    return WorkedExample(example, price, periods, tuple(_worked_to(terms, example, lines, price.currency)))


def _of_the_sale(lines: list[FeeLine]) -> list[FeeLine]:
    return [line for line in lines if line.subscription == THE_SALE]


def _worked_to(
    terms: Terms, example: Example, lines: list[FeeLine], currency: str
) -> Iterator[tuple[str, tuple[WorkedPeriod, ...]]]:
    """What each partner or role that the example names is paid, for everything that is told."""
    for payee, expected in example.pays_to:
        own = [line for line in lines if payee in (line.partner, line.role)]
        yield payee, tuple(_worked_period(terms, own, period, currency) for period, _ in expected)


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
    return period in ("total", str(Month.of(line.event_day)))


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
    return WorkedPeriod(period, sum_money((line.earned for line in within), currency), parts)


def _worked_part(clause: Clause, lines: list[FeeLine], currency: str) -> WorkedPart | None:
    own = [line for line in lines if line.clause == clause.name]
    # Partners who share a fee have a line each, of one and the same amount.
    amounts = {(line.event, line.service.first, line.deal): line.basis_minor for line in own}
    basis = sum_money((Money(minor, currency) for minor in amounts.values()), currency)
    return WorkedPart(clause, basis, sum_money((line.earned for line in own), currency)) if own else None


def _faults_of(checked: Checked, path: Path, worked: WorkedExample, lines: list[FeeLine]) -> list[Fault]:
    """Where the example does not come out, and what was computed instead."""
    own = _of_the_sale(lines)
    faults = []
    for (period, expected), computed in zip(worked.example.pays, worked.periods, strict=True):
        at = (*path, "pays", period)
        crossing = next((line for line in own if _crosses(line, period)), None)
        if crossing is not None:
            place, text = checked.positions.of_value(at), path_text(at)
            faults.append(Fault(*place, text, *_crossing_words(crossing, period)))
        else:
            faults += _unequal(checked, at, expected, computed)
    for (payee, expected_of), (_, computed_of) in zip(worked.example.pays_to, worked.to, strict=True):
        for (period, expected), computed in zip(expected_of, computed_of, strict=True):
            faults += _unequal(checked, (*path, "pays_to", payee, period), expected, computed)
    return faults


def _unequal(checked: Checked, at: Path, expected: Money, computed: WorkedPeriod) -> Iterator[Fault]:
    if computed.paid != expected:
        says = f"{computed.period} pays {money_words(computed.paid)}, not {money_words(expected)}{_working(computed)}."
        place = checked.positions.of_value(at)
        yield Fault(*place, path_text(at), says, f'Correct the rule, or write "{computed.paid}".')


def _crossing_words(line: FeeLine, period: str) -> tuple[str, str]:
    last = (line.service.until or date.max) - timedelta(days=1)
    says = f"{period} begins or ends inside the invoice line of {line.service.first} to {last}."
    return says, f'Let the story start on the first of a month, or name invoices, like "{line.invoice}".'


def _working(period: WorkedPeriod) -> str:
    """: first-year 1,080.00 USD of 9,000.00 USD"""
    parts = [
        f"{part.clause.name} pays {money_words(part.fee)} of {money_words(part.basis)}"
        if part.clause.pays
        else f"{part.clause.name} declares it unpaid"
        for part in period.parts
    ]
    return f": {and_list(parts)}" if parts else ""
