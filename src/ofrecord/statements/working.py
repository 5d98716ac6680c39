"""The working of a line, row by row: each figure is one that is stored, and follows from those above it."""

from collections.abc import Iterator
from fractions import Fraction

from ofrecord.engine.types import PAYMENT, POOL, SALE, TOP_UP, Slice
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, Rounding, round_fraction
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import amount_words, day_words, money_words
from ofrecord.program.clause_types import Bands, Basis, Clause, Measure, Scope, Unit
from ofrecord.program.clause_words import UNIT_WORDS, per_words
from ofrecord.statements.subject import Subject
from ofrecord.statements.types import WorkingRow
from ofrecord.statements.words import count_words, exact_words, factor_words, number_words

BASIS_ROWS = {
    Basis.LIST.value: ("List", "what that would be at the list price"),
    Basis.MARGIN.value: ("Margin", "less what the partner pays for it"),
}

QUANTITIES = {
    Unit.SEAT: "seats × share of the month",
    Unit.LINE: "share of the line",
    Unit.MONTH: "share of the month",
    Unit.SUBSCRIPTION: "new subscriptions",
    Unit.CUSTOMER: "new customers",
}


def working(subject: Subject) -> tuple[WorkingRow, ...]:
    """From what was billed, paid or pooled to what the line adds, and what of it is held back or waived."""
    rows = [] if subject.line.withdrawn else [*_basis(subject), *_pay(subject), *_limits(subject)]
    return (*rows, *_booked(subject), *_in_statement(subject), *_payable(subject))


def _basis(subject: Subject) -> Iterator[WorkingRow]:
    line, money = subject.line, subject.money
    if line.source == POOL:
        yield WorkingRow("Pooled", f"in {subject.days}, to be shared", money(line.source_minor))
    elif line.source in (SALE, PAYMENT):
        label, says = (
            ("Billed", _billed(subject)) if line.source == SALE else ("Paid", f"for invoice {line.invoice}")
        )
        yield WorkingRow(label, says, money(line.billed_minor))
        yield from _left(subject)
        if len(line.weights) > 1:
            yield WorkingRow("Share", _share_of_days(subject), money(line.basis_minor))


def _left(subject: Subject) -> Iterator[WorkingRow]:
    """What is left of it, and what the clause looks at instead."""
    line, money, clause = subject.line, subject.money, subject.clause
    if line.credited_minor:
        until = f"until {day_words(line.credited_on)}" if line.credited_on else "of it"
        yield WorkingRow("Taken back", until, money(line.credited_minor))
        left = line.billed_minor + line.credited_minor
        yield WorkingRow("Left", "what is still billed", money(left))
    if line.basis in BASIS_ROWS:
        label, says = BASIS_ROWS[line.basis]
        yield WorkingRow(label, says, money(line.source_minor))
    if line.basis == Basis.FEE.value and clause is not None:
        below = subject.terms.clause(clause.of)
        yield WorkingRow(
            "Fee below", f"paid under {below.title if below else clause.of}", money(line.source_minor)
        )


def _billed(subject: Subject) -> str:
    """invoice N-2026-000188: 180 seats × 15.00 × 18/31 days of the month; seats only where they give the amount."""
    line = subject.line
    of_month = Month.of(line.service.first).span.days
    days = sum(line.weights) if line.weights[line.piece] == line.days else of_month
    exact = Fraction(line.seats * line.unit_price_minor * days, of_month)
    if round_fraction(exact, Rounding(line.rounding)) != line.billed_minor:
        return f"invoice {line.invoice}"
    price = amount_words(subject.money(line.unit_price_minor))
    says = f"invoice {line.invoice}: {count_words(line.seats, 'seat')} × {price}"
    return says if days == of_month else f"{says} × {days}/{of_month} days of the month"


