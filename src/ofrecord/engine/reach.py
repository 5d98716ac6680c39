"""How far one sale's fees reach into others': what laws say of it, before any fact is looked at.

Once a month is closed, the books hold what its events earned. They earn something else only where a fact of their own
is another by now, or where a law lets one event change what another earns. Of most laws only what comes later can
change: a cap that runs leaves less to later events and nothing else. Under such laws the events of an open month can be
judged by themselves, from what the books say was used before, and of earlier months only those sales that have moved,
each with all that hangs together with it. Under any other law the whole history is judged: a condition over all sales,
bands for the whole amount of a year, growth, floors of a year can change what was booked for months that are over.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from ofrecord.engine.types import Laws
from ofrecord.program.bearing import reaching_roles
from ofrecord.program.clause_types import Basis, Clause, Earned, Per, Period, Scope, Unit
from ofrecord.program.types import Terms

_WIDTH: Final = (Scope.LINE, Scope.SUBSCRIPTION, Scope.CUSTOMER, Scope.PARTNER)
# Paid for the first event of a subscription or a customer, whichever that is by what is known.
_FIRSTS: Final = (Unit.SUBSCRIPTION, Unit.CUSTOMER)


@dataclass(frozen=True, slots=True)
class LooksBack:
    """What laws are like under which an event changes only what later events of its group earn.

    A group is what hangs together: each subscription by itself, all of a customer, or all of a partner: `scope`. `caps`
    are the clauses, by name, of which what they paid before the month can count in it, each with its version and over
    what it is added up. Unless `is_collected`, payments earn nothing and change nothing.
    """

    scope: Scope
    caps: Mapping[str, tuple[Terms, Per]]
    is_collected: bool


def looks_back(laws: Laws) -> LooksBack | None:
    """None where an event can change what earlier events earned, or where it is not known that it cannot.

    Of pools nothing is said: a law that shares one says nothing of other sales as long as there is no pool.
    """
    if reaching_roles(laws.versions):
        return None
    if any(not _is_plain(clause) for _, clause in _clauses(laws)):
        return None
    pers = [per for _, clause in _clauses(laws) for per in _pers(clause)]
    scope = max([Scope.SUBSCRIPTION, *(per.scope for per in pers)], key=_WIDTH.index)
    caps: dict[str, tuple[Terms, Per]] = {}
    for terms, clause in _clauses(laws):
        if clause.cap is not None and _runs_on(clause.cap.per):
            caps[clause.name] = (terms, clause.cap.per)
    if not all(_is_one_cap(laws, name, *cap) for name, cap in caps.items()):
        return None
    return LooksBack(scope, caps, any(_is_collected(clause) for _, clause in _clauses(laws)))


def _clauses(laws: Laws) -> Iterator[tuple[Terms, Clause]]:
    return ((terms, clause) for terms in laws.versions for clause in terms.clauses)


def _is_collected(clause: Clause) -> bool:
    return clause.basis is Basis.COLLECTED or clause.earned is Earned.WHEN_COLLECTED


def _pers(clause: Clause) -> Iterator[Per]:
    """Over what anything of the clause is added up."""
    parts = (clause.bands, clause.growth, clause.cap, clause.floor)
    return (part.per for part in parts if part is not None)


def _runs_on(per: Per) -> bool:
    """Whether earlier months count in it. Of a billed line there is one event, so it has no earlier ones."""
    return per.period is not Period.MONTH and per.scope is not Scope.LINE


def _is_plain(clause: Clause) -> bool:
    """Whether nothing of the clause but a cap that runs looks beyond the month of the event."""
    if clause.needs is not None or clause.growth is not None or clause.unit in _FIRSTS:
        return False
    if clause.split and clause.cap is not None:
        # What the books hold of a divided amount is not what the cap counted.
        return False
    if _is_collected(clause) and any(
        per.scope is Scope.LINE and per.period is not Period.MONTH for per in _pers(clause)
    ):
        # A line is paid in parts, in one month and the next.
        return False
    counted = [part.per for part in (clause.bands, clause.floor) if part is not None]
    return not any(_runs_on(per) for per in counted)


def _is_one_cap(laws: Laws, name: str, terms: Terms, per: Per) -> bool:
    """Whether the clause has the cap in every version that has the clause: books are added up by its name."""
    named = [(each, clause) for each, clause in _clauses(laws) if clause.name == name]
    return all(
        clause.cap is not None and clause.cap.per == per and each.year_from == terms.year_from
        for each, clause in named
    )
