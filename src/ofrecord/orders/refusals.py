"""The ways orders says no, in order of precedence."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words


@dataclass(eq=False)
class LinkUnknown(Refusal):
    code = "link-unknown"
    kind = Kind.NOT_FOUND

    def sentence(self) -> str:
        return "This link leads to no order."

    def remedy(self) -> str:
        return "Check that the whole address was copied, or ask whoever sent it for the link again."


@dataclass(eq=False)
class AlreadyConfirmed(Refusal):
    code = "already-confirmed"
    kind = Kind.CONFLICT
    number: str

    def sentence(self) -> str:
        return f"The order {self.number} was confirmed before; nothing was ordered twice."


@dataclass(eq=False)
class AlreadyDeclined(Refusal):
    code = "already-declined"
    kind = Kind.GONE
    number: str

    def sentence(self) -> str:
        return f"The order {self.number} was declined."

    def remedy(self) -> str:
        return "Ask for a new link if you changed your mind."


@dataclass(eq=False)
class OrderWithdrawn(Refusal):
    code = "order-withdrawn"
    kind = Kind.GONE
    number: str

    def sentence(self) -> str:
        return f"The order {self.number} was withdrawn by whoever prepared it."

    def remedy(self) -> str:
        return "Ask for a new one."


@dataclass(eq=False)
class LinkRevoked(Refusal):
    code = "link-revoked"
    kind = Kind.GONE
    number: str

    def sentence(self) -> str:
        return f"This link to the order {self.number} was replaced by a newer one."

    def remedy(self) -> str:
        return "Use the newest link that you were sent, or ask for it."


@dataclass(eq=False)
class LinkExpired(Refusal):
    code = "link-expired"
    kind = Kind.GONE
    number: str
    expires_on: date

    def sentence(self) -> str:
        return f"This link to the order {self.number} was open until {day_words(self.expires_on)}."

    def remedy(self) -> str:
        return "Ask for a new link; nothing was ordered."


@dataclass(eq=False)
class ConsentMissing(Refusal):
    code = "consent-missing"
    kind = Kind.INVALID

    def sentence(self) -> str:
        return "The conditions of service were not accepted."

    def remedy(self) -> str:
        return "Tick the box that says that you may order and accept the conditions."


@dataclass(eq=False)
class SeatsOutOfRange(Refusal):
    code = "seats-out-of-range"
    kind = Kind.INVALID
    seats: int
    most: int

    def sentence(self) -> str:
        return f"{self.seats} is not a number of seats that can be ordered."

    def remedy(self) -> str:
        return f"Choose from 1 to {self.most} seats."


@dataclass(eq=False)
class StartOutOfRange(Refusal):
    code = "start-out-of-range"
    kind = Kind.INVALID
    day: date
    first: date
    last: date

    def sentence(self) -> str:
        return f"An order cannot start on {day_words(self.day)}."

    def remedy(self) -> str:
        return f"Choose a day from {day_words(self.first)} to {day_words(self.last)}."


@dataclass(eq=False)
class FieldFaulty(Refusal):
    code = "field-faulty"
    kind = Kind.INVALID
    field: str
    why: str

    def sentence(self) -> str:
        return f"The {self.field} {self.why}."


@dataclass(eq=False)
class WayClosed(Refusal):
    code = "way-closed"
    kind = Kind.INVALID
    way: str
    region: str
    day: date

    def sentence(self) -> str:
        return f"The way to sell {self.way!r} is not open in {self.region} on {day_words(self.day)}."

    def remedy(self) -> str:
        return "The program's guide says where and from which day each way to sell is open."


@dataclass(eq=False)
class OrderNotOpen(Refusal):
    code = "order-not-open"
    kind = Kind.CONFLICT
    number: str
    status: str

    def sentence(self) -> str:
        return f"The order {self.number} is {self.status} and stays as it is."
