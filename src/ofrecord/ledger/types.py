"""Accounts and postings."""

from dataclasses import dataclass
from uuid import UUID

from ofrecord.kernel.money import Money

RECEIVABLE = "customers receivable"
REVENUE = "subscription revenue"
BANK = "bank"
FEES = "partner fees"
# What the vendor owes a partner goes from its balance, through what is held back or at once, to what is to be paid.
BALANCE = "partner balance"
HELD = "partner fees held back"
PAYABLE = "partner payable"
# What is lost of what was billed: customers that never pay, and what their banks took back until it is won back.
BAD_DEBTS = "bad debts"
CHARGED_BACK = "charged back"


@dataclass(frozen=True, slots=True)
class Posting:
    """What one account gains (positive) or gives (negative); `partner_id` where the account is a partner's."""

    account: str
    amount: Money
    partner_id: UUID | None = None
