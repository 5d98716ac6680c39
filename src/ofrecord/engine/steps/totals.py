"""What is added up before anything is reckoned: what bands count, where growth starts, which event is the first."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import ibis
from ibis import _

from ofrecord.engine.compiled.clauses import GROWTH, REACHED
from ofrecord.engine.exact.functions import (
    WIDE,
    add_months,
    floor_share,
    period_first,
    product,
    rounded,
    share_of,
    total,
)
from ofrecord.engine.steps.amounts import source_minor
from ofrecord.engine.steps.earliest import earliest
from ofrecord.engine.steps.shapes import COUNT, DAY, MINOR, TEXT
from ofrecord.engine.types import SALE
from ofrecord.kernel.money import Rounding
from ofrecord.program.clause_types import Clause, Measure, Per, Scope
from ofrecord.program.types import Terms

# Under which name something is added up: beside the clause of a version, and beside the name of one in all versions,
# which may add up over periods of several kinds.
_OF_VERSION: Final = ("scope_id", "period_first", "currency")
_NAME: Final = ("period", *_OF_VERSION)
_PART_OF_NAME: Final = {
    Scope.LINE: "invoice_line",
    Scope.SUBSCRIPTION: "subscription",
    Scope.CUSTOMER: "customer",
    Scope.PARTNER: "partner",
}
# By its day, then by what was sold, so that ids drawn for bills decide nothing.
_MOMENT: Final = ("event_day", "started_on", "subscription", "service_first", "event")


def scope_id(table: ibis.Table, scope: Any) -> Any:
    """What is added up together in the scope that the column names; null where it names none."""
    return ibis.cases(*((scope == each.value, table[name]) for each, name in _PART_OF_NAME.items()))


def reached(claims: ibis.Table, asked: Mapping[str, Collection[str]]) -> ibis.Table:
    """How much there is in all of what bands of whole amounts count.

    One row for each (clause, period, scope_id, period_first, currency, measure), with `measured`. Clauses of one name
    in several versions are added up together; `asked` says which names are counted in which measure. Claims of which
    nothing is left are not counted.
    """
    found = claims.filter(claims.kind == REACHED, claims.basis_minor > 0)
    found = found.mutate(
        scope_id=scope_id(found, found.bands_scope),
        period=found.bands_period,
        period_first=_period(found, "bands"),
    )
    parts = [
        _MEASURES[measure](found.filter(found.clause.isin(sorted(names)))).mutate(
            measure=ibis.literal(measure)
        )
        for measure, names in asked.items()
    ]
    return ibis.union(*parts, distinct=False)


def _period(table: ibis.Table, what: str, months_before: int = 0) -> Any:
    day = add_months(table.event_day, -months_before) if months_before else table.event_day
    return period_first(day, table[f"{what}_period"], table.year_month, table.year_day)


def _amounts(claims: ibis.Table) -> ibis.Table:
    """Several who share what a piece pays have sold it once; added up by partner, each has its own part of it."""
    share = (claims.share_numerator.cast(WIDE), claims.share_denominator.cast(WIDE))
    is_part = (claims.bands_scope == Scope.PARTNER.value) & claims.share_numerator.notnull()
    own = is_part.ifelse(floor_share(claims.basis_minor, *share), claims.basis_minor)
    pieces = (
        claims.mutate(own_minor=own)
        .group_by(["clause_key", "event", "piece", "scope_id"])
        .agg(
            clause=_.clause.arbitrary(),
            period=_.period.arbitrary(),
            period_first=_.period_first.arbitrary(),
            currency=_.currency.arbitrary(),
            own_minor=_.own_minor.argmin(_.role),
        )
    )
    return pieces.group_by(["clause", *_NAME]).agg(measured=total(pieces.own_minor))


def _seats(claims: ibis.Table) -> ibis.Table:
    """The seats of each subscription as they were last."""
    latest = ibis.struct({"day": claims.piece_first, "seats": claims.seats})
    last = (
        claims.mutate(latest=latest).group_by(["clause", *_NAME, "subscription"]).agg(latest=_.latest.max())
    )
    seats = last.mutate(seats=last.latest["seats"].cast(MINOR))
    return seats.group_by(["clause", *_NAME]).agg(measured=total(seats.seats))


def _customers(claims: ibis.Table) -> ibis.Table:
    return claims.group_by(["clause", *_NAME]).agg(measured=_.customer.nunique().cast(MINOR))


def _subscriptions(claims: ibis.Table) -> ibis.Table:
    return claims.group_by(["clause", *_NAME]).agg(measured=_.subscription.nunique().cast(MINOR))


_MEASURES: Final = {
    Measure.AMOUNT.value: _amounts,
    Measure.SEATS.value: _seats,
    Measure.CUSTOMERS.value: _customers,
    Measure.SUBSCRIPTIONS.value: _subscriptions,
}


def with_reached(claims: ibis.Table, sums: ibis.Table) -> ibis.Table:
    """The claims with `reached`: what `reached` says of the name of each; 0 where it says nothing."""
    named = claims.mutate(
        own_scope=(claims.kind == REACHED).ifelse(scope_id(claims, claims.bands_scope), ibis.null(TEXT)),
        own_period=_period(claims, "bands"),
    )
    found = sums.select(
        of_clause="clause",
        of_scope="scope_id",
        of_kind="period",
        of_period="period_first",
        of_currency="currency",
        of_measure="measure",
        of_measured="measured",
    )
    joined = named.left_join(
        found,
        [
            named.clause == found.of_clause,
            named.own_scope == found.of_scope,
            named.bands_period == found.of_kind,
            named.own_period == found.of_period,
            named.currency == found.of_currency,
            named.measure == found.of_measure,
        ],
    )
    return joined.select(*claims.columns, reached=ibis.coalesce(joined.of_measured, ibis.literal(0, MINOR)))


def baselines(cases: ibis.Table, growing: Sequence[tuple[int, Terms, Clause]]) -> ibis.Table:
    """What was billed in each period of what a growth clause looks at, whoever claims it; at least one is given.

    One row for each (clause_key, scope_id, period_first, currency), with `before_minor`.
    """
    return ibis.union(*(_baseline(cases, *each) for each in growing), distinct=False)


def _baseline(cases: ibis.Table, key: int, terms: Terms, clause: Clause) -> ibis.Table:
    assert clause.growth is not None, "only growth starts from a baseline"
    own = _of_the_kind(cases, clause).mutate(basis=ibis.literal(clause.basis.value))
    amount = source_minor(own, {clause.basis.value})
    named = own.mutate(
        own_minor=share_of(amount, own.weights, own.piece), **_name(own, terms, clause.growth.per)
    )
    pieces = named.group_by(["event", "piece", "scope_id"]).agg(
        period_first=_.period_first.arbitrary(),
        currency=_.currency.arbitrary(),
        own_minor=_.own_minor.arbitrary(),
    )
    sums = pieces.group_by(list(_OF_VERSION)).agg(before_minor=total(pieces.own_minor))
    return sums.select(clause_key=ibis.literal(key, COUNT), **{name: sums[name] for name in sums.columns})


def _of_the_kind(cases: ibis.Table, clause: Clause) -> ibis.Table:
    """The sales of the roles that the clause pays, by how, where, to whom and what was sold."""
    when = clause.when
    listed = {
        "role": clause.payees,
        "way": when.ways,
        "region": when.regions,
        "segment": when.segments,
        "family": when.families,
        "offer": when.offers,
    }
    asked = [cases[name].isin(values) for name, values in listed.items() if values or name == "role"]
    return cases.filter(cases.source == SALE, *asked)


def _name(cases: ibis.Table, terms: Terms, per: Per) -> dict[str, Any]:
    month, day = (ibis.literal(number, COUNT) for number in terms.year_from)
    return {
        "scope_id": cases[_PART_OF_NAME[per.scope]],
        "period_first": period_first(cases.event_day, per.period.value, month, day),
    }


def with_baselines(claims: ibis.Table, sums: ibis.Table) -> ibis.Table:
    """The claims with `baseline`: what must be passed before growth is paid for; 0 where nothing was before."""
    named = claims.mutate(
        own_scope=(claims.kind == GROWTH).ifelse(scope_id(claims, claims.growth_scope), ibis.null(TEXT)),
        year_ago=_period(claims, "growth", months_before=12).cast(DAY),
    )
    found = sums.select(
        of_key="clause_key",
        of_scope="scope_id",
        of_period="period_first",
        of_currency="currency",
        before_minor="before_minor",
    )
    joined = named.left_join(
        found,
        [
            named.clause_key == found.of_key,
            named.own_scope == found.of_scope,
            named.year_ago == found.of_period,
            named.currency == found.of_currency,
        ],
    )
    exact = product(joined.before_minor.cast(WIDE), joined.growth_numerator)
    baseline = rounded(exact, joined.growth_denominator, Rounding.HALF_UP.value)
    return joined.select(*claims.columns, baseline=ibis.coalesce(baseline, ibis.literal(0, MINOR)))


def first_events(events: ibis.Table, of: str) -> ibis.Table:
    """The event, by source, that is the first of each subscription or customer of which something is left.

    `of` names the column; one row for each with (source, event).
    """
    found = events.filter(events.net_minor > 0).select("source", *dict.fromkeys((*_MOMENT, of)))
    return earliest(found, ("source", of), _MOMENT).select("source", "event")
