"""The ledger as plain-text accounting: hledger and beancount read it, add it up, and agree with us."""

import csv
import io
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from beancount import loader
from beancount.core import realization
from beancount.core.data import Open, Transaction

from ofrecord.access.rules import SERVER
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.flows.export_ledger import export_ledger
from ofrecord.kernel.money import Money
from ofrecord.ledger import types
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.export import Held, Owner, Style, TransferCard, account_name, journal
from ofrecord.ledger.transfers import held_on
from ofrecord.ledger.types import BANK, FEES, PAYABLE, RECEIVABLE, REVENUE, Posting
from support import story
from support.ground import Ground

HARBOR, RIDGE = uuid4(), uuid4()
OWNERS = {
    HARBOR: Owner("P-4F8TW2ZC", 'Harbor "Lane" \\ Söhne; key: none'),
    RIDGE: Owner("P-7M2KQ9XA", "Ridge"),
}
LAST = date(2026, 10, 31)
# Roots of accounts, spelled out once more: an account that is new has to be written in here.
ROOTS = {
    "RECEIVABLE": "Assets",
    "REVENUE": "Income",
    "BANK": "Assets",
    "FEES": "Expenses",
    "BAD_DEBTS": "Expenses",
    "CHARGED_BACK": "Expenses",
    "BALANCE": "Liabilities",
    "HELD": "Liabilities",
    "PAYABLE": "Liabilities",
}


def transfer(key: str, day: int, memo: str, *postings: tuple[str, int, str, UUID | None]) -> TransferCard:
    sides = tuple(
        Posting(account, Money(minor, currency), owner) for account, minor, currency, owner in postings
    )
    return TransferCard(key, date(2026, 10, day), memo, sides)


LARGE = 9_007_199_254_740_993  # 2^53 + 1: no float holds it
TRANSFERS = [
    transfer(
        "invoice:1", 3, "Invoice N-1", (RECEIVABLE, 123_456, "USD", None), (REVENUE, -123_456, "USD", None)
    ),
    transfer(
        "invoice:2",
        3,
        "; = (odd) | * memo\nof two lines",
        (RECEIVABLE, LARGE, "JPY", None),
        (REVENUE, -LARGE, "JPY", None),
    ),
    transfer(
        "payment:1, part",
        9,
        '(all) "paid" \\',
        (BANK, 123_455, "USD", None),
        (RECEIVABLE, -123_455, "USD", None),
    ),
    transfer(
        "fees:2026-10",
        31,
        "",
        (FEES, 14_815, "USD", None),
        (PAYABLE, -14_815, "USD", HARBOR),
        (FEES, 1_001, "KWD", None),
        (PAYABLE, -1_001, "KWD", RIDGE),
    ),
]


def held(transfers: list[TransferCard]) -> list[Held]:
    found: dict[tuple[str, UUID | None, str], Held] = {}
    for each in transfers:
        for side in each.postings:
            key = (side.account, side.partner_id, side.amount.currency)
            before = found.get(key, Held(side.account, side.partner_id, each.day, Money.zero(key[2])))
            found[key] = Held(side.account, side.partner_id, before.since, before.amount + side.amount)
    return list(found.values())


def text_of(style: Style, transfers: list[TransferCard] = TRANSFERS) -> str:
    return "".join(journal(style, held(transfers), transfers, OWNERS, LAST))


