"""The vendor's people, its API clients, its outbox and its clock."""

import re
from datetime import date

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.clock.queries import now
from ofrecord.jobs.due import run_due
from ofrecord.mail.actions import send
from ofrecord.mail.queries import messages
from ofrecord.partners.queries import clients, invitations, members
from support.desk import Desk, desk_of
from support.world import TODAY, World

CHIEF, MANAGER, FINANCE, SELLER = VendorRole


def test_people_are_listed_with_their_roles(world: World) -> None:
    page = desk_of(world, SELLER).get("people")
    assert page.heading == "4 people work here"
    assert page.has("Morgan of northwind morgan@northwind.example channel chief")
    assert page.lacks("Felix of northwind", "Wanda of northwind", "Ivan of northwind", "Invite a colleague")


def test_the_chief_invites_and_withdraws(own_world: World) -> None:
    desk = desk_of(own_world, CHIEF)
    data = {"name": "Petra Lind", "email": "petra@northwind.example", "role": "finance"}
    page = desk.follow(desk.post("people-invite", **data))
    assert page.has("Petra Lind is invited; the link went to petra@northwind.example.", "Petra Lind petra@")
    with entered(OFFICE):
        asked = invitations(OFFICE, None).get(email="petra@northwind.example")
    withdrawn = desk.follow(desk.post("invitation-withdraw", asked.pk))
    assert withdrawn.has("The invitation is withdrawn")
    assert withdrawn.lacks("petra@northwind.example")


def test_an_address_that_signs_in_already_is_refused(world: World) -> None:
    with entered(OFFICE):
        before = invitations(OFFICE, None).count()
    page = desk_of(world, CHIEF).post(
        "people-invite", name="Frank", email="frank@northwind.example", role="finance"
    )
    assert page.status == 409
    assert page.has("frank@northwind.example already signs in here.")
    with entered(OFFICE):
        assert invitations(OFFICE, None).count() == before


def test_a_colleague_is_removed_but_never_the_last_chief(own_world: World) -> None:
    desk = desk_of(own_world, CHIEF)
    with entered(OFFICE):
        here = {member.role: member.pk for member in members(OFFICE, None).filter(ended_at__isnull=True)}
    assert desk.get("colleague", here["seller"]).heading.startswith("Stella of northwind is seller since")
    seller = desk_of(own_world, SELLER)
    assert desk.follow(desk.post("colleague", here["seller"])).has(
        "Stella of northwind no longer has a place here.", "3 people work here"
    )
    assert seller.get("today").status in (302, 404)
    last = desk.post("colleague", here["channel chief"])
    assert last.status == 409
    assert desk.get("people").heading == "3 people work here"


def test_others_neither_invite_nor_remove(world: World) -> None:
    with entered(OFFICE):
        chief = members(OFFICE, None).get(role="channel chief")
    for role in (MANAGER, FINANCE, SELLER):
        desk = desk_of(world, role)
        assert desk.post("people-invite", name="A", email="a@b.example", role="seller").status == 403
        assert desk.post("colleague", chief.pk).status == 403
        assert desk.get("clients").status == 403
        assert desk.get("client-new").status == 403
    with entered(OFFICE):
        assert members(OFFICE, None).filter(ended_at__isnull=True).count() == 4


def test_a_token_is_shown_once_and_revoked(own_world: World) -> None:
    desk = desk_of(own_world, CHIEF)
    made = desk.post("client-new", name="Ledger export", permissions=["invoices:read", "statements:read"])
    assert made.heading == "Keep this token now; it is not shown again"
    token = re.search(r'value="(ofr_[^"]+)"', made.html)
    assert token
    with entered(OFFICE):
        client = clients(OFFICE, None).get(name="Ledger export")
    assert client.permissions == ["invoices:read", "statements:read"]
    listed = desk.get("clients")
    assert listed.has("Ledger export", "read invoices, read statements")
    assert token[1] not in listed.html + desk.get("client", client.pk).html
    desk.post("client-revoke", client.pk)
    assert desk.get("clients", q="Ledger").has("revoked")
    assert desk.get("client", client.pk).status == 404


def test_a_client_needs_a_name_and_a_permission(world: World) -> None:
    page = desk_of(world, CHIEF).post("client-new", name="", permissions=["clock:set"])
    assert page.status == 422
    assert page.has("2 things have to be put right")


def test_kept_mails_are_read_with_their_links(world: World) -> None:
    desk = desk_of(world, MANAGER)
    page = desk.get("mail", q="olga@saltgrass.example")
    assert page.has("Welcome: Saltgrass Consulting is a partner of Northwind Online", "kept")
    with entered(OFFICE):
        letter = messages(OFFICE).get(to="olga@saltgrass.example", subject__startswith="Welcome")
    read = desk.get("message", letter.pk)
    assert re.search(r'<a href="/join/[\w-]+">http', read.html)
    assert desk_of(world, SELLER).get("mail").status == 403


def test_a_text_of_a_stranger_makes_no_link_and_no_markup(own_world: World) -> None:
    with entered(OFFICE):
        text = 'See https://evil.example/join/x and <script>alert("1")</script>'
        message_id = send(to="a@b.example", subject="A question", text=text, at=now())
    html = desk_of(own_world, CHIEF).get("message", message_id).html
    assert 'href="https://evil.example' not in html
    assert "&lt;script&gt;" in html


def test_a_message_that_was_sent_says_that_its_text_is_blanked(own_world: World) -> None:
    with entered(OFFICE):
        message = messages(OFFICE).first()
        assert message is not None
        type(message).objects.filter(pk=message.pk).update(status="sent", text="", sent_at=now())
    page = desk_of(own_world, CHIEF).get("message", message.pk)
    assert page.has("The text was blanked", "A letter is kept no longer than it takes to send it.")


def test_the_clock_moves_forward_and_the_page_says_what_the_jobs_did(own_world: World) -> None:
    desk = desk_of(own_world, FINANCE)
    assert desk.get("clock").heading == "It is 12 October 2026"
    page = desk.follow(desk.post("clock", day="2026-11-01"))
    assert page.heading == "It is 1 November 2026"
    assert page.has("What falls due until 1 November 2026, day by day", "0 of 20")
    assert "hx-get" in desk.get("clock-progress").html
    run_due()
    assert desk.get("clock").has("October 2026 was billed: 4 invoices", "20 of 20")


def test_the_clock_never_goes_back(world: World) -> None:
    desk = desk_of(world, CHIEF)
    page = desk.post("clock", day="2026-10-11")
    assert page.status == 409
    assert page.has(
        "It is 12 October 2026 already; the clock cannot go back to 11 October 2026.", "Choose a later day."
    )
    assert desk.post("clock", day="tomorrow").status == 422
    with entered(OFFICE):
        assert now().date() == TODAY


def test_who_may_not_set_the_clock_is_refused(world: World) -> None:
    for role in (MANAGER, SELLER):
        desk: Desk = desk_of(world, role)
        assert desk.get("clock").status == 403
        assert desk.post("clock", day=str(date(2026, 12, 1))).status == 403
        assert desk.get("today").lacks("Move the day to")
    with entered(OFFICE):
        assert now().date() == TODAY
