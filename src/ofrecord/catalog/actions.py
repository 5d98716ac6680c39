"""Writes of the catalog."""

from uuid import UUID

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from ofrecord.catalog.models import OfferRow, PriceRow
from ofrecord.program.types import Terms


@transaction.atomic
def list_offers(*, version_id: UUID, terms: Terms) -> None:
    """Writes the offers and prices of a version that was just published."""
    offers = OfferRow.objects.bulk_create(
        [
            OfferRow(version_id=version_id, code=offer.code, title=offer.title, parts=list(offer.parts))
            for offer in terms.offers
        ]
    )
    PriceRow.objects.bulk_create(
        [
            PriceRow(
                offer=row,
                region=price.region,
                during=DateRange(price.span.first, price.span.until),
                amount_minor=price.amount.minor,
                currency=price.amount.currency,
            )
            for row, offer in zip(offers, terms.offers, strict=True)
            for price in offer.prices
        ]
    )
