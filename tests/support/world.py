"""One whole world, lived through the steps that people use: a vendor, and two partners in the same situations.

What belongs to a house can be told by its words: its mark stands in every text that its people and customers write,
and its seats make amounts that nobody else has. `built()` tells the story; it commits, so it needs a database of its
own (the fixture `world` in `conftest` keeps one for a whole run).
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from ofrecord.access.rules import CLIENT_PERMISSIONS
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, PartnerRole, Reader, Role, Scope, VendorRole
from ofrecord.billing.queries import invoices
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.clock.queries import now
from ofrecord.customers.actions import set_segment
from ofrecord.customers.queries import customers
from ofrecord.flows import (
    accept_program,
    answer_order,
    change_subscription,
    compose_order,
    credit_invoice,
    found_installation,
    import_rates,
    invite_colleague,
    order_direct,
    publish_program,
    receive_payment,
    record_role,
    take_on_partner,
    turn_clock,
)
from ofrecord.flows.answer_dispute import answer_dispute
from ofrecord.flows.open_dispute import open_dispute
from ofrecord.flows.run_preview import run_preview, start_preview
from ofrecord.flows.settle_period import settle_period
from ofrecord.jobs.due import run_due
from ofrecord.journal.actions import answer_once
from ofrecord.journal.types import Kept
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.mail.queries import messages
from ofrecord.orders.types import Answerer, ServiceLine
from ofrecord.partners.actions.clients import make_client, revoke_client
from ofrecord.partners.actions.set_tier import set_tier
from ofrecord.partners.queries import invitations, members, partner_card, reader_of
from ofrecord.pools.actions import add_amount
from ofrecord.pools.types import NewAmount
from ofrecord.program.queries import in_force
from ofrecord.settlement.models import HeldFee
from ofrecord.statements import queries as stated
from ofrecord.statements.types import Outcome
from ofrecord.subscriptions.queries import of_order

PROGRAMS = Path(__file__).parents[2] / "programs"
PASSWORD = "a long password of this world"
FIRST_DAY = date(2026, 8, 3)
CLOSED = Month(2026, 8)
BILLED = Month(2026, 9)
TODAY = date(2026, 10, 12)
OFFER = "business-suite"
VENDOR_MARK = "northwind"


@dataclass(frozen=True)
class Someone:
    """A person who signs in, with `PASSWORD`."""

    id: UUID
    name: str
    email: str

    @property
    def reader(self) -> Reader:
        """As the pages and the API would find it now."""
        with entered(Scope.person(self.id)):
            found = reader_of(self.id)
        assert found is not None, f"{self.name} has a place"
        return found


@dataclass
class House:
    """A partner, or the vendor (whose `id` is None): its people by role, a token of all that it may be given."""

    mark: str
    id: UUID | None = None
    name: str = ""
    number: str = ""
    people: dict[Role, Someone] = field(default_factory=dict)
    former: Someone | None = None
    token: str = ""
    revoked_token: str = ""
    invitation: str = ""
    #: By what became of them: open, asked, confirmed, cancelled, declined, withdrawn, expired, renewed, direct.
    orders: dict[str, UUID] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    subscriptions: dict[str, UUID] = field(default_factory=dict)
    form_key: UUID = field(default_factory=uuid4)

    @property
    def head(self) -> Reader:
        """Its owner, or the channel chief."""
        return self.people[PartnerRole.OWNER if self.id else VendorRole.CHANNEL_CHIEF].reader

    @property
    def scope(self) -> Scope:
        return Scope.partner(self.id) if self.id else OFFICE


@dataclass(frozen=True)
class World:
    """What was built. `newcomer` was approved and has not accepted; `applicant` and `refused` have no people yet."""

    vendor: House
    a: House
    b: House
    newcomer: House
    applicant: UUID
    refused: UUID
    version: UUID


SEATS = {"harborlane": 23, "quillmarsh": 7919}


def built() -> World:
    """Tells the whole story, from the first day to `TODAY`; August is closed, September is billed."""
    found_installation.found(mode="demonstration", day=FIRST_DAY)
    vendor = _vendor()
    chief = vendor.head
    with entered(OFFICE):
        document = (PROGRAMS / "online-services-2009.toml").read_bytes()
        version = publish_program.publish(reader=chief, at=now(), document=document)
    houses = [_partner(chief, mark) for mark in SEATS]
    newcomer = _partner(chief, "saltgrass")
    _colleagues(vendor, VendorRole.SELLER)
    for house in houses:
        _august(house)
    _turn(chief, date(2026, 9, 1))
    for house in houses:
        _changes(house, SEATS[house.mark])
    _turn(chief, date(2026, 10, 1))
    for house in houses:
        _paid(house, vendor)
    run_preview(at=now(), run_id=start_preview(by=SYSTEM, at=now()), month=CLOSED)
    settle_period(by=SYSTEM, at=now(), month=CLOSED)
    for house in houses:
        _objects(house, vendor)
    _turn(chief, TODAY)
    for house in houses:
        _refunded(house, vendor)
        _last_orders(house, SEATS[house.mark])
        _recorded(chief, house)
    for house, role in ((vendor, VendorRole.SELLER), *((each, PartnerRole.SELLER) for each in houses)):
        house.invitation = _secret_sent_to(_invited(house, "Ivan", role)[1])
    refused = _applied("pinebarren")
    with entered(OFFICE):
        take_on_partner.refuse(reader=chief, at=now(), partner_id=refused, reason="No room in pinebarren.")
    _finances(vendor.people[VendorRole.FINANCE].reader)
    return World(vendor, *houses, newcomer, _applied("oakhollow"), refused, version)


def grow(world: World, times: int) -> None:
    """More of everything that pages list, for the vendor and for B; September is closed, and October."""
    b = world.b
    for turn in range(times):
        seats = 301 + turn
        _confirm(b, f"more {turn}", seats)
        _compose(b, f"waiting {turn}", seats)
        answer_order.ask(at=now(), secret=b.links[f"waiting {turn}"], who=_customer(b), text="How long?")
        for house, role in ((b, PartnerRole.FINANCE), (world.vendor, VendorRole.SELLER)):
            _joined(*_invited(house, f"Joining{turn}", role))
            _invited(house, f"Asked{turn}", role)
            _client(house)
        _applied(f"another{turn}")
    settle_period(by=SYSTEM, at=now(), month=BILLED)
    _turn(world.vendor.head, date(2026, 11, 2))
    _changes_again(b, times)
    settle_period(by=SYSTEM, at=now(), month=BILLED.plus(1))


def _changes_again(house: House, times: int) -> None:
    with entered(house.scope):
        for turn in range(times):
            change_subscription.change_seats(
                reader=house.head,
                at=now(),
                subscription_id=house.subscriptions["confirmed"],
                day=now().date() + timedelta(days=turn),
                seats=800 + turn,
            )


def _august(house: House) -> None:
    _accept(house.head)
    for role, name in ((PartnerRole.SELLER, "Sven"), (PartnerRole.FINANCE, "Fiona")):
        house.people[role] = _joined(*_invited(house, name, role))
    _colleagues(house, PartnerRole.SELLER)
    _settled_in(house)
    _first_orders(house, SEATS[house.mark])
    _segment(house)


def _vendor() -> House:
    house = House(VENDOR_MARK, name="Northwind Online")
    for role, name in zip(VendorRole, ("Morgan", "Nadia", "Frank", "Stella"), strict=True):
        whole, email = f"{name} of {VENDOR_MARK}", f"{name.lower()}@{VENDOR_MARK}.example"
        added = found_installation.add_colleague(
            at=now(), name=whole, email=email, password=PASSWORD, role=role
        )
        house.people[role] = Someone(added, whole, email)
    return house


def _applied(mark: str) -> UUID:
    return take_on_partner.apply(
        at=now(),
        name=f"{mark.title()} Consulting",
        region="US",
        website=f"https://{mark}.example",
        about=f"{mark} advises on hosted mail.",
        who=Answerer(f"Olga of {mark}", f"olga@{mark}.example"),
    )


def _partner(chief: Reader, mark: str) -> House:
    house = House(mark, _applied(mark), f"{mark.title()} Consulting")
    assert house.id is not None
    with entered(OFFICE):
        take_on_partner.approve(reader=chief, at=now(), partner_id=house.id)
        card = partner_card(house.id, OFFICE)
        assert card is not None
        house.number = card.number
    house.people[PartnerRole.OWNER] = _joined(f"Olga of {mark}", f"olga@{mark}.example")
    return house


def _secret_sent_to(email: str) -> str:
    """The secret of the latest invitation to an address."""
    with entered(OFFICE):
        letter = messages(OFFICE).filter(to=email, text__contains="/join/").first()
        assert letter is not None
        return str(letter.text.split("/join/")[1].split()[0])


def _joined(name: str, email: str) -> Someone:
    return Someone(
        invite_colleague.join(at=now(), secret=_secret_sent_to(email), password=PASSWORD), name, email
    )


def _invited(house: House, name: str, role: Role) -> tuple[str, str]:
    """A colleague of the house is sent a link; name and address."""
    whole, email = f"{name} of {house.mark}", f"{name.lower()}@{house.mark}.example"
    with entered(house.scope):
        invite_colleague.invite(reader=house.head, at=now(), name=whole, email=email, role=role)
    return whole, email


def _colleagues(house: House, role: Role) -> None:
    """One who left, one whose invitation was taken back; two tokens, one of them over."""
    house.former = _joined(*_invited(house, "Felix", role))
    with entered(house.scope):
        gone = members(house.scope, house.id).get(person_id=house.former.id)
        invite_colleague.remove(reader=house.head, at=now(), member_id=gone.pk)
    withdrawn = _invited(house, "Wanda", role)[1]
    with entered(house.scope):
        asked = invitations(house.scope, house.id).get(email=withdrawn)
        invite_colleague.withdraw(reader=house.head, at=now(), invitation_id=asked.pk)
    _, house.token = _client(house)
    revoked, house.revoked_token = _client(house)
    with entered(house.scope):
        revoke_client(by=house.head, at=now(), client_id=revoked)


def _client(house: House) -> tuple[UUID, str]:
    with entered(house.scope):
        most = house.head.permissions & CLIENT_PERMISSIONS
        return make_client(by=house.head, at=now(), name=f"Bridge of {house.mark}", permissions=most)


def _accept(owner: Reader) -> None:
    with entered(owner.scope):
        published = in_force(now().date())
        accept_program.accept(
            reader=owner, at=now(), version_id=published.id, read_sha256=published.terms.sha256
        )


def _compose(house: House, state: str, seats: int) -> str:
    """An order of the house for a customer of that name; the link's secret."""
    wanted = compose_order.Wanted(
        offer=OFFER,
        region="US",
        seats=seats,
        commitment_months=1,
        starts_on=now().date() + timedelta(days=7),
        note=f"What we of {house.mark} discussed.",
        customer_name=f"{state.title()} {house.mark.title()} Mills",
        services=(ServiceLine(f"Training by {house.mark}", Money(seats * 1001, "USD"), "once"),),
    )
    with entered(house.scope):
        house.orders[state], secret = compose_order.compose(reader=house.head, at=now(), wanted=wanted)
    house.links[state] = secret
    answer_order.view(at=now(), secret=secret)
    return secret


