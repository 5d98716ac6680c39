"""The first page: each reader goes to its own side, a visitor reads where to go."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from ofrecord.access.types import Reader
from ofrecord.clock.queries import now
from ofrecord.program.queries import in_force
from ofrecord.program.refusals import NoProgram
from ofrecord.program.types import Terms


def terms_today() -> Terms | None:
    """The program version in force, for the vendor's name and what can be ordered; None before there is one."""
    try:
        return in_force(now().date()).terms
    except NoProgram:
        return None


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """Vendor staff go to the desk, people of a partner to the portal; others read what they can do here."""
    reader: Reader | None = getattr(request, "reader", None)
    if reader is not None:
        return redirect("desk:today" if reader.of_vendor else "portal:today")
    if request.user.is_authenticated:
        return _without_house(request)
    terms = terms_today()
    context = {"vendor_name": terms.vendor if terms else "", "terms": terms}
    return render(request, "public/home.html", context)


def _without_house(request: HttpRequest) -> HttpResponse:
    """Somebody who signs in but belongs to no house any more."""
    return render(request, "public/no_house.html", status=403)
