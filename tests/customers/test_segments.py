"""Customers are put into segments that the program names, from a day on."""

import json
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions import bill_month_of_all
from ofrecord.billing.facts import billed_facts, expected_facts, facts_of_customers, history_facts
from ofrecord.customers.facts import segments_in
from ofrecord.customers.models import SegmentSpan
from ofrecord.customers.queries import customers_on, segment_of
from ofrecord.flows.set_segment import set_segment
from ofrecord.journal.queries import history_of
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.refusal import Refusal
from ofrecord.partners.refusals import NotNamed
from ofrecord.program.refusals import BeforeProgram
from ofrecord.subscriptions.refusals import DayTooFar
from support import story
from support.story import CHIEF, House, after, at

pytestmark = pytest.mark.django_db

SEGMENTS = ("small", "midsize", "enterprise")


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture
def harbor(tmp_path: Path) -> House:
    """A partner under the program of 2009, which names three segments here."""
    text = story.FIRST_READING.read_text()
    named = tmp_path / "segments.toml"
    named.write_text(text.replace("[program]\n", f"[program]\nsegments = {json.dumps(SEGMENTS)}\n", 1))
    story.begin("2009-04-01", named)
    return story.partner("Harbor Lane")


@pytest.fixture
def customer(harbor: House) -> UUID:
    """Served since 1 May 2009."""
    story.sell(harbor, "Parker Mills", 50, "2009-05-01")
    with entered(OFFICE):
        return customers_on(OFFICE, on("2009-05-01")).get().pk


def put(customer: UUID, segment: str, first: str = "", *, replaces_later: bool = False) -> None:
    with entered(OFFICE):
        set_segment(
            reader=CHIEF,
            at=at("2009-08-10"),
            customer_id=customer,
            segment=segment,
            first=on(first) if first else None,
            replaces_later=replaces_later,
        )


def held(customer: UUID) -> list[tuple[str, str, str | None]]:
    with entered(OFFICE):
        found = segments_in(Span(on("2009-01-01"))).get(customer, ())
    return [(segment, str(span.first), str(span.until) if span.until else None) for span, segment in found]


def test_a_segment_lasts_from_its_day_until_the_next_one(customer: UUID) -> None:
    put(customer, "enterprise")
    put(customer, "midsize", "2009-06-01")
    assert held(customer) == [("midsize", "2009-06-01", "2009-08-10"), ("enterprise", "2009-08-10", None)]
    with entered(OFFICE):
        days = ("2009-05-31", "2009-06-01", "2009-08-09", "2009-08-10")
        found = [customers_on(OFFICE, on(day)).get().segment for day in days]  # type: ignore[attr-defined]
        assert found == ["", "midsize", "midsize", "enterprise"]
        assert (segment_of(customer), segment_of(uuid4())) == ("enterprise", "")


def test_a_wrong_segment_of_the_past_is_corrected_and_what_was_recorded_stays_known(customer: UUID) -> None:
    put(customer, "midsize", "2009-05-01")
    put(customer, "enterprise", "2009-07-01")
    put(customer, "", "2009-06-01", replaces_later=True)
    assert held(customer) == [("midsize", "2009-05-01", "2009-06-01"), ("", "2009-06-01", None)]
    with entered(OFFICE):
        corrected = history_of(customer, OFFICE)[0]
    assert (corrected.at, corrected.data) == (
        at("2009-08-10"),
        {
            "segment": "",
            "first": "2009-06-01",
            "before": [
                {"segment": "midsize", "first": "2009-05-01", "until": "2009-07-01"},
                {"segment": "enterprise", "first": "2009-07-01", "until": None},
            ],
        },
    )


def test_to_record_what_is_recorded_changes_nothing(customer: UUID) -> None:
    put(customer, "", "2009-05-01")
    put(customer, "midsize", "2009-05-01")
    put(customer, "midsize", "2009-07-01")
    assert held(customer) == [("midsize", "2009-05-01", None)]
    with entered(OFFICE):
        assert [each.verb for each in history_of(customer, OFFICE)].count("segment set") == 1


@pytest.mark.parametrize(
    ("segment", "first", "refusal"),
    [
        ("midsize", "2009-03-31", BeforeProgram),
        ("", "2009-03-31", BeforeProgram),
        ("midsize", "2014-08-11", DayTooFar),
        ("medium", "2009-05-01", NotNamed),
    ],
)
def test_a_segment_is_one_of_the_program_within_its_days(
    customer: UUID, segment: str, first: str, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        put(customer, segment, first)
    with pytest.raises(NotFound):
        put(uuid4(), "midsize", "2009-05-01")
    assert held(customer) == []


def test_settlement_reads_the_segment_of_the_day_of_the_invoice(customer: UUID) -> None:
    """A change on 1 July leaves what was billed for May and June where it was."""
    put(customer, "midsize", "2009-05-31")
    put(customer, "enterprise", "2009-07-01")
    months = [Month(2009, number) for number in (5, 6, 7, 8)]
    with entered(OFFICE):
        expected = expected_facts(months)
        for month in months[:3]:
            bill_month_of_all(by=SYSTEM, at=after(str(month)), month=month)
        whole, own = (
            [fact for facts in found.values() for fact in facts]
            for found in (history_facts(months[2]), facts_of_customers([customer], months[2]))
        )
        single = [fact for month in months[:3] for fact in billed_facts(month)]
    # The invoices are of 31 May, 30 June, 31 July.
    assert [fact.segment for fact in whole] == ["midsize", "midsize", "enterprise"]
    assert [fact.segment for fact in expected] == ["midsize", "midsize", "enterprise", "enterprise"]
    assert own == whole
    assert [fact.segment for fact in single] == [fact.segment for fact in whole]


def test_many_segments_are_read_in_as_many_queries_as_few(harbor: House) -> None:
    counts = []
    for number in range(3):
        story.sell(harbor, f"Customer {number}", 5, "2009-05-01")
        with entered(OFFICE):
            for row in customers_on(OFFICE, on("2009-05-01")):
                set_segment(
                    reader=CHIEF,
                    at=at("2009-05-02"),
                    customer_id=row.pk,
                    segment=SEGMENTS[1],
                    first=on("2009-05-01"),
                )
            with CaptureQueriesContext(connection) as captured:
                expected_facts([Month(2009, 5), Month(2009, 6)])
        counts.append(len(captured))
    assert len(set(counts)) == 1


def test_a_customer_is_in_one_segment_on_one_day(customer: UUID) -> None:
    put(customer, "midsize", "2009-05-01")
    with entered(OFFICE), pytest.raises(IntegrityError, match="one_segment_a_day"), transaction.atomic():
        SegmentSpan.objects.create(
            customer_id=customer,
            segment="small",
            during=(on("2009-06-01"), None),
            learned_at=at("2009-08-10"),
        )


def test_a_partner_sees_the_segments_of_its_own_customers_alone(harbor: House, customer: UUID) -> None:
    put(customer, "midsize", "2009-05-01")
    oak = story.partner("Oak Hill")
    seen = []
    for house in (harbor, oak):
        with entered(house.reader.scope):
            seen.append(SegmentSpan.objects.count())
    assert seen == [1, 0]
