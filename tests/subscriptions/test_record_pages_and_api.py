"""Who holds which role, tier, segment and currency, changed at the desk and through the API of a whole world."""

from datetime import date

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, VendorRole
from ofrecord.customers.queries import segment_spans
from ofrecord.kernel.calendar import Span
from ofrecord.subscriptions.queries import partners_of_record, roles_on
from ofrecord.subscriptions.types import RecordSpan
from support.intruder import Caller, Sent
from support.routes import API
from support.world import World

REASON = "The customer asked for it."


def _manager(world: World) -> Caller:
    return Caller(world.vendor.people[VendorRole.ACCOUNT_MANAGER])


def test_the_desk_changes_the_partner_of_record_and_says_what_is_wrong(own_world: World) -> None:
    a, b, manager = own_world.a, own_world.b, _manager(own_world)
    page = f"/desk/subscriptions/{a.subscriptions['confirmed']}"
    assert manager.ask(Sent("GET", f"{page}/record")).status_code == 200
    typed = {"partner-partner": b.number, "partner-first": "2026-08-01", "partner-reason": REASON}
    refused = manager.ask(Sent("POST", f"{page}/partner", typed))
    assert refused.status_code == 422
    assert "is too early" in refused.content.decode() or "before the program" in refused.content.decode()
    typed["partner-first"] = "2026-09-15"
    assert manager.ask(Sent("POST", f"{page}/partner", typed)).status_code == 302
    with entered(OFFICE):
        spans = partners_of_record(a.subscriptions["confirmed"], OFFICE)
    assert spans[1:] == [RecordSpan(b.id, Span(date(2026, 9, 15)))]
    shown = manager.ask(Sent("GET", f"{page}/")).content.decode()
    assert a.name in shown
    assert REASON in shown
    again = manager.ask(Sent("POST", f"{page}/partner", typed))
    assert (again.status_code, "this is recorded already" in again.content.decode()) == (409, True)
    unknown = manager.ask(Sent("POST", f"{page}/partner", typed | {"partner-partner": "P-NOBODY"}))
    assert "There is no partner with the number P-NOBODY" in unknown.content.decode()


def test_the_desk_records_a_role_and_ends_it(own_world: World) -> None:
    a, b, manager = own_world.a, own_world.b, _manager(own_world)
    sold = a.subscriptions["confirmed"]
    page = f"/desk/subscriptions/{sold}"
    typed = {
        "role-partner": b.number,
        "role-role": "referrer",
        "role-first": "2026-09-01",
        "role-share": "a third",
    }
    assert "This is no share" in manager.ask(Sent("POST", f"{page}/role", typed)).content.decode()
    assert manager.ask(Sent("POST", f"{page}/role", typed | {"role-share": "1/3"})).status_code == 302
    with entered(OFFICE):
        [card] = [card for card in roles_on(sold, OFFICE) if card.role == "referrer"]
    end = {"end-heldrole_id": str(card.id), "end-day": "2026-10-01", "end-reason": REASON}
    assert manager.ask(Sent("POST", f"{page}/role-end", end)).status_code == 302
    with entered(OFFICE):
        [card] = [card for card in roles_on(sold, OFFICE) if card.role == "referrer"]
    assert card.span == Span(date(2026, 9, 1), date(2026, 10, 1))


def test_the_desk_sets_currency_and_segment(own_world: World) -> None:
    a, manager = own_world.a, _manager(own_world)
    page = f"/desk/partners/{a.id}"
    assert manager.ask(Sent("GET", f"{page}/standing")).status_code == 200
    bare = manager.ask(Sent("POST", f"{page}/currency", {"currency-currency": "EUR"}))
    assert (bare.status_code, "needs a reason" in bare.content.decode()) == (422, True)
    typed = {"currency-currency": "EUR", "currency-reason": "It moved."}
    assert manager.ask(Sent("POST", f"{page}/currency", typed)).status_code == 302
    assert "Its statements are in EUR." in manager.ask(Sent("GET", f"{page}/")).content.decode()
    faulty = manager.ask(Sent("POST", f"{page}/tier", {"tier-tier": "Gold", "tier-first": "2026-09-01"}))
    assert faulty.status_code == 422


