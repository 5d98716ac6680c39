"""What is due for a line in the currency of the partner's statement: at a stated rate, or not yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis

from ofrecord.engine.exact.functions import WIDE, product, rounded
from ofrecord.engine.steps.record import ON_RECORD, settled_otherwise
from ofrecord.engine.steps.shapes import DAY, KEY, MINOR


@dataclass(frozen=True)
class Beside:
    """What the lines of a month are held against; a table that would be empty is None, and costs nothing.

    `clauses` say what is held back; `currencies` what partners want, and `exchanges` the rates, as
    `compiled.exchange` makes them; `record` is what `record.on_record` makes of `books`, the rows of all earlier
    books with their `month`.
    """

    last_day: date
    clauses: ibis.Table | None = None
    currencies: ibis.Table | None = None
    exchanges: ibis.Table | None = None
    record: ibis.Table | None = None
    books: ibis.Table | None = None

    def earlier(self) -> tuple[ibis.Table, ibis.Table]:
        """The record and the books; to be asked only where there are earlier books."""
        assert self.record is not None, "only what was booked is corrected"
        assert self.books is not None, "a record is made of books"
        return self.record, self.books


def exchanges_asked(lines: ibis.Table, beside: Beside) -> ibis.Table:
    """Which rates the lines need, each once; none where all are paid in their own currency."""
    found = _in_currency(lines, beside)
    other = found.filter(found.due_currency != found.currency)
    return other.select("currency", "due_currency", "event_day", "terms_sha256").distinct()


def with_due(lines: ibis.Table, beside: Beside) -> ibis.Table:
    """The lines with what is due for each, what is waived of it, and what the record holds under its key.

    A line is due in the currency in which something of its event was due to the partner first, so that amounts can
    be compared. Without a rate now, where there was one before, the rate at which it was booked holds.
    """
    found = _with_rate(_with_record(_in_currency(lines, beside), beside.record), beside)
    due = _exchanged(found, found.earned_minor)
    found = found.mutate(due_earned_minor=(found.waits == "").ifelse(due, _none()))
    waived = _exchanged(found, found.retained_minor) - found.due_earned_minor
    return found.mutate(waived_whole_minor=(found.waits == "").ifelse(waived, _none()))


def _none() -> Any:
    return ibis.literal(0, MINOR)


def joined(
    left: ibis.Table, right: ibis.Table, on: Iterable[tuple[str, str]], keep: Iterable[str]
) -> ibis.Table:
    """The left table with some columns of the right one, null where it has no such row; it has at most one."""
    pairs = [*on]
    aside = right.select(**{f"aside_{name}": right[name] for _, name in pairs}, **{n: right[n] for n in keep})
    same = [left[own] == aside[f"aside_{other}"] for own, other in pairs]
    return left.left_join(aside, same).drop(*(f"aside_{name}" for _, name in pairs))


def _in_currency(lines: ibis.Table, beside: Beside) -> ibis.Table:
    """The lines with their `due_currency`."""
    choices: list[Any] = []
    if beside.record is not None:
        settled = settled_otherwise(beside.record, beside.currencies)
        on = [("event", "settled_event"), ("partner", "settled_partner")]
        lines = joined(lines, settled, on, ["settled_currency"])
        choices.append("settled_currency")
    if beside.currencies is not None:
        lines = joined(lines, beside.currencies, [("partner", "partner")], ["wanted_currency"])
        choices.append("wanted_currency")
    chosen = ibis.coalesce(*(lines[name] for name in choices), lines.currency)
    return lines.mutate(due_currency=chosen).drop(*choices)


def _with_record(lines: ibis.Table, record: ibis.Table | None) -> ibis.Table:
    names = [name for name in ON_RECORD if name not in KEY]
    if record is None:
        return lines
    return joined(lines, record, [(name, name) for name in KEY], names)


def _with_rate(lines: ibis.Table, beside: Beside) -> ibis.Table:
    """The lines with their rate of exchange, and why one that there is none for waits."""
    if beside.exchanges is None:
        return lines.mutate(
            exchange_numerator=ibis.literal(1, WIDE),
            exchange_denominator=ibis.literal(1, WIDE),
            exchange_day=ibis.null(DAY),
            waits=ibis.literal(""),
        )
    on = [(name, name) for name in ("currency", "due_currency", "event_day", "terms_sha256")]
    rate = ["rate_numerator", "rate_denominator", "rate_day", "rate_waits"]
    found = joined(lines, beside.exchanges, on, [*rate, "scale_numerator", "scale_denominator"])
    return _waiting(found, beside.record is not None).drop(*rate)


def _waiting(lines: ibis.Table, has_record: bool) -> ibis.Table:
    own = lines.due_currency == lines.currency
    # A line to pay in another currency has its row among the exchanges: without one it stays null, and no book.
    waits = ibis.cases(
        (own | ((lines.earned_minor == 0) & lines.rate_waits.notnull()), ""), else_=lines.rate_waits
    )
    numerator, denominator, day = lines.rate_numerator, lines.rate_denominator, lines.rate_day
    if has_record:
        known = (waits != "") & lines.latest_exchange_day.notnull()
        numerator = known.ifelse(lines.latest_numerator, numerator)
        denominator = known.ifelse(lines.latest_denominator, denominator)
        day = known.ifelse(lines.latest_exchange_day, day)
        waits = known.ifelse("", waits)
    return lines.mutate(
        exchange_numerator=ibis.coalesce(numerator, ibis.literal(1, WIDE)),
        exchange_denominator=ibis.coalesce(denominator, ibis.literal(1, WIDE)),
        exchange_day=day,
        waits=waits,
    )


def _exchanged(lines: ibis.Table, minor: Any) -> Any:
    """The amount in the currency of the statement, rounded once by the line's rounding."""
    if "scale_numerator" not in lines.columns:
        return minor
    numerator = product(lines.exchange_numerator, lines.scale_numerator)
    denominator = product(lines.exchange_denominator, lines.scale_denominator)
    there = rounded(product(minor.cast(WIDE), numerator), denominator, lines.rounding)
    return (lines.due_currency == lines.currency).ifelse(minor, there)
