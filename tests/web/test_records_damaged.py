"""A file of a closed month is damaged or gone: the vendor's people are told which, everybody else whom to ask."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, Permission, Reader
from ofrecord.billing.models import Invoice
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.clock.queries import now
from ofrecord.flows import credit_invoice
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.partners.actions.clients import make_client
from ofrecord.statements.models import Statement
from ofrecord.statements.queries import card, lines_of
from support import story
from support.pages import colleague, said, somebody_of_finance
from support.story import House

pytestmark = pytest.mark.django_db

WORDS = "The record of a closed month cannot be shown at present"
REMEDY = "Nothing of it is lost or changed for you"


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


@pytest.fixture
def house(settings: Any, tmp_path: Path) -> House:
    """April 2009 is closed: 60 seats × 15.00 = 900.00, × 12% = 108.00."""
    settings.DATA = tmp_path
    story.begin("2009-04-01")
    house = story.partner("Harbor Lane Consulting")
    story.sell(house, "Parker Hannifin", 60, "2009-04-01")
    settle_period(by=SYSTEM, at=story.after("2009-04"), month=Month(2009, 4))
    return house


@pytest.fixture
def line(house: House) -> str:
    """The public name of the only line, read while the book was whole."""
    with entered(OFFICE):
        (only,) = lines_of(card(Statement.objects.get()), OFFICE)
    return only.id


@pytest.fixture(params=[truncated, Path.unlink], ids=["altered", "missing"])
def book(request: Any, line: str, tmp_path: Path) -> Path:
    """The book of April, cut or taken away."""
    (path,) = (tmp_path / "books" / "2009-04").glob("book-*")
    harm: Callable[[Path], None] = request.param
    harm(path)
    return path


def pages(house: House, line: str, room: str) -> list[str]:
    """Every page that is read from the book, as the room calls it."""
    with entered(OFFICE):
        key = Statement.objects.get(partner_id=house.id).pk
    base = "/portal/statements" if room == "portal" else "/desk/settlement/statements"
    statement = f"{base}/{key}" if room == "portal" else f"{base}/{key}/"
    files = [f"{statement.rstrip('/')}/{form}" for form in ("pdf", "xlsx")]
    return [statement, f"{statement}?export=csv", *files, f"{base}/lines/{line}"]


def token(reader: Reader) -> dict[str, str]:
    permissions = frozenset({Permission.STATEMENTS_READ})
    with entered(reader.scope):
        _, secret = make_client(by=reader, at=now(), name="Bridge", permissions=permissions)
    return {"Authorization": f"Bearer {secret}"}


def test_a_partner_is_told_whom_to_ask_and_no_path(house: House, line: str, book: Path) -> None:
    ana = colleague(house)
    for address in pages(house, line, "portal"):
        answer = ana.get(address)
        assert answer.status_code == 409, address
        text = said(answer)
        assert WORDS in text
        assert REMEDY in text
        assert "Ask the vendor when that will be." in text
        for named in (str(book), book.name, "book-", "Restore it from a copy", "SHA-256"):
            assert named not in answer.content.decode(), (address, named)


def test_the_vendors_people_are_told_which_file_and_what_to_do(house: House, line: str, book: Path) -> None:
    frank = somebody_of_finance()
    for address in pages(house, line, "desk"):
        answer = frank.get(address)
        assert answer.status_code == 409, address
        assert str(book) in said(answer)
        assert "Restore it from a copy: its SHA-256 is on the record" in said(answer)


def test_the_api_tells_each_client_what_its_house_may_know(house: House, line: str, book: Path) -> None:
    with entered(OFFICE):
        key = Statement.objects.get().pk
    partners, vendors = token(house.reader), token(story.CHIEF)
    for address in (f"{key}/lines", f"{key}/pdf"):
        problem = Client().get(f"/api/v1/statements/{address}", headers=partners)
        told = problem.json()
        assert (problem.status_code, told["code"], told["data"]) == (409, "record-not-shown", {})
        assert told["title"].startswith(WORDS)
        assert told["detail"].startswith(REMEDY)
        assert "book-" not in problem.content.decode()
        full = Client().get(f"/api/v1/statements/{address}", headers=vendors).json()
        assert full["code"] in ("book-altered", "book-missing")
        assert str(book) in full["title"]
        assert full["data"] == {"file": str(book)}


def test_the_open_month_that_corrects_the_record_is_not_shown_either(house: House, book: Path) -> None:
    with entered(OFFICE):
        invoice = Invoice.objects.get()
        wanted = WantedCredit(CreditKind.CREDIT_NOTE, date(2009, 5, 2), "Too much", Money(100, "USD"))
        credit_invoice.credit(
            reader=story.CHIEF, at=story.at("2009-05-02"), invoice_id=invoice.pk, wanted=wanted
        )
    ana, frank = colleague(house), somebody_of_finance()
    theirs, ours = ana.get("/portal/statements/preview"), frank.get("/desk/settlement/statements/preview/")
    assert (theirs.status_code, ours.status_code) == (409, 409)
    assert WORDS in said(theirs)
    assert book.name not in theirs.content.decode()
    assert str(book) in said(ours)


def test_the_figures_that_are_not_of_the_book_are_still_shown(house: House, book: Path) -> None:
    assert "You earned 108.00 USD in April 2009" in said(colleague(house).get("/portal/statements/"))
