"""What the clauses of the laws use, so that steps which nothing asks for are left out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from ofrecord.engine.compiled.clauses import bases_of, kind_of, numbered
from ofrecord.engine.steps.counting import Counted
from ofrecord.engine.types import Laws
from ofrecord.program.clause_types import DESIGNATION, FORMER_PARTNER, Basis, Clause, Per, Scope, Unit


@dataclass(frozen=True)
class Uses:
    """Which kinds, bases and limits occur in any clause of any version."""

    laws: Laws

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        return tuple(each.clause for each in numbered(self.laws))

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(kind_of(clause) for clause in self.clauses)

    @cached_property
    def bases(self) -> frozenset[str]:
        return frozenset(clause.basis.value for clause in self.clauses)

    @cached_property
    def bands(self) -> Counted:
        return self._counted(c.bands.per if c.bands and c.bands.graduated else None for c in self.clauses)

    @cached_property
    def growth(self) -> Counted:
        return self._counted(c.growth.per if c.growth else None for c in self.clauses)

    @cached_property
    def caps(self) -> Counted | None:
        """How caps are counted; None where there are none."""
        paying = [clause for clause in self.clauses if clause.pays and clause.basis is not Basis.POOLED]
        if not any(clause.cap for clause in paying):
            return None
        return self._counted(clause.cap.per if clause.cap else None for clause in paying)

    @property
    def caps_vary(self) -> bool:
        """Whether versions state several caps for clauses of one name."""
        caps: dict[str, set[int | None]] = {}
        for clause in self.clauses:
            if clause.pays:
                caps.setdefault(clause.name, set()).add(clause.cap.amount.minor if clause.cap else None)
        return any(len(found - {None}) > 1 for found in caps.values())

    @property
    def line_floors(self) -> bool:
        return any(
            clause.floor is not None and clause.floor.per.scope is Scope.LINE for clause in self.clauses
        )

    @property
    def period_floors(self) -> bool:
        return any(
            clause.floor is not None and clause.floor.per.scope is not Scope.LINE for clause in self.clauses
        )

    @property
    def once(self) -> bool:
        return any(clause.unit in (Unit.SUBSCRIPTION, Unit.CUSTOMER) for clause in self.clauses)

    @property
    def designations(self) -> bool:
        """Whether any clause counts months from the day on which a partner was designated."""
        return any(clause.when.months and clause.when.months_from == DESIGNATION for clause in self.clauses)

    @property
    def former_partners(self) -> bool:
        """Whether any clause names the former partner of record."""
        return any(FORMER_PARTNER in clause.roles_named for clause in self.clauses)

    @property
    def measures(self) -> dict[str, set[str]]:
        """By measure the names of the clauses whose bands look at a whole amount."""
        found: dict[str, set[str]] = {}
        for clause in self.clauses:
            if clause.bands is not None and not clause.bands.graduated:
                found.setdefault(clause.bands.measure.value, set()).add(clause.name)
        return found

    def _counted(self, pers: Iterable[Per | None]) -> Counted:
        found = list(pers)
        stated = [per for per in found if per is not None]
        return Counted(
            frozenset(per.scope.value for per in stated),
            frozenset(per.period.value for per in stated),
            by_all=len(stated) == len(found),
            one_version=len(self.laws.versions) == 1,
        )


def depths(laws: Laws) -> Iterator[int]:
    """How many fees clauses stand on, the lowest first."""
    yield from sorted({0} | {len(bases_of(each.terms, each.clause)) for each in numbered(laws)})