def test_the_api_does_the_same_for_the_vendor_alone(own_world: World) -> None:
    a, b = own_world.a, own_world.b
    vendor, partner = Caller(token=own_world.vendor.token), Caller(token=a.token)
    path = f"{API}/subscriptions/{a.subscriptions['confirmed']}"
    change = {"partner_id": str(b.id), "first": "2026-09-15", "reason": REASON}
    role = {"partner_id": str(b.id), "role": "referrer", "first": "2026-09-01", "share": "70%"}
    for asked, body in (("partner-of-record", change), ("roles", role)):
        assert partner.ask(Sent("POST", f"{path}/{asked}", body)).status_code == 403
        assert vendor.ask(Sent("POST", f"{path}/{asked}", body)).status_code == 200
    whole = vendor.ask(Sent("GET", path)).json()
    assert whole["deal"] == "new"
    assert [each["partner_id"] for each in whole["partners_of_record"]] == [str(a.id), str(b.id)]
    [shared] = [each for each in whole["roles"] if each["role"] == "referrer"]
    assert (shared["share"], shared["days"]["until"]) == ("70%", None)
    too_much = vendor.ask(Sent("POST", f"{path}/roles", role | {"partner_id": str(a.id)}))
    assert (too_much.status_code, too_much.json()["code"]) == (409, "shares-too-much")
    inexact = vendor.ask(Sent("POST", f"{path}/roles", role | {"share": "0.7"}))
    assert (inexact.status_code, inexact.json()["code"]) == (422, "field-faulty")
    end = {"day": "2026-10-01", "reason": REASON}
    ended = vendor.ask(Sent("POST", f"{path}/roles/{shared['id']}/end", end)).json()
    assert [each["days"]["until"] for each in ended["roles"] if each["id"] == shared["id"]] == ["2026-10-01"]
    own = partner.ask(Sent("GET", path)).json()
    assert [each["partner_id"] for each in own["partners_of_record"]] == [str(a.id)]
    assert {each["partner_id"] for each in own["roles"]} == {str(a.id)}


def test_the_api_sets_tier_currency_and_segment(own_world: World) -> None:
    a, vendor = own_world.a, Caller(token=own_world.vendor.token)
    path = f"{API}/partners/{a.id}"
    taken = vendor.ask(Sent("POST", f"{path}/statement-currency", {"currency": "EUR", "reason": "It moved."}))
    assert (taken.status_code, taken.json()["statement_currency"]) == (200, "EUR")
    tier = vendor.ask(Sent("POST", f"{path}/tiers", {"tier": "Platinum", "first": "2026-09-01"}))
    assert (tier.status_code, tier.json()["code"]) == (422, "not-named-by-program")
    early = vendor.ask(Sent("POST", f"{path}/tiers", {"tier": "Gold", "first": "2009-03-31"}))
    assert (early.status_code, early.json()["code"]) == (422, "before-program")
    [customer, *_] = vendor.ask(Sent("GET", f"{API}/customers")).json()["items"]
    put = Sent("POST", f"{API}/customers/{customer['id']}/segment", {"segment": "midsize"})
    assert vendor.ask(put).json()["code"] == "not-named-by-program"
    early = {"segment": "", "first": "2009-03-31"}
    answer = vendor.ask(Sent("POST", f"{API}/customers/{customer['id']}/segment", early))
    assert (answer.status_code, answer.json()["code"]) == (422, "before-program")


def test_a_segment_ends_on_a_day_by_the_api_and_the_desk(own_world: World) -> None:
    """The customer is in it since 1 August 2026; the program names none, so it can only end."""
    vendor = Caller(token=own_world.vendor.token)
    with entered(OFFICE):
        span = segment_spans(own_world.a.scope).get()
        first, customer = span.during.lower, f"{API}/customers/{span.customer_id}"
    whole = vendor.ask(Sent("GET", customer)).json()
    days = {"first": str(first), "until": None}
    assert (whole["segment"], whole["segments"]) == (
        span.segment,
        [{"segment": span.segment, "days": days}],
    )
    end = Sent("POST", f"{customer}/segment", {"segment": "", "first": "2026-09-01"})
    whole = vendor.ask(end).json()
    assert (whole["segment"], [each["days"]["until"] for each in whole["segments"]]) == (
        "",
        ["2026-09-01", None],
    )
    page = f"/desk/customers/{span.customer_id}/segment"
    typed = {"segment": "", "first": str(first), "replaces_later": "on"}
    assert _manager(own_world).ask(Sent("POST", page, typed | {"first": "2009-03-31"})).status_code == 422
    assert _manager(own_world).ask(Sent("POST", page, typed)).status_code == 302
    assert vendor.ask(Sent("GET", customer)).json()["segments"] == []
