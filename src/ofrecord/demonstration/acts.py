"""How each deed is done: by the person who does it, through the flow that pages use."""

from datetime import datetime
from functools import singledispatch
from typing import Final
from uuid import UUID

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Role
from ofrecord.billing.queries import invoices
from ofrecord.demonstration.cast import ACCOUNT_MANAGER, FIELD_SELLER, FINANCE
from ofrecord.demonstration.paying import batch_of
from ofrecord.demonstration.stage import Stage
from ofrecord.demonstration.types import (
    Accept,
    Apply,
    Ask,
    Bid,
    Cancel,
    ChangeSeats,
    Close,
    Collect,
    Compose,
    Confirm,
    Decide,
    Decline,
    Deed,
    Invite,
    Join,
    Look,
    OrderDirect,
    Person,
    Renew,
    Withdraw,
)
from ofrecord.flows import (
    accept_program,
    answer_order,
    change_subscription,
    compose_order,
    invite_colleague,
    order_direct,
    receive_payment,
    settle_period,
    take_on_partner,
)
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.orders.types import Answerer, ServiceLine
from ofrecord.program.queries import in_force
from ofrecord.settlement.queries import closed

# Everybody in the demonstration has it: it protects nothing, and is told to whoever starts one.
PASSWORD: Final = "on-the-record"
REGION: Final = "US"
OFFER: Final = "business-suite"


@singledispatch
def act(deed: Deed, stage: Stage, at: datetime) -> None:
    """Does the deed. Raises the refusals of the flow, and NotFound when somebody or something is gone."""
    raise AssertionError(f"nobody knows how to {type(deed).__name__}")


@act.register
def _apply(deed: Apply, stage: Stage, at: datetime) -> None:
    house = deed.house
    who = _answerer(house.owner)
    take_on_partner.apply(
        at=at, name=house.name, region=REGION, website=house.website, about=house.about, who=who
    )


@act.register
def _decide(deed: Decide, stage: Stage, at: datetime) -> None:
    reader, partner = stage.reader(ACCOUNT_MANAGER), stage.partner(deed.house.name)
    with entered(reader.scope):
        if deed.house.refusal:
            take_on_partner.refuse(reader=reader, at=at, partner_id=partner.id, reason=deed.house.refusal)
        else:
            take_on_partner.approve(reader=reader, at=at, partner_id=partner.id)


@act.register
def _invite(deed: Invite, stage: Stage, at: datetime) -> None:
    reader = stage.reader(deed.by)
    with entered(reader.scope):
        invite_colleague.invite(
            reader=reader,
            at=at,
            name=deed.colleague.name,
            email=deed.colleague.email,
            role=_role(deed.colleague),
        )


@act.register
def _join(deed: Join, stage: Stage, at: datetime) -> None:
    invite_colleague.join(at=at, secret=stage.invitation(deed.person), password=PASSWORD)


@act.register
def _accept(deed: Accept, stage: Stage, at: datetime) -> None:
    reader = stage.reader(deed.owner)
    with entered(reader.scope):
        read = in_force(at.date())
        accept_program.accept(reader=reader, at=at, version_id=read.id, read_sha256=read.terms.sha256)


@act.register
def _compose(deed: Compose, stage: Stage, at: datetime) -> None:
    bid = deed.bid
    assert bid.seller is not None, "a partner composes"
    reader = stage.reader(bid.seller)
    wanted = compose_order.Wanted(
        offer=OFFER,
        region=REGION,
        seats=bid.seats,
        commitment_months=bid.commitment_months,
        starts_on=bid.starts_on,
        note=bid.note,
        customer_name=bid.company,
        services=tuple(ServiceLine(text, Money.parse(price), billed) for text, price, billed in bid.services),
    )
    with entered(reader.scope):
        order_id, secret = compose_order.compose(reader=reader, at=at, wanted=wanted)
    stage.keep(bid, order_id, secret)


