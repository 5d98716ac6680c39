"""What the lines of a book come to, by partner and currency of statements."""

from datetime import date
from typing import Any

import ibis

from ofrecord.engine.exact.functions import add_days, total
from ofrecord.engine.steps.dues import joined
from ofrecord.engine.steps.shapes import MINOR
from ofrecord.engine.types import AT_THE_END

_WHOSE = ("partner", "due_currency")


def sums(book: ibis.Table) -> ibis.Table:
    """All figures of `PartnerSum` but what is held, one row for each partner and currency."""
    corrects, waits = book.corrects != "", book.waits != ""
    found = book.group_by(list(_WHOSE)).aggregate(
        new_minor=_where(~corrects, book.due_minor),
        corrected_minor=_where(corrects, book.due_minor),
        waived_minor=total(book.waived_minor),
        freed_minor=total(book.freed_minor),
        lines=book.count(),
        zero_lines=_where((book.due_minor == 0) & ~waits, _one()),
        corrections=_where(corrects, _one()),
        waiting=_where(waits, _one()),
    )
    with_taken = joined(found, _taken(book), [(name, name) for name in _WHOSE], ["taken_minor"])
    return with_taken.mutate(taken_minor=ibis.coalesce(with_taken.taken_minor, _none()))


def held(book: ibis.Table) -> ibis.Table:
    """What is held of the lines, one row for each partner, currency and month of release."""
    kept = book.filter((book.held_minor != 0) & book.release_on.notnull())
    by_month = kept.mutate(release=add_days(kept.release_on, (1 - kept.release_on.day()).cast(MINOR)))
    return by_month.group_by([*_WHOSE, "release"]).aggregate(held_minor=total(by_month.held_minor))


def expected(book: ibis.Table, name: str, since: date | None) -> ibis.Table:
    """What of the lines is not certain yet, one row for each partner and currency: those of invoice lines whose names
    begin with `name`, and, of the days `since`, those that hang on all of a period: top-ups and shares of pools.
    """
    at_the_end = book.source.isin(AT_THE_END) & (book.event_day >= ibis.literal(since, "date"))
    doubted = book.filter(book.invoice_line.startswith(name) | (at_the_end if since else ibis.literal(False)))
    return doubted.group_by(list(_WHOSE)).aggregate(expected_minor=total(doubted.due_minor))


def exchanged_on(book: ibis.Table, day: date) -> ibis.Table:
    """How many lines are exchanged at the rates of the day, in one row."""
    return book.filter(book.exchange_day == ibis.literal(day, "date")).aggregate(lines=ibis._.count())


def _taken(book: ibis.Table) -> ibis.Table:
    """What is taken back, and what is waived of that: not positive.

    Corrections are one reckoning, with what is new for the events that they correct: what goes from one clause to
    another, or frees a cap that another month then uses, is not taken from the partner.
    """
    names = [*_WHOSE, "event"]
    corrected = book.filter(book.corrects != "").select(names).distinct()
    found = book.semi_join(corrected, names).group_by(list(_WHOSE))
    sums = found.aggregate(due=total(book.due_minor), waived=total(book.waived_minor))
    less = ibis.least(_none(), sums.due + sums.waived) - ibis.greatest(_none(), sums.waived)
    return sums.select(*_WHOSE, taken_minor=less)


def _where(condition: Any, minor: Any) -> Any:
    return total(condition.ifelse(minor, _none()))


def _none() -> Any:
    return ibis.literal(0, MINOR)


def _one() -> Any:
    return ibis.literal(1, MINOR)
