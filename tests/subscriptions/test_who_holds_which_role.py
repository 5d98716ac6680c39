"""Changes of partner and recorded roles, through the steps that people use, on PostgreSQL."""

from datetime import date
from fractions import Fraction
from uuid import UUID, uuid4

import pytest

from ofrecord.access.refusals import NotFound, NotPermitted
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.customers.queries import customers
from ofrecord.flows import change_partner, record_role
from ofrecord.flows.change_subscription import change_seats
from ofrecord.journal.queries import history_of
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.actions.decide_application import apply
from ofrecord.partners.refusals import NotApproved, WhyMissing
from ofrecord.program.refusals import BeforeProgram
from ofrecord.subscriptions.facts import recognitions_in, records_in, subscription_facts
from ofrecord.subscriptions.queries import partners_of_record, roles_on, seats_of, subscriptions
from ofrecord.subscriptions.refusals import AlreadyCancelled, DayPast, DayTooFar, RecordUnchanged, RoleHeld
from ofrecord.subscriptions.types import RecordSpan, RoleSpan
from support import story
from support.story import CHIEF, House, at

pytestmark = pytest.mark.django_db
EVER = Span(date(2009, 1, 1))


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def harbor() -> House:
    story.begin("2009-04-01")
    return story.partner("Harbor Lane")


@pytest.fixture
def quill(harbor: House) -> House:
    return story.partner("Quill Marsh")


@pytest.fixture
def sold(harbor: House) -> UUID:
    """Fifty seats from 1 May 2009."""
    return story.sell(harbor, "Parker Mills", 50, "2009-05-01")


def change(sold: UUID, to: House | None, first: str, *, said_on: str = "2009-08-10", **other: bool) -> None:
    with entered(OFFICE):
        change_partner.change_partner(
            reader=CHIEF,
            at=at(said_on),
            subscription_id=sold,
            partner_id=to.id if to else None,
            first=on(first),
            reason="The customer asked for it.",
            **other,
        )


def record(sold: UUID, whom: House, role: str, first: str, *, until: str = "", share: str = "") -> UUID:
    with entered(OFFICE):
        return record_role.record_role(
            reader=CHIEF,
            at=at("2009-08-10"),
            subscription_id=sold,
            partner_id=whom.id,
            role=role,
            first=on(first),
            until=on(until) if until else None,
            share=Fraction(share) if share else None,
        )


def spans(sold: UUID) -> list[RecordSpan]:
    with entered(OFFICE):
        return partners_of_record(sold, OFFICE)


def test_a_back_dated_change_cuts_the_span_and_tells_both_why(
    harbor: House, quill: House, sold: UUID
) -> None:
    change(sold, quill, "2009-06-15")
    assert spans(sold) == [
        RecordSpan(harbor.id, Span(on("2009-05-01"), on("2009-06-15"))),
        RecordSpan(quill.id, Span(on("2009-06-15"))),
    ]
    told = {}
    for house in (harbor, quill):
        with entered(house.reader.scope):
            told[house.name] = history_of(sold, house.reader.scope)[0]
            assert customers(house.reader.scope).filter(name="Parker Mills").exists()
    assert told["Harbor Lane"].verb == "partner of record ended"
    assert told["Harbor Lane"].data == {
        "first": "2009-06-15",
        "before": {"first": "2009-05-01", "until": None},
        "reason": "The customer asked for it.",
    }
    assert (told["Quill Marsh"].verb, told["Quill Marsh"].at) == (
        "partner of record changed",
        at("2009-08-10"),
    )
    assert str(harbor.id) not in str(told["Quill Marsh"].data)
    assert str(quill.id) not in str(told["Harbor Lane"].data)


def test_later_changes_stay_unless_they_are_replaced(harbor: House, quill: House, sold: UUID) -> None:
    third = story.partner("Third Street")
    change(sold, quill, "2009-08-01")
    change(sold, third, "2009-07-01")
    assert [(each.partner_id, each.span.first) for each in spans(sold)] == [
        (harbor.id, on("2009-05-01")),
        (third.id, on("2009-07-01")),
        (quill.id, on("2009-08-01")),
    ]
    change(sold, None, "2009-06-01", replaces_later=True)
    assert spans(sold) == [RecordSpan(harbor.id, Span(on("2009-05-01"), on("2009-06-01")))]
    with entered(third.reader.scope):
        lost = history_of(sold, third.reader.scope)[0]
    assert lost.data["before"] == {"first": "2009-07-01", "until": "2009-08-01"}


