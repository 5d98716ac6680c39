"""How far one sale's fees reach into others': what laws say of it, before any fact is looked at.

Once a month is closed, the books hold what its events earned. They earn something else only where a fact of their own
is another by now, or where a law lets one event change what another earns. Of most laws only what comes later can
change: a cap that runs leaves less to later events and nothing else. Under such laws a history is judged from the first
event on that is another now: of what came before it is asked only how much was used up. What is paid by the whole of a
period is judged from the beginning of that period. Under any other law the whole history is judged: where the first
event of a sale is paid for, where an amount is divided within a cap, where a lifetime counts in whole.

`engine.compiled.scope` says what a close works out together, and is asked here how wide that is. A close has no limit
but time; a preview may read no more than a page can wait for, so it asks beside that from when on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from ofrecord.engine.compiled.scope import reach_of
from ofrecord.engine.types import Laws
from ofrecord.kernel.calendar import add_months
from ofrecord.program.bearing import reaching_roles
from ofrecord.program.clause_types import Basis, Clause, Earned, Per, Period, Scope, Unit, period_of
from ofrecord.program.types import Terms

# Paid for the first event of a subscription or a customer, whichever that is by what is known.
_FIRSTS: Final = (Unit.SUBSCRIPTION, Unit.CUSTOMER)
_A_YEAR: Final = 12


@dataclass(frozen=True, slots=True)
class Counting:
    """Over which period a clause adds up; `months_before` where an earlier one of the same length counts too."""

    terms: Terms
    per: Per
    months_before: int = 0

    def first(self, day: date) -> date:
        """The first day that counts for the day."""
        if self.per.period is Period.LIFETIME or day == date.min:
            return date.min
        return period_of(self.per.period, add_months(day, -self.months_before), self.terms.year_from).first


@dataclass(frozen=True, slots=True)
class LooksBack:
    """What laws are like under which an event changes only what later events of its group earn.

    A group is what hangs together: each subscription by itself, all of a customer, or all of a partner: `scope`. `caps`
    are the clauses, by name, of which what they paid before counts in it. `counted` is what is added up of what was
    billed or paid before. `reopened` are periods that are judged in whole, because their last event can change what
    their first one earns. `needs` are the clauses that ask what a partner has sold. Unless `is_collected`, payments
    earn nothing and change nothing; unless `counts_payments`, those of earlier days add up to nothing.
    """

    scope: Scope
    caps: Mapping[str, Counting]
    counted: tuple[Counting, ...]
    reopened: tuple[Counting, ...]
    needs: tuple[tuple[Terms, Clause], ...]
    is_collected: bool
    counts_payments: bool

    def since(self, day: date) -> date:
        """The first day that is judged if an event of that day is another than it was."""
        earliest = min((each.first(day) for each in self.reopened), default=day)
        return day if earliest == day else self.since(earliest)

    def counted_from(self, since: date) -> date:
        """The first day that counts for anything that is judged from the day `since` on."""
        return min((each.first(since) for each in self.counted), default=since)

    @property
    def counts(self) -> bool:
        """Whether facts of earlier days are counted, beside what books hold."""
        return bool(self.counted or self.needs)


def looks_back(laws: Laws) -> LooksBack | None:
    """None where an event can change what earlier events earned, or where it is not known that it cannot.

    Of pools nothing is said: a law that shares one says nothing of other sales as long as there is no pool.
    """
    if reaching_roles(laws.versions) or not all(_is_plain(*each) for each in _clauses(laws)):
        return None
    caps = {
        clause.name: Counting(terms, clause.cap.per)
        for terms, clause in _clauses(laws)
        if clause.cap is not None and _runs_on(clause.cap.per)
    }
    if not all(_is_one_cap(laws, name, cap) for name, cap in caps.items()):
        return None
    counting = [each for terms, clause in _clauses(laws) for each in _counted(terms, clause)]
    needs = tuple((terms, clause) for terms, clause in _clauses(laws) if clause.needs is not None)
    return LooksBack(
        scope=_scope(laws, is_wide=bool(needs)),
        caps=caps,
        counted=tuple(each for each, _ in counting),
        reopened=tuple(each for terms, clause in _clauses(laws) for each in _reopened(terms, clause)),
        needs=needs,
        is_collected=any(_is_collected(clause) for _, clause in _clauses(laws)),
        counts_payments=any(is_of_payments for _, is_of_payments in counting),
    )


def _scope(laws: Laws, *, is_wide: bool) -> Scope:
    reach = reach_of(laws)
    grown = {clause.growth.per.scope for _, clause in _clauses(laws) if clause.growth is not None}
    if is_wide or reach.roles or Scope.PARTNER in grown:
        return Scope.PARTNER
    return Scope.CUSTOMER if reach.by_customer or Scope.CUSTOMER in grown else Scope.SUBSCRIPTION


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


def _counted(terms: Terms, clause: Clause) -> Iterator[tuple[Counting, bool]]:
    """What is used up little by little, each with whether payments use it up."""
    if clause.bands is not None and clause.bands.graduated and _runs_on(clause.bands.per):
        yield Counting(terms, clause.bands.per), _is_collected(clause)
    if clause.growth is not None:
        yield Counting(terms, clause.growth.per), _is_collected(clause)
        yield Counting(terms, clause.growth.per, months_before=_A_YEAR), False


def _reopened(terms: Terms, clause: Clause) -> Iterator[Counting]:
    if clause.bands is not None and not clause.bands.graduated and _runs_on(clause.bands.per):
        yield Counting(terms, clause.bands.per)
    if clause.floor is not None and _runs_on(clause.floor.per):
        yield Counting(terms, clause.floor.per)


def countings(terms: Terms, clause: Clause) -> Iterator[Counting]:
    """All that the clause adds up beyond a line and a month, its cap too."""
    if clause.cap is not None and _runs_on(clause.cap.per):
        yield Counting(terms, clause.cap.per)
    yield from (each for each, _ in _counted(terms, clause))
    yield from _reopened(terms, clause)


def _is_plain(terms: Terms, clause: Clause) -> bool:
    """Whether nothing of the clause changes what came before, but in the periods that are reopened."""
    if clause.unit in _FIRSTS:
        return False
    if clause.split and clause.cap is not None:
        # What the books hold of a divided amount is not what the cap counted.
        return False
    if _is_collected(clause) and any(
        per.scope is Scope.LINE and per.period is not Period.MONTH for per in _pers(clause)
    ):
        # A line is paid in parts, in one month and the next.
        return False
    if clause.growth is not None and clause.growth.per.period is Period.LIFETIME:
        return False
    counted, reopened = [each for each, _ in _counted(terms, clause)], [*_reopened(terms, clause)]
    if counted and clause.basis is Basis.FEE:
        # What another clause paid is not counted again.
        return False
    # A month that is judged in part adds nothing up over a month.
    is_by_months = terms.year_from[1] == 1
    return not reopened or (is_by_months and all(each.per.period is not Period.LIFETIME for each in reopened))


def _is_one_cap(laws: Laws, name: str, cap: Counting) -> bool:
    """Whether the clause has the cap in every version that has the clause: books are added up by its name."""
    named = [(terms, clause) for terms, clause in _clauses(laws) if clause.name == name]
    return all(
        clause.cap is not None and clause.cap.per == cap.per and terms.year_from == cap.terms.year_from
        for terms, clause in named
    )
