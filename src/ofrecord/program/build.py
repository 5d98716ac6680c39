"""From what was read to Terms."""

from typing import Any

from ofrecord.kernel.calendar import Span
from ofrecord.program.fee_build import build_fee, build_unpaid
from ofrecord.program.types import Offer, Payment, Price, Service, Terms, Way
from ofrecord.program.words import name_words

Table = dict[str, Any]


def build_terms(draft: Table, sha256: str) -> Terms:
    """The Terms of a document of which every part could be read."""
    program = draft["program"]
    return Terms(
        sha256=sha256,
        program=program["id"],
        version=program["version"],
        title=program["title"],
        vendor=program["vendor"],
        effective=program["effective"],
        notice_days=program["notice"],
        currency=program["currency"],
        rounding=program["rounding"],
        time_zone=program["time_zone"],
        tiers=program["tiers"],
        ways=tuple(_way(code, way) for code, way in draft["ways"].items()),
        offers=tuple(_offer(code, offer) for code, offer in draft["offers"].items()),
        clauses=(
            *(build_fee(name, clause) for name, clause in draft["fees"].items()),
            *(build_unpaid(name, clause) for name, clause in draft["unpaid"].items()),
        ),
        service=_service(draft["service"]),
        year_from=program["year"],
        segments=program["segments"],
        pools=program["pools"],
        proration=program["proration"],
        last_day_included=program["last_day"],
        payment=_payment(draft["payment"]),
    )


def _way(code: str, way: Table) -> Way:
    return Way(code, way["title"] or name_words(code), way["bills"], way["open"])


def _offer(code: str, offer: Table) -> Offer:
    prices = tuple(
        # A price that ends before it begins was noted as a fault; its span is drawn together to a day.
        Price(
            row["region"],
            Span(row["from"], max(row["from"], row["until"]) if row["until"] else None),
            row["price"],
            row["wholesale"],
        )
        for row in offer["prices"]
    )
    title = offer["title"] or name_words(code)
    return Offer(code, title, offer["parts"], prices, offer["sold"], offer["open"], offer["family"])


def _service(service: Table) -> Service:
    return Service(
        service["title"], service["conditions"], service["customer_is_told"], service["links_last"]
    )


def _payment(payment: Table) -> Payment:
    return Payment(
        payment["minimum"],
        payment["claw_window"],
        payment["claw_limit"],
        payment["reduced_by"],
        payment["exchange_rates_last"],
    )
