"""What is paid once: with the first event of a subscription or of a new customer."""

import ibis

from ofrecord.engine.steps.totals import first_events
from ofrecord.program.clause_types import NEW, Unit


def with_once(claims: ibis.Table, events: ibis.Table, carried: ibis.Table | None = None) -> ibis.Table:
    """The claims with `is_first`, and with `is_paid_here`: whether the piece is the first that the clause claims, if it
    pays once.

    `carried` says of what there was a first event before these; None: of nothing.
    """
    found = claims
    for of in ("subscription", "customer"):
        new = events if carried is None else _without_earlier(events, of, carried)
        first = first_events(new, of).select(first_source="source", first_event="event", **{f"of_{of}": True})
        found = found.left_join(first, [found.source == first.first_source, found.event == first.first_event])
        found = found.drop("first_source", "first_event")
    by_customer = (found.deal == NEW) & found.of_customer.fill_null(False)
    is_first = (found.unit == Unit.CUSTOMER.value).ifelse(by_customer, found.of_subscription.fill_null(False))
    found = found.mutate(is_first=is_first).drop("of_subscription", "of_customer")
    once = found.filter(found.unit.isin([Unit.SUBSCRIPTION.value, Unit.CUSTOMER.value]))
    first_pieces = once.group_by(once_key=once.clause_key, once_event=once.event).aggregate(
        once_piece=once.piece.min()
    )
    found = found.left_join(
        first_pieces,
        [found.clause_key == first_pieces.once_key, found.event == first_pieces.once_event],
    )
    is_paid_here = (found.piece == found.once_piece).fill_null(False)
    return found.mutate(is_paid_here=is_paid_here).drop("once_key", "once_event", "once_piece")


def _without_earlier(events: ibis.Table, of: str, carried: ibis.Table) -> ibis.Table:
    """The events of what had none before."""
    earlier = carried.filter(carried.what == "first", carried.scope == of)
    earlier = earlier.select(first_source=earlier.name, first_of=earlier.scope_id)
    return events.anti_join(earlier, [events.source == earlier.first_source, events[of] == earlier.first_of])