def _customer(house: House) -> Answerer:
    return Answerer(f"Dana of {house.mark} mills", f"dana@{house.mark}-mills.example")


def _confirm(house: House, state: str, seats: int) -> None:
    answer_order.confirm(
        at=now(),
        secret=_compose(house, state, seats),
        who=_customer(house),
        seats=seats,
        consent=True,
        form_key=uuid4(),
    )
    house.subscriptions[state] = _subscription(house.orders[state])


def _subscription(order_id: UUID) -> UUID:
    with entered(OFFICE):
        found = of_order(order_id, OFFICE)
    assert found is not None
    return found


def _first_orders(house: House, seats: int) -> None:
    """August: an order for each thing that can become of one."""
    _confirm(house, "confirmed", seats)
    _confirm(house, "cancelled", seats + 7)
    secret = _compose(house, "declined", seats + 14)
    answer_order.decline(at=now(), secret=secret, reason=f"{house.mark} is too dear.")
    _compose(house, "withdrawn", seats + 21)
    _compose(house, "expired", seats + 28)
    with entered(house.scope):
        compose_order.withdraw(reader=house.head, at=now(), order_id=house.orders["withdrawn"])
    _order_directly(house, seats + 35)


def _order_directly(house: House, seats: int) -> None:
    ordered = order_direct.Ordered(
        company=f"Direct {house.mark.title()} Mills",
        offer=OFFER,
        region="US",
        seats=seats,
        commitment_months=12,
        starts_on=now().date() + timedelta(days=7),
        partner_number=house.number,
        who=_customer(house),
        consent=True,
        form_key=house.form_key,
    )
    card, house.links["direct"] = order_direct.order(at=now(), ordered=ordered)
    house.orders["direct"] = card.order_id
    house.subscriptions["direct"] = _subscription(card.order_id)


