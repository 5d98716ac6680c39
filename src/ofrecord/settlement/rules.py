"""When a month may be closed, what of its fees is payable, and whether what was posted agrees."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from math import floor
from typing import Any
from uuid import UUID

from ofrecord.engine.types import PartnerSum
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, sum_money
from ofrecord.program.types import Payment
from ofrecord.settlement.refusals import EarlierMonthOpen, MonthNotOver, NobodyServed
from ofrecord.settlement.types import Break, Figures, HeldPart, Posted

# Minor units by partner and currency.
Amounts = Mapping[tuple[UUID, str], int]


def require_closable(
    month: Month, *, today: date, first_served: Month | None, closed: Collection[Month]
) -> None:
    """Raises MonthNotOver, NobodyServed, and EarlierMonthOpen: from the first month of service on, months are closed
    in order."""
    if today <= month.last:
        raise MonthNotOver(month=month)
    if first_served is None or month < first_served:
        raise NobodyServed(month=month, first=first_served)
    earlier = first_open(first_served, closed)
    if earlier is not None and earlier < month:
        raise EarlierMonthOpen(month=month, earlier=earlier)


def first_open(first_served: Month | None, closed: Collection[Month]) -> Month | None:
    """The month that is to be closed next, over or not; None before anybody was served."""
    month = first_served
    while month is not None and month in closed:
        month = month.plus(1)
    return month


def figures_of(opening: Money, due: PartnerSum, released: Money, payment: Payment) -> Figures:
    """What of a balance, a month's lines and what is released becomes payable, and what is carried.

    - Taken back is what corrections take away and nobody waives, less what that sets free of fees held back, and
      a balance that is negative since an earlier month. All else is earned on this statement.
    - Of what was earned at most `claw_limit`, rounded down, is kept for what is taken back; the rest of that is
      carried as a negative balance.
    - What is left is payable. Below the minimum it is carried, unless something is still to be taken back: to
      carry it then would keep more than the limit allows. The minimum is the one in the statement's currency.
    """
    held = sum_money((part for _, part in due.held), due.currency)
    total = opening + due.total + due.waived - held + released
    taken = _taken(opening, due)
    earned = total.minor + taken
    kept = min(taken, floor(payment.claw_limit * max(earned, 0)))
    payable = Money(max(earned - kept, 0), due.currency)
    if kept == taken and _is_below(payable, payment.minimum(due.currency)):
        payable = Money.zero(due.currency)
    return Figures(
        partner=UUID(due.partner),
        currency=due.currency,
        opening=opening,
        new=due.new,
        corrected=due.corrected,
        waived=due.waived,
        held=held,
        released=released,
        payable=payable,
        carried=total - payable,
        lines=due.lines,
        zero_lines=due.zero_lines,
        corrections=due.corrections,
        waiting=due.waiting,
    )


def _taken(opening: Money, due: PartnerSum) -> int:
    """What is to be taken back, in minor units; what a correction takes of a held fee was never paid."""
    corrected = -due.taken.minor - max(due.waived.minor, 0) - due.freed.minor
    return max(-opening.minor, 0) + max(-due.new.minor, 0) + max(corrected, 0)


def _is_below(payable: Money, minimum: Money | None) -> bool:
    return minimum is not None and payable < minimum


def all_figures(
    sums: Sequence[PartnerSum],
    openings: Mapping[tuple[UUID, str], Money],
    released: Mapping[tuple[UUID, str], Money],
    payment: Payment,
) -> list[Figures]:
    """One for each partner and currency with lines, a balance carried in, or something released; by partner."""
    due = {_key(each): each for each in sums}
    keys = sorted({*due, *openings, *released})
    return [
        figures_of(
            openings.get(key, Money.zero(key[1])),
            due.get(key) or _nothing(*key),
            released.get(key, Money.zero(key[1])),
            payment,
        )
        for key in keys
    ]


def _nothing(partner: UUID, currency: str) -> PartnerSum:
    zero = Money.zero(currency)
    return PartnerSum(
        partner=str(partner),
        currency=currency,
        new=zero,
        corrected=zero,
        waived=zero,
        taken=zero,
        held=(),
        freed=zero,
        lines=0,
        zero_lines=0,
    )


def held_parts(month: Month, sums: Sequence[PartnerSum]) -> list[HeldPart]:
    """What is held back by a close, by partner and month of release; never released by the close that holds it."""
    found: dict[tuple[UUID, str, Month], int] = {}
    for due in sums:
        for release, part in due.held:
            key = (UUID(due.partner), due.currency, max(release, month.plus(1)))
            found[key] = found.get(key, 0) + part.minor
    return [
        HeldPart(partner, release, Money(minor, currency))
        for (partner, currency, release), minor in sorted(found.items())
        if minor
    ]


_MONEY = ("opening", "new", "corrected", "waived", "held", "released", "payable", "carried")
_COUNTS = ("lines", "zero_lines", "corrections", "waiting")


def figures_row(figures: Figures, expected: Money) -> list[str | int]:
    """The figures, and what of them is expected, as one row of numbers in minor units."""
    return [
        str(figures.partner),
        figures.currency,
        expected.minor,
        *(getattr(figures, name).minor for name in _MONEY),
        *(getattr(figures, name) for name in _COUNTS),
    ]


def figures_in(row: Sequence[str | int]) -> tuple[Figures, Money]:
    """What `figures_row` made a row of."""
    partner, currency, *numbers = row
    expected, *money = (Money(int(minor), str(currency)) for minor in numbers[: 1 + len(_MONEY)])
    counts = map(int, numbers[1 + len(_MONEY) :])
    parts: dict[str, Any] = dict(zip(_MONEY, money, strict=True)) | dict(zip(_COUNTS, counts, strict=True))
    return Figures(UUID(str(partner)), str(currency), **parts), expected


def key_of(what: str, month: Month) -> str:
    """How the keys of a month's transfers begin; `what` is fees, held, released or payable."""
    return f"{what}:{month}:"


