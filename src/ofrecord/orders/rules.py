"""What a link leads to, and what may be ordered."""

import hashlib
import json
import re
from datetime import date, timedelta
from typing import Any

from ofrecord.kernel.refusal import Refusal
from ofrecord.orders.refusals import (
    AlreadyConfirmed,
    AlreadyDeclined,
    ConsentMissing,
    FieldFaulty,
    LinkExpired,
    LinkRevoked,
    OrderWithdrawn,
    SeatsOutOfRange,
    StartOutOfRange,
    WayClosed,
)
from ofrecord.orders.types import COMMITMENTS, SEATS_LIMIT, Answerer, LinkCard, LinkState, OrderCard
from ofrecord.program.types import Terms

_BY_STATUS = {
    "confirmed": LinkState.CONFIRMED,
    "declined": LinkState.DECLINED,
    "withdrawn": LinkState.WITHDRAWN,
}
NOTE_LIMIT, SERVICES_LIMIT = 2000, 20
START_WITHIN_DAYS = 366


def link_state(status: str, link: LinkCard, today: date) -> LinkState:
    """What the holder of the link finds: the order's answer first, then what became of the link."""
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if link.revoked:
        return LinkState.REVOKED
    return LinkState.EXPIRED if today > link.expires_on else LinkState.OPEN


def refusal_of(state: LinkState, number: str, link: LinkCard) -> Refusal | None:
    """Why the order cannot be answered through this link; None when it can."""
    return {
        LinkState.OPEN: None,
        LinkState.CONFIRMED: AlreadyConfirmed(number),
        LinkState.DECLINED: AlreadyDeclined(number),
        LinkState.WITHDRAWN: OrderWithdrawn(number),
        LinkState.REVOKED: LinkRevoked(number),
        LinkState.EXPIRED: LinkExpired(number, link.expires_on),
    }[state]


def require_seats(seats: int) -> None:
    if not 1 <= seats <= SEATS_LIMIT:
        raise SeatsOutOfRange(seats=seats, most=SEATS_LIMIT)


def require_consent(consent: bool) -> None:
    if not consent:
        raise ConsentMissing


def require_answerer(who: Answerer) -> None:
    """Refuses a name or an address that nobody has."""
    if not who.name.strip() or len(who.name) > 200:
        raise FieldFaulty("name", "is missing or longer than 200 letters")
    if len(who.email) > 254 or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", who.email.strip()):
        raise FieldFaulty("e-mail address", "is not one that a message can be sent to")


def require_way_open(terms: Terms, way: str, region: str, day: date) -> None:
    """Refuses a way to sell that the program does not open there on that day."""
    stated = terms.way(way)
    if stated is None or not stated.is_open(region, day):
        raise WayClosed(way=way, region=region, day=day)


def require_start(day: date, today: date) -> None:
    """An order starts today or later, and not so far ahead that today's price says nothing."""
    if not today <= day <= today + timedelta(days=START_WITHIN_DAYS):
        raise StartOutOfRange(day=day, first=today, last=today + timedelta(days=START_WITHIN_DAYS))


def require_plausible(*, commitment_months: int, note: str, services: int) -> None:
    """Refuses what no order has."""
    if commitment_months not in COMMITMENTS:
        terms = ", ".join(str(months) for months in COMMITMENTS)
        raise FieldFaulty("commitment", f"is one of {terms} months")
    if len(note) > NOTE_LIMIT:
        raise FieldFaulty("note", f"is longer than {NOTE_LIMIT} letters")
    if services > SERVICES_LIMIT:
        raise FieldFaulty("list of services", f"is longer than {SERVICES_LIMIT}")


def starts_on(order: OrderCard, today: date) -> date:
    """The day on which a confirmed order begins: as composed, but never before it is confirmed."""
    return max(order.starts_on, today)


def shown(
    order: OrderCard, seats: int, terms: Terms, *, partner: str, customer: str, today: date
) -> dict[str, Any]:
    """All that the confirm page states, as the record keeps it; the page is drawn from this and nothing else."""
    monthly = order.unit_price * seats
    return {
        "order": order.number,
        "vendor": terms.vendor,
        "partner": partner,
        "customer": customer,
        "offer": order.offer_title,
        "seats": seats,
        "unit_price": str(order.unit_price),
        "monthly": str(monthly),
        "yearly": str(monthly * 12),
        "starts_on": str(starts_on(order, today)),
        "commitment_months": order.commitment_months,
        "services": [
            {"text": line.text, "price": str(line.price), "billed": line.billed} for line in order.services
        ],
        "note": order.note,
        "partner_is_paid": bool(partner) and terms.service.customer_is_told_of_fee and terms.pays(order.way),
        "conditions_title": terms.service.conditions_title,
        "conditions_sha256": hashlib.sha256(terms.service.conditions.encode()).hexdigest(),
        "program_version": terms.version,
        "program_sha256": terms.sha256,
    }


def shown_sha256(values: dict[str, Any]) -> str:
    """The hash of what was shown: SHA-256 of its JSON with sorted keys and no spaces."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
