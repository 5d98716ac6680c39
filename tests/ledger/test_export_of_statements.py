"""What other programs make of our ledger is what our statements say."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from ledger.test_export import READERS
from ofrecord.access.rules import SERVER
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.flows.export_ledger import export_ledger
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.ledger.export import Style
from ofrecord.partners.queries import partners
from ofrecord.statements.queries import card, statements
from support import story

HELD_BACK = ('rate  = "12%"', 'rate  = "12%"\nholdback = { share = "20%", days = "90 days" }')


def _program(folder: Path) -> Path:
    """The first reading, but a fifth of the first year's fees is held back, and less than 50.00 is carried."""
    document = story.FIRST_READING.read_text()
    assert document.count(HELD_BACK[0]) == 1
    path = folder / "program.toml"
    path.write_text(document.replace(*HELD_BACK) + '\n[payment]\nminimum = "50.00 USD"\n')
    return path


def _told(folder: Path) -> None:
    """Two partners, four months: 60 and 15 seats; the small one is carried for a while."""
    story.begin(program=_program(folder))
    story.sell(story.partner("Harbor Lane"), "Ball Corporation", 60, "2009-04-01")
    story.sell(story.partner("Ridge"), "Snap-on", 15, "2009-04-01")
    for month in (Month(2009, 4), Month(2009, 5), Month(2009, 6), Month(2009, 7)):
        story.turn_clock(str(month.plus(1).first))
        settle_period(by=SYSTEM, at=story.after(str(month)), month=month)


@pytest.mark.parametrize("style", Style)
def test_their_balances_are_what_our_statements_say(
    committed_db: str, settings: object, tmp_path: Path, style: Style
) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    _told(tmp_path)
    path = tmp_path / "ledger"
    with path.open("w", encoding="utf-8") as into:
        assert export_ledger(reader=SERVER, style=style, until=None, into=into) == date(2009, 7, 31)
    theirs = READERS[style](path)
    with entered(OFFICE):
        numbers = dict(partners(OFFICE).values_list("pk", "number"))
        by_name = dict(partners(OFFICE).values_list("name", "number"))
        cards = [card(row) for row in statements(OFFICE).order_by("month")]
    ours: Counter[tuple[str, str]] = Counter()
    for each in cards:
        number, stated = numbers[each.partner_id], each.figures
        # The balance is that of the last statement; what is held and what was payable add up over all of them.
        ours["Liabilities:Partner-Balance", number] = stated.carried.minor
        ours["Liabilities:Partner-Fees-Held-Back", number] += stated.held.minor - stated.released.minor
        ours["Liabilities:Partner-Payable", number] += stated.payable.minor
    expected = {
        (f"{account}:{number}", "USD"): Money(-minor, "USD").decimal_text()
        for (account, number), minor in ours.items()
        if minor
    }
    assert {key: held for key, held in theirs.items() if key[0].startswith("Liabilities")} == expected
    # By hand. 60 × 15.00 × 12% = 108.00 a month, of which 21.60 are held; those of April are released on 29 July.
    # 15 × 15.00 × 12% = 27.00, of which 5.40 are held; 21.60 + 21.60 + 21.60 are paid for June, 27.00 are carried.
    for account, harbor, ridge in (
        ("Payable", "-367.20", "-64.80"),
        ("Fees-Held-Back", "-64.80", "-16.20"),
        ("Balance", None, "-27.00"),
    ):
        for number, held in ((by_name["Harbor Lane"], harbor), (by_name["Ridge"], ridge)):
            assert theirs.get((f"Liabilities:Partner-{account}:{number}", "USD")) == held
    fees = sum(each.figures.fees.minor for each in cards)
    assert theirs["Expenses:Partner-Fees", "USD"] == Money(fees, "USD").decimal_text()