def hledger(path: Path, *words: str) -> str:
    done = subprocess.run(
        ["hledger", "-f", str(path), *words], capture_output=True, text=True, timeout=60, check=False,
        env={"LANG": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def balances_of_hledger(path: Path) -> dict[tuple[str, str], str]:
    """What hledger makes of the file: each account's amounts by currency."""
    # With every declaration asked for, and every assertion held.
    hledger(path, "check", "--strict")
    told = csv.DictReader(
        io.StringIO(hledger(path, "balance", "--flat", "--empty", "--no-total", "-O", "csv"))
    )
    return {
        (row["account"], amount.split()[1]): amount.split()[0]
        for row in told
        for amount in row["balance"].split(", ")
        if amount != "0"
    }


def balances_of_beancount(path: Path) -> dict[tuple[str, str], str]:
    entries, errors, _ = loader.load_file(str(path))
    assert not errors
    return {
        (account.account, position.units.currency): f"{position.units.number:f}"
        for account in realization.iter_children(realization.realize(entries), leaf_only=True)
        for position in account.balance
    }


READERS = {Style.HLEDGER: balances_of_hledger, Style.BEANCOUNT: balances_of_beancount}


def ours(balances: list[Held], owners: dict[UUID, Owner]) -> dict[tuple[str, str], str]:
    return {
        (
            account_name(each.account, each.partner_id, owners),
            each.amount.currency,
        ): each.amount.decimal_text()
        for each in balances
        if each.amount
    }


def test_every_account_has_a_root() -> None:
    accounts = {
        name: value for name, value in vars(types).items() if name.isupper() and isinstance(value, str)
    }
    assert set(accounts) <= set(ROOTS)
    for name, account in accounts.items():
        assert account_name(account, None, {}).split(":")[0] == ROOTS[name]


def test_an_hledger_journal_to_the_letter() -> None:
    assert text_of(Style.HLEDGER, TRANSFERS[:1]) == (
        "; The ledger of Of Record until 2026-10-31, for hledger. The tag `key` says what a transfer was for.\n"
        "decimal-mark .\n\n"
        "commodity 1000.00 USD\n\n"
        "account Assets:Customers-Receivable\n"
        "account Income:Subscription-Revenue\n"
        "\n2026-10-03 * Invoice N-1\n"
        "    ; key: invoice:1\n"
        "    Assets:Customers-Receivable   1234.56 USD\n"
        "    Income:Subscription-Revenue  -1234.56 USD\n"
        "\n2026-10-31 * What each account holds\n"
        "    Assets:Customers-Receivable  0.00 USD = 1234.56 USD\n"
        "    Income:Subscription-Revenue  0.00 USD = -1234.56 USD\n"
    )


def test_a_beancount_journal_to_the_letter() -> None:
    assert text_of(Style.BEANCOUNT, TRANSFERS[:1]) == (
        "; The ledger of Of Record until 2026-10-31, for beancount. `key` says what a transfer was for.\n"
        'option "title" "Of Record until 2026-10-31"\n'
        'option "tolerance_multiplier" "0"\n'
        'option "operating_currency" "USD"\n\n'
        "2026-10-03 open Assets:Customers-Receivable USD\n"
        "2026-10-03 open Income:Subscription-Revenue USD\n"
        '\n2026-10-03 * "Invoice N-1"\n'
        '  key: "invoice:1"\n'
        "  Assets:Customers-Receivable   1234.56 USD\n"
        "  Income:Subscription-Revenue  -1234.56 USD\n"
        "\n"
        "2026-11-01 balance Assets:Customers-Receivable  1234.56 ~ 0 USD\n"
        "2026-11-01 balance Income:Subscription-Revenue  -1234.56 ~ 0 USD\n"
    )


@pytest.mark.parametrize("style", Style)
def test_both_programs_add_up_what_we_added_up(style: Style, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_text(text_of(style))
    assert READERS[style](path) == ours(held(TRANSFERS), OWNERS)
    # By hand: 1,234.56 were billed and 1,234.55 came in; 148.15 USD and 1.001 KWD are owed.
    assert READERS[style](path)["Assets:Customers-Receivable", "USD"] == "0.01"
    assert READERS[style](path)["Liabilities:Partner-Payable:P-7M2KQ9XA", "KWD"] == "-1.001"
    assert READERS[style](path)["Assets:Customers-Receivable", "JPY"] == "9007199254740993"


@pytest.mark.parametrize("style", Style)
def test_a_figure_that_was_changed_is_found(style: Style, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_text(text_of(style).replace("123455", "123454").replace("1234.55", "1234.54"))
    with pytest.raises(AssertionError):
        READERS[style](path)


@pytest.mark.parametrize("style", Style)
def test_a_ledger_without_transfers_is_a_journal_too(style: Style, tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_text(text_of(style, []))
    assert READERS[style](path) == {}


def test_beancount_knows_keys_and_partners(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_text(text_of(Style.BEANCOUNT))
    entries, _, _ = loader.load_file(str(path))
    assert [each.meta["key"] for each in entries if isinstance(each, Transaction)] == [
        each.key for each in TRANSFERS
    ]
    partners = {each.meta.get("partner") for each in entries if isinstance(each, Open)}
    assert partners == {None, 'Harbor "Lane" \\ Söhne; key: none', "Ridge"}


def test_hledger_knows_keys(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    path.write_text(text_of(Style.HLEDGER))
    assert "148.15 USD" in hledger(path, "print", "tag:key=fees:2026-10")
    assert re.findall(r"key: (.*)", hledger(path, "print"))[:2] == ["invoice:1", "invoice:2"]


@pytest.mark.parametrize("style", Style)
def test_what_was_posted_is_exported_up_to_a_day(committed_db: str, style: Style, tmp_path: Path) -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with entered(OFFICE):
        for each in TRANSFERS:
            post(moves=[Move(each.key, each.memo, each.postings)], day=each.day, at=at)
    path = tmp_path / "ledger"
    for until, through in ((None, LAST), (date(2026, 10, 9), date(2026, 10, 9))):
        with path.open("w") as into:
            assert export_ledger(reader=SERVER, style=style, until=until, into=into) == through
        with entered(OFFICE):
            assert READERS[style](path) == ours(held_on(through), {})
    assert "fees:2026-10" not in path.read_text()


def test_many_transfers_are_read_in_a_fixed_number_of_queries(
    committed_db: str, tmp_path: Path, django_assert_max_num_queries: object
) -> None:
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    sides = (Posting(BANK, Money(1, "USD")), Posting(RECEIVABLE, Money(-1, "USD")))
    with entered(OFFICE):
        post(moves=[Move(f"payment:{number:05}", "Paid", sides) for number in range(5_000)], day=LAST, at=at)
    path = tmp_path / "ledger"
    with path.open("w") as into, django_assert_max_num_queries(12):  # type: ignore[operator]
        export_ledger(reader=SERVER, style=Style.HLEDGER, until=None, into=into)
    assert path.read_text().count("* Paid") == 5_000
    assert balances_of_hledger(path)["Assets:Bank", "USD"] == "50.00"


def test_the_command_writes_the_file_and_says_until_when(
    ground: Ground, committed_db: str, tmp_path: Path
) -> None:
    story.begin("2009-04-01")
    with entered(OFFICE):
        moves = [Move(each.key, each.memo, each.postings) for each in TRANSFERS]
        post(moves=moves, day=LAST, at=datetime(2026, 11, 2, 9, tzinfo=UTC))
    environment = os.environ | {
        "DATABASE_URL": ground.app_url(committed_db),
        "OFRECORD_DATA": str(tmp_path),
        "OFRECORD_SECRET_KEY": "the key of the tests",
    }
    for style in Style:
        file = tmp_path / f"ledger.{style.value}"
        asked = ["ledger", "export", "--format", style.value, "--until", "2026-12-31", str(file)]
        command = [sys.executable, "-P", "-m", "ofrecord.commands", *asked]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert (done.returncode, done.stdout) == (0, f"The ledger until 2026-12-31 is in {file}.\n"), (
            done.stderr
        )
        assert READERS[style](file)["Assets:Bank", "USD"] == "1234.55"
    assert not list(tmp_path.glob("*.part"))
