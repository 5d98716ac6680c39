"""Between whom what a clause pays is divided."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from ofrecord.engine.judging.claims import Case
from ofrecord.engine.judging.lines import Dealt
from ofrecord.kernel.money import share_minor
from ofrecord.program.clause_types import Basis, Clause, Scope

ALONE = (Fraction(1),)


@dataclass(frozen=True, slots=True)
class Payees:
    """Partners that one amount is divided between, each with its part; what is left of the whole is not paid."""

    cases: tuple[Case, ...]
    parts: tuple[Fraction, ...]

    def divide(self, whole_minor: int) -> tuple[Dealt, ...]:
        """Each partner's amount, by largest remainder: with what is not paid the amounts sum to the whole."""
        if self.parts == ALONE:
            return (Dealt(ALONE[0], 0, whole_minor),)
        scale = lcm(*(part.denominator for part in self.parts))
        weights = [int(part * scale) for part in self.parts]
        amounts = share_minor(whole_minor, [*weights, scale - sum(weights)])
        floors = [abs(whole_minor) * weight // scale for weight in weights]
        dealt = zip(self.parts, amounts, floors, strict=False)
        return tuple(Dealt(part, abs(amount) - floor, amount) for part, amount, floor in dealt)


def payees_of(clause: Clause, cases: Sequence[Case]) -> Iterator[Payees]:
    """Those that the clause pays for a piece: each in full, unless the clause or the record says its share."""
    if clause.split:
        yield _split(clause, cases)
        return
    are_shared = any(case.partner.share is not None for case in cases)
    for role in dict.fromkeys(case.partner.role for case in cases) if are_shared else ():
        shared = [case for case in cases if case.partner.role == role and case.partner.share is not None]
        if shared and _counts_by_partner(clause):
            yield from (Payees((case,), ALONE) for case in _divided(shared))
        elif shared:
            yield Payees(tuple(shared), tuple(_share(case) for case in shared))
    for case in cases:
        if case.partner.share is None:
            yield Payees((case,), ALONE)


def _share(case: Case) -> Fraction:
    return case.partner.share or Fraction(0)


def _counts_by_partner(clause: Clause) -> bool:
    """Whether something of the clause is added up for each partner by itself."""
    limits = (clause.cap, clause.floor, clause.bands, clause.growth)
    if clause.amount is not None or clause.basis is Basis.FEE:
        return False  # what is paid is no part of the piece, so the piece cannot be divided in its place
    return any(limit is not None and limit.per.scope is Scope.PARTNER for limit in limits)


def _divided(shared: Sequence[Case]) -> Iterator[Case]:
    """The cases with the piece itself divided between them, so that each has caps and bands of its own."""
    scale = lcm(*(_share(case).denominator for case in shared))
    parts = [int(_share(case) * scale) for case in shared]
    for number, case in enumerate(shared):
        piece = case.piece
        before, own, after = (
            [weight * scale for weight in piece.weights[: piece.number]],
            [piece.weights[piece.number] * part for part in (*parts, scale - sum(parts))],
            [weight * scale for weight in piece.weights[piece.number + 1 :]],
        )
        divided = replace(piece, weights=(*before, *own, *after), number=piece.number + number)
        yield replace(case, piece=divided)


def _split(clause: Clause, cases: Sequence[Case]) -> Payees:
    """By the clause's shares of the roles; partners with the same role divide its share."""
    found: list[tuple[Case, Fraction]] = []
    for role, role_share in clause.split:
        holders = [case for case in cases if case.partner.role == role]
        for case in holders:
            own = case.partner.share
            found.append((case, role_share * (Fraction(1, len(holders)) if own is None else own)))
    return Payees(tuple(case for case, _ in found), tuple(part for _, part in found))
