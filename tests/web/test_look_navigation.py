"""The navigation leads somewhere, shows what may be seen, and knows where the reader is."""

from uuid import UUID

import pytest
from django.test import override_settings
from django.urls import resolve, reverse

from ofrecord.access.types import OFFICE, SYSTEM, Permission, Reader
from ofrecord.web.navigation import DESK, PORTAL, Entry, items


def reader(*permissions: Permission, partner: bool = False) -> Reader:
    return Reader(
        actor=SYSTEM,
        scope=OFFICE,
        partner_id=UUID(int=7) if partner else None,
        permissions=frozenset(permissions),
    )


@pytest.mark.parametrize("entry", [*DESK, *PORTAL], ids=lambda entry: entry.name)
def test_every_entry_leads_to_a_page(entry: Entry) -> None:
    assert resolve(reverse(entry.name)).view_name == entry.name


@override_settings(ROOT_URLCONF="support.look_urls")
def test_a_reader_is_offered_what_the_role_may_see() -> None:
    assert [item.title for item in items(reader(Permission.INVOICES_READ), "/desk/")] == ["Today", "Invoices"]
    assert [item.title for item in items(reader(Permission.CLIENTS_WRITE, partner=True), "/portal/")] == [
        "Today",
        "API",
    ]


@override_settings(ROOT_URLCONF="support.look_urls")
@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/desk/", ["Today"]),
        ("/desk/elsewhere", []),
        ("/desk/orders/", ["Orders"]),
        ("/desk/orders/O-000123/links", ["Orders"]),
        ("/account/login/", []),
    ],
)
def test_the_entry_that_the_page_lies_under_is_current(path: str, current: list[str]) -> None:
    offered = items(reader(*Permission), path)
    assert [item.title for item in offered if item.is_current] == current
