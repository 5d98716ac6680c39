"""What the players hold in their hands while the story is told."""

import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from ofrecord.access.queries import person_with_login
from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Reader, Scope
from ofrecord.billing.queries import invoices
from ofrecord.clock.queries import now
from ofrecord.demonstration.types import Bid, OpenDispute, Person
from ofrecord.flows import compose_order
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.mail.queries import messages
from ofrecord.orders.queries import orders
from ofrecord.partners.queries import card as partner_card
from ofrecord.partners.queries import partners, reader_of
from ofrecord.partners.types import PartnerCard
from ofrecord.statements import queries as statements
from ofrecord.subscriptions.queries import of_order, subscriptions

_JOIN_LINK = re.compile(r"/join/(\S+)")
_Key = tuple[str, date]


class Sold(NamedTuple):
    """A subscription as the story finds it again."""

    id: UUID
    customer_id: UUID
    started_on: date


class Billed(NamedTuple):
    """An invoice as the story finds it again."""

    id: UUID
    total: Money


class Stage:
    """Where the people and papers of the story are found.

    The links that customers hold are known to this process only, as in life: a link is told once and stored as a hash.
    After an interruption they are gone, and a customer who needs one is sent another.
    """

    def __init__(self) -> None:
        self._readers: dict[str, Reader] = {}
        self._orders: dict[_Key, UUID] = {}
        self._secrets: dict[_Key, str] = {}

    def forget(self) -> None:
        """After a day that was not told to its end: what was noted on it never happened."""
        self._readers.clear()
        self._orders.clear()
        self._secrets.clear()

    def reader(self, person: Person) -> Reader:
        """The person, signed in. Raises NotFound when it has no place (any more)."""
        if person.email not in self._readers:
            person_id = person_with_login(person.email)
            if person_id is None:
                raise NotFound(what="colleague")
            with entered(Scope.person(person_id)):
                reader = reader_of(person_id)
            if reader is None:
                raise NotFound(what="colleague")
            self._readers[person.email] = reader
        return self._readers[person.email]

    def partner(self, name: str) -> PartnerCard:
        """The partner of that name, the first that applied under it."""
        with entered(OFFICE):
            found = partners(OFFICE).filter(name=name).order_by("applied_at").first()
        if found is None:
            raise NotFound(what="partner")
        return partner_card(found)

    def invitation(self, person: Person) -> str:
        """The secret in the last letter that invited the person."""
        with entered(OFFICE):
            letters = messages(OFFICE).filter(to=person.email, text__contains="/join/")
            text = letters.values_list("text", flat=True).first()
        found = _JOIN_LINK.search(text or "")
        if found is None:
            raise NotFound(what="invitation")
        return found[1]

    def keep(self, bid: Bid, order_id: UUID | None, secret: str) -> None:
        """The customer has been given the link."""
        if order_id is not None:
            self._orders[_key(bid)] = order_id
        self._secrets[_key(bid)] = secret

    def secret(self, bid: Bid, at: datetime) -> str:
        """The link that the customer holds; after an interruption a new one."""
        if _key(bid) not in self._secrets:
            self.renew(bid, at)
        return self._secrets[_key(bid)]

    def renew(self, bid: Bid, at: datetime) -> None:
        """Who composed the order sends the customer a new link."""
        if bid.seller is None:
            raise NotFound(what="link")
        reader = self.reader(bid.seller)
        with entered(reader.scope):
            secret = compose_order.renew_link(reader=reader, at=at, order_id=self.order_id(bid))
        self.keep(bid, None, secret)

    def order_id(self, bid: Bid) -> UUID:
        if _key(bid) not in self._orders:
            midnight = datetime.combine(bid.composed_on, time(), tzinfo=now().tzinfo)
            with entered(OFFICE):
                found = orders(OFFICE).filter(
                    customer__name=bid.company,
                    composed_at__gte=midnight,
                    composed_at__lt=midnight + timedelta(days=1),
                )
                order_id = found.order_by("composed_at").values_list("pk", flat=True).first()
            if order_id is None:
                raise NotFound(what="order")
            self._orders[_key(bid)] = order_id
        return self._orders[_key(bid)]

    def subscription_id(self, bid: Bid) -> UUID:
        with entered(OFFICE):
            found = of_order(self.order_id(bid), OFFICE)
        if found is None:
            raise NotFound(what="subscription")
        return found

    def subscription(self, bid: Bid) -> Sold:
        """What the order started."""
        with entered(OFFICE):
            found = subscriptions(OFFICE, now().date()).get(pk=self.subscription_id(bid))
        return Sold(found.pk, found.customer_id, found.started_on)

    def invoice(self, bid: Bid, month: Month) -> Billed:
        """What was billed for the month of what the order started."""
        with entered(OFFICE):
            theirs = invoices(OFFICE).filter(subscription_id=self.subscription_id(bid), month=month.first)
            found = theirs.first()
        if found is None:
            raise NotFound(what="invoice")
        return Billed(found.pk, found.total)

    def line(self, reader: Reader, bid: Bid, month: Month) -> str:
        """The first line about the order on the reader's statement of the month."""
        subscription_id = str(self.subscription_id(bid))
        with entered(reader.scope):
            stated = statements.statements(reader.scope).filter(month=month.first)
            for row in stated:
                for named in statements.lines_of(statements.card(row), reader.scope):
                    if named.booked.line.subscription == subscription_id and not named.is_correction:
                        return named.id
        raise NotFound(what="line")

    def dispute_id(self, about: OpenDispute) -> UUID:
        """The dispute that was opened with that reason."""
        reader = self.reader(about.by)
        with entered(reader.scope):
            found = statements.disputes(reader.scope).filter(reason=about.reason).first()
        if found is None:
            raise NotFound(what="dispute")
        return found.pk


def _key(bid: Bid) -> _Key:
    return (bid.company, bid.composed_on)
