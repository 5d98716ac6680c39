"""What is otherwise than it was: which lines, which subscriptions, and all that is worked out together with them."""

from collections.abc import Collection, Sequence
from datetime import date

import ibis

from ofrecord.engine.exact.functions import total
from ofrecord.engine.steps.shapes import DAY
from ofrecord.program.clause_types import Scope


def differing(before: ibis.Table, now: ibis.Table) -> ibis.Table:
    """The rows that are in one of the tables and not in the other."""
    return ibis.union(ibis.difference(before, now), ibis.difference(now, before), distinct=False)


def payments_since(before: ibis.Table, now: ibis.Table, day: date) -> ibis.Table:
    """The payments after the day that were not there before."""
    new = ibis.difference(now, before)
    return new.filter(new.day > ibis.literal(day))


def payments_otherwise(before: ibis.Table, now: ibis.Table, later: ibis.Table, day: date) -> ibis.Table:
    """The lines (invoice_line) of payments up to and with the day that were others; `later` are those of new lines.

    A payment that moved to another line is of both.
    """
    gone = ibis.difference(before, now)
    new = ibis.difference(now, before)
    moved = ibis.union(new, later, distinct=False).semi_join(gone, "id")
    return _lines([gone, new.filter(new.day <= ibis.literal(day)), moved])


def payments_that_may_be_cut(
    paid: ibis.Table, facts: ibis.Table, receipts: ibis.Table, credits: ibis.Table
) -> ibis.Table:
    """Of the lines that were `paid`, those of which an earlier payment may count for less now (invoice_line)."""
    lines = facts.semi_join(paid, "invoice_line")
    sums = receipts.group_by("invoice_line").aggregate(
        paid_minor=total(receipts.amount_minor), least_minor=receipts.amount_minor.min()
    )
    found = lines.inner_join(sums, "invoice_line")
    cut = found.filter((found.paid_minor > found.billed_minor) | (found.least_minor < 0))
    return _lines([cut, lines.semi_join(credits, "invoice_line")])


def _lines(tables: Sequence[ibis.Table]) -> ibis.Table:
    return ibis.union(*(table.select("invoice_line") for table in tables), distinct=True)


def recognized_otherwise(before: ibis.Table, now: ibis.Table, day: date) -> ibis.Table:
    """The subscriptions of which recognitions that began up to and with the day were others."""
    last = ibis.literal(day)
    found = differing(before.filter(before.first <= last), now.filter(now.first <= last))
    return found.select("subscription").distinct()


def tiers_otherwise(before: ibis.Table, now: ibis.Table, day: date) -> ibis.Table:
    """The partners that had another tier on a day up to and with the day."""
    return differing(_until(before, day), _until(now, day)).select("partner").distinct()


def _until(tiers: ibis.Table, day: date) -> ibis.Table:
    """The tiers as they were known on the day: whether one ended later makes no difference."""
    last = ibis.literal(day)
    known = tiers.filter(tiers.first <= last)
    ends = (known.until <= last).fill_null(False)
    return known.mutate(until=ends.ifelse(known.until, ibis.null(DAY)))


def of_partners(recognitions: ibis.Table, partners: ibis.Table) -> ibis.Table:
    """The subscriptions on which the partners are recognized."""
    return recognitions.semi_join(partners, "partner").select("subscription").distinct()


def linked(subscriptions: ibis.Table, links: ibis.Table) -> ibis.Table:
    """The subscriptions and those that have a customer or partner with them in common; `links` are as `links_of`."""
    names = links.semi_join(subscriptions, "subscription").select("scope", "scope_id").distinct()
    others = links.semi_join(names, ["scope", "scope_id"]).select("subscription")
    return ibis.union(subscriptions, others, distinct=True)


def links_of(facts: ibis.Table | None, recognitions: ibis.Table, roles: Collection[str]) -> ibis.Table:
    """With whom each subscription is connected: its customer, where `facts` are given, and partners in the roles."""
    holding = recognitions.filter(recognitions.role.isin(sorted(roles))) if roles else recognitions.limit(0)
    found = holding.select(
        "subscription", scope_id="partner", scope=ibis.literal(Scope.PARTNER.value)
    ).distinct()
    if facts is None:
        return found
    bought = facts.select("subscription", scope_id="customer", scope=ibis.literal(Scope.CUSTOMER.value))
    return ibis.union(found, bought.distinct(), distinct=False)


def names_of(subscriptions: ibis.Table, links: ibis.Table | None) -> ibis.Table:
    """Under which names something of the subscriptions is added up: (scope, scope_id)."""
    own = subscriptions.select(
        scope=ibis.literal(Scope.SUBSCRIPTION.value), scope_id=subscriptions.subscription
    )
    if links is None:
        return own
    others = links.semi_join(subscriptions, "subscription").select("scope", "scope_id")
    return ibis.union(own, others, distinct=True)