def test_the_former_partner_is_recognized_from_the_day_after_its_last(
    harbor: House, quill: House, sold: UUID
) -> None:
    change(sold, quill, "2009-06-15")
    with entered(OFFICE):
        recognized, records = recognitions_in(EVER), records_in(EVER)
        may = recognitions_in(Span(on("2009-05-01"), on("2009-06-01")))
        july = records_in(Span(on("2009-07-01"), on("2009-08-01")))
    assert recognized[sold] == (
        RoleSpan(harbor.id, "partner of record", Span(on("2009-05-01"), on("2009-06-15"))),
        RoleSpan(quill.id, "partner of record", Span(on("2009-06-15"))),
        RoleSpan(harbor.id, "former partner of record", Span(on("2009-06-15"))),
    )
    assert [each.partner_id for each in records[sold]] == [harbor.id, quill.id]
    assert may[sold] == (RoleSpan(harbor.id, "partner of record", Span(on("2009-05-01"), on("2009-06-15"))),)
    assert [each.partner_id for each in july[sold]] == [quill.id]


def test_a_change_that_is_taken_back_leaves_nobody_former(harbor: House, quill: House, sold: UUID) -> None:
    change(sold, quill, "2009-06-15")
    change(sold, harbor, "2009-06-15")
    with entered(OFFICE):
        assert recognitions_in(EVER)[sold] == (
            RoleSpan(harbor.id, "partner of record", Span(on("2009-05-01"))),
        )
        assert [each.verb for each in history_of(sold, OFFICE)].count("partner of record changed") == 2


@pytest.mark.parametrize(
    ("first", "refusal"),
    [
        ("2009-03-31", BeforeProgram),
        ("2009-04-30", DayPast),
        ("2014-08-11", DayTooFar),
        ("2009-06-15", None),
        ("2014-08-10", None),
    ],
)
def test_a_change_lies_within_the_program_and_the_service(
    harbor: House, quill: House, sold: UUID, first: str, refusal: type[Refusal] | None
) -> None:
    if refusal is None:
        change(sold, quill, first)
        return
    with pytest.raises(refusal):
        change(sold, quill, first)
    assert spans(sold) == [RecordSpan(harbor.id, Span(on("2009-05-01")))]


def test_a_change_that_changes_nothing_or_gives_no_reason_is_refused(
    harbor: House, quill: House, sold: UUID
) -> None:
    with pytest.raises(RecordUnchanged):
        change(sold, harbor, "2009-07-01")
    with pytest.raises(WhyMissing), entered(OFFICE):
        change_partner.change_partner(
            reader=CHIEF,
            at=at("2009-08-10"),
            subscription_id=sold,
            partner_id=quill.id,
            first=on("2009-07-01"),
            reason="  ",
        )
    story.cancel(sold, "2009-06-01")
    with pytest.raises(AlreadyCancelled):
        change(sold, quill, "2009-06-01")
    assert len(spans(sold)) == 1


def test_neither_a_partner_nor_somebody_unknown_changes_the_record(
    harbor: House, quill: House, sold: UUID
) -> None:
    ask = {
        "at": at("2009-08-10"),
        "subscription_id": sold,
        "first": on("2009-07-01"),
        "reason": "We ask for it.",
    }
    seller = House(quill.id, quill.name).reader
    powerless = type(seller)(seller.actor, seller.scope, seller.partner_id, frozenset(), seller.name)
    with pytest.raises(NotPermitted), entered(seller.scope):
        change_partner.change_partner(reader=powerless, partner_id=quill.id, **ask)
    with pytest.raises(NotFound), entered(seller.scope):
        change_partner.change_partner(reader=seller, partner_id=quill.id, **ask)
    with pytest.raises(NotFound), entered(OFFICE):
        change_partner.change_partner(reader=CHIEF, partner_id=uuid4(), **ask)
    assert len(spans(sold)) == 1


def test_a_partner_that_was_not_approved_is_not_recognized(harbor: House, sold: UUID) -> None:
    with entered(OFFICE):
        applied = apply(
            by=CHIEF.actor,
            at=at("2009-08-01"),
            name="Not Yet",
            region="US",
            website="",
            about="",
            person_name="Olga",
            email="olga@not-yet.example",
        )
    with pytest.raises(NotApproved):
        record(sold, House(applied, "Not Yet"), "referrer", "2009-06-01")


