"""Reads of billing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.billing.models import Invoice, InvoiceLine, Payment
from ofrecord.billing.types import InvoiceTotal
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money


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


def lines_by_invoice(invoice_ids: Iterable[UUID], scope: Scope) -> dict[UUID, list[InvoiceLine]]:
    """The lines of those invoices, each in order, in one query."""
    wanted = invoices(scope).filter(pk__in=list(invoice_ids))
    found: dict[UUID, list[InvoiceLine]] = {}
    for line in InvoiceLine.objects.filter(invoice__in=wanted).order_by("invoice", "number"):
        found.setdefault(line.invoice_id, []).append(line)
    return found


def totals_of(found: "QuerySet[Invoice]") -> list[InvoiceTotal]:
    """What invoices that were found within a scope come to, by currency."""
    return [total for totals in _totals(found, "currency").values() for total in totals]


def totals_by_month(scope: Scope) -> dict[Month, list[InvoiceTotal]]:
    """What each billed month comes to, by currency, in one query."""
    return {Month.of(first): totals for first, totals in _totals(invoices(scope), "month").items()}


def _totals(found: "QuerySet[Invoice]", by: str) -> dict[Any, list[InvoiceTotal]]:
    figures = {
        "invoices": Count("pk"),
        "minor": Sum("total_minor"),
        "unpaid": Count("pk", filter=Q(paid=False)),
        "unpaid_minor": Sum("total_minor", filter=Q(paid=False), default=0),
    }
    sums = found.order_by().values(*{by, "currency"}).annotate(**figures).order_by("currency")
    totals: dict[Any, list[InvoiceTotal]] = {}
    for row in sums:
        billed, unpaid = (Money(int(row[name]), row["currency"]) for name in ("minor", "unpaid_minor"))
        totals.setdefault(row[by], []).append(InvoiceTotal(row["invoices"], billed, row["unpaid"], unpaid))
    return totals


def months_billed() -> list[Month]:
    """The months that have invoices, the first first. For the system."""
    months = Invoice.objects.order_by("month").values_list("month", flat=True).distinct()
    return [Month.of(month) for month in months]
