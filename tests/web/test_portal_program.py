"""The program as a partner reads and accepts it, and the first page that says what to do."""

from uuid import uuid4

import pytest
from django.test import Client

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, PartnerRole
from ofrecord.partners.actions import decide_application
from ofrecord.partners.models import Acceptance
from ofrecord.program.queries import Published, in_force
from support import story
from support.pages import colleague, fields, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> story.House:
    """A partner that was approved and has accepted nothing, on 2 April 2009."""
    story.begin("2009-04-02")
    day = story.at("2009-04-02")
    with entered(OFFICE):
        partner_id = decide_application.apply(
            by=SYSTEM,
            at=day,
            name="Harbor Lane Consulting",
            region="US",
            website="",
            about="",
            person_name="Ana Ruiz",
            email="ana@harbor.example",
        )
        decide_application.approve(by=SYSTEM, at=day, partner_id=partner_id)
    return story.House(partner_id, "Harbor Lane Consulting")


@pytest.fixture
def version(house: story.House) -> Published:
    return in_force(story.at("2009-04-02").date())


def acceptances() -> int:
    with entered(OFFICE):
        return Acceptance.objects.count()


def test_today_says_to_accept_and_then_to_compose(house: story.House, version: Published) -> None:
    ana = colleague(house)
    assert "Accept version 2009.1 of the program, and you can sell" in said(ana.get("/portal/"))
    action = f"/portal/program/{version.id}/accept"
    page = ana.get("/portal/program/")
    assert version.terms.sha256 in said(page)
    done = ana.post(action, fields(page, action) | {"consent": "on"}, follow=True)
    assert "Version 2009.1 is accepted. You can sell under it." in said(done)
    assert "You accepted version 2009.1 on 2 April 2009" in said(done)
    assert "2 April 2009, Ana Ruiz" in said(done)
    with entered(OFFICE):
        kept = Acceptance.objects.get()
    assert (kept.sha256, str(kept.day)) == (version.terms.sha256, "2009-04-02")
    assert "Compose your first order" in said(ana.get("/portal/"))


def test_the_guide_has_the_clauses_and_the_worked_examples(house: story.House, version: Published) -> None:
    text = said(colleague(house).get("/portal/program/"))
    assert "First year: 12% of 9,000.00 USD is 1,080.00 USD" in text
    assert "Fifty users for three years" in text


def test_accepting_needs_consent_and_the_hash_that_was_read(house: story.House, version: Published) -> None:
    ana, action = colleague(house), f"/portal/program/{version.id}/accept"
    form = fields(ana.get("/portal/program/"), action)
    assert ana.post(action, form).status_code == 422
    altered = ana.post(action, form | {"consent": "on", "read_sha256": "0" * 64})
    assert altered.status_code == 409
    assert "What you read is not the version that would be accepted" in said(altered)
    assert acceptances() == 0


def test_a_seller_reads_but_an_owner_accepts(house: story.House, version: Published) -> None:
    seller = colleague(house, PartnerRole.SELLER)
    today = said(seller.get("/portal/"))
    assert "Harbor Lane Consulting has not accepted program version 2009.1" in today
    assert "An owner of the partner reads and accepts the version" in today
    assert "Accept this version" not in said(seller.get("/portal/program/"))
    form = {"consent": "on", "read_sha256": version.terms.sha256}
    assert seller.post(f"/portal/program/{version.id}/accept", form).status_code == 403
    assert acceptances() == 0


def test_the_document_is_taken_along_to_the_byte(house: story.House, version: Published) -> None:
    ana = colleague(house)
    file = ana.get(f"/portal/program/{version.id}/document")
    assert file.content == story.FIRST_READING.read_bytes()
    assert 'filename="online-services-2009.1.toml"' in file["Content-Disposition"]
    assert ana.get(f"/portal/program/{uuid4()}").status_code == 404


def test_a_visitor_signs_in_first_and_the_vendor_has_its_own_pages(house: story.House) -> None:
    answer = Client().get("/portal/program/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")
