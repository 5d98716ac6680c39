"""The snippets of the page on clauses: each is read and understood as it stands."""

import re
from pathlib import Path

import pytest

from ofrecord.program.document import check

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "clauses.md"
SNIPPETS = re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)

FRAME = """
[program]
id        = "page"
version   = "1"
title     = "Page"
vendor    = "Northwind"
effective = 2027-01-01
notice    = "30 days"
currency  = "USD"
rounding  = "half up, per line"
time_zone = "UTC"
tiers     = ["Registered", "Gold"]
segments  = ["small", "midsize"]
pools     = ["advertising"]

[ways.partner-of-record]
bills = "vendor"
open  = { US = 2027-01-01 }

[offers.suite]
prices = [{ region = "US", from = 2027-01-01, price = "15.00 USD" }]
"""
# What stands beside a snippet that pays beside or instead of it, or that covers another role.
BASE = """
[fees.base]
pays = "partner of record"
when = { way = "partner-of-record" }
rate = "6%"
"""
PAYS_ALONE = re.compile(r'(?m)^(pays *= "partner of record"|split)')


def _document(snippet: str) -> str:
    is_alone = PAYS_ALONE.search(snippet) and '"base"' not in snippet and "pooled" not in snippet
    return FRAME + ("" if is_alone else BASE) + snippet


def test_the_page_has_its_snippets() -> None:
    assert len(SNIPPETS) >= 15


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda text: text.splitlines()[0])
def test_a_snippet_is_understood(snippet: str) -> None:
    """A snippet is no whole program, so cases that it leaves open are no fault of it."""
    says = [str(fault) for fault in check(_document(snippet).encode()).faults]
    assert [each for each in says if "no clause" not in each.casefold()] == []
