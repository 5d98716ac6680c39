"""The ledger as plain-text accounting: transfers in, the text of a journal out, for hledger and for beancount.

Anybody can add it up again with a program that is not ours. Every account is declared, every transfer is a
transaction that names its key, and at the end the journal asserts what each account holds.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final
from uuid import UUID

from ofrecord.kernel.money import Money
from ofrecord.ledger.types import BAD_DEBTS, BANK, CHARGED_BACK, FEES, RECEIVABLE, REVENUE, Posting

# What the other accounts hold is owed to partners.
_ROOTS: Final = {
    BANK: "Assets",
    RECEIVABLE: "Assets",
    REVENUE: "Income",
    FEES: "Expenses",
    BAD_DEBTS: "Expenses",
    CHARGED_BACK: "Expenses",
}
_OWED: Final = "Liabilities"

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9]+")
_ACTS_IN_A_DESCRIPTION = re.compile(r"[;|\x00-\x1f\x7f]+")
_BEGINS_A_DESCRIPTION = " (!*="
_NO_TEXT = re.compile(r"[\x00-\x1f\x7f]+")


class Style(Enum):
    """Whose syntax."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"


@dataclass(frozen=True, slots=True)
class TransferCard:
    """Money that moved on `day`; `key` says what for."""

    key: str
    day: date
    memo: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """What an account holds in one currency, and since when it has held anything."""

    account: str
    partner_id: UUID | None
    since: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose part of an account it is: a partner's number and name."""

    number: str
    name: str


Owners = Mapping[UUID, Owner]


def journal(
    style: Style, balances: Sequence[Held], transfers: Iterable[TransferCard], owners: Owners, until: date
) -> Iterator[str]:
    """The text of the journal, a piece at a time.

    `balances` are those of every account on the evening of `until`, `transfers` all transfers up to it, by day.
    """
    ordered = sorted(
        balances, key=lambda held: (account_name(held.account, held.partner_id, owners), held.amount.currency)
    )
    yield from _HEADS[style](ordered, owners, until)
    for transfer in transfers:
        yield _TRANSACTIONS[style](transfer, owners)
    yield from _ASSERTIONS[style](ordered, owners, until)


def account_name(account: str, partner_id: UUID | None, owners: Owners) -> str:
    """ "Liabilities:Partner-Payable:P-4F8TW2ZC": a name that both programs take, with the partner's number."""
    words = [word.capitalize() for word in _NOT_IN_A_NAME.split(account) if word]
    name = f"{_ROOTS.get(account, _OWED)}:{'-'.join(words)}"
    if partner_id is None:
        return name
    owner = owners.get(partner_id)
    number = _NOT_IN_A_NAME.sub("-", owner.number if owner else str(partner_id))
    return f"{name}:{number.upper()}"


def _postings(postings: Sequence[Posting], owners: Owners, indent: str) -> Iterator[str]:
    """The postings below each other, their amounts to the right."""
    rows = [
        (
            account_name(posting.account, posting.partner_id, owners),
            posting.amount.decimal_text(),
            posting.amount.currency,
        )
        for posting in postings
    ]
    width = max(len(name) for name, _, _ in rows)
    figures = max(len(figure) for _, figure, _ in rows)
    for name, figure, currency in rows:
        yield f"{indent}{name:{width}}  {figure:>{figures}} {currency}\n"


def _currencies(balances: Sequence[Held]) -> list[str]:
    return sorted({held.amount.currency for held in balances})


def _opened(balances: Sequence[Held], owners: Owners) -> Iterator[tuple[str, date, str, list[str]]]:
    """Each account once: its name, its first day, its owner's name (empty without one), its currencies."""
    by_name: dict[str, list[Held]] = {}
    for held in balances:
        by_name.setdefault(account_name(held.account, held.partner_id, owners), []).append(held)
    for name, parts in by_name.items():
        owner = owners.get(parts[0].partner_id) if parts[0].partner_id else None
        yield name, min(part.since for part in parts), owner.name if owner else "", _currencies(parts)


def _hledger_head(balances: Sequence[Held], owners: Owners, until: date) -> Iterator[str]:
    yield f"; The ledger of Of Record until {until}, for hledger. The tag `key` says what a transfer was for.\n"
    yield "decimal-mark .\n\n"
    for currency in _currencies(balances):
        yield f"commodity 1000{_decimals(currency)} {currency}\n"
    yield "\n"
    for name, _, owner, _ in _opened(balances, owners):
        yield f"account {name}  ; {_NO_TEXT.sub(' ', owner)}".rstrip(" ;") + "\n"


def _decimals(currency: str) -> str:
    """.00, and a bare point for a currency without decimals: hledger wants one to know it from a thousands' mark."""
    return Money.zero(currency).decimal_text()[1:] or "."


def _hledger_transaction(transfer: TransferCard, owners: Owners) -> str:
    memo = _ACTS_IN_A_DESCRIPTION.sub(" ", transfer.memo).lstrip(_BEGINS_A_DESCRIPTION).rstrip()
    # A tag's value ends at a comma.
    key = _ACTS_IN_A_DESCRIPTION.sub(" ", transfer.key).replace(",", " ")
    head = f"\n{transfer.day} * {memo}".rstrip()
    return f"{head}\n    ; key: {key}\n{''.join(_postings(transfer.postings, owners, '    '))}"


def _hledger_assertions(balances: Sequence[Held], owners: Owners, until: date) -> Iterator[str]:
    if not balances:
        return
    yield f"\n{until} * What each account holds\n"
    for held in balances:
        name = account_name(held.account, held.partner_id, owners)
        yield f"    {name}  {Money.zero(held.amount.currency)} = {held.amount}\n"


def _beancount_head(balances: Sequence[Held], owners: Owners, until: date) -> Iterator[str]:
    yield f"; The ledger of Of Record until {until}, for beancount. `key` says what a transfer was for.\n"
    yield f'option "title" "Of Record until {until}"\n'
    # Nothing is rounded, so nothing is forgiven.
    yield 'option "tolerance_multiplier" "0"\n'
    for currency in _currencies(balances):
        yield f'option "operating_currency" "{currency}"\n'
    yield "\n"
    for name, since, owner, currencies in _opened(balances, owners):
        yield f"{since} open {name} {','.join(currencies)}\n"
        if owner:
            yield f"  partner: {_quoted(owner)}\n"


def _beancount_transaction(transfer: TransferCard, owners: Owners) -> str:
    head = f"\n{transfer.day} * {_quoted(transfer.memo)}\n  key: {_quoted(transfer.key)}\n"
    return head + "".join(_postings(transfer.postings, owners, "  "))


def _beancount_assertions(balances: Sequence[Held], owners: Owners, until: date) -> Iterator[str]:
    """On the next day: beancount looks at an account on the morning of the day of its assertion."""
    yield "\n"
    for held in balances:
        name = account_name(held.account, held.partner_id, owners)
        figure, currency = held.amount.decimal_text(), held.amount.currency
        yield f"{until + timedelta(days=1)} balance {name}  {figure} ~ 0 {currency}\n"


def _quoted(text: str) -> str:
    escaped = _NO_TEXT.sub(" ", text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


_HEADS = {Style.HLEDGER: _hledger_head, Style.BEANCOUNT: _beancount_head}
_TRANSACTIONS = {Style.HLEDGER: _hledger_transaction, Style.BEANCOUNT: _beancount_transaction}
_ASSERTIONS = {Style.HLEDGER: _hledger_assertions, Style.BEANCOUNT: _beancount_assertions}
