"""The companies that the story makes customers of."""

import csv
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

# Vehicles without employees: nobody in them would use a mailbox.
_NO_EMPLOYEES = re.compile(
    r"\b(ETF|FUNDS?|TRUST|ACQUISITION|INCOME|MUNICIPAL|SERIES|BITCOIN|ETHEREUM|PORTFOLIO|SPAC)\b",
    re.IGNORECASE,
)
# The register's own marks: where a company is registered, that a name is new, that its shares are receipts.
_MARK = re.compile(r"\s*[/\\]\s*(?:[A-Z]{2,4}\s*[/\\]?)?\s*$|\s+/\s+[A-Z]{2,3}$", re.IGNORECASE)


class Company(NamedTuple):
    """A company by its place in the list: 1 is the largest."""

    rank: int
    name: str


@cache
def companies() -> tuple[Company, ...]:
    """All companies that have people, the largest first, their names as registered without the register's marks."""
    text = files("ofrecord.demonstration").joinpath("companies.csv").read_text(encoding="utf-8")
    named: dict[str, Company] = {}
    for row in csv.DictReader(text.splitlines()):
        name = readable(row["name"])
        if not _NO_EMPLOYEES.search(name):
            named.setdefault(name.casefold(), Company(int(row["rank"]), name))
    return tuple(named.values())


def readable(name: str) -> str:
    """ "PROGRESSIVE CORP/OH/" without its mark: "PROGRESSIVE CORP". Capitals stay as the company registered them."""
    former = ""
    while former != name:
        former, name = name, _MARK.sub("", name).strip()
    return " ".join(name.split())
