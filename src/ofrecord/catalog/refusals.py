"""The ways the catalog says no."""

from dataclasses import dataclass
from datetime import date

from ofrecord.kernel.refusal import Kind, Refusal
from ofrecord.kernel.words import day_words


@dataclass(eq=False)
class NotOffered(Refusal):
    code = "not-offered"
    kind = Kind.INVALID
    offer: str
    region: str
    day: date

    def sentence(self) -> str:
        return f"The offer {self.offer!r} has no price in {self.region} on {day_words(self.day)}."

    def remedy(self) -> str:
        return "Choose an offer, region and start day of the price list."
