"""What caps and graduated bands have used up, and of what there was a first event: what later lines start from."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import ibis

from ofrecord.engine.compiled.clauses import GRADUATED, SEATS, UNPAID
from ofrecord.engine.exact.functions import days_between, period_first, period_until, total
from ofrecord.engine.steps.shapes import DAY, MINOR, TEXT, shaped
from ofrecord.engine.steps.totals import scope_id
from ofrecord.engine.types import PAYMENT, SALE
from ofrecord.program.clause_types import Period, Scope

CAP, BANDS, FIRST, LATE = "cap", "bands", "first", "late"
# What was added up, under which name; of a first event `name` is its source. One of lifetimes has no end. A late
# subscription is one of which something was taken back after the claw window.
CARRIED: Final = {
    "what": TEXT,
    "scope": TEXT,
    "name": TEXT,
    "scope_id": TEXT,
    "period": TEXT,
    "period_first": DAY,
    "period_until": DAY,
    "currency": TEXT,
    "used_minor": MINOR,
}
_NAME: Final = tuple(name for name in CARRIED if name != "used_minor")
_PIECE: Final = ("event", "service_first", "deal", "terms_sha256", "clause")


def used(lines: ibis.Table, clauses: ibis.Table, through: date) -> ibis.Table:
    """What the lines have used up of caps and bands whose period goes on after the day: CARRIED, in no order.

    `clauses` is as `compiled.clauses.clause_table` makes it.
    """
    parts = [part for what in (CAP, BANDS) for part in _used(lines, _counting(clauses, what), what, through)]
    return _summed(ibis.union(*parts, distinct=False))


def _counting(clauses: ibis.Table, what: str) -> ibis.Table:
    """The clauses that count in it beyond a line and a month."""
    paying = clauses.filter(clauses.kind != UNPAID)
    if what == BANDS:
        paying = paying.filter(paying.kind.isin([GRADUATED, SEATS]))
    found = paying.select(
        of_terms="terms_sha256",
        of_clause="clause",
        kind="kind",
        is_split="is_split",
        scope=f"{what}_scope",
        period=f"{what}_period",
        year_month="year_month",
        year_day="year_day",
    )
    return found.filter(
        found.scope.notnull(), found.scope != Scope.LINE.value, found.period != Period.MONTH.value
    )


def _used(lines: ibis.Table, clauses: ibis.Table, what: str, through: date) -> Iterator[ibis.Table]:
    own = lines.filter(lines.source.isin([SALE, PAYMENT]))
    found = own.inner_join(clauses, [own.terms_sha256 == clauses.of_terms, own.clause == clauses.of_clause])
    period = (found.period, found.year_month, found.year_day)
    next_day = ibis.literal(through + timedelta(days=1))
    first = period_first(found.event_day, *period)
    found = found.mutate(
        counted_minor=found.whole_minor if what == CAP else _in_bands(found),
        scope_id=scope_id(found, found.scope),
        period_first=first,
        period_until=period_until(found.event_day, *period),
        goes_on=first == period_first(next_day, *period),
    ).filter(lambda each: each.goes_on & (each.counted_minor != 0))
    shares = found.is_split | (found.share_numerator != found.share_denominator)
    for part in (found.filter(~shares), _once_a_group(found.filter(shares))):
        named = part.mutate(what=ibis.literal(what), name=part.clause, used_minor=part.counted_minor)
        yield shaped(named, CARRIED)


def _in_bands(lines: ibis.Table) -> Any:
    seat_days = lines.seats.cast(MINOR) * days_between(lines.service_first, lines.service_until)
    by_seats = (lines.basis_minor > 0).ifelse(seat_days, ibis.literal(0, MINOR))
    return (lines.kind == SEATS).ifelse(by_seats, lines.basis_minor)


def _once_a_group(lines: ibis.Table) -> ibis.Table:
    """What several are paid a share of counts once: under the name of the first of them."""
    role = lines.is_split.ifelse(ibis.literal(""), lines.role)
    groups = lines.mutate(of_role=role).group_by([*_PIECE, "of_role"])
    return groups.aggregate(
        counted_minor=lines.counted_minor.arbitrary(),
        scope=lines.scope.arbitrary(),
        scope_id=lines.scope_id.min(),
        period=lines.period.arbitrary(),
        period_first=lines.period_first.arbitrary(),
        period_until=lines.period_until.max(),
        currency=lines.currency.arbitrary(),
    )


def firsts(events: ibis.Table) -> ibis.Table:
    """Of which subscriptions and customers there was an event of which something is left, by source: CARRIED."""
    left = events.filter(events.net_minor > 0)
    of = [
        left.select(name="source", scope_id=scope.value).distinct().mutate(scope=ibis.literal(scope.value))
        for scope in (Scope.SUBSCRIPTION, Scope.CUSTOMER)
    ]
    return _plain(ibis.union(*of, distinct=False), FIRST)


def late(lines: ibis.Table, facts: ibis.Table) -> ibis.Table:
    """The subscriptions of the lines (invoice_line) of which something was taken back after the claw window."""
    found = facts.semi_join(lines, "invoice_line").select(scope_id="subscription").distinct()
    return _plain(found.mutate(scope=ibis.literal(Scope.SUBSCRIPTION.value), name=ibis.literal("")), LATE)


def _plain(found: ibis.Table, what: str) -> ibis.Table:
    """What is not added up."""
    return shaped(
        found.mutate(
            what=ibis.literal(what),
            period=ibis.literal(""),
            period_first=ibis.literal(date.min),
            period_until=ibis.null(DAY),
            currency=ibis.literal(""),
            used_minor=ibis.literal(0, MINOR),
        ),
        CARRIED,
    )


def without(carried: ibis.Table, names: ibis.Table) -> ibis.Table:
    """What is carried of others than those named: (scope, scope_id)."""
    return carried.anti_join(names, ["scope", "scope_id"])


def together(tables: list[ibis.Table], through: date) -> ibis.Table:
    """What is carried in all, of periods that go on after the day."""
    found = _summed(ibis.union(*tables, distinct=False) if len(tables) > 1 else tables[0])
    return found.filter(
        found.period_until.isnull() | (found.period_until > ibis.literal(through + timedelta(days=1)))
    )


def _summed(rows: ibis.Table) -> ibis.Table:
    found = rows.group_by(list(_NAME)).aggregate(used_minor=total(rows.used_minor))
    return shaped(found, CARRIED)
