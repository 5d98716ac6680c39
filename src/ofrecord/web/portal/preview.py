"""What the open month comes to, before the vendor closes it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from ofrecord.access.types import Permission
from ofrecord.clock.queries import now
from ofrecord.flows.preview_month import preview as foreseen
from ofrecord.program.queries import in_force
from ofrecord.web.portal.ways import page
from ofrecord.web.preview_lines import explained, heading, left_out_words, lines, listing, told, totals
from ofrecord.web.readers import portal, reader_in


@portal(Permission.STATEMENTS_READ)
def preview(request: HttpRequest) -> HttpResponseBase:
    """The statement of the month that is closed next, as it would be today."""
    found = foreseen(reader=reader_in(request), at=now())
    if found is None:
        return render(request, "portal/preview.html", {"preview": None})
    vendor = in_force(found.as_of).terms.vendor
    context = {
        "preview": found,
        "sentence": heading(found, f"{vendor} would pay you"),
        "told": told(found),
        "left_out": left_out_words(
            found, f"It is known when the month is closed; {vendor} can work it out before."
        ),
    }
    rows = listing(found, lambda key: page("subscription", key), lambda key: page("line", key))
    return rows.respond(
        request, lines(found), "portal/preview.html", context, totals=totals(found), dress=explained
    )
