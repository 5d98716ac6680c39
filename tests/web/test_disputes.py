"""A dispute from both sides: a partner opens it on the page of a line, finance answers it at the desk."""

from uuid import UUID, uuid4

from django.test import Client
from django.urls import reverse

from ofrecord.access.scope import entered
from ofrecord.access.types import PartnerRole, VendorRole
from ofrecord.statements.queries import card, disputes_of, lines_of, statements
from ofrecord.statements.types import Outcome
from support.desk import Desk, desk_of
from support.pages import fields, said, signed_in
from support.world import World

REASON = "The third line of the invoice was ours."


def of(world: World, role: PartnerRole) -> Client:
    return signed_in(world.a.people[role].id)


def undisputed(world: World) -> str:
    """A line of A that nobody disputed."""
    with entered(world.a.scope):
        lines = lines_of(card(statements(world.a.scope).get()), world.a.scope)
        return next(line.id for line in lines if not disputes_of(line.id, world.a.scope))


def latest(world: World, line: str) -> UUID:
    with entered(world.a.scope):
        return disputes_of(line, world.a.scope)[0].id


def dispute(client: Client, line: str, reason: str = REASON) -> object:
    action = reverse("portal:open_dispute", args=[line])
    form = fields(client.get(reverse("portal:line", args=[line])), action)
    return client.post(action, form | {"reason": reason}, follow=True)


def test_a_line_is_disputed_answered_and_shows_it_to_both(own_world: World) -> None:
    fiona, frank = of(own_world, PartnerRole.FINANCE), desk_of(own_world, VendorRole.FINANCE)
    line = undisputed(own_world)
    page = said(dispute(fiona, line))
    assert "The line is disputed." in page
    assert REASON in page
    assert "Dispute this line" not in page

    disputes = frank.get("disputes")
    assert disputes.heading == "3 disputes wait for an answer"
    opened = frank.get("dispute", latest(own_world, line))
    assert opened.heading == "Harborlane Consulting disputes a line of August 2026 that pays nothing"
    assert opened.has(REASON, "An answer moves no money.", "The customer ordered directly from the vendor")
    assert frank.get("line", line).has(REASON, "Answer the dispute")

    answered = frank.post("dispute-answer", latest(own_world, line), outcome="upheld", answer="It was.")
    assert frank.follow(answered).has("The dispute was upheld, and its partner was told.", "It was.")
    assert frank.get("disputes").heading == "2 disputes wait for an answer"
    again = said(fiona.get(reverse("portal:line", args=[line])))
    assert "Upheld" in again
    assert "It was." in again
    assert "Dispute this line" in again


def test_a_form_sent_twice_opens_one_dispute(own_world: World) -> None:
    fiona, line = of(own_world, PartnerRole.FINANCE), undisputed(own_world)
    action = reverse("portal:open_dispute", args=[line])
    form = fields(fiona.get(reverse("portal:line", args=[line])), action) | {"reason": REASON}
    assert [fiona.post(action, form).status_code for _ in range(2)] == [302, 302]
    other = fiona.post(action, form | {"form_key": str(uuid4())})
    assert (other.status_code, "is disputed already" in said(other)) == (409, True)
    with entered(own_world.a.scope):
        assert len(disputes_of(line, own_world.a.scope)) == 1


def test_a_dispute_is_withdrawn_on_its_line(own_world: World) -> None:
    fiona, line = of(own_world, PartnerRole.FINANCE), undisputed(own_world)
    dispute(fiona, line)
    done = fiona.post(reverse("portal:withdraw_dispute", args=[latest(own_world, line)]), follow=True)
    assert "The dispute is withdrawn." in said(done)
    with entered(own_world.a.scope):
        assert [each.outcome for each in disputes_of(line, own_world.a.scope)] == [Outcome.WITHDRAWN]


def test_what_is_missing_is_said_beside_it_and_nothing_happens(own_world: World) -> None:
    fiona, frank = of(own_world, PartnerRole.FINANCE), desk_of(own_world, VendorRole.FINANCE)
    line = undisputed(own_world)
    assert dispute(fiona, line, " ").status_code == 422  # type: ignore[attr-defined]
    with entered(own_world.a.scope):
        assert disputes_of(line, own_world.a.scope) == []
    dispute(fiona, line)
    page = frank.post("dispute-answer", latest(own_world, line), outcome="rejected", answer="")
    assert page.status == 422
    page = frank.post("dispute-answer", latest(own_world, line), outcome="withdrawn", answer="No.")
    assert page.status == 422
    with entered(own_world.a.scope):
        assert disputes_of(line, own_world.a.scope)[0].is_open


def test_an_answered_dispute_takes_no_second_answer(own_world: World) -> None:
    frank: Desk = desk_of(own_world, VendorRole.FINANCE)
    with entered(own_world.a.scope):
        lines = lines_of(card(statements(own_world.a.scope).get()), own_world.a.scope)
        every = [each for line in lines for each in disputes_of(line.id, own_world.a.scope)]
    rejected = next(each for each in every if each.outcome is Outcome.REJECTED)
    assert frank.get("dispute", rejected.id).lacks("Send the answer")
    page = frank.post("dispute-answer", rejected.id, outcome="upheld", answer="After all.")
    assert (page.status, page.has("An answer is final.")) == (409, True)


def test_who_may_not_dispute_sees_and_sends_nothing(own_world: World) -> None:
    line = undisputed(own_world)
    sven = of(own_world, PartnerRole.SELLER)
    assert sven.post(reverse("portal:open_dispute", args=[line]), {"reason": REASON}).status_code == 403
    manager = desk_of(own_world, VendorRole.ACCOUNT_MANAGER)
    dispute(of(own_world, PartnerRole.OWNER), line)
    shown = manager.get("dispute", latest(own_world, line))
    assert shown.has(REASON)
    assert shown.lacks("Send the answer")
    page = manager.post("dispute-answer", latest(own_world, line), outcome="upheld", answer="Yes.")
    assert page.status == 403
