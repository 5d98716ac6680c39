"""A small channel that tests tell stories about: everything happens through the steps that people use."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from uuid import UUID, uuid4

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, Permission, Reader, Scope
from ofrecord.clock.actions import set_day, wind
from ofrecord.clock.types import DEMONSTRATION
from ofrecord.flows import answer_order, compose_order, order_direct, publish_program
from ofrecord.kernel.calendar import Month
from ofrecord.orders.models import Order
from ofrecord.orders.types import Answerer
from ofrecord.partners.actions import accept_version, decide_application
from ofrecord.partners.actions.set_tier import set_tier
from ofrecord.partners.queries import partner_card
from ofrecord.program.queries import in_force
from ofrecord.subscriptions import actions as subscription_actions
from ofrecord.subscriptions.queries import of_order

PROGRAMS = Path(__file__).parents[2] / "programs"
FIRST_READING = PROGRAMS / "online-services-2009.toml"
CHIEF = Reader(SYSTEM, OFFICE, None, frozenset(Permission), "Chief")
CUSTOMER = Answerer("Sam Customer", "sam@customer.example")
OFFER = "business-suite"


def at(day: str | date) -> datetime:
    """Noon on a day."""
    return datetime.combine(date.fromisoformat(str(day)), time(12), tzinfo=UTC)


@dataclass(frozen=True)
class House:
    """A partner, as its owner sees it."""

    id: UUID
    name: str

    @property
    def reader(self) -> Reader:
        return Reader(SYSTEM, Scope.partner(self.id), self.id, frozenset(Permission), self.name)


def begin(day: str = "2009-04-01", program: Path = FIRST_READING) -> None:
    """A demonstration in which one version is in force."""
    with entered(OFFICE):
        wind(mode=DEMONSTRATION, day=date.fromisoformat(day))
        publish_program.publish(reader=CHIEF, at=at(day), document=program.read_bytes())


def turn_clock(day: str) -> None:
    """It is that day by the clock."""
    with entered(OFFICE):
        set_day(by=SYSTEM, at=at(day), day=date.fromisoformat(day))


def partner(name: str, day: str = "2009-04-01", tier: str = "") -> House:
    """A partner that was approved and has accepted the version in force."""
    with entered(OFFICE):
        partner_id = decide_application.apply(
            by=SYSTEM,
            at=at(day),
            name=name,
            region="US",
            website="",
            about="",
            person_name=f"Owner of {name}",
            email=f"owner@{name.lower().replace(' ', '-')}.example",
        )
        decide_application.approve(by=SYSTEM, at=at(day), partner_id=partner_id)
        published = in_force(at(day).date())
        accept_version.accept_version(
            by=SYSTEM,
            at=at(day),
            partner_id=partner_id,
            version_id=published.id,
            published_sha256=published.terms.sha256,
            read_sha256=published.terms.sha256,
        )
        if tier:
            set_tier(by=SYSTEM, at=at(day), partner_id=partner_id, tier=tier, first=at(day).date())
    return House(partner_id, name)


def sell(house: House, customer: str, seats: int, day: str) -> UUID:
    """The partner prepares an order and the customer confirms it on the same day; the subscription."""
    wanted = compose_order.Wanted(
        offer=OFFER,
        region="US",
        seats=seats,
        commitment_months=1,
        starts_on=date.fromisoformat(day),
        customer_name=customer,
    )
    with entered(house.reader.scope):
        order_id, secret = compose_order.compose(reader=house.reader, at=at(day), wanted=wanted)
    answer_order.confirm(at=at(day), secret=secret, who=CUSTOMER, seats=seats, consent=True, form_key=uuid4())
    return _subscription(order_id)


def sell_directly(customer: str, seats: int, day: str, naming: House | None = None) -> UUID:
    """The customer orders on the public page, naming a partner or none; the subscription."""
    with entered(OFFICE):
        number = ""
        if naming is not None:
            card = partner_card(naming.id, OFFICE)
            assert card is not None
            number = card.number
        card_of, _ = order_direct.order(
            at=at(day),
            ordered=order_direct.Ordered(
                company=customer,
                offer=OFFER,
                region="US",
                seats=seats,
                commitment_months=1,
                starts_on=date.fromisoformat(day),
                partner_number=number,
                who=CUSTOMER,
                consent=True,
                form_key=uuid4(),
            ),
        )
    return _subscription(card_of.order_id)


def change_seats(subscription_id: UUID, seats: int, day: str) -> None:
    with entered(OFFICE):
        subscription_actions.change_seats(
            by=SYSTEM, at=at(day), subscription_id=subscription_id, day=at(day).date(), seats=seats
        )


def cancel(subscription_id: UUID, day: str) -> None:
    """`day` is the first day without service."""
    with entered(OFFICE):
        subscription_actions.cancel(
            by=SYSTEM, at=at(day), subscription_id=subscription_id, day=at(day).date()
        )


def after(month: str) -> datetime:
    """The first day on which the month can be closed."""
    return at(Month.parse(month).plus(1).first)


def _subscription(order_id: UUID) -> UUID:
    with entered(OFFICE):
        assert Order.objects.filter(pk=order_id).exists()
        found = of_order(order_id, OFFICE)
    assert found is not None
    return found
