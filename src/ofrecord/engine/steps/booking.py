"""What is to be booked: what was earned, less what earlier books hold. Nothing booked is ever changed."""

from typing import Any, Final

import ibis

from ofrecord.engine.columns import BOOK
from ofrecord.engine.exact.functions import WIDE, product, rounded
from ofrecord.engine.steps.dues import Beside, joined, with_due
from ofrecord.engine.steps.record import is_booked, latest_rows
from ofrecord.engine.steps.shapes import DAY, EARNED, KEY, MINOR, TEXT, shaped
from ofrecord.engine.steps.shapes import beside as along

# The columns of a book but for the number, which is drawn once all lines are known.
_ADDED: Final = {
    "due_currency": TEXT,
    "exchange_numerator": WIDE,
    "exchange_denominator": WIDE,
    "exchange_day": DAY,
    "due_earned_minor": MINOR,
    "waits": TEXT,
    "corrects": TEXT,
    "cause": TEXT,
    "booked_minor": MINOR,
    "fee_minor": MINOR,
    "due_booked_minor": MINOR,
    "due_minor": MINOR,
    "held_minor": MINOR,
    "waived_minor": MINOR,
    "freed_minor": MINOR,
}
BOOKED: Final = {name: (EARNED | _ADDED)[name] for name in BOOK.names if name != "number"}
_HOLDBACK: Final = ("holdback_numerator", "holdback_denominator")


def fresh(earned: ibis.Table, beside: Beside) -> ibis.Table:
    """The lines under keys that no earlier book holds."""
    due = with_due(earned, beside)
    if beside.record is None:
        return _booked(due, beside)
    return _booked(due.filter(due.first_line.isnull()), beside)


def changed(earned: ibis.Table, beside: Beside) -> ibis.Table:
    """The lines that correct what earlier books hold, without their causes: few. There must be earlier books."""
    due = with_due(earned, beside)
    other = (
        (due.earned_minor != due.booked_fee_minor)
        | (due.due_earned_minor != due.booked_due_minor)
        | (due.waived_whole_minor != due.booked_waived_minor)
    )
    # What is not on the record compares to null, and is left out.
    corrected = _booked(due.filter(other), beside)
    return ibis.union(corrected, _booked(withdrawn(earned, beside), beside))


def withdrawn(earned: ibis.Table, beside: Beside) -> ibis.Table:
    """What earlier books hold and nothing claims any more: the latest line of each, of which nothing is earned.

    Its `reason` is empty until `corrections.with_causes` says it.
    """
    record, books = beside.earlier()
    gone = record.filter(is_booked(record)).anti_join(earned, list(KEY))
    latest = latest_rows(books, gone).mutate(
        withdrawn=ibis.literal(True),
        earned_minor=_minor(0),
        retained_minor=_minor(0),
        due_earned_minor=_minor(0),
        waived_whole_minor=_minor(0),
        waits=ibis.literal(""),
        reason=ibis.literal(""),
    )
    names = ["booked_fee_minor", "booked_due_minor", "booked_waived_minor", "booked_held_minor", "first_line"]
    return joined(latest, gone, [(name, name) for name in KEY], names)


def _booked(due: ibis.Table, beside: Beside) -> ibis.Table:
    """The lines with what each adds to what was booked before, and what of that is kept back."""
    before = _before(due)
    found = due.mutate(
        corrects=before["first_line"],
        cause=ibis.literal(""),
        booked_minor=before["booked_fee_minor"],
        fee_minor=due.earned_minor - before["booked_fee_minor"],
        due_booked_minor=before["booked_due_minor"],
        due_minor=due.due_earned_minor - before["booked_due_minor"],
        waived_minor=due.waived_whole_minor - before["booked_waived_minor"],
    )
    return shaped(_held(found, beside), BOOKED | along(due))


def _before(due: ibis.Table) -> dict[str, Any]:
    """What the record holds under the key of each line; nothing where it has none."""
    names = ("booked_fee_minor", "booked_due_minor", "booked_waived_minor", "booked_held_minor")
    if "first_line" not in due.columns:
        return {"first_line": ibis.literal(""), **dict.fromkeys(names, _minor(0))}
    sums = {name: ibis.coalesce(due[name], _minor(0)) for name in names}
    return {"first_line": ibis.coalesce(due.first_line, ""), **sums}


def _held(lines: ibis.Table, beside: Beside) -> ibis.Table:
    """What is kept back of each line until its day of release: its share of all that is due under its key.

    What a correction takes of it sets free what was held, and what is released only in the very month of the close.
    """
    if beside.clauses is None:
        return lines.mutate(held_minor=_minor(0), freed_minor=_minor(0))
    stated = beside.clauses.filter(beside.clauses.holdback_numerator.notnull())
    found = joined(lines, stated, [("terms_sha256", "terms_sha256"), ("clause", "clause")], _HOLDBACK)
    before = _before(found)
    added = found.due_minor + found.waived_minor
    due = added + before["booked_due_minor"] + before["booked_waived_minor"]
    kept = rounded(
        product(due.cast(WIDE), found.holdback_numerator), found.holdback_denominator, found.rounding
    )
    held, first = before["booked_held_minor"], beside.last_day.replace(day=1)
    free = found.holdback_numerator.isnull() | found.release_on.isnull()
    released, before_month = found.release_on <= beside.last_day, found.release_on < first
    none = _minor(0)
    return found.mutate(
        held_minor=ibis.cases((free | released, none), else_=kept - held),
        freed_minor=ibis.cases(
            (free | before_month, none),
            (released, ibis.greatest(none, ibis.least(held, -added))),
            else_=ibis.greatest(none, held - kept),
        ),
    )


def _minor(amount: int) -> Any:
    return ibis.literal(amount, MINOR)
