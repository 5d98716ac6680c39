"""What earlier books hold, by key, and in which currency something was due first."""

import ibis
import ibis.expr.datatypes as dt

from ofrecord.engine.exact.functions import total
from ofrecord.engine.steps.shapes import DAY, KEY
from ofrecord.engine.types import LINE_DIGITS

# Stands for no day while the latest row is picked: engines pass over nulls when they pick.
_NO_DAY = "0001-01-01"
# The sums over all books, and what is needed of the latest line.
ON_RECORD = (
    *KEY,
    "booked_fee_minor",
    "booked_due_minor",
    "booked_waived_minor",
    "booked_held_minor",
    "first_line",
    "latest_month",
    "latest_currency",
    "latest_due_currency",
    "latest_numerator",
    "latest_denominator",
    "latest_exchange_day",
)


def on_record(books: ibis.Table) -> ibis.Table:
    """What the books hold under each key: sums over all lines, the name of the first, and of the latest its exchange.

    `books` are the rows of all earlier books with their `month`, such as "2026-10"; a book has a key at most once.
    """
    found = books.group_by(list(KEY)).aggregate(
        booked_fee_minor=total(books.fee_minor),
        booked_due_minor=total(books.due_minor),
        booked_waived_minor=total(books.waived_minor),
        booked_held_minor=total(books.held_minor),
        first_month=books.month.min(),
        first_number=books.number.argmin(books.month),
        latest_month=books.month.max(),
        latest_currency=books.currency.argmax(books.month),
        latest_due_currency=books.due_currency.argmax(books.month),
        latest_numerator=books.exchange_numerator.argmax(books.month),
        latest_denominator=books.exchange_denominator.argmax(books.month),
        latest_day=books.exchange_day.fill_null(ibis.literal(_NO_DAY).cast(DAY)).argmax(books.month),
    )
    number = found.first_number.cast(dt.string).lpad(LINE_DIGITS, "0")
    return found.mutate(
        first_line=found.first_month.concat("/", number),
        latest_exchange_day=found.latest_day.nullif(ibis.literal(_NO_DAY).cast(DAY)),
    ).select(*ON_RECORD)


def is_booked(record: ibis.Table) -> ibis.ir.BooleanValue:
    """Whether the books hold anything but nothing under the key."""
    return (record.booked_fee_minor != 0) | (record.booked_due_minor != 0) | (record.booked_waived_minor != 0)


def latest_rows(books: ibis.Table, keys: ibis.Table) -> ibis.Table:
    """The latest line under each of the keys, in full; `keys` has KEY and `latest_month`."""
    wanted = keys.select(latest_month=keys.latest_month, **{f"wanted_{name}": keys[name] for name in KEY})
    same = [books[name] == wanted[f"wanted_{name}"] for name in KEY]
    return books.inner_join(wanted, [*same, books.month == wanted.latest_month]).select(*books.columns)


def settled_otherwise(record: ibis.Table, currencies: ibis.Table | None) -> ibis.Table:
    """The currency in which something of an event was due to a partner, where that is not the one it has now.

    The key that comes last decides, as among the books. An event has one currency for ever: few events are left.
    """
    due = _with_currency_now(record.filter(record.booked_due_minor != 0), currencies)
    other = due.filter(due.latest_due_currency != due.now_currency)
    mixed = due.semi_join(other, ["event", "partner"])
    ranked = mixed.mutate(
        place=ibis.row_number().over(
            group_by=["event", "partner"],
            order_by=[mixed[name].desc() for name in ("service_first", "deal", "clause", "role")],
        )
    )
    found = ranked.filter((ranked.place == 0) & (ranked.latest_due_currency != ranked.now_currency))
    return found.select(
        settled_event=found.event, settled_partner=found.partner, settled_currency=found.latest_due_currency
    )


def _with_currency_now(record: ibis.Table, currencies: ibis.Table | None) -> ibis.Table:
    """With the currency of the partner's statements, else that of the line."""
    if currencies is None:
        return record.mutate(now_currency=record.latest_currency)
    wanted = currencies.select(wanting="partner", wanted_currency="wanted_currency")
    joined = record.left_join(wanted, record.partner == wanted.wanting)
    return joined.mutate(now_currency=ibis.coalesce(joined.wanted_currency, joined.latest_currency)).drop(
        "wanting", "wanted_currency"
    )
