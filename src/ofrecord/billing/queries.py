"""Reads of billing."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.billing.models import Credit, Invoice, InvoiceLine, Payment
from ofrecord.billing.types import (
    Credited,
    CreditKind,
    InvoiceBooks,
    InvoiceState,
    InvoiceTotal,
    LineBilled,
    Paid,
)
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.subscriptions.queries import running_in

LOWERING = (CreditKind.CREDIT_NOTE.value, CreditKind.WRITE_OFF.value)
_IS_SETTLED = Q(owed_minor__lte=0)
# The first that holds.
_STATES = (
    (Q(owed_minor__gt=0, paid_minor=0), InvoiceState.OPEN),
    (Q(owed_minor__gt=0), InvoiceState.PART_PAID),
    (Q(written_off_minor__lt=0), InvoiceState.WRITTEN_OFF),
    (Q(credited_minor__lt=0, credited_minor=-F("total_minor")), InvoiceState.CREDITED),
)


def invoices(scope: Scope) -> "QuerySet[Invoice]":
    """The invoices that the scope may see, each with what became of it.

    `paid_minor` was paid, `credited_minor` taken back (negative), `owed_minor` is what is owed, `state` one of
    InvoiceState; `paid` says that nothing is owed any more, `paid_on` the day of the last payment if so.
    """
    last = Payment.objects.filter(invoice_id=OuterRef("pk")).order_by("-day", "-pk").values("day")[:1]
    found = (
        Invoice.objects.select_related("subscription__customer")
        .annotate(
            paid_minor=_sum(Payment.objects.filter(invoice_id=OuterRef("pk")), "invoice_id"),
            credited_minor=_sum_of_credits(Q()),
            written_off_minor=_sum_of_credits(Q(kind=CreditKind.WRITE_OFF.value)),
            owed_minor=F("total_minor") + _sum_of_credits(Q(kind__in=LOWERING)) - F("paid_minor"),
        )
        .annotate(
            paid=Case(When(_IS_SETTLED, then=True), default=False, output_field=BooleanField()),
            paid_on=Case(When(_IS_SETTLED, then=Subquery(last))),
            state=Case(
                *(When(holds, then=Value(state.value)) for holds, state in _STATES),
                default=Value(InvoiceState.PAID.value),
            ),
        )
    )
    return rows(found, scope)


def _sum_of_credits(which: Q) -> Coalesce:
    return _sum(Credit.objects.filter(which, line__invoice_id=OuterRef("pk")), "line__invoice_id")


def _sum(found: "QuerySet[Any]", by: str) -> Coalesce:
    """What the rows of one invoice sum to, zero for none."""
    return Coalesce(
        Subquery(found.order_by().values(by).annotate(minor=Sum("amount_minor")).values("minor")), 0
    )


def numbered(numbers: Iterable[str], scope: Scope) -> dict[str, UUID]:
    """The invoices with those numbers, by number, in one query."""
    found = rows(Invoice.objects.filter(number__in=set(numbers)), scope)
    return dict(found.values_list("number", "pk"))


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


def books_by_invoice(invoice_ids: Iterable[UUID], scope: Scope) -> dict[UUID, InvoiceBooks]:
    """All that is on the record about those invoices, in three queries; lines by number, the rest by day."""
    wanted = rows(Invoice.objects.filter(pk__in=set(invoice_ids)), scope)
    lines, payments, credits = _lines(wanted), _payments(wanted), _credits(wanted)
    return {
        invoice_id: InvoiceBooks(tuple(each), tuple(payments[invoice_id]), tuple(credits[invoice_id]))
        for invoice_id, each in lines.items()
    }


def _lines(wanted: "QuerySet[Invoice]") -> dict[UUID, list[LineBilled]]:
    columns = ("invoice_id", "pk", "number", "amount_minor", "invoice__currency")
    found = defaultdict(list)
    lines = InvoiceLine.objects.filter(invoice__in=wanted).order_by("invoice_id", "number")
    for invoice_id, pk, number, minor, currency in lines.values_list(*columns):
        found[invoice_id].append(LineBilled(pk, number, Money(minor, currency)))
    return found


def _payments(wanted: "QuerySet[Invoice]") -> dict[UUID, list[Paid]]:
    columns = ("invoice_id", "pk", "day", "amount_minor", "invoice__currency", "reference")
    found = defaultdict(list)
    payments = Payment.objects.filter(invoice__in=wanted).order_by("day", "pk")
    for invoice_id, pk, day, minor, currency, reference in payments.values_list(*columns):
        found[invoice_id].append(Paid(pk, day, Money(minor, currency), reference))
    return found


def _credits(wanted: "QuerySet[Invoice]") -> dict[UUID, list[Credited]]:
    found = defaultdict(list)
    credits = Credit.objects.filter(line__invoice__in=wanted).order_by("day", "at", "line__number", "pk")
    for row in credits.select_related("line__invoice"):
        found[row.line.invoice_id].append(
            Credited(
                id=row.pk,
                line_id=row.line_id,
                kind=CreditKind(row.kind),
                day=row.day,
                amount=Money(row.amount_minor, row.line.invoice.currency),
                number=row.number,
                reason=row.reason,
                reference=row.reference,
            )
        )
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
        "unpaid_minor": Sum("owed_minor", filter=Q(paid=False), default=0),
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


def not_billed(month: Month) -> list[UUID]:
    """The subscriptions with a day of service in the month that have no invoice of it yet, in their order. For the
    system."""
    billed = Invoice.objects.filter(subscription_id=OuterRef("pk"), month=month.first)
    return list(running_in(month).filter(~Exists(billed)).values_list("pk", flat=True))
