"""The columns that partners testify to settlement."""

from collections import defaultdict
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.kernel.calendar import Span
from ofrecord.partners.models import Partner, TierSpan


def tiers_in(during: Span) -> dict[UUID, tuple[tuple[Span, str], ...]]:
    """The tiers that partners hold on days of the span, in one query; a partner without one is absent."""
    spans = TierSpan.objects.filter(during__overlap=DateRange(during.first, during.until))
    found: dict[UUID, list[tuple[Span, str]]] = defaultdict(list)
    for partner_id, days, tier in spans.order_by("during").values_list("partner_id", "during", "tier"):
        found[partner_id].append((Span(days.lower, days.upper), tier))
    return {partner_id: tuple(tiers) for partner_id, tiers in found.items()}


def statement_currencies() -> dict[UUID, str]:
    """The currencies in which partners want their statements; one that takes each line's is absent."""
    stated = Partner.objects.exclude(statement_currency="")
    return dict(stated.values_list("pk", "statement_currency"))