def test_a_former_partner_is_not_told_of_later_seats(harbor: House, quill: House, sold: UUID) -> None:
    change(sold, quill, "2009-06-15")
    for day, seats in (("2009-06-15", 71), ("2009-07-01", 83)):
        with entered(OFFICE):
            change_seats(reader=CHIEF, at=at("2009-06-10"), subscription_id=sold, day=on(day), seats=seats)
    for house, seen, now in ((harbor, [50], 50), (quill, [50, 71, 83], 83)):
        scope = house.reader.scope
        with entered(scope):
            assert [each.seats for each in seats_of([sold], scope)[sold]] == seen
            # PostgreSQL's half by itself: asked as the office would ask.
            assert [each.seats for each in seats_of([sold], OFFICE)[sold]] == seen
            row = subscriptions(scope, on("2009-08-10")).get(pk=sold)
            assert row.seats_now == now  # type: ignore[attr-defined]
        with entered(OFFICE):
            assert [each.seats for each in seats_of([sold], scope)[sold]] == seen


def test_roles_are_recorded_shared_and_ended(harbor: House, quill: House, sold: UUID) -> None:
    record(sold, harbor, "referrer", "2009-05-01", share="1/3")
    shared = record(sold, quill, "referrer", "2009-05-01", until="2009-12-01", share="2/3")
    record(sold, quill, "host", "2009-06-01")
    with entered(OFFICE):
        assert recognitions_in(EVER)[sold][1:] == (
            RoleSpan(quill.id, "host", Span(on("2009-06-01"))),
            RoleSpan(quill.id, "referrer", Span(on("2009-05-01"), on("2009-12-01")), Fraction(2, 3)),
            RoleSpan(harbor.id, "referrer", Span(on("2009-05-01")), Fraction(1, 3)),
        )
        record_role.end_role(
            reader=CHIEF,
            at=at("2009-08-11"),
            subscription_id=sold,
            heldrole_id=shared,
            day=on("2009-07-01"),
            reason="It withdrew.",
        )
        shown = {(card.partner_id, card.role): card.span for card in roles_on(sold, OFFICE)}
        assert shown[quill.id, "referrer"] == Span(on("2009-05-01"), on("2009-07-01"))
        ended = history_of(sold, OFFICE)[0]
    assert ended.data == {
        "role": "referrer",
        "day": "2009-07-01",
        "reason": "It withdrew.",
        "before": {"first": "2009-05-01", "until": "2009-12-01"},
    }
    with entered(quill.reader.scope):
        assert {card.role for card in roles_on(sold, quill.reader.scope)} == {"referrer", "host"}
        assert customers(quill.reader.scope).count() == 1
        assert not subscriptions(quill.reader.scope, on("2009-08-10")).exists()


def test_a_role_that_ends_on_its_first_day_was_never_held(quill: House, sold: UUID) -> None:
    wrong = record(sold, quill, "referrer", "2009-05-01")
    with pytest.raises(RoleHeld):
        record(sold, quill, "referrer", "2009-07-01")
    with entered(OFFICE):
        record_role.end_role(
            reader=CHIEF,
            at=at("2009-08-11"),
            subscription_id=sold,
            heldrole_id=wrong,
            day=on("2009-05-01"),
            reason="It was another customer.",
        )
        assert roles_on(sold, OFFICE) == []
        assert [each.verb for each in history_of(sold, OFFICE)][:2] == ["role ended", "role recorded"]


def test_what_a_sale_was_is_kept_from_its_start(harbor: House) -> None:
    first = story.sell(harbor, "Parker Mills", 50, "2009-05-01")
    second = story.sell(harbor, "Parker Mills", 5, "2009-06-01")
    other = story.sell(harbor, "Sutton Mills", 7, "2009-06-01")
    story.change_seats(first, 62, "2009-06-10")
    story.cancel(first, "2009-07-01")
    story.cancel(second, "2009-08-01")
    again = story.sell(harbor, "Parker Mills", 9, "2009-08-01")
    with entered(OFFICE):
        facts = subscription_facts([first, second, other, again])
    assert [(facts[each].deal, facts[each].first_seats) for each in (first, second, other, again)] == [
        ("new", 50),
        ("upsell", 5),
        ("new", 7),
        ("new", 9),
    ]
    assert facts[first].commitment_months == 1
