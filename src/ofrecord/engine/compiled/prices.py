"""The price lists of the program versions as a table."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from ofrecord.engine.flat import TOLD, table_of
from ofrecord.program.types import Price, Terms


def price_table(versions: Iterable[Terms]) -> pa.Table:
    """One row for each price of a seat and a month, with how its version rounds."""
    return table_of(TOLD["prices"], price_rows(versions))


def price_rows(versions: Iterable[Terms]) -> list[dict[str, Any]]:
    return [
        _row(terms, offer.code, price)
        for terms in versions
        for offer in terms.offers
        for price in offer.prices
    ]


def _row(terms: Terms, offer: str, price: Price) -> dict[str, Any]:
    wholesale = price.wholesale
    return {
        "terms_sha256": terms.sha256,
        "offer": offer,
        "region": price.region,
        "first": price.span.first,
        "until": price.span.until,
        "list_minor": price.amount.minor,
        "list_currency": price.amount.currency,
        "wholesale_minor": None if wholesale is None else wholesale.minor,
        "wholesale_currency": None if wholesale is None else wholesale.currency,
        "rounding": terms.rounding.value,
    }
