"""Accounts and postings."""

from dataclasses import dataclass
from uuid import UUID

from ofrecord.kernel.money import Money

RECEIVABLE = "customers receivable"
REVENUE = "subscription revenue"
BANK = "bank"
FEES = "partner fees"
PAYABLE = "partner payable"


@dataclass(frozen=True, slots=True)
class Posting:
    """What one account gains (positive) or gives (negative); `partner_id` where the account is a partner's."""

    account: str
    amount: Money
    partner_id: UUID | None = None