def _settled_in(house: House) -> None:
    """What the house has besides orders: a tier, and an answer kept for a retry of its API client."""
    assert house.id is not None
    with entered(OFFICE):
        set_tier(by=SYSTEM, at=now(), partner_id=house.id, tier=f"{house.mark} tier", first=now().date())
    with entered(house.scope):
        owner = f"{house.scope.text}/{uuid4()}"
        kept = Kept(200, {"says": house.mark})
        answer_once(owner=owner, key=f"{house.mark}-1", request_hash="0" * 64, answer=lambda: kept)


def _segment(house: House) -> None:
    """One of its customers is in a segment."""
    with entered(OFFICE):
        customer = customers(house.scope)[0]
        segment = f"{house.mark} segment"
        set_segment(by=SYSTEM, at=now(), customer_id=customer.pk, segment=segment, first=now().date())


def _turn(chief: Reader, day: date) -> None:
    """The clock goes on to `day`, and what falls due until then is done."""
    with entered(OFFICE):
        turn_clock.turn(reader=chief, at=now(), day=day)
    run_due()


def _changes(house: House, seats: int) -> None:
    """September: more seats for one customer, and the end for another."""
    with entered(house.scope):
        for state, day in (("confirmed", date(2026, 9, 10)), ("direct", date(2026, 9, 12))):
            change_subscription.change_seats(
                reader=house.head,
                at=now(),
                subscription_id=house.subscriptions[state],
                day=day,
                seats=seats + 42,
            )
        change_subscription.cancel(
            reader=house.head,
            at=now(),
            subscription_id=house.subscriptions["cancelled"],
            day=date(2026, 9, 20),
        )