def _share_of_days(subject: Subject) -> str:
    """14 of the 31 days, 1 to 14 October; seat-days where seats of several kinds share, or seconds"""
    line = subject.line
    own, of_all = line.weights[line.piece], sum(line.weights)
    unit = "days" if own == line.days else "seat-days" if own == line.days * line.seats else "seconds"
    return f"{own:,} of the {of_all:,} {unit}, {subject.days}"


def _pay(subject: Subject) -> Iterator[WorkingRow]:
    """What the clause gives for the basis, exactly."""
    line, clause = subject.line, subject.clause
    if line.source == TOP_UP:
        return
    if clause is None or not clause.pays:
        yield WorkingRow("Rate", "nothing is paid", factor_words(Fraction(0)))
    elif clause.amount is not None:
        unit = clause.unit or Unit.LINE
        left = " × what is left of the bill" if line.credited_minor else ""
        yield WorkingRow("Amount", UNIT_WORDS[unit], subject.money(line.amount_minor))
        yield WorkingRow("Quantity", f"{QUANTITIES[unit]}{left}", f"× {number_words(line.quantity)}")
    elif clause.bands is not None:
        yield from _bands(subject, clause.bands)
    else:
        yield from _growth(subject, clause)
        yield _rate(subject, line.slices)
    yield WorkingRow("Exact", "before rounding", exact_words(line.exact, line.currency))


def _rate(subject: Subject, slices: tuple[Slice, ...]) -> WorkingRow:
    rate = slices[0].rate if slices else Fraction(0)
    says = f"{rate_text(rate)}, {subject.names.clause}" if rate else "nothing is paid"
    return WorkingRow("Rate", says, factor_words(rate))


def _growth(subject: Subject, clause: Clause) -> Iterator[WorkingRow]:
    line, money = subject.line, subject.money
    if clause.growth is None:
        return
    per = f"per {clause.growth.per}"
    yield WorkingRow("Baseline", f"{per}, from one year before", money(line.baseline_minor))
    yield WorkingRow("Before", f"{per}, counted before this line", money(line.grown_minor))
    above = sum(part.amount_minor for part in line.slices)
    yield WorkingRow("Above", "how much of the basis is above the baseline", money(above))


def _bands(subject: Subject, bands: Bands) -> Iterator[WorkingRow]:
    """Slice by slice with what came before; or the one rate that all of it has reached."""
    line = subject.line
    if not bands.graduated:
        yield WorkingRow("Reached", f"in all, {per_words(bands.per)}", _measured(subject, bands))
        yield _rate(subject, line.slices)
        return
    yield WorkingRow("Before", f"counted before this line, {per_words(bands.per)}", _measured(subject, bands))
    for part in line.slices:
        says = f"{money_words(subject.money(part.amount_minor))} at {rate_text(part.rate)}"
        yield WorkingRow("Band", says, exact_words(part.amount_minor * part.rate, line.currency))


def _measured(subject: Subject, bands: Bands) -> Money | str:
    measured = subject.line.measured
    if bands.measure is Measure.AMOUNT:
        return subject.money(measured)
    if bands.measure is Measure.SEATS and bands.graduated:
        return count_words(measured, "seat-day")
    return count_words(measured, bands.measure.value.removesuffix("s"))


def _limits(subject: Subject) -> Iterator[WorkingRow]:
    """Rounded, within the cap, not below the floor, and the partner's part of it."""
    line, clause, money = subject.line, subject.clause, subject.money
    if clause is None or not clause.pays:
        return
    if line.source == TOP_UP:
        yield from _top_up(subject, clause)
        return
    if is_limited(subject) or line.is_correction:
        yield WorkingRow("Rounded", f"rounded {line.rounding}, once", money(line.raw_minor))
    if clause.cap is not None and line.cap_minor is not None:
        yield WorkingRow("Cap", per_words(clause.cap.per), money(line.cap_minor))
        yield WorkingRow("Used before", "of the cap, by what came before", money(line.cap_used_minor))
        yield WorkingRow("Within the cap", "what it leaves of the fee", money(_within_cap(subject)))
        left = line.cap_minor - line.cap_used_minor - _within_cap(subject)
        yield WorkingRow("Left after", "of the cap", money(max(0, left)))
    if clause.floor is not None and clause.floor.per.scope is Scope.LINE and line.basis_minor > 0:
        yield WorkingRow("At least", "per line", money(clause.floor.amount.minor))
        yield WorkingRow("Whole", "what the clause pays for it", money(line.whole_minor))
    if line.part != 1:
        yield WorkingRow("Part", _part(subject), money(line.earned_minor))


