"""A month is closed: what the book pays goes on the ledger under the book's hash."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.types import Actor
from ofrecord.engine.files import Kept
from ofrecord.engine.types import PartnerSum
from ofrecord.journal.actions import record
from ofrecord.kernel.calendar import Month
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.types import FEES, PAYABLE, Posting
from ofrecord.settlement.actions.runs import end_run
from ofrecord.settlement.models import ClosedMonth
from ofrecord.settlement.rules import fee_key


@transaction.atomic
def close_month(
    *,
    by: Actor,
    at: datetime,
    month: Month,
    run_id: UUID,
    snapshot: Kept,
    book: Kept,
    sums: Sequence[PartnerSum],
) -> None:
    """Closes the month once; PostgreSQL refuses a second row for it.

    The ledger gets one transfer for each partner and currency: the vendor's fees gain, what it owes the
    partner gives. A partner whose lines come to nothing has no transfer: no money moved.
    """
    ClosedMonth.objects.create(
        month=month.first,
        run_id=run_id,
        snapshot_sha256=snapshot.sha256,
        book_sha256=book.sha256,
        facts=snapshot.rows,
        lines=book.rows,
        closed_at=at,
    )
    post(moves=[_move(month, due) for due in sums if due.total], day=month.last, at=at)
    end_run(at=at, run_id=run_id, closed=True, says=f"{month} is closed.")
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


def _move(month: Month, due: PartnerSum) -> Move:
    partner_id = UUID(due.partner)
    postings = (Posting(FEES, due.total), Posting(PAYABLE, -due.total, partner_id))
    return Move(f"{fee_key(month)}{due.partner}:{due.total.currency}", f"Fees of {month}", postings)
