"""Worked proration figures of other billing systems, as far as they state our rule.

`tests/cases/proration.json` names the source of each row. The rows of `day_basis` all state ours: whole
days, the end outside, actual days of the period, half up once per line. Those that run over one calendar
month are billed by `bill_month` itself; the others have a period that we do not bill (a year, or a month
from another day) and are held against the same arithmetic, `prorate`. Of the other rows, `second_basis`
prorates to the second or states tax and refunds, and `published_examples` bills in advance with credits for
what is unused: rules that no program can state here yet.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ofrecord.billing.rules import bill_month, prorate
from ofrecord.billing.types import Billable, SeatsFrom
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, Rounding

CASES = json.loads((Path(__file__).parent.parent / "cases" / "proration.json").read_text())
ROWS = CASES["day_basis"]
OURS = "end date exclusive; HALF_UP 2dp per item; whole days"


def name(row: dict[str, Any]) -> str:
    return f"{row['used_from']}..{row['used_to']} {row['kind']}"


def dates(row: dict[str, Any], first: str, until: str) -> Span:
    return Span(date.fromisoformat(row[first]), date.fromisoformat(row[until]))


def runs_over_a_calendar_month(row: dict[str, Any]) -> bool:
    period = dates(row, "period_start", "period_end")
    return period == Month.of(period.first).span


def amount(row: dict[str, Any], key: str) -> Money:
    return Money.parse(f"{row[key]} {row['currency']}")


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_arithmetic_gives_their_figure(row: dict[str, Any]) -> None:
    assert row["rule"].endswith(OURS)
    used, period = dates(row, "used_from", "used_to"), dates(row, "period_start", "period_end")
    price = amount(row, "plan_price")
    if row["kind"] == "credit":
        price = -price
    assert prorate(price, used.days, period.days, Rounding.HALF_UP) == amount(row, "expected_amount")


@pytest.mark.parametrize("row", [row for row in ROWS if runs_over_a_calendar_month(row)], ids=name)
def test_a_calendar_month_is_billed_as_theirs(row: dict[str, Any]) -> None:
    used = dates(row, "used_from", "used_to")
    billable = Billable(amount(row, "plan_price"), used.first, used.until, (SeatsFrom(used.first, 1),))
    (line,) = bill_month(billable, Month.of(used.first), Rounding.HALF_UP)
    credit = row["kind"] == "credit"
    assert (-line.amount if credit else line.amount) == amount(row, "expected_amount")


def test_the_rows_are_all_there() -> None:
    assert len(ROWS) == 39
    assert len([row for row in ROWS if runs_over_a_calendar_month(row)]) == 8