def _within_cap(subject: Subject) -> int:
    """What the cap leaves; a floor per line may lift that, and the cap is used by what it left."""
    line = subject.line
    assert line.cap_minor is not None, "only a capped line is asked"
    return min(line.raw_minor, max(0, line.cap_minor - line.cap_used_minor))


def _top_up(subject: Subject, clause: Clause) -> Iterator[WorkingRow]:
    assert clause.floor is not None, "only a clause with a floor tops up"
    yield WorkingRow("At least", per_words(clause.floor.per), subject.money(clause.floor.amount.minor))
    yield WorkingRow("Reached", f"paid for {subject.days}", subject.money(subject.line.reached_minor))


def is_limited(subject: Subject) -> bool:
    """Whether anything stands between the rounded amount and what was earned."""
    line, clause = subject.line, subject.clause
    has_floor = clause is not None and clause.floor is not None and clause.floor.per.scope is Scope.LINE
    return line.cap_minor is not None or has_floor or line.part != 1


def _part(subject: Subject) -> str:
    """70% of it; with the odd unit that rounding down left over, where it fell to this partner"""
    line = subject.line
    odd = ", and one unit of what rounding down left over" if line.share_remainder else ""
    return f"{rate_text(line.part)} of it{odd}"


def _booked(subject: Subject) -> Iterator[WorkingRow]:
    """What was earned in all, less what earlier lines hold, is what this line adds."""
    line, money = subject.line, subject.money
    if line.is_correction:
        yield WorkingRow("Earned", "in all, by what is known now", money(line.earned_minor))
        yield WorkingRow(
            "Booked before", f"by line {line.corrects} and its corrections", money(-line.booked_minor)
        )
    plain = not (line.is_correction or is_limited(subject) or line.source == TOP_UP)
    says = f"rounded {line.rounding}, per line" if plain else "what this line adds"
    yield WorkingRow("Fee", says, line.fee, is_result=not subject.is_exchanged)


def _in_statement(subject: Subject) -> Iterator[WorkingRow]:
    """The same in the currency of the statement, at a rate of a stated day; or that it waits for one."""
    line = subject.line
    if not subject.is_exchanged:
        return
    if line.exchange_day is not None:
        says = f"of {day_words(line.exchange_day)}, {line.currency} in {line.due_currency}"
        yield WorkingRow("Exchange rate", says, f"× {number_words(line.exchange)}")
    in_all = "earned in all, " if line.is_correction else ""
    says = "waits for an exchange rate" if line.waits else f"{in_all}rounded {line.rounding}, once"
    yield WorkingRow(f"In {line.due_currency}", says, subject.due(line.due_earned_minor))
    if line.is_correction:
        yield WorkingRow("Booked before", f"in {line.due_currency}", subject.due(-line.due_booked_minor))
    yield WorkingRow("Due", "what this line adds to the statement", line.due, is_result=True)


def _payable(subject: Subject) -> Iterator[WorkingRow]:
    """What of it is not paid out yet, and what is not taken back."""
    line = subject.line
    if line.held_minor:
        until = f"until {day_words(line.release_on)}" if line.release_on else "for now"
        yield WorkingRow("Held back", until, subject.due(line.held_minor))
    if line.waived_minor:
        says = "the claw window is over" if line.waived_minor > 0 else "what returned was never taken back"
        yield WorkingRow("Not taken back", says, subject.due(line.waived_minor))
