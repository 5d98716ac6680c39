"""Which clauses were considered for a sale, as both sides of the house are shown it."""

from django.http import HttpRequest

from ofrecord.kernel.calendar import CalendarFault, Month


def month_asked(request: HttpRequest) -> Month | None:
    """The month that the address names; None, which is the latest, for none and for what is no month."""
    try:
        return Month.parse(request.GET.get("month", ""))
    except CalendarFault:
        return None
