"""What an address asks of a list. It is not trusted: names are looked up, text and pages are bounded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict

from ofrecord.web.columns import Choice, Days

SEARCHED_CHARACTERS = 200
SEARCHED_WORDS = 8
Ends = tuple[date | None, date | None]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A search, filters, an order, a page; and what could not be read, as sentences.

    `typed` holds what stood in the fields, so that a page shows the reader's own words again.
    """

    path: str
    typed: Mapping[str, str]
    words: Sequence[str]
    chosen: Mapping[str, str]
    days: Mapping[str, Ends]
    sort: str
    is_descending: bool
    has_own_order: bool
    page: int
    wants_file: bool
    faults: Sequence[str]

    @property
    def is_narrowed(self) -> bool:
        """Whether less than the whole list was asked for."""
        return bool(self.words or self.chosen or any(any(ends) for ends in self.days.values()))

    @property
    def order(self) -> str:
        """The order as an address states it: "-fee"."""
        return f"-{self.sort}" if self.is_descending else self.sort

    def url(self, **changes: str) -> str:
        """The address of the same list with changes; a new order or search begins at the first page."""
        kept = {**self.typed, **({"sort": self.order} if self.has_own_order else {})}
        query = {name: value for name, value in {**kept, **changes}.items() if value}
        return f"?{urlencode(query)}"

    def with_fault(self, sentence: str) -> "Asked":
        return replace(self, faults=[*self.faults, sentence])


def asked_of(
    query: QueryDict,
    *,
    path: str,
    sortable: Sequence[str],
    order: str,
    choices: Sequence[Choice],
    days: Sequence[Days],
) -> Asked:
    """Reads the query. `sortable` are the codes that can be sorted by, `order` is the listing's own."""
    text = query.get("q", "").replace("\0", "")[:SEARCHED_CHARACTERS].strip()
    chosen = {choice.name: value for choice in choices if (value := _chosen(query, choice))}
    faults: list[str] = []
    read = {each.name: _ends(query, each, faults) for each in days}
    wanted = query.get("sort", "")
    has_own_order = wanted.removeprefix("-") in sortable
    order = wanted if has_own_order else order
    typed_days = {
        name: query.get(name, "")[:10] for each in days for name in (each.first_name, each.last_name)
    }
    return Asked(
        path=path,
        typed={"q": text, **chosen, **typed_days},
        words=text.split()[:SEARCHED_WORDS],
        chosen=chosen,
        days=read,
        sort=order.removeprefix("-"),
        is_descending=order.startswith("-"),
        has_own_order=has_own_order,
        page=_page(query.get("page", "1")),
        wants_file=query.get("export") == "csv",
        faults=faults,
    )


def _chosen(query: QueryDict, choice: Choice) -> str:
    value = query.get(choice.name, "")
    return value if value in {code for code, _ in choice.values} else ""


def _ends(query: QueryDict, days: Days, faults: list[str]) -> Ends:
    first = _day(query.get(days.first_name, ""), faults)
    last = _day(query.get(days.last_name, ""), faults)
    if first and last and last < first:
        faults.append(f"{days.title}: the last day is before the first.")
    return first, last


def _day(text: str, faults: list[str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append(f"“{text[:20]}” is no day; write it like 2026-10-31.")
        return None


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 7 and int(text) > 0 else 1
