"""A month is closed: what partners are owed goes on the ledger, and what is payable, under the book's hash."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.many import insert_all
from ofrecord.access.types import Actor
from ofrecord.engine.files import Kept
from ofrecord.journal.actions import record
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.kernel.words import month_words
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.types import BALANCE, FEES, HELD, PAYABLE, Posting
from ofrecord.settlement.actions.runs import end_run
from ofrecord.settlement.models import ClosedMonth, HeldFee
from ofrecord.settlement.rules import key_of
from ofrecord.settlement.types import CLOSED, Figures, HeldPart


@transaction.atomic
def close_month(
    *,
    by: Actor,
    at: datetime,
    month: Month,
    run_id: UUID,
    snapshot: Kept,
    book: Kept,
    figures: Sequence[Figures],
    held: Sequence[HeldPart],
    carried_sha256: str = "",
    says: str = "",
) -> None:
    """Closes the month once; PostgreSQL refuses a second row for it. `says` is what the run has to add to that.

    The ledger gets at most four transfers for each partner and currency: the vendor's fees gain and the
    partner's balance is credited with them; from there goes what is held back, there comes what is released,
    and from there goes what is payable. What comes to nothing has no transfer: no money moved.
    """
    ClosedMonth.objects.create(
        month=month.first,
        run_id=run_id,
        snapshot_sha256=snapshot.sha256,
        book_sha256=book.sha256,
        carried_sha256=carried_sha256,
        facts=snapshot.rows,
        lines=book.rows,
        closed_at=at,
    )
    post(moves=[move for each in figures for move in _moves(month, each)], day=month.last, at=at)
    insert_all([_held_fee(month, part) for part in held])
    end_run(at=at, run_id=run_id, status=CLOSED, says=f"{month_words(month)} is closed. {says}".rstrip())
    record(
        by=by,
        at=at,
        verb="month closed",
        subject=("run", run_id),
        month=str(month),
        book_sha256=book.sha256,
        snapshot_sha256=snapshot.sha256,
        lines=book.rows,
    )


def _moves(month: Month, figures: Figures) -> Iterator[Move]:
    """What moves between the vendor's fees and the partner's accounts: (what, how much, from, to)."""
    partner = figures.partner
    own = (
        ("fees", "Fees", figures.fees, (FEES, None), (BALANCE, partner)),
        ("held", "Held back of fees", figures.held, (BALANCE, partner), (HELD, partner)),
        ("released", "Released of fees held back", figures.released, (HELD, partner), (BALANCE, partner)),
        ("payable", "Payable", figures.payable, (BALANCE, partner), (PAYABLE, partner)),
    )
    for what, memo, amount, source, target in own:
        if amount:
            key = f"{key_of(what, month)}{partner}:{figures.currency}"
            yield Move(key, f"{memo} of {month}", _postings(amount, source, target))


def _postings(
    amount: Money, source: tuple[str, UUID | None], target: tuple[str, UUID | None]
) -> tuple[Posting, Posting]:
    """What is owed to a partner stands on the giving side: the source gains what the target gives."""
    return Posting(source[0], amount, source[1]), Posting(target[0], -amount, target[1])


def _held_fee(month: Month, part: HeldPart) -> HeldFee:
    return HeldFee(
        partner_id=part.partner,
        closed_id=month.first,
        release=part.release.first,
        amount_minor=part.amount.minor,
        currency=part.amount.currency,
    )
