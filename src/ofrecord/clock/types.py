"""What the clock hands to others."""

from dataclasses import dataclass
from datetime import date
from typing import Final

REAL: Final = "real"
DEMONSTRATION: Final = "demonstration"


@dataclass(frozen=True, slots=True)
class History:
    """The history of a demonstration: it began on `first`, has come to `today`, and ends on `until`."""

    first: date
    today: date
    until: date

    @property
    def is_loaded(self) -> bool:
        return self.today >= self.until

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.until - self.first).days

    @property
    def days_loaded(self) -> int:
        return min((self.today - self.first).days, self.days)

    @property
    def percent(self) -> int:
        """How much of it is loaded, never 100 before all is."""
        return 100 * self.days_loaded // self.days if self.days else 100
