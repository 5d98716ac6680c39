"""What the steps hand on to one another: the columns of each table, and the order in which events count."""

from typing import Final

import ibis
import ibis.expr.datatypes as dt

from ofrecord.engine.exact.functions import MINORS, WIDE

TEXT, DAY, MINOR, COUNT = dt.string, dt.date, dt.int64, dt.int32

# A line that was billed, with what its program version makes of it.
FACT: Final = {
    "invoice_line": TEXT,
    "invoice": TEXT,
    "invoice_day": DAY,
    "subscription": TEXT,
    "started_on": DAY,
    "customer": TEXT,
    "offer": TEXT,
    "family": TEXT,
    "way": TEXT,
    "region": TEXT,
    "segment": TEXT,
    # As it was recorded, "" where it was not: a pool is looked at under another version, which has another default.
    "segment_recorded": TEXT,
    "currency": TEXT,
    "seats": COUNT,
    "unit_price_minor": MINOR,
    "billed_minor": MINOR,
    "service_first": DAY,
    "service_until": DAY,
    "terms_sha256": TEXT,
    "list_minor": MINOR,
    "wholesale_minor": MINOR,
    "first_seats": COUNT,
    "deal": TEXT,
    "commitment_months": COUNT,
    # The version in force on the day of the invoice, where it is another and has clauses that apply to all; else "".
    "now_sha256": TEXT,
    # The versions that govern the sale from its start through its renewals, as `stages` names them.
    "chain": TEXT,
}
# What happened that can earn a fee: the line itself, or a payment's part of it.
EVENT: Final = FACT | {
    "source": TEXT,
    "event": TEXT,
    "event_day": DAY,
    "gross_minor": MINOR,
    "net_minor": MINOR,
    "credited_on": DAY,
    "facts": dt.Array(TEXT),
}
# A part of an event in which nothing changes that a clause asks for.
PIECE: Final = EVENT | {
    "piece": COUNT,
    "piece_first": DAY,
    "piece_until": DAY,
    "piece_deal": TEXT,
    "piece_seats": COUNT,
    # Those of all pieces of the event; null of one that is not divided: its `weight` is all.
    "weights": MINORS,
    "weight": MINOR,
    "month_first": COUNT,
    "month_last": COUNT,
    # Which clauses of which versions of its chain reach the first day of the piece.
    "stage": TEXT,
}
# A piece and a partner recognized on it.
CASE: Final = PIECE | {
    "partner": TEXT,
    "role": TEXT,
    "recognized_from": DAY,
    "tier": TEXT,
    "share_numerator": MINOR,
    "share_denominator": MINOR,
}
# A case and a clause that claims it, by the clause's key; or a sale that no clause claims, with the reason.
CLAIM: Final = CASE | {"clause_key": COUNT, "reason": TEXT}

# By its day, then by what was sold, then by piece: the order in which caps and bands are used up.
MOMENT: Final = ("event_day", "started_on", "subscription", "service_first", "event", "piece")

# The columns of a fee line before anything of it is booked.
EARNED: Final = {
    "partner": TEXT,
    "role": TEXT,
    "recognized_from": DAY,
    "source": TEXT,
    "event": TEXT,
    "event_day": DAY,
    "invoice_line": TEXT,
    "invoice": TEXT,
    "invoice_day": DAY,
    "subscription": TEXT,
    "started_on": DAY,
    "customer": TEXT,
    "offer": TEXT,
    "family": TEXT,
    "way": TEXT,
    "region": TEXT,
    "segment": TEXT,
    "deal": TEXT,
    "tier": TEXT,
    "service_first": DAY,
    "service_until": DAY,
    "month_first": COUNT,
    "month_last": COUNT,
    "seats": COUNT,
    "unit_price_minor": MINOR,
    "billed_minor": MINOR,
    "credited_minor": MINOR,
    "credited_on": DAY,
    "facts": dt.Array(TEXT),
    "basis": TEXT,
    "source_minor": MINOR,
    "weights": MINORS,
    "piece": COUNT,
    "basis_minor": MINOR,
    "currency": TEXT,
    "terms_sha256": TEXT,
    "program": TEXT,
    "version": TEXT,
    "clause": TEXT,
    "slices": dt.Array(
        dt.Struct({"amount_minor": MINOR, "rate_numerator": WIDE, "rate_denominator": WIDE}),
    ),
    "measured": MINOR,
    "baseline_minor": MINOR,
    "grown_minor": MINOR,
    "amount_minor": MINOR,
    "quantity_numerator": WIDE,
    "quantity_denominator": WIDE,
    "exact_numerator": WIDE,
    "exact_denominator": WIDE,
    "rounding": TEXT,
    "raw_minor": MINOR,
    "cap_minor": MINOR,
    "cap_used_minor": MINOR,
    "floor_minor": MINOR,
    "reached_minor": MINOR,
    "whole_minor": MINOR,
    "share_numerator": WIDE,
    "share_denominator": WIDE,
    "share_remainder": COUNT,
    "earned_minor": MINOR,
    "reason": TEXT,
    "release_on": DAY,
    "withdrawn": dt.boolean,
    "retained_minor": MINOR,
}
KEY: Final = ("event", "service_first", "deal", "clause", "partner", "role")


# What is carried along beside a line: the number it is to have, the range of partners that its partner is in, and the
# row that was whole before it was narrow.
DRAWN: Final = "drawn_number"
RANGE: Final = "range_of_partners"
WHOLE: Final = "whole_row"
BESIDE: Final = (DRAWN, RANGE, WHOLE)


def beside(table: ibis.Table) -> dict[str, dt.DataType]:
    """The shape of what is carried along beside the lines of the table."""
    return {name: table.schema()[name] for name in BESIDE if name in table.columns}


def shaped(table: ibis.Table, shape: dict[str, dt.DataType]) -> ibis.Table:
    """The table with just these columns, in this order and of these types. A missing one is a programmer's mistake."""
    return table.select(**{name: table[name].cast(kind) for name, kind in shape.items()})
