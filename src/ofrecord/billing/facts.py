"""What was billed, paid and taken back, as settlement needs it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, Sum

from ofrecord.billing.fact_parts import (
    COLUMNS,
    Known,
    Row,
    credits_of,
    expected_rows,
    fact_of,
    partners_in,
    payments_of,
    receipts_of,
    recognizing,
    told_row,
)
from ofrecord.billing.models import Invoice, InvoiceLine
from ofrecord.billing.queries import not_billed
from ofrecord.customers.facts import segments_in
from ofrecord.engine.types import BilledFact
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.partners.facts import tiers_in
from ofrecord.program.queries import terms_by_sha, terms_of
from ofrecord.subscriptions.facts import recognitions_in, subscription_facts
from ofrecord.subscriptions.queries import running_during, running_of, subscriptions_of

SUBSCRIPTIONS_AT_ONCE = 1000
# How many of how many.
Progress = Callable[[int, int], None]


def billed_facts(month: Month) -> list[BilledFact]:
    """Every invoice line of the month with all that is known of it today: its subscription, the customer's segment
    on the invoice's day, who is recognized on it in that month with their tiers on that day, what was paid and what
    was taken back.

    As many queries for a million lines as for one. For the system.
    """
    which = Q(invoice__month=month.first)
    return _facts(_lines(which), which, month.span, None)


def history_facts(through: Month) -> dict[Month, list[BilledFact]]:
    """The lines of all months billed up to and with `through`, as they stood at the end of it: payments and credits
    of later days are left out. As many queries for all months as for one. For the system.
    """
    return _by_month(Q(invoice__month__lte=through.first), through)


def facts_of_customers(customer_ids: Iterable[UUID], through: Month) -> dict[Month, list[BilledFact]]:
    """The same for those customers alone, for previews."""
    theirs = Q(invoice__subscription_id__in=subscriptions_of(customer_ids))
    return _by_month(theirs & Q(invoice__month__lte=through.first), through, all_subscriptions=False)


def facts_of_months(
    months: Collection[Month], through: Month, most_lines: int | None
) -> list[BilledFact] | None:
    """The same of all customers in these months alone; None of more lines than `most_lines`. For previews."""
    if not months:
        return []
    which = Q(invoice__month__in=[month.first for month in months])
    if most_lines is not None:
        found = InvoiceLine.objects.filter(which).order_by().values("pk")[: most_lines + 1]
        if found.count() > most_lines:
            return None
    of_all = _by_month(which, through)
    return [fact for facts in of_all.values() for fact in facts]


def has_more_invoices(customer_ids: Iterable[UUID] | None, than: int) -> bool:
    """Whether more invoices than that were written to those customers, or to all; counts no further. For previews."""
    found = Invoice.objects.order_by()
    if customer_ids is not None:
        found = found.filter(subscription_id__in=subscriptions_of(customer_ids))
    return found.values("subscription_id")[: than + 1].count() > than


def expected_facts(months: Sequence[Month], customer_ids: Collection[UUID] | None = None) -> list[BilledFact]:
    """What the invoice lines of these months will be that are not written yet, if nothing else changes before.

    Of all customers, or of these; months in a row. Each line has a name that begins with `EXPECTED` and sorts
    as billing will write it; its invoice is `TO_COME`. Nothing of it is paid yet. For previews; as many queries for
    many months as for one.
    """
    span = Span(months[0].first, months[-1].plus(1).first)
    running, versions = running_during(span, customer_ids), terms_of()
    ids = {each.id for each in running}
    invoices = Invoice.objects.filter(month__gte=span.first, month__lt=span.until)
    if customer_ids is not None:
        invoices = invoices.filter(subscription_id__in=ids)
    written = set(invoices.values_list("subscription_id", "month"))
    records = recognitions_in(span, ids)
    known = Known(
        subscriptions=subscription_facts(ids),
        segments=segments_in(span, customer_ids),
        terms=terms_by_sha(),
        recognized=recognizing(records, tiers_in(span, partners_in(records))),
        receipts={},
        credits={},
    )
    return [
        fact_of(row, known)
        for month in months
        for each in running
        if (each.id, month.first) not in written
        for row in expected_rows(each, month, versions[each.version_id].rounding)
    ]


def expected_lines(month: Month, progress: Progress) -> Iterator[list[Row]]:
    """The same lines of one month as rows of what is billed, as `columns.lines_sql` tells those that are written.

    In batches, so that no more than one is in memory; says how many of the subscriptions were looked at. For the
    system.
    """
    open_ones, versions = not_billed(month), terms_of()
    for first in range(0, len(open_ones), SUBSCRIPTIONS_AT_ONCE):
        batch = running_of(month.span, open_ones[first : first + SUBSCRIPTIONS_AT_ONCE])
        yield [
            row
            for each in batch
            for row in map(told_row, expected_rows(each, month, versions[each.version_id].rounding))
        ]
        progress(first + len(batch), len(open_ones))


def billed_in(month: Month) -> tuple[int, dict[str, Money]]:
    """How many invoice lines the month has, and what they come to by currency. For the system."""
    found = (
        InvoiceLine.objects.filter(invoice__month=month.first)
        .values_list("invoice__currency")
        .annotate(lines=Count("pk"), minor=Sum("amount_minor"))
        .order_by("invoice__currency")
    )
    totals = [(currency, lines, int(minor)) for currency, lines, minor in found]
    return sum(lines for _, lines, _ in totals), {code: Money(minor, code) for code, _, minor in totals}


def _by_month(which: Q, through: Month, *, all_subscriptions: bool = True) -> dict[Month, list[BilledFact]]:
    months: dict[Month, list[BilledFact]] = defaultdict(list)
    # The first row is asked for with all others: the first month alone would be looked for through all invoices.
    lines = _lines(which)
    if lines:
        during = Span(lines[0]["invoice__month"], through.plus(1).first)
        for fact in _facts(lines, which, during, through.last, all_subscriptions=all_subscriptions):
            months[Month.of(fact.invoice_day)].append(fact)
    return dict(months)


def _lines(which: Q) -> list[Row]:
    """The lines in the order of months, invoices and their numbers."""
    found = InvoiceLine.objects.filter(which).order_by("invoice__month", "invoice_id", "number")
    return list(found.values(*COLUMNS))


def _facts(
    lines: Sequence[Row], which: Q, during: Span, through: date | None, *, all_subscriptions: bool = True
) -> list[BilledFact]:
    """The facts of the lines, which are those of `which`; `during` holds all their months."""
    # Of few lines payments and credits are found by their ids: nothing is left to plan.
    of = None if all_subscriptions else lines
    credits = credits_of(which, through, of)
    # A long list of ids costs more than it saves where nearly all are meant.
    only = None if all_subscriptions else {line["invoice__subscription_id"] for line in lines}
    subscriptions = subscription_facts(line["invoice__subscription_id"] for line in lines)
    customers = None if all_subscriptions else {each.customer_id for each in subscriptions.values()}
    records = recognitions_in(during, only)
    known = Known(
        subscriptions=subscriptions,
        segments=segments_in(during, customers),
        terms=terms_by_sha(),
        recognized=recognizing(records, tiers_in(during, None if only is None else partners_in(records))),
        receipts=receipts_of(lines, payments_of(which, through, of), credits),
        credits=credits,
    )
    return [fact_of(line, known) for line in lines]
