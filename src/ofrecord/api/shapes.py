"""Shapes that several resources share."""

from datetime import date

from ninja import Schema
from pydantic import Field, model_validator

from ofrecord.api.parsing import Body
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money


class Amount(Schema):
    """An exact amount: decimal text for people and spreadsheets, whole minor units for machines."""

    amount: str = Field(examples=["750.00"])
    currency: str = Field(examples=["USD"])
    minor: int = Field(description="Whole minor units, such as cents.", examples=[75000])

    @staticmethod
    def of(money: Money) -> "Amount":
        return Amount(amount=money.decimal_text(), currency=money.currency, minor=money.minor)


class AmountIn(Body):
    """An exact amount as text."""

    amount: str = Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,4})?$", examples=["4800.00"])
    currency: str = Field(pattern=r"^[A-Z]{3}$", examples=["USD"])

    @model_validator(mode="after")
    def _is_an_amount(self) -> "AmountIn":
        self.money()
        return self

    def money(self) -> Money:
        return Money.parse(f"{self.amount} {self.currency}")


class Days(Schema):
    """Half-open: `first` is inside, `until` is the first day after; null means without end."""

    first: date = Field(examples=["2026-10-01"])
    until: date | None = Field(examples=[None])

    @staticmethod
    def of(span: Span) -> "Days":
        return Days(first=span.first, until=span.until)
