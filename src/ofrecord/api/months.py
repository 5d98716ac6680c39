"""How a month is named: as in 2026-10, and in a query also by its first day."""

from typing import Annotated

from ninja import Query

from ofrecord.kernel.calendar import Month

# As answers and bodies name a month.
MONTH = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"
MonthAsked = Annotated[
    str | None,
    Query(None, pattern=MONTH.replace("$", "(-01)?$"), description="Such as 2026-10, or its first day."),
]


def month_asked(text: str | None) -> Month | None:
    """The month that a query names; None where it names none."""
    return None if text is None else Month.parse(text[: len("2026-10")])
