"""Why a sale pays nothing: found by customer, subscription or invoice, and answered clause by clause."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ofrecord.access.types import Permission, Reader
from ofrecord.billing.queries import invoices
from ofrecord.clock.queries import now
from ofrecord.flows.why_not import why_not as flow
from ofrecord.kernel.calendar import Month
from ofrecord.subscriptions.queries import subscriptions
from ofrecord.web.considered import month_asked
from ofrecord.web.parts import Linked
from ofrecord.web.portal.ways import page
from ofrecord.web.readers import portal, reader_in

SHOWN = 25
TYPED = 120


@portal(Permission.STATEMENTS_READ)
def search(request: HttpRequest) -> HttpResponse:
    """Finds the sale by what somebody knows of it."""
    typed = request.GET.get("q", "").replace("\0", "")[:TYPED].strip()
    matches = [*_matches(reader_in(request), typed)] if typed else []
    context = {"typed": typed, "matches": matches[:SHOWN], "more": len(matches) > SHOWN}
    return render(request, "portal/why_not_search.html", context)


def _matches(reader: Reader, typed: str) -> Iterator[Linked]:
    """The sales of the reader's house that are called so; by an invoice's number the sale in the invoice's month."""
    invoice = invoices(reader.scope).filter(number__iexact=typed).first()
    if invoice is not None:
        sale = f"{invoice.subscription.customer.name}, {invoice.number}"
        yield Linked(sale, why_not_page(invoice.subscription_id, Month.of(invoice.month)))
        return
    called = Q(customer__name__icontains=typed) | Q(number__iexact=typed)
    found = subscriptions(reader.scope, now().date()).filter(called).order_by("customer__name", "number")
    for each in found[: SHOWN + 1]:
        yield Linked(each.customer.name, why_not_page(each.pk), f"{each.number}, {each.offer_title}")


@portal(Permission.STATEMENTS_READ)
def why_not(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Every clause that was considered for the sale in a month, and what each lacked first."""
    answer = flow(reader=reader_in(request), subscription_id=subscription_id, month=month_asked(request))
    context: dict[str, Any] = {"answer": answer}
    return render(request, "portal/why_not.html", context)


def why_not_page(subscription_id: object, month: Month | None = None) -> str:
    """The address of the answer."""
    return page("why_not", subscription_id) + (f"?month={month}" if month else "")
