"""The stage of the refund matrix: one sale of 1 April 2009 for each cell, told through the steps that people use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions import bill_month_of_all
from ofrecord.billing.models import Invoice
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.flows import (
    answer_order,
    change_partner,
    compose_order,
    credit_invoice,
    import_rates,
    receive_payment,
    set_statement_currency,
    set_tier,
)
from ofrecord.flows.settle_period import settle_period
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, share
from ofrecord.subscriptions.queries import of_order
from support import story
from support.story import CHIEF, CUSTOMER, House, at

PROGRAM = Path(__file__).with_name("program.toml")
APRIL, MAY = Month(2009, 4), Month(2009, 5)
START, TURN = date(2009, 4, 1), date(2009, 5, 1)

# What a euro was worth on Fridays and at the end of months. Pounds are not quoted until a cell learns of them.
QUOTED = {
    date(2009, 4, 30): {"USD": "1.25", "CHF": "1.50", "GBP": "0.75"},
    date(2009, 5, 8): {"USD": "1.60", "CHF": "1.60", "GBP": "0.80"},
    date(2009, 5, 29): {"USD": "1.60", "CHF": "1.60", "GBP": "0.80"},
    date(2009, 6, 30): {"USD": "1.25", "CHF": "1.50", "GBP": "0.75"},
    date(2009, 7, 31): {"USD": "2.00", "CHF": "2.00", "GBP": "1.00"},
    date(2009, 8, 31): {"USD": "1.25", "CHF": "1.50", "GBP": "0.75"},
}


@dataclass(frozen=True)
class Column:
    """When it happens: on `day`, once the months `closed` are closed; `recorded` where that is a later day.

    `kind` is what the fee is under, as the offers of the program are called; sales are of so many `seats`, and
    statements in `currency`.
    """

    name: str
    title: str
    says: str
    day: date
    closed: tuple[Month, ...]
    kind: str = ""
    seats: int = 50
    currency: str = ""
    recorded: date | None = None
    new_partner: bool = False
    new_tier: bool = False

    @property
    def at(self) -> date:
        return self.recorded or self.day

    @property
    def month(self) -> Month:
        """The month whose close shows what happened."""
        return Month.of(self.day)


@dataclass
class Cell:
    """One cell at work: its partners by the letters that the document gives them, and its sale."""

    row: str
    column: Column
    houses: dict[str, House] = field(default_factory=dict)
    sold: UUID = field(default_factory=lambda: UUID(int=0))
    roles: dict[str, UUID] = field(default_factory=dict)

    @property
    def day(self) -> date:
        return self.column.day

    @property
    def monthly(self) -> Money:
        """What is billed for a month of the sale."""
        return Money(self.column.seats * 2000, "USD")

    def house(self, letter: str) -> House:
        """The partner with that letter; it comes when it is named first."""
        if letter not in self.houses:
            self.houses[letter] = story.partner(f"{letter} of {self.row}")
        return self.houses[letter]

    def letter_of(self, partner_id: str) -> str:
        return next((letter for letter, house in self.houses.items() if str(house.id) == partner_id), "")

    def sell(self, offer: str = "suite") -> UUID:
        """A sale of partner A that starts on 1 April, to the cell's one customer."""
        wanted = compose_order.Wanted(
            offer=offer + self.column.kind,
            region="US",
            seats=self.column.seats,
            commitment_months=1,
            starts_on=START,
            customer_name=f"Customer of {self.row}",
        )
        seller, when = self.house("A").reader, at(START)
        with entered(seller.scope):
            order_id, secret = compose_order.compose(reader=seller, at=when, wanted=wanted)
        answer_order.confirm(
            at=when,
            secret=secret,
            who=CUSTOMER,
            seats=self.column.seats,
            consent=True,
            form_key=uuid4(),
        )
        with entered(OFFICE):
            found = of_order(order_id, OFFICE)
        assert found is not None
        return found

    def invoice(self, month: Month = APRIL, sold: UUID | None = None) -> UUID:
        rows = Invoice.objects.filter(subscription_id=sold or self.sold, month=month.first)
        found: UUID = rows.values_list("pk", flat=True).get()
        return found

    def pay(self, day: date, percent: int = 100, month: Month = APRIL) -> None:
        """The customer pays a part of what it is billed for a month."""
        with entered(OFFICE):
            receive_payment.receive_part(
                reader=CHIEF,
                at=at(max(self._known(day), month.plus(1).first)),
                invoice_id=self.invoice(month),
                day=day,
                amount=self.part(percent),
            )

    def credit(self, kind: CreditKind, percent: int = 100, *, days: int = 0) -> None:
        """Something is taken back of April's invoice, so many days after the day of the cell."""
        day = self.day + timedelta(days=days)
        with entered(OFFICE):
            wanted = WantedCredit(kind, day, "As agreed with the customer", self.part(percent))
            credit_invoice.credit(
                reader=CHIEF, at=at(self._known(day)), invoice_id=self.invoice(), wanted=wanted
            )

    def part(self, percent: int) -> Money:
        return share(self.monthly, [percent, 100 - percent])[0]

    def _known(self, day: date) -> date:
        """The day on which it is recorded: what is of the cell's day may be known later."""
        return self.column.at if day == self.day else day

    def change_partner(self, letter: str, first: date, recorded: date, sold: UUID | None = None) -> None:
        with entered(OFFICE):
            change_partner.change_partner(
                reader=CHIEF,
                at=at(recorded),
                subscription_id=sold or self.sold,
                partner_id=self.house(letter).id,
                first=first,
                reason="The customer chose another partner",
            )

    def set_tier(self, tier: str, first: date, recorded: date) -> None:
        with entered(OFFICE):
            set_tier.set_tier(
                reader=CHIEF,
                at=at(recorded),
                partner_id=self.house("A").id,
                tier=tier,
                first=first,
                reason="The points were counted again",
            )

    def state_in(self, currency: str) -> None:
        """Partner A wants its statements in that currency."""
        with entered(OFFICE):
            set_statement_currency.set_statement_currency(
                reader=CHIEF, at=at(START), partner_id=self.house("A").id, currency=currency
            )


def quote(month: Month, *currencies: str) -> None:
    """Finance records what a euro was worth in the month, on the day after it."""
    for day, quoted in QUOTED.items():
        if Month.of(day) == month:
            record_rates(month.plus(1).first, day, {each: quoted[each] for each in currencies})


def record_rates(recorded: date, day: date, quoted: Mapping[str, str], *, correct: bool = False) -> None:
    """Finance records rates of a day, or corrects them."""
    rates = [import_rates.StatedRate(currency, day, per_euro) for currency, per_euro in quoted.items()]
    with entered(OFFICE):
        import_rates.record_rates(
            reader=CHIEF, at=at(recorded), rates=rates, source="European Central Bank", correct=correct
        )


def bill(month: Month, recorded: date) -> None:
    """Writes the invoices of a month that are not written yet."""
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=at(recorded), month=month)


def close(month: Month) -> None:
    """Closes the month on the second day of the next."""
    settle_period(by=SYSTEM, at=at(month.plus(1).first + timedelta(days=1)), month=month)
