"""What an order's page states, read back from the record of what was shown (orders' `shown`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ofrecord.kernel.money import Money


@dataclass(frozen=True, slots=True)
class StatedService:
    """A service that the partner does and bills itself; `billed` is once or monthly."""

    text: str
    price: Money
    billed: str


@dataclass(frozen=True, slots=True)
class Stated:
    """An order as its pages state it. The open page and the record are drawn from this one value."""

    number: str
    vendor: str
    partner: str
    customer: str
    offer: str
    seats: int
    unit_price: Money
    monthly: Money
    yearly: Money
    starts_on: date
    commitment_months: int
    services: tuple[StatedService, ...]
    note: str
    partner_is_paid: bool
    conditions_title: str
    program_version: str

    @staticmethod
    def of(shown: Mapping[str, Any]) -> "Stated":
        """The values of what was shown."""
        services = (
            StatedService(line["text"], Money.parse(line["price"]), line["billed"])
            for line in shown["services"]
        )
        return Stated(
            number=shown["order"],
            vendor=shown["vendor"],
            partner=shown["partner"],
            customer=shown["customer"],
            offer=shown["offer"],
            seats=shown["seats"],
            unit_price=Money.parse(shown["unit_price"]),
            monthly=Money.parse(shown["monthly"]),
            yearly=Money.parse(shown["yearly"]),
            starts_on=date.fromisoformat(shown["starts_on"]),
            commitment_months=shown["commitment_months"],
            services=tuple(services),
            note=shown["note"],
            partner_is_paid=shown["partner_is_paid"],
            conditions_title=shown["conditions_title"],
            program_version=shown["program_version"],
        )
