"""How a month is named in a query: as answers name it, or by its first day."""

from typing import Annotated

from ninja import Query

from ofrecord.kernel.calendar import Month

_MONTH = r"^[12][0-9]{3}-(0[1-9]|1[0-2])(-01)?$"
MonthAsked = Annotated[
    str | None,
    Query(None, pattern=_MONTH, description="Such as 2026-10, or its first day."),
]


def month_asked(text: str | None) -> Month | None:
    """The month that a query names; None where it names none."""
    return None if text is None else Month.parse(text[: len("2026-10")])