def breaks_of(sums: Sequence[PartnerSum], statements: Sequence[Figures], posted: Posted) -> tuple[Break, ...]:
    """Every figure of a month that is not one amount in book, statements and ledger.

    A partner that one of them does not know has nothing there.
    """
    fees = {_key(each): (each.total + each.waived).minor for each in sums}
    held = {_key(each): sum(part.minor for _, part in each.held) for each in sums}
    by_figure: list[tuple[str, Amounts | None, Amounts]] = [
        ("opening", None, posted.opening),
        ("fees", fees, posted.fees),
        ("held", held, posted.held),
        ("held", posted.kept, posted.held),
        ("released", posted.due, posted.released),
        ("payable", None, posted.payable),
        ("carried", None, posted.carried),
    ]
    found = {
        each
        for figure, known, ledger in by_figure
        for each in _breaks(figure, known, _stated(statements, figure), ledger)
    }
    return tuple(sorted(found, key=lambda each: (each.partner_id, each.statement.currency, each.figure)))


def _breaks(figure: str, book: Amounts | None, statements: Amounts, ledger: Amounts) -> list[Break]:
    known = statements if book is None else book
    triples = {
        key: tuple(amounts.get(key, 0) for amounts in (known, statements, ledger))
        for key in {*known, *statements, *ledger}
    }
    return [
        _break(key, figure, amounts, is_in_book=book is not None)
        for key, amounts in triples.items()
        if len(set(amounts)) > 1
    ]


def _break(key: tuple[UUID, str], figure: str, amounts: Sequence[int], *, is_in_book: bool) -> Break:
    book, statement, ledger = (Money(minor, key[1]) for minor in amounts)
    return Break(key[0], figure, book if is_in_book else None, statement, ledger)


def _key(due: PartnerSum) -> tuple[UUID, str]:
    return UUID(due.partner), due.currency


def _stated(statements: Sequence[Figures], figure: str) -> Amounts:
    return {(each.partner, each.currency): getattr(each, figure).minor for each in statements}
