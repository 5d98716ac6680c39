"""Reads of the price list."""

from datetime import date
from uuid import UUID

from ofrecord.catalog.models import PriceRow
from ofrecord.catalog.refusals import NotOffered
from ofrecord.catalog.types import PricedOffer
from ofrecord.kernel.money import Money


def offers_on(version_id: UUID, day: date, region: str | None = None) -> list[PricedOffer]:
    """What a version offers on the day, by title and region; in one region if it is given."""
    prices = PriceRow.objects.filter(offer__version_id=version_id, during__contains=day)
    if region is not None:
        prices = prices.filter(region=region)
    return [_priced(price) for price in prices.select_related("offer").order_by("offer__title", "region")]


def price_on(
    version_id: UUID, offer: str, region: str, day: date, currency: str | None = None
) -> PricedOffer:
    """The offer with its price on the day, in the region's first currency if none is asked. Raises NotOffered."""
    prices = PriceRow.objects.select_related("offer").filter(
        offer__version_id=version_id, offer__code=offer, region=region, during__contains=day
    )
    if currency is not None:
        prices = prices.filter(currency=currency)
    price = prices.order_by("currency").first()
    if price is None:
        raise NotOffered(offer=offer, region=region, day=day)
    return _priced(price)


def _priced(price: PriceRow) -> PricedOffer:
    offer = price.offer
    amount = Money(price.amount_minor, price.currency)
    return PricedOffer(offer.version_id, offer.code, offer.title, tuple(offer.parts), price.region, amount)
