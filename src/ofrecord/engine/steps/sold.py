"""What partners have sold, and since when it is as much as a clause needs."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import ibis
from ibis import _

from ofrecord.engine.exact.functions import WIDE, add_months, period_first, total
from ofrecord.engine.steps.earliest import earliest
from ofrecord.engine.steps.shapes import COUNT, DAY, MINOR, TEXT, shaped
from ofrecord.program.clause_types import NEW, Clause, Needs
from ofrecord.program.types import Terms

# A subscription as a sale of a partner in a role.
SOLD: Final = {
    "partner": TEXT,
    "role": TEXT,
    "subscription": TEXT,
    "customer": TEXT,
    "started_on": DAY,
    "seats": COUNT,
    "deal": TEXT,
    "currency": TEXT,
}
# How much more was sold on a day.
_COUNTED: Final = ("new_customers", "seats", "subscriptions", "billed_minor")
_SELLER: Final = ("partner", "role", "period")
# Before every day that is on record.
_ALWAYS: Final = date.min


def sold(sales: ibis.Table, recognitions: ibis.Table) -> ibis.Table:
    """The subscriptions of each partner and role that was recognized when they started: SOLD.

    `sales` are the EVENTs of lines that were billed. Of a subscription the line that was billed first counts, of
    those that name the partner; one of which nothing is left is no sale.
    """
    left = sales.group_by("subscription").agg(left_minor=total(sales.net_minor)).filter(_.left_minor > 0)
    who = recognitions.select("partner", "role", of="subscription", first="first", until="until")
    lines = _lines_that_decide(sales)
    named = lines.join(
        who,
        [
            lines.subscription == who.of,
            who.first <= lines.started_on,
            who.until.isnull() | (lines.started_on < who.until),
            who.first < add_months(lines.invoice_month, 1),
            who.until.isnull() | (lines.invoice_month < who.until),
        ],
    )
    found = earliest(named, ("partner", "role", "subscription"), ("invoice_day", "invoice_line"))
    return shaped(found.semi_join(left, "subscription"), SOLD)


def _lines_that_decide(sales: ibis.Table) -> ibis.Table:
    """Of each subscription the line that names all who are recognized on its start, or none of the later does.

    Only what was billed in a month before the start may name fewer than a later line does.
    """
    lines = sales.select(
        "subscription",
        "started_on",
        "customer",
        "deal",
        "currency",
        "invoice_day",
        "invoice_line",
        seats=(sales.first_seats > 0).ifelse(sales.first_seats, sales.seats),
        invoice_month=_month_of(sales.invoice_day),
    )
    is_before = lines.invoice_month < _month_of(lines.started_on)
    usual = earliest(
        lines.filter(~is_before), ("subscription", "started_on"), ("invoice_day", "invoice_line")
    )
    return ibis.union(usual, lines.filter(is_before), distinct=False)


def _month_of(day: Any) -> Any:
    return day.truncate("M").cast(DAY)


def met(
    cases: ibis.Table, sold: ibis.Table, sales: ibis.Table, needs: Iterable[tuple[int, Terms, Clause]]
) -> ibis.Table:
    """The cases with a column `met_<clause_key>` for each clause: whether the partner has sold what it needs.

    By the day of the event, or in the whole period where what is sold later counts as well.
    """
    for key, terms, clause in needs:
        assert clause.needs is not None, "only such a clause is asked"
        cases = _with_met(cases, sold, sales, (f"met_{key}", terms, clause.needs))
    return cases


def _with_met(
    cases: ibis.Table, sold: ibis.Table, sales: ibis.Table, asking: tuple[str, Terms, Needs]
) -> ibis.Table:
    name, terms, needs = asking
    if not (needs.new_customers or needs.seats or needs.subscriptions or needs.billed):
        return cases.mutate(**{name: ibis.literal(True)})
    period = _period(cases.started_on, terms, needs)
    asked = cases.mutate(asked_period=period, asked_day=_day(cases.event_day, needs))
    days = _days_sold(sold, sales, terms, needs)
    if needs.billed is None or needs.for_all:
        found = asked.left_join(since := _met_since(days, needs), _of_seller(asked, since))
        is_met = found.met_day.notnull() & (found.met_day <= found.asked_day)
    else:
        # What is billed may be taken back, and with it what was met: each day that is asked for is worked out.
        met_days = _met_days(days, asked, needs)
        found = asked.left_join(met_days, [*_of_seller(asked, met_days), asked.asked_day == met_days.met_day])
        is_met = found.met_day.notnull()
    return found.select(*cases.columns, **{name: is_met})


def _of_seller(asked: ibis.Table, found: ibis.Table) -> list[Any]:
    return [
        asked.partner == found.met_partner,
        asked.role == found.met_role,
        asked.asked_period == found.met_period,
    ]


def _period(started_on: Any, terms: Terms, needs: Needs) -> Any:
    """What is counted together: the sales of a period, or those of the stated days."""
    if needs.during is not None:
        return ibis.literal(_ALWAYS, DAY)
    month, day = (ibis.literal(number, COUNT) for number in terms.year_from)
    return period_first(started_on, needs.period.value, month, day)


def _day(day: Any, needs: Needs) -> Any:
    return ibis.literal(_ALWAYS, DAY) if needs.for_all else day


def _days_sold(sold: ibis.Table, sales: ibis.Table, terms: Terms, needs: Needs) -> ibis.Table:
    """How much more of what is counted each partner sold on each day."""
    if needs.during is not None:
        sold = sold.filter(sold.started_on >= needs.during.first)
        sold = sold if needs.during.until is None else sold.filter(sold.started_on < needs.during.until)
    own = sold.mutate(period=_period(sold.started_on, terms, needs))
    by_customer = own.filter(own.deal == NEW).group_by([*_SELLER, "customer"]).agg(day=_.started_on.min())
    parts = [
        _counted(own, _day(own.started_on, needs), seats=own.seats, subscriptions=1),
        _counted(by_customer, _day(by_customer.day, needs), new_customers=1),
    ]
    if needs.billed is not None:
        billed = sales.select(of="subscription", invoice_day="invoice_day", net_minor="net_minor")
        in_currency = own.filter(own.currency == needs.billed.currency)
        lines = in_currency.join(billed, in_currency.subscription == billed.of)
        day = ibis.greatest(lines.invoice_day, lines.started_on)
        parts.append(_counted(lines, _day(day, needs), billed_minor=lines.net_minor))
    return ibis.union(*parts, distinct=False)


def _counted(table: ibis.Table, day: Any, **counted: Any) -> ibis.Table:
    numbers = {name: ibis.literal(0, MINOR) for name in _COUNTED} | counted
    return table.select(*_SELLER, day=day, **{name: _minor(number) for name, number in numbers.items()})


def _minor(number: Any) -> Any:
    return ibis.literal(number, MINOR) if isinstance(number, int) else number.cast(MINOR)


def _running(days: ibis.Table, needs: Needs) -> ibis.Table:
    """On each day whether all that was sold until then is enough."""
    by_day = days.group_by([*_SELLER, "day"]).agg(**{name: total(days[name]) for name in _COUNTED})
    until_then = ibis.window(group_by=list(_SELLER), order_by="day", preceding=None, following=0)
    sums = {name: by_day[name].sum().over(until_then).cast(WIDE) for name in _COUNTED}
    least = {"new_customers": needs.new_customers, "seats": needs.seats, "subscriptions": needs.subscriptions}
    if needs.billed is not None:
        least["billed_minor"] = needs.billed.minor
    summed = by_day.select(*_SELLER, "day", **sums)
    enough = summed.filter(*(summed[name] >= minor for name, minor in least.items()))
    return enough.select(met_partner="partner", met_role="role", met_period="period", met_day="day")


def _met_since(days: ibis.Table, needs: Needs) -> ibis.Table:
    """The first day on which it is enough: what only grows stays enough."""
    return (
        _running(days, needs).group_by(["met_partner", "met_role", "met_period"]).agg(met_day=_.met_day.min())
    )


def _met_days(days: ibis.Table, asked: ibis.Table, needs: Needs) -> ibis.Table:
    """The days on which it is enough, of those that are asked for and those on which something was sold."""
    questions = asked.select("partner", "role", period="asked_period", day="asked_day").distinct()
    return _running(ibis.union(days, _counted(questions, questions.day), distinct=False), needs)
