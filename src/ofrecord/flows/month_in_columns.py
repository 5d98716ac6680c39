"""A month as columns work it out: its snapshot, the program versions, the books before it, and the last close."""

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.engine.closing import Closing, Former
from ofrecord.engine.snapshot_index import Index
from ofrecord.engine.storage import Root
from ofrecord.engine.types import Laws
from ofrecord.settlement.queries import booked_months
from ofrecord.settlement.types import ClosedCard


def month_in_columns(
    root: Root, index: Index, snapshot_sha256: str, known: Laws, last: ClosedCard | None
) -> Closing:
    """The month of the snapshot, which follows the one that was closed `last`."""
    with entered(OFFICE):
        earlier = booked_months(before=index.month)
    start = None if last is None else Former(last.month, last.snapshot_sha256, last.carried_sha256)
    return Closing(root, index, snapshot_sha256, known, earlier, start)
