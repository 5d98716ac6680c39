"""What the head of a page offers its reader: the navigation of desk and portal, and the clock."""

from functools import cache
from typing import NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import is_demonstration, now


class Entry(NamedTuple):
    """An entry of the navigation: shown to readers who have the permission, to all when there is none."""

    title: str
    name: str
    permission: Permission | None = None


class Item(NamedTuple):
    """An entry as one reader sees it on one page."""

    title: str
    url: str
    is_current: bool


DESK = (
    Entry("Today", "desk:today"),
    Entry("Partners", "desk:partners", Permission.PARTNERS_READ),
    Entry("Orders", "desk:orders", Permission.ORDERS_READ),
    Entry("Customers", "desk:customers", Permission.CUSTOMERS_READ),
    Entry("Subscriptions", "desk:subscriptions", Permission.SUBSCRIPTIONS_READ),
    Entry("Invoices", "desk:invoices", Permission.INVOICES_READ),
    Entry("Settlement", "desk:settlement", Permission.SETTLEMENT_READ),
    Entry("Rates", "desk:rates", Permission.RATES_READ),
    Entry("Pools", "desk:pools", Permission.POOLS_READ),
    Entry("Mail", "desk:mail", Permission.MAIL_READ),
    Entry("Program", "desk:program", Permission.PROGRAM_READ),
    Entry("People", "desk:people", Permission.PEOPLE_READ),
)
PORTAL = (
    Entry("Today", "portal:today"),
    Entry("Orders", "portal:orders", Permission.ORDERS_READ),
    Entry("Customers", "portal:customers", Permission.CUSTOMERS_READ),
    Entry("Subscriptions", "portal:subscriptions", Permission.SUBSCRIPTIONS_READ),
    Entry("Statements", "portal:statements", Permission.STATEMENTS_READ),
    Entry("Program", "portal:program", Permission.PROGRAM_READ),
    Entry("People", "portal:people", Permission.PEOPLE_READ),
    Entry("API", "portal:api", Permission.CLIENTS_WRITE),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """The context of every page: `reader`, `navigation`, and on the desk `today` and `is_demonstration`.

    The clock is read when a page draws it, and once.
    """
    reader: Reader | None = getattr(request, "reader", None)
    if reader is None:
        return {"navigation": ()}
    context: dict[str, object] = {"reader": reader, "navigation": items(reader, request.path)}
    if reader.of_vendor:
        context |= {"today": cache(lambda: now().date()), "is_demonstration": is_demonstration}
    return context


def items(reader: Reader, path: str) -> list[Item]:
    """What the reader may go to. Current is the entry that `path` lies under, Today only on its own page.

    A name that the addresses do not know is a programmer's mistake and fails every page.
    """
    entries = [entry for entry in (DESK if reader.of_vendor else PORTAL) if _is_open(entry, reader)]
    urls = {entry: reverse(entry.name) for entry in entries}
    return [
        Item(entry.title, url, path == url or _lies_under(entry, url, path)) for entry, url in urls.items()
    ]


def _lies_under(entry: Entry, url: str, path: str) -> bool:
    return entry not in (DESK[0], PORTAL[0]) and path.startswith(url)


def _is_open(entry: Entry, reader: Reader) -> bool:
    return entry.permission is None or reader.may(entry.permission)
