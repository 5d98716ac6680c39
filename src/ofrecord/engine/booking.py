"""What is to be booked: what was earned, less what earlier books hold. Nothing booked is ever changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ofrecord.engine.causes import cause_of
from ofrecord.engine.judging.exchange import RateTable, with_due
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
    last_day: date


def to_book(
    laws: Laws, history: History, lines: Sequence[FeeLine], on_record: OnRecord, month: Month
) -> list[FeeLine]:
    """The lines of the month's book, ordered by key.

    A key that no earlier book holds is booked in full, whenever it was earned. Where what is booked differs from
    what was earned, in the line's currency or in the statement's, a line corrects it and names the line that it
    corrects; what nothing claims any more is withdrawn. Lines that agree are not booked again.
    """
    table = RateTable(history.rates)
    keeping = _Bookkeeping(laws, on_record, table, history.currencies, month.last)
    found = [*_new_and_changed(keeping, lines), *_withdrawn(keeping, lines)]
    return sorted(found, key=lambda line: line.key)


def _new_and_changed(keeping: _Bookkeeping, lines: Sequence[FeeLine]) -> Iterator[FeeLine]:
    for line in lines:
        booked = keeping.on_record.get(line.key)
        terms = keeping.laws.by_sha[line.terms_sha256]
        due = _with_due(keeping, line, terms, booked)
        if booked is None:
            yield _held(
                replace(due, fee_minor=due.earned_minor, due_minor=due.due_earned_minor), terms, keeping, None
            )
        elif (due.earned_minor, due.due_earned_minor) != (booked.fee_minor, booked.due_minor):
            yield _correction(keeping, due, booked, terms)


def _with_due(keeping: _Bookkeeping, line: FeeLine, terms: Terms, booked: Booked | None) -> FeeLine:
    """In the currency in which the line was booked first, so that its amounts can be compared."""
    wanted = keeping.currencies.get(line.partner) or line.currency
    currency = wanted if booked is None else booked.latest.due_currency
    return with_due(line, currency, keeping.table, terms.payment.rate_days)


def _correction(keeping: _Bookkeeping, line: FeeLine, booked: Booked, terms: Terms) -> FeeLine:
    corrected = replace(
        line,
        corrects=booked.line_id,
        cause=cause_of(line, booked.latest),
        booked_minor=booked.fee_minor,
        fee_minor=line.earned_minor - booked.fee_minor,
        due_booked_minor=booked.due_minor,
        due_minor=line.due_earned_minor - booked.due_minor,
    )
    return _held(_waived(corrected, terms, booked), terms, keeping, booked)


def _withdrawn(keeping: _Bookkeeping, lines: Sequence[FeeLine]) -> Iterator[FeeLine]:
    """What earlier books hold and nothing claims any more, in the order of the keys."""
    claimed = {line.key for line in lines}
    for key, booked in sorted(keeping.on_record.items()):
        if key not in claimed and (booked.fee_minor or booked.due_minor):
            terms = keeping.laws.by_sha[booked.latest.terms_sha256]
            nothing = replace(
                booked.latest,
                withdrawn=True,
                earned_minor=0,
                due_earned_minor=0,
                waits="",
                waived_minor=0,
                held_minor=0,
                reason=WITHDRAWN,
            )
            yield _correction(keeping, nothing, booked, terms)


WITHDRAWN = "By what is known now, this clause does not pay this partner for these days."


def _waived(line: FeeLine, terms: Terms, booked: Booked) -> FeeLine:
    """What is taken back after the claw window is not taken from the partner; what then returns, undoes that."""
    window = terms.payment.claw_window
    if line.due_minor > 0 and booked.waived_minor > 0:
        return replace(line, waived_minor=-min(line.due_minor, booked.waived_minor))
    taken_back = line.credited_minor < booked.latest.credited_minor
    if window is None or line.credited_on is None or line.due_minor >= 0 or not taken_back:
        return line
    last = line.event_day + timedelta(days=window - int(not terms.last_day_included))
    return replace(line, waived_minor=-line.due_minor) if line.credited_on > last else line


def _held(line: FeeLine, terms: Terms, keeping: _Bookkeeping, booked: Booked | None) -> FeeLine:
    """What is kept back of the line until its day of release: its share of all that is due under its key."""
    clause = terms.clause(line.clause)
    if clause is None or clause.holdback is None or line.release_on is None:
        return line
    if line.release_on <= keeping.last_day:
        return line
    due = line.due_minor + line.waived_minor
    due += booked.due_minor + booked.waived_minor if booked else 0
    kept = round_fraction(due * clause.holdback.share, Rounding(line.rounding))
    return replace(line, held_minor=kept - (booked.held_minor if booked else 0))
