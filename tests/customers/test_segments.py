"""Customers are put into segments that the program names."""

from uuid import UUID, uuid4

import pytest

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.customers import actions
from ofrecord.customers.queries import customers
from ofrecord.flows.set_segment import set_segment
from ofrecord.journal.queries import history_of
from ofrecord.partners.refusals import NotNamed
from ofrecord.subscriptions.facts import subscription_facts
from support import story
from support.story import CHIEF, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold() -> UUID:
    story.begin("2009-04-01")
    return story.sell(story.partner("Harbor Lane"), "Parker Mills", 50, "2009-05-01")


def _customer() -> UUID:
    with entered(OFFICE):
        return customers(OFFICE).get().pk


def test_settlement_reads_the_segment_of_the_customer(sold: UUID) -> None:
    customer = _customer()
    with entered(OFFICE):
        actions.set_segment(by=CHIEF.actor, at=at("2009-08-10"), customer_id=customer, segment="midsize")
        actions.set_segment(by=CHIEF.actor, at=at("2009-08-11"), customer_id=customer, segment="midsize")
        assert subscription_facts([sold])[sold].segment == "midsize"
        told = [each for each in history_of(customer, OFFICE) if each.verb == "segment set"]
    assert [(each.at, each.data) for each in told] == [
        (at("2009-08-10"), {"segment": "midsize", "former": ""})
    ]


def test_a_segment_that_the_program_does_not_name_is_refused(sold: UUID) -> None:
    """The program of 2009 names no segment."""
    customer = _customer()
    with entered(OFFICE):
        with pytest.raises(NotNamed):
            set_segment(reader=CHIEF, at=at("2009-08-10"), customer_id=customer, segment="midsize")
        set_segment(reader=CHIEF, at=at("2009-08-10"), customer_id=customer, segment="")
        with pytest.raises(NotFound):
            set_segment(reader=CHIEF, at=at("2009-08-10"), customer_id=uuid4(), segment="")
        assert customers(OFFICE).get().segment == ""
