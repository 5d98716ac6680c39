"""The journal in words: what happened, who did it, and where it can be seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from ofrecord.access.queries import names_of
from ofrecord.access.types import Permission, Reader, Scope
from ofrecord.journal.queries import history_of, latest
from ofrecord.journal.types import Happening
from ofrecord.kernel.calendar import Month
from ofrecord.partners.queries import partner_names
from ofrecord.web import words

Data = dict[str, Any]

_PAGES = {
    "partner": "desk:partner",
    "order": "desk:order",
    "customer": "desk:customer",
    "subscription": "desk:subscription",
    "invoice": "desk:invoice",
    "program version": "desk:version",
    "run": "desk:run",
}
_ASKED = {
    "partner": Permission.PARTNERS_READ,
    "order": Permission.ORDERS_READ,
    "customer": Permission.CUSTOMERS_READ,
    "subscription": Permission.SUBSCRIPTIONS_READ,
    "invoice": Permission.INVOICES_READ,
    "month": Permission.INVOICES_READ,
    "run": Permission.SETTLEMENT_READ,
    "API client": Permission.CLIENTS_WRITE,
}
LOOKED_AT = 100
_SENTENCES: dict[str, Callable[[Data], str]] = {
    "partner applied": lambda data: "applied to become a partner",
    "partner approved": lambda data: "was approved as a partner",
    "partner refused": lambda data: f"was refused: {data['reason']}",
    "program published": lambda data: f"Program version {data['version']} was published",
    "program accepted": lambda data: "accepted the program",
    "tier set": lambda data: f"holds the tier {data['tier']} from {_day(data['first'])}",
    "order composed": lambda data: "An order was composed",
    "order link renewed": lambda data: "An order got a new link",
    "order withdrawn": lambda data: "An order was withdrawn",
    "order confirmed": lambda data: f"A customer confirmed an order of {_seats(data)}",
    "order declined": lambda data: "A customer declined an order",
    "question asked": lambda data: "A customer asked about an order",
    "customer added": lambda data: "A customer was added",
    "subscription started": lambda data: f"A subscription of {_seats(data)} started",
    "seats changed": lambda data: f"A subscription has {_seats(data)} from {_day(data['day'])}",
    "subscription cancelled": lambda data: f"A subscription ends; no service from {_day(data['day'])}",
    "month billed": lambda data: f"{_month(data)} was billed: {_count(data['invoices'], 'invoice')}",
    "invoices paid": lambda data: f"{_count(data['count'], 'invoice')} marked as paid on {_day(data['day'])}",
    "month closed": lambda data: f"{_month(data)} was closed with {_count(data['lines'], 'fee line')}",
    "settlement run started": lambda data: f"A run began to close {_month(data)}",
    "settlement run asked to stop": lambda data: f"The run of {_month(data)} was asked to stop",
    "colleague invited": lambda data: f"A colleague was invited as {data['role']}",
    "invitation withdrawn": lambda data: "An invitation was withdrawn",
    "colleague joined": lambda data: f"A colleague joined as {data['role']}",
    "colleague left": lambda data: "A colleague left",
    "API client made": lambda data: "An API client was made",
    "API client revoked": lambda data: "An API client was revoked",
    "clock set": lambda data: f"The day was moved to {_day(data['day'])}",
    "time zone set": lambda data: f"Days are counted in the time zone {data['time_zone']}",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One happening as a page shows it."""

    at: datetime
    words: str
    who: str
    house: str
    url: str


def recent(reader: Reader, limit: int = 12) -> list[Told]:
    """What happened last, latest first: of things that the reader may read."""
    read = [each for each in latest(reader.scope, LOOKED_AT) if _may_read(each, reader)]
    return tell(read[:limit], reader.scope)


def _may_read(happening: Happening, reader: Reader) -> bool:
    asked = _ASKED.get(happening.subject_kind)
    return asked is None or reader.may(asked)


def history(subject_id: UUID, scope: Scope) -> list[Told]:
    """What happened to one thing, latest first."""
    return tell(history_of(subject_id, scope), scope)


def tell(happenings: Sequence[Happening], scope: Scope) -> list[Told]:
    """The happenings in words, with the names of people and partners: two queries however many there are."""
    people = names_of(each.by_id for each in happenings if each.by_kind == "person" and each.by_id)
    partners = partner_names({each.partner_id for each in happenings if each.partner_id}, scope)
    return [_told(each, people, partners) for each in happenings]


def _told(happening: Happening, people: dict[UUID, str], partners: dict[UUID, str]) -> Told:
    said = _SENTENCES[happening.verb](happening.data) if happening.verb in _SENTENCES else happening.verb
    house = partners.get(happening.partner_id, "") if happening.partner_id else ""
    # A sentence about a partner begins with its name.
    is_of_house = bool(house) and said[:1].islower()
    page = _PAGES.get(happening.subject_kind) if happening.subject_id else None
    return Told(
        at=happening.at,
        words=f"{house} {said}" if is_of_house else said[:1].upper() + said[1:],
        who=_who(happening, people),
        house="" if is_of_house else house,
        url=reverse(page, args=[happening.subject_id]) if page else "",
    )


def _who(happening: Happening, people: dict[UUID, str]) -> str:
    if happening.by_kind == "person" and happening.by_id:
        return people.get(happening.by_id, "a person who was erased")
    return {"system": "the system", "visitor": "a visitor", "client": "an API client"}.get(
        happening.by_kind, happening.by_kind
    )


def _day(text: str) -> str:
    return words.day_text(date.fromisoformat(text))


def _month(data: Data) -> str:
    return words.month_text(Month.parse(data["month"]))


def _seats(data: Data) -> str:
    return _count(data["seats"], "seat")


def _count(count: int, noun: str) -> str:
    return f"{words.count_text(count)} {noun}{'' if count == 1 else 's'}"
