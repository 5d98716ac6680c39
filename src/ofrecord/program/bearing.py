"""Whose sales bear on whose fees: what programs say of it, before any sale is looked at."""

from collections.abc import Iterator, Sequence

from ofrecord.program.clause_types import RECORDED_ROLES, Basis, Clause, Scope, Unit
from ofrecord.program.types import Terms


def reaching_roles(versions: Sequence[Terms]) -> frozenset[str]:
    """The roles in which a partner's fee can hang on sales that another partner makes elsewhere.

    What a partner earns hangs on all that happens at the customers to which it was recognized. In these roles it
    hangs, beyond that, on what another partner recognized there has sold to its other customers: a clause uses up a
    cap that both share, or is a share of the other's fee, and how much it pays follows from all that the other sold.
    """
    moved = set(_moved(versions))
    found: set[str] = set()
    for terms in versions:
        for clause in terms.clauses:
            if _is_shared(clause) and any(each.name in moved for each in _with_bases(terms, clause)):
                found.update(clause.payees)
    return frozenset(found)


def _moved(versions: Sequence[Terms]) -> Iterator[str]:
    """The clauses, in any version, of which what they pay to a partner hangs on all that the partner has sold."""
    needing = {clause.name for terms in versions for clause in terms.clauses if clause.needs is not None}
    for terms in versions:
        for clause in terms.clauses:
            measures = [
                part.per.scope for part in (clause.bands, clause.growth, clause.cap) if part is not None
            ]
            gives_way = needing.intersection(clause.instead_of)
            # A clause of another version may go before it, and do so once what it needs is there.
            precedes = needing if len(versions) > 1 else None
            if clause.needs is not None or Scope.PARTNER in measures or gives_way or precedes:
                yield clause.name


def _is_shared(clause: Clause) -> bool:
    """Whether several partners can have a part in what the clause adds up, or in what it pays."""
    limits = (clause.bands, clause.growth, clause.cap, clause.floor)
    return (
        clause.basis is Basis.FEE
        or bool(clause.split)
        or clause.unit in (Unit.SUBSCRIPTION, Unit.CUSTOMER)
        or any(part is not None and part.per.scope is not Scope.PARTNER for part in limits)
        or any(role in RECORDED_ROLES for role in clause.payees)
    )


def _with_bases(terms: Terms, clause: Clause) -> Iterator[Clause]:
    """The clause, and those on whose fee it stands."""
    seen: set[str] = set()
    below: Clause | None = clause
    while below is not None and below.name not in seen:
        seen.add(below.name)
        yield below
        below = terms.clause(below.of) if below.of else None
