"""A statement as a file: from its pages, by the API, at the command line; whole, exact, and its partner's own."""

import io
import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from ofrecord.access.models import Person
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, PartnerRole, Permission, VendorRole
from ofrecord.clock.queries import now
from ofrecord.documents.types import Form
from ofrecord.flows import found_installation, hand_out_statement
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.partners.actions.clients import make_client
from ofrecord.statements.models import Statement
from support import story
from support.ground import Ground
from support.pages import colleague, said, signed_in
from support.story import House


@pytest.fixture
def house(db: None, settings: object, tmp_path: Path) -> House:
    """April 2009 is closed: 60 seats × 15.00 = 900.00, × 12% = 108.00; and a direct order that named the partner."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    return closed_april()


def closed_april() -> House:
    story.begin("2009-04-01")
    house = story.partner("Harbor Lane Consulting")
    story.sell(house, '=HYPERLINK("x")', 60, "2009-04-01")
    story.sell_directly("Snap-on", 40, "2009-04-01", naming=house)
    story.turn_clock("2009-05-01")
    settle_period(by=SYSTEM, at=story.after("2009-04"), month=Month(2009, 4))
    return house


def statement_of(house: House) -> Statement:
    with entered(OFFICE):
        return Statement.objects.select_related("closed", "partner").get(partner_id=house.id)


def finance() -> Client:
    """A browser in which somebody of the vendor's finance is signed in."""
    found_installation.add_colleague(
        at=now(),
        name="Frank",
        email="frank@vendor.example",
        password="a long password",
        role=VendorRole.FINANCE,
    )
    return signed_in(Person.objects.get(email="frank@vendor.example").pk)


def text_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_both_sides_take_the_same_file_along(house: House) -> None:
    own, office = colleague(house), finance()
    stated = statement_of(house)
    for form in Form:
        theirs = own.get(f"/portal/statements/{stated.pk}/{form}")
        ours = office.get(f"/desk/settlement/statements/{stated.pk}/{form}")
        assert theirs.status_code == ours.status_code == 200
        assert theirs["Content-Type"] == form.media_type
        name = f"statement-{stated.partner.number}-2009-04-USD.{form}"
        assert theirs["Content-Disposition"] == f'attachment; filename="{name}"'
        assert theirs.getvalue() == ours.getvalue()


def test_a_file_says_what_the_statement_says(house: House) -> None:
    own, stated = colleague(house), statement_of(house)
    text = text_of(own.get(f"/portal/statements/{stated.pk}/pdf").getvalue())
    assert "Statement of fees, April 2009" in text
    assert f"Harbor Lane Consulting {stated.partner.number}" in text
    assert "New lines 108.00" in text
    assert "Payable 108.00 Closing balance 0.00" in text
    assert '=HYPERLINK("x")' in text
    assert stated.closed.book_sha256 in text
    book = load_workbook(
        io.BytesIO(own.get(f"/portal/statements/{stated.pk}/xlsx").getvalue()), data_only=True
    )
    assert sum(row[0].value == "Payable" and row[1].value == 108 for row in book["Summary"].iter_rows()) == 1
    assert {row[1].value for row in book["Lines"].iter_rows(min_row=2, max_row=3)} == {
        '=HYPERLINK("x")',
        "Snap-on",
    }


def test_both_pages_offer_the_files(house: House) -> None:
    stated = statement_of(house)
    for client, page in (
        (colleague(house), f"/portal/statements/{stated.pk}"),
        (finance(), f"/desk/settlement/statements/{stated.pk}/"),
    ):
        content = client.get(page).content.decode()
        for form in Form:
            assert f'href="{page.rstrip("/")}/{form}" download' in content


def test_another_partner_and_a_seller_get_nothing(house: House) -> None:
    stated = statement_of(house)
    other = colleague(story.partner("Lakeside Systems"), name="Dan Oh")
    seller = colleague(house, PartnerRole.SELLER, "Ben Ode")
    for form in Form:
        theirs, nobodys = (other.get(f"/portal/statements/{each}/{form}") for each in (stated.pk, uuid4()))
        assert theirs.status_code == nobodys.status_code == 404
        assert said(theirs) == said(nobodys)
        assert seller.get(f"/portal/statements/{stated.pk}/{form}").status_code == 403
        assert other.get(f"/desk/settlement/statements/{stated.pk}/{form}").status_code == 404


def test_the_api_gives_the_same_bytes_to_its_own_house_only(house: House) -> None:
    stated = statement_of(house)
    tokens = []
    for each in (house, story.partner("Lakeside Systems")):
        with entered(each.reader.scope):
            permissions = frozenset({Permission.STATEMENTS_READ})
            tokens.append(make_client(by=each.reader, at=now(), name="Bridge", permissions=permissions)[1])
    for form in Form:
        path = f"/api/v1/statements/{stated.pk}/{form}"
        own, other = (Client().get(path, headers={"Authorization": f"Bearer {token}"}) for token in tokens)
        assert own.status_code == 200
        assert own["Content-Type"] == form.media_type
        assert own.content == colleague_file(house, stated, form)
        assert other.status_code == 404
        assert other.json()["code"] == "not-found"


def colleague_file(house: House, stated: Statement, form: Form) -> bytes:
    with entered(house.reader.scope):
        return hand_out_statement.hand_out(reader=house.reader, statement_id=stated.pk, form=form).content


def test_one_that_is_too_long_says_what_to_take_instead(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, stated = colleague(house), statement_of(house)
    monkeypatch.setitem(hand_out_statement.MOST_LINES, Form.PDF, 1)
    answer = own.get(f"/portal/statements/{stated.pk}/pdf")
    assert answer.status_code == 409
    assert "This statement has 2 lines; a PDF of up to 1 is made here. Take the workbook" in said(answer)
    page = said(own.get(f"/portal/statements/{stated.pk}"))
    assert "PDF: made here for up to 1 lines." in page
    assert "Workbook (XLSX)" in page


def ofrecord(ground: Ground, database: str, data: Path, *words: str) -> tuple[int, str, str]:
    environment = os.environ | {
        "DATABASE_URL": ground.app_url(database),
        "OFRECORD_DATA": str(data),
        "OFRECORD_SECRET_KEY": "the key of the tests",
    }
    command = [sys.executable, "-P", "-m", "ofrecord.commands", *words]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, done.stdout, done.stderr


def test_the_command_writes_both(ground: Ground, committed_db: str, settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    house = closed_april()
    stated = statement_of(house)
    number = stated.partner.number
    for form in Form:
        file = tmp_path / f"april.{form}"
        asked = ("statement", number, "2009-04", str(file))
        code, told, _ = ofrecord(ground, committed_db, tmp_path, *asked)
        assert (code, told) == (0, f"statement-{number}-2009-04-USD is in {file}.\n")
        assert file.read_bytes() == colleague_file(house, stated, form)
    code, _, refused = ofrecord(
        ground, committed_db, tmp_path, "statement", number, "2009-05", str(tmp_path / "x.pdf")
    )
    assert (code, "There is no such statement" in refused) == (1, True)
    code, _, refused = ofrecord(ground, committed_db, tmp_path, "statement", number, "2009-04", "april.doc")
    assert (code, ".pdf or .xlsx" in refused) == (2, True)
