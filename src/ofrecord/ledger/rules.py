"""What makes a transfer."""

from collections import Counter
from collections.abc import Sequence

from ofrecord.ledger.types import Posting


def balances(postings: Sequence[Posting]) -> bool:
    """Whether the postings sum to zero in every currency."""
    rest: Counter[str] = Counter()
    for posting in postings:
        rest[posting.amount.currency] += posting.amount.minor
    return not any(rest.values())
