"""The columns that partners testify to settlement."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.kernel.calendar import Span
from ofrecord.partners.models import Partner, TierSpan


def tiers_in(during: Span, only: Collection[UUID] | None = None) -> dict[UUID, tuple[tuple[Span, str], ...]]:
    """The tiers that partners hold on days of the span, of all or of those alone, in one query; a partner without one
    is absent."""
    spans = TierSpan.objects.filter(during__overlap=DateRange(during.first, during.until))
    spans = spans if only is None else spans.filter(partner_id__in=only)
    found: dict[UUID, list[tuple[Span, str]]] = defaultdict(list)
    for partner_id, days, tier in spans.order_by("during").values_list("partner_id", "during", "tier"):
        found[partner_id].append((Span(days.lower, days.upper), tier))
    return {partner_id: tuple(tiers) for partner_id, tiers in found.items()}


def statement_currencies(only: Collection[UUID] | None = None) -> dict[UUID, str]:
    """The currencies in which partners, all or those alone, want their statements; one that takes each line's is
    absent."""
    stated = Partner.objects.exclude(statement_currency="")
    stated = stated if only is None else stated.filter(pk__in=only)
    return dict(stated.values_list("pk", "statement_currency"))
