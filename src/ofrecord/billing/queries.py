"""Reads of billing."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.billing.models import Invoice, InvoiceLine, Payment
from ofrecord.kernel.calendar import Month


def invoices(scope: Scope) -> "QuerySet[Invoice]":
    """The invoices that the scope may see, each with `paid` and `paid_on`."""
    payment = Payment.objects.filter(invoice_id=OuterRef("pk"))
    found = Invoice.objects.select_related("subscription__customer").annotate(
        paid=Exists(payment), paid_on=Subquery(payment.values("day")[:1])
    )
    return rows(found, scope)


def lines_of(invoice_id: UUID, scope: Scope) -> list[InvoiceLine]:
    """The lines of an invoice, in order."""
    return list(
        InvoiceLine.objects.filter(invoice__in=invoices(scope).filter(pk=invoice_id)).order_by("number")
    )


def months_billed() -> list[Month]:
    """The months that have invoices, the first first. For the system."""
    months = Invoice.objects.order_by("month").values_list("month", flat=True).distinct()
    return [Month.of(month) for month in months]