def _paid(house: House, vendor: House) -> None:
    finance = vendor.people[VendorRole.FINANCE].reader
    with entered(OFFICE):
        theirs = invoices(house.scope).filter(month=CLOSED.first).values_list("pk", flat=True)
        receive_payment.receive(reader=finance, at=now(), invoice_ids=list(theirs), day=now().date())


def _finances(finance: Reader) -> None:
    """Rates, one of them corrected, and a pool, which only a program that names one would share."""
    with entered(OFFICE):
        for per_euro in ("1.0835", "1.0853"):
            usd = import_rates.StatedRate("USD", date(2026, 10, 9), per_euro)
            import_rates.record_rates(reader=finance, at=now(), rates=[usd], source="by hand", correct=True)
        amount = Money.parse("48000.00 USD")
        what = NewAmount(new_id(), "online-services", "advertising", BILLED, amount, "Advertising revenue")
        add_amount(by=finance.actor, at=now(), what=what)


def _recorded(chief: Reader, house: House) -> None:
    """A role beside that of record, from a day to come."""
    assert house.id is not None
    with entered(OFFICE):
        record_role.record_role(
            reader=chief,
            at=now(),
            subscription_id=house.subscriptions["confirmed"],
            partner_id=house.id,
            role="services partner",
            first=date(2027, 1, 15),
        )


def _refunded(house: House, vendor: House) -> None:
    """October: something of an invoice of August is given back."""
    finance = vendor.people[VendorRole.FINANCE].reader
    wanted = WantedCredit(
        kind=CreditKind.REFUND,
        day=now().date(),
        reason=f"A day without service at {house.mark}",
        amount=Money(SEATS[house.mark] * 10, "USD"),
    )
    with entered(OFFICE):
        [one] = invoices(house.scope).filter(
            month=CLOSED.first, subscription_id=house.subscriptions["confirmed"]
        )
        credit_invoice.credit(reader=finance, at=now(), invoice_id=one.pk, wanted=wanted)


def _objects(house: House, vendor: House) -> None:
    """What the house thinks of its statement: one dispute was answered, and one is open."""
    with entered(house.scope):
        lines = stated.lines_of(stated.card(stated.statements(house.scope).get()), house.scope)
        answered, _ = (
            open_dispute(
                reader=house.head, at=now(), line_id=line.id, reason=f"We of {house.mark} sold more."
            )
            for line in lines[:2]
        )
    with entered(OFFICE):
        answer_dispute(
            reader=vendor.people[VendorRole.FINANCE].reader,
            at=now(),
            dispute_id=answered,
            outcome=Outcome.REJECTED,
            answer=f"The invoice says what {house.mark} sold.",
        )
        _keep_back(house)


def _keep_back(house: House) -> None:
    """The program of this world holds nothing back; so a row that holds back, and one that takes it back."""
    for release, minor in ((date(2027, 1, 1), SEATS[house.mark]), (date(2027, 2, 1), -SEATS[house.mark])):
        HeldFee.objects.create(
            partner_id=house.id,
            closed_id=CLOSED.first,
            release=release,
            amount_minor=minor,
            currency="USD",
        )


def _last_orders(house: House, seats: int) -> None:
    """October: what is open today."""
    _compose(house, "open", seats + 49)
    answer_order.ask(
        at=now(),
        secret=_compose(house, "asked", seats + 56),
        who=_customer(house),
        text=f"Is {house.mark} good?",
    )
    _compose(house, "renewed", seats + 63)
    with entered(house.scope):
        house.links["renewed"] = compose_order.renew_link(
            reader=house.head, at=now(), order_id=house.orders["renewed"]
        )