@act.register
def _look(deed: Look, stage: Stage, at: datetime) -> None:
    answer_order.view(at=at, secret=stage.secret(deed.bid, at))


@act.register
def _ask(deed: Ask, stage: Stage, at: datetime) -> None:
    who = _answerer(deed.bid.contact)
    answer_order.ask(at=at, secret=stage.secret(deed.bid, at), who=who, text=deed.text)


@act.register
def _renew(deed: Renew, stage: Stage, at: datetime) -> None:
    stage.renew(deed.bid, at)


@act.register
def _confirm(deed: Confirm, stage: Stage, at: datetime) -> None:
    answer_order.confirm(
        at=at,
        secret=stage.secret(deed.bid, at),
        who=_answerer(deed.bid.contact),
        seats=deed.seats,
        consent=True,
        form_key=new_id(),
    )


@act.register
def _decline(deed: Decline, stage: Stage, at: datetime) -> None:
    answer_order.decline(at=at, secret=stage.secret(deed.bid, at), reason=deed.reason)


@act.register
def _withdraw(deed: Withdraw, stage: Stage, at: datetime) -> None:
    assert deed.bid.seller is not None, "who composed it takes it back"
    reader = stage.reader(deed.bid.seller)
    with entered(reader.scope):
        compose_order.withdraw(reader=reader, at=at, order_id=stage.order_id(deed.bid))


@act.register
def _order_direct(deed: OrderDirect, stage: Stage, at: datetime) -> None:
    bid = deed.bid
    ordered = order_direct.Ordered(
        company=bid.company,
        offer=OFFER,
        region=REGION,
        seats=bid.seats,
        commitment_months=bid.commitment_months,
        starts_on=bid.starts_on,
        partner_number=stage.partner(bid.house).number if bid.house else "",
        who=_answerer(bid.contact),
        consent=True,
        form_key=new_id(),
    )
    card, secret = order_direct.order(at=at, ordered=ordered)
    stage.keep(bid, card.order_id, secret)


@act.register
def _change_seats(deed: ChangeSeats, stage: Stage, at: datetime) -> None:
    reader, subscription_id = stage.reader(_server(deed.bid)), stage.subscription_id(deed.bid)
    with entered(reader.scope):
        change_subscription.change_seats(
            reader=reader, at=at, subscription_id=subscription_id, day=at.date(), seats=deed.seats
        )


@act.register
def _cancel(deed: Cancel, stage: Stage, at: datetime) -> None:
    reader, subscription_id = stage.reader(_server(deed.bid)), stage.subscription_id(deed.bid)
    with entered(reader.scope):
        change_subscription.cancel(reader=reader, at=at, subscription_id=subscription_id, day=deed.day)


@act.register
def _collect(deed: Collect, stage: Stage, at: datetime) -> None:
    reader = stage.reader(FINANCE)
    with entered(reader.scope):
        open_ones = invoices(reader.scope).filter(
            month=deed.month.first,
            paid=False,  # type: ignore[misc]  # annotated by the query
        )
        paid: list[UUID] = [
            invoice_id
            for invoice_id, company in open_ones.values_list("pk", "subscription__customer__name")
            if batch_of(company, deed.month) <= deed.batch
        ]
        receive_payment.receive(reader=reader, at=at, invoice_ids=paid, day=at.date())


@act.register
def _close(deed: Close, stage: Stage, at: datetime) -> None:
    with entered(OFFICE):
        is_closed = closed(deed.month) is not None
    if not is_closed:
        settle_period.settle_period(by=stage.reader(FINANCE).actor, at=at, month=deed.month)


def _answerer(person: Person) -> Answerer:
    return Answerer(person.name, person.email)


def _server(bid: Bid) -> Person:
    """Who changes a subscription for the customer: its partner, or the vendor's own seller."""
    return bid.seller or FIELD_SELLER


def _role(person: Person) -> Role:
    assert person.role is not None, "a colleague has a role"
    return person.role
