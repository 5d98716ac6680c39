"""Partners at the desk: found, decided on, and known."""

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.mail.queries import messages
from ofrecord.partners.queries import invitations, partners
from support.desk import desk_of, partner_number
from support.world import World

CHIEF, MANAGER, FINANCE, SELLER = VendorRole


def _status(world: World) -> tuple[str, str]:
    with entered(OFFICE):
        row = partners(OFFICE).get(pk=world.applicant)
        return row.status, row.reason


def test_the_list_counts_and_values_what_each_partner_has_running(world: World) -> None:
    page = desk_of(world, SELLER).get("partners")
    assert page.heading == "3 partners sell for you, 1 application waits"
    # harborlane: 65 seats and 65 seats at 15.00 run; the cancelled one has ended. 2 × 975.00
    harborlane, quillmarsh = (partner_number(f"{name} Consulting") for name in ("Harborlane", "Quillmarsh"))
    assert page.has(f"Harborlane Consulting {harborlane} US approved 3 Aug 2026 2 1,950.00")
    # quillmarsh: 2 × 7,961 × 15.00
    assert page.has(f"Quillmarsh Consulting {quillmarsh} US approved 3 Aug 2026 2 238,830.00")


def test_the_list_is_searched_filtered_sorted_and_taken_along(world: World) -> None:
    desk = desk_of(world, CHIEF)
    assert desk.get("partners", q="quill").lacks("Harborlane Consulting")
    assert desk.get("partners", state="applied").has("Oakhollow Consulting", "1 found")
    text = desk.get("partners", sort="-partner").text
    assert text.index("Saltgrass Consulting") < text.index("Harborlane Consulting")
    file = desk.get("partners", export="csv").html.splitlines()
    assert file[0].endswith("Partner,Number,Region,State,Applied,Subscriptions,A month,A month currency")
    number = partner_number("Harborlane Consulting")
    assert f"Harborlane Consulting,{number},US,approved,2026-08-03,2,1950.00,USD" in file


def test_a_partner_is_known_with_its_decision_acceptance_people_and_tier(world: World) -> None:
    page = desk_of(world, CHIEF).get("partner", world.a.id)
    assert page.heading == "Harborlane Consulting is a partner since 3 August 2026"
    assert page.has(
        "2 subscriptions run, billed 1,950.00 USD a month",
        "Olga of harborlane",
        "by Morgan of northwind",
        "2009.1 3 Aug 2026 Olga of harborlane",
        "Sven of harborlane",
        "harborlane tier from 3 Aug 2026",
        "Greatest subscriptions",
        "Latest orders",
        "Latest statements",
    )
    assert page.lacks("Felix of harborlane")


def test_a_seller_sees_no_statements_of_a_partner(world: World) -> None:
    assert desk_of(world, SELLER).get("partner", world.a.id).lacks("Latest statements")


def test_approving_takes_the_partner_on_and_invites_who_applied(own_world: World) -> None:
    desk = desk_of(own_world, MANAGER)
    page = desk.get("partner", own_world.applicant)
    assert page.heading == "Oakhollow Consulting wants to become a partner"
    after = desk.follow(desk.post("partner-approve", own_world.applicant))
    assert after.heading == "Oakhollow Consulting is a partner since 12 October 2026"
    assert after.has("It has accepted no program version yet, so it cannot sell.", "by Nadia of northwind")
    with entered(OFFICE):
        assert invitations(OFFICE, own_world.applicant).get().email == "olga@oakhollow.example"


def test_refusing_needs_a_reason_and_sends_it(own_world: World) -> None:
    desk = desk_of(own_world, MANAGER)
    for reason in ("", "   "):
        page = desk.post("partner-refuse", own_world.applicant, reason=reason)
        assert page.status == 422
        assert page.has("One thing has to be put right", "This field is required.")
        assert _status(own_world) == ("applied", "")
    after = desk.follow(desk.post("partner-refuse", own_world.applicant, reason="Too far away."))
    assert after.heading == "Oakhollow Consulting was refused on 12 October 2026"
    assert _status(own_world) == ("refused", "Too far away.")
    with entered(OFFICE):
        assert "Too far away." in messages(OFFICE).filter(to="olga@oakhollow.example").first().text


def test_what_was_decided_stays_decided(own_world: World) -> None:
    desk = desk_of(own_world, CHIEF)
    page = desk.post("partner-refuse", own_world.a.id, reason="Changed my mind.")
    assert page.status == 409
    assert page.has("The application of Harborlane Consulting was approved before.")
    approved = desk.post("partner-approve", own_world.refused)
    assert approved.status == 409
    with entered(OFFICE):
        assert partners(OFFICE).get(pk=own_world.a.id).status == "approved"
        assert partners(OFFICE).get(pk=own_world.refused).status == "refused"


def test_who_may_not_decide_is_offered_nothing_and_refused(world: World) -> None:
    for role in (FINANCE, SELLER):
        desk = desk_of(world, role)
        page = desk.get("partner", world.applicant)
        assert page.has("A channel chief or an account manager decides.")
        assert not page.offers("desk:partner-approve", world.applicant)
        assert desk.post("partner-approve", world.applicant).status == 403
        assert desk.post("partner-refuse", world.applicant, reason="No.").status == 403
        assert _status(world) == ("applied", "")


def test_an_unknown_partner_is_not_found(world: World) -> None:
    assert desk_of(world, CHIEF).get("partner", world.version).status == 404
