"""How far anything reaches that a clause adds up: what a change of one line can change in others, and what cannot."""

from collections.abc import Iterator
from dataclasses import dataclass

from ofrecord.engine.compiled.clauses import GRADUATED, SEATS, kind_of, numbered, source_of
from ofrecord.engine.types import PAYMENT, Laws
from ofrecord.program.clause_types import Basis, Clause, Per, Period, Scope, Unit

_ONCE = (Unit.SUBSCRIPTION, Unit.CUSTOMER)


@dataclass(frozen=True, slots=True)
class Reach:
    """What is worked out together, so that nothing outside of it can change: a line, or a subscription at least.

    `by_line`: each line by itself. `by_customer`: a subscription with all of its customer. `roles`: with all of each
    partner that is recognized on it in one of these roles. `looks_back`: whether anything that came before the month
    still counts.
    """

    by_line: bool
    by_customer: bool
    roles: frozenset[str]
    looks_back: bool


def reach_of(laws: Laws) -> Reach:
    clauses = [each.clause for each in numbered(laws)]
    scopes = {per.scope for clause in clauses for per in _added_up(clause)}
    units = {clause.unit for clause in clauses} & {*_ONCE}
    by_partner = [
        clause for clause in clauses if any(per.scope is Scope.PARTNER for per in _added_up(clause))
    ]
    return Reach(
        by_line=not units and scopes <= {Scope.LINE},
        by_customer=Scope.CUSTOMER in scopes or Unit.CUSTOMER in units,
        roles=frozenset(role for clause in by_partner for role in clause.payees),
        looks_back=bool(units) or any(_looks_back(per) for clause in clauses for per in running(clause)),
    )


def running(clause: Clause) -> Iterator[Per]:
    """Over what the clause adds up of which only what came before a line counts for it."""
    if clause.pays and clause.cap is not None:
        yield clause.cap.per
    if clause.bands is not None and kind_of(clause) in (GRADUATED, SEATS):
        yield clause.bands.per


def _looks_back(per: Per) -> bool:
    return per.scope is not Scope.LINE and per.period is not Period.MONTH


def _over_periods(clause: Clause) -> Iterator[tuple[str, Per]]:
    """Over what the clause adds up of which the whole period counts for each of its lines, with what is so."""
    if clause.bands is not None and not clause.bands.graduated:
        yield "its rate", clause.bands.per
    if clause.floor is not None and clause.floor.per.scope is not Scope.LINE:
        yield "its floor", clause.floor.per


def _added_up(clause: Clause) -> Iterator[Per]:
    yield from running(clause)
    yield from (per for _, per in _over_periods(clause))


def is_apart(laws: Laws) -> bool:
    """Whether the lines of each subscription follow from it alone: nothing is added up for several of them together,
    and nothing is paid once."""
    reach, clauses = reach_of(laws), [each.clause for each in numbered(laws)]
    together = reach.by_customer or reach.roles
    return not together and not any(
        clause.basis is Basis.POOLED
        or clause.needs is not None
        or clause.growth is not None
        or clause.unit in _ONCE
        for clause in clauses
    )


def always_whole(laws: Laws) -> str | None:
    """Why each close under these laws works out the whole history, in a sentence; None where it need not."""
    return next(
        (
            f"{each.clause.title[:1].upper()}{each.clause.title[1:]} {says}, so everything is worked out anew."
            for each in numbered(laws)
            for says in _reaching_far(each.clause)
        ),
        None,
    )


def _reaching_far(clause: Clause) -> Iterator[str]:
    """Why the clause reaches beyond what moved, as its title's predicate."""
    if clause.basis is Basis.POOLED:
        yield "shares a pool between all that it pays"
    if clause.needs is not None:
        yield "asks for what a partner has sold in all"
    if clause.growth is not None:
        yield "looks at all that was billed a year before"
    for what, per in _over_periods(clause):
        if per.period is not Period.MONTH:
            yield f"looks at a whole {per.period.value} for {what}, also for lines of earlier months"
    for per in running(clause):
        if per.scope is Scope.LINE and source_of(clause) == PAYMENT:
            yield "adds up the payments for each line"
        if per.scope is Scope.PARTNER and clause.split and _looks_back(per):
            yield "divides between roles what it adds up for one partner"
