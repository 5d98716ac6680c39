"""What is to be booked: what was earned, less what earlier books hold. Nothing booked is ever changed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from ofrecord.engine.causes import cause_of, withdrawn_because
from ofrecord.engine.judging.exchange import RateTable, exchanged, with_due
from ofrecord.engine.types import Booked, FeeLine, History, Laws, LineKey
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Rounding, round_fraction
from ofrecord.program.types import Terms

OnRecord = Mapping[LineKey, Booked]


@dataclass(frozen=True, slots=True)
class _Bookkeeping:
    """What every line of a month's book is held against."""

    laws: Laws
    on_record: OnRecord
    table: RateTable
    currencies: Mapping[str, str]
    settled_in: Mapping[tuple[str, str], str]
    last_day: date


def to_book(
    laws: Laws, history: History, lines: Sequence[FeeLine], on_record: OnRecord, month: Month
) -> list[FeeLine]:
    """The lines of the month's book, ordered by key.

    A key that no earlier book holds is booked in full, whenever it was earned. Where what is booked differs from
    what was earned, in the line's currency or in the statement's, a line corrects it and names the line that it
    corrects; what nothing claims any more is withdrawn. Lines that agree are not booked again. What was taken back
    after the claw window is waived, and what that frees elsewhere is not paid: the partner retains what it had.
    """
    table = RateTable(history.rates)
    settled_in = {
        (booked.latest.event, booked.latest.partner): booked.latest.due_currency
        for _, booked in sorted(on_record.items())
        if booked.due_minor
    }
    keeping = _Bookkeeping(laws, on_record, table, history.currencies, settled_in, month.last)
    found = [*_new_and_changed(keeping, lines), *_withdrawn(keeping, lines)]
    return sorted(found, key=lambda line: line.key)


def _new_and_changed(keeping: _Bookkeeping, lines: Sequence[FeeLine]) -> Iterator[FeeLine]:
    for line in lines:
        booked = keeping.on_record.get(line.key)
        terms = keeping.laws.by_sha[line.terms_sha256]
        due = _with_due(keeping, line, terms, booked)
        waived = 0 if due.waits else exchanged(due.retained_minor, due) - due.due_earned_minor
        if booked is None:
            new = replace(
                due, fee_minor=due.earned_minor, due_minor=due.due_earned_minor, waived_minor=waived
            )
            yield _held(new, terms, keeping, None)
        elif (due.earned_minor, due.due_earned_minor, waived) != _booked(booked):
            yield _held(_correction(due, booked, waived), terms, keeping, booked)


def _booked(booked: Booked) -> tuple[int, int, int]:
    return (booked.fee_minor, booked.due_minor, booked.waived_minor)


def _with_due(keeping: _Bookkeeping, line: FeeLine, terms: Terms, booked: Booked | None) -> FeeLine:
    """In the currency in which something of the event was due to the partner first, so that amounts can be compared.

    Without a rate now, where there was one before, the rate at which it was booked holds: what waits is never less
    than what was due.
    """
    wanted = keeping.currencies.get(line.partner) or line.currency
    currency = keeping.settled_in.get((line.event, line.partner), wanted)
    due = with_due(line, currency, keeping.table, terms.payment.rate_days)
    if not due.waits or booked is None or booked.latest.exchange_day is None:
        return due
    known = replace(
        due,
        waits="",
        exchange_numerator=booked.latest.exchange_numerator,
        exchange_denominator=booked.latest.exchange_denominator,
        exchange_day=booked.latest.exchange_day,
    )
    return replace(known, due_earned_minor=exchanged(line.earned_minor, known))


def _correction(line: FeeLine, booked: Booked, waived: int) -> FeeLine:
    return replace(
        line,
        corrects=booked.line_id,
        cause=cause_of(line, booked.latest),
        booked_minor=booked.fee_minor,
        fee_minor=line.earned_minor - booked.fee_minor,
        due_booked_minor=booked.due_minor,
        due_minor=line.due_earned_minor - booked.due_minor,
        waived_minor=waived - booked.waived_minor,
    )


def _withdrawn(keeping: _Bookkeeping, lines: Sequence[FeeLine]) -> Iterator[FeeLine]:
    """What earlier books hold and nothing claims any more, in the order of the keys."""
    claimed = {line.key for line in lines}
    beside: dict[tuple[str, str, str], list[FeeLine]] = defaultdict(list)
    for line in lines:
        beside[line.event, line.partner, line.role].append(line)
    for key, booked in sorted(keeping.on_record.items()):
        if key not in claimed and _booked(booked) != (0, 0, 0):
            terms = keeping.laws.by_sha[booked.latest.terms_sha256]
            nothing = replace(
                booked.latest,
                withdrawn=True,
                earned_minor=0,
                retained_minor=0,
                due_earned_minor=0,
                waits="",
                held_minor=0,
                freed_minor=0,
                reason=withdrawn_because(booked.latest, beside[key[0], key[4], key[5]]),
            )
            yield _held(_correction(nothing, booked, 0), terms, keeping, booked)


def _held(line: FeeLine, terms: Terms, keeping: _Bookkeeping, booked: Booked | None) -> FeeLine:
    """What is kept back of the line until its day of release: its share of all that is due under its key.

    What a correction takes of it sets free what was held, and what is released only in the very month of the close.
    """
    clause = terms.clause(line.clause)
    if clause is None or clause.holdback is None or line.release_on is None:
        return line
    added, before = line.due_minor + line.waived_minor, booked.held_minor if booked else 0
    if line.release_on <= keeping.last_day:
        is_released_now = Month.of(line.release_on) == Month.of(keeping.last_day)
        return replace(line, freed_minor=max(0, min(before, -added)) if is_released_now else 0)
    due = added + (booked.due_minor + booked.waived_minor if booked else 0)
    kept = round_fraction(due * clause.holdback.share, Rounding(line.rounding))
    return replace(line, held_minor=kept - before, freed_minor=max(0, before - kept))
