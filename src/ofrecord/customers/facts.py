"""The columns that customers testify to settlement."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.customers.models import SegmentSpan
from ofrecord.kernel.calendar import Span


def segments_in(
    during: Span, only: Collection[UUID] | None = None
) -> dict[UUID, tuple[tuple[Span, str], ...]]:
    """The segments in which customers are on days of the span, of all or of those alone, in one query; a customer
    of which none was stated is absent.
    """
    spans = SegmentSpan.objects.filter(during__overlap=DateRange(during.first, during.until))
    spans = spans if only is None else spans.filter(customer_id__in=only)
    found: dict[UUID, list[tuple[Span, str]]] = defaultdict(list)
    columns = ("customer_id", "during", "segment")
    for customer_id, days, segment in spans.order_by("during").values_list(*columns):
        found[customer_id].append((Span(days.lower, days.upper), segment))
    return {customer_id: tuple(segments) for customer_id, segments in found.items()}
