"""The journal in words: what happened, who did it, and where it can be seen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from ofrecord.access.queries import names_of
from ofrecord.access.types import Permission, Reader, Scope
from ofrecord.customers.queries import customer_names
from ofrecord.journal.queries import history_of, latest
from ofrecord.journal.types import Happening
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.orders.queries import orders
from ofrecord.partners.queries import partner_names
from ofrecord.subscriptions.queries import subscriptions
from ofrecord.web import words

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class About:
    """What a happening is about, as people call it, and the customer it concerns."""

    name: str
    customer: str = ""


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
    "exchange rates": Permission.RATES_READ,
    "pool amount": Permission.POOLS_READ,
    "dispute": Permission.STATEMENTS_READ,
    "API client": Permission.CLIENTS_WRITE,
}
LOOKED_AT = 100
# What a confirmation brings with it need not be said beside it.
UNNAMED = About("Somebody", "A customer")
IMPLIED = ("subscription started", "settlement run started")
_SENTENCES: dict[str, Callable[[Data, "About"], str]] = {
    "partner applied": lambda data, about: "applied to become a partner",
    "partner approved": lambda data, about: "was approved as a partner",
    "partner refused": lambda data, about: f"was refused: {data['reason']}",
    "program published": lambda data, about: f"Program version {data['version']} was published",
    "program accepted": lambda data, about: "accepted the program",
    "tier set": lambda data, about: f"holds the tier {data['tier']} from {_day(data['first'])}",
    "statement currency set": lambda data, about: (
        f"takes its statements in {data['currency'] or 'the currency of each line'}"
    ),
    "segment set": lambda data, about: (
        f"{about.customer or about.name} is in the segment "
        f"{data['segment'] or 'that the program names first'}{_since(data)}"
    ),
    "order composed": lambda data, about: f"{about.name} was composed for {about.customer}",
    "order link renewed": lambda data, about: f"{about.name} for {about.customer} got a new link",
    "order withdrawn": lambda data, about: f"{about.name} for {about.customer} was withdrawn",
    "order confirmed": lambda data, about: f"{about.customer} confirmed {about.name} for {_seats(data)}",
    "order declined": lambda data, about: f"{about.customer} declined {about.name}",
    "question asked": lambda data, about: f"{about.customer} asked about {about.name}",
    "customer added": lambda data, about: f"{about.customer} was added as a customer",
    "subscription started": lambda data, about: (
        f"{about.name} of {about.customer} started with {_seats(data)}"
    ),
    "seats changed": lambda data, about: (
        f"{about.name} of {about.customer} has {_seats(data)} from {_day(data['day'])}"
    ),
    "subscription cancelled": lambda data, about: (
        f"{about.name} of {about.customer} ends; no service from {_day(data['day'])}"
    ),
    "partner of record changed": lambda data, about: (
        f"{about.name} of {about.customer} has another partner of record from {_day(data['first'])}: {data['reason']}"
    ),
    "partner of record ended": lambda data, about: (
        f"A partner is no longer partner of record of {about.name} from {_day(data['first'])}: {data['reason']}"
    ),
    "role recorded": lambda data, about: (
        f"A partner is {data['role']} of {about.name} from {_day(data['first'])}{_share(data)}"
    ),
    "role ended": lambda data, about: (
        f"A partner is no longer {data['role']} of {about.name} from {_day(data['day'])}: {data['reason']}"
    ),
    "month billed": lambda data, about: f"{_month(data)} was billed: {_count(data['invoices'], 'invoice')}",
    "invoices paid": lambda data, about: (
        f"{_count(data['count'], 'invoice')} marked as paid on {_day(data['day'])}"
    ),
    "payment received": lambda data, about: f"{_money(data['amount'])} was paid on {_day(data['day'])}",
    "invoice credited": lambda data, about: (
        f"{data['kind'].capitalize()} of {_money(data['amount'])} on {_day(data['day'])}: {data['reason']}"
    ),
    "month closed": lambda data, about: f"{_month(data)} was closed with {_count(data['lines'], 'fee line')}",
    "settlement run started": lambda data, about: f"A run began to close {_month(data)}",
    "settlement run asked to stop": lambda data, about: f"The run of {_month(data)} was asked to stop",
    "exchange rates recorded": lambda data, about: (
        f"{_count(data['added'] + data['corrected'], 'exchange rate')} through {_day(data['last'])} recorded"
    ),
    "pool amount recorded": lambda data, about: (
        f"{_money(data['amount'])} recorded in the pool {data['pool']} of {_month(data)}"
    ),
    "line disputed": lambda data, about: f"Line {data['line']} was disputed",
    "dispute answered": lambda data, about: f"The dispute of line {data['line']} was {data['outcome']}",
    "colleague invited": lambda data, about: f"A colleague was invited as {data['role']}",
    "invitation withdrawn": lambda data, about: "An invitation was withdrawn",
    "colleague joined": lambda data, about: f"{about.name} joined as {data['role']}",
    "colleague left": lambda data, about: f"{about.name} left",
    "API client made": lambda data, about: "An API client was made",
    "API client revoked": lambda data, about: "An API client was revoked",
    "clock set": lambda data, about: f"The day was moved to {_day(data['day'])}",
    "time zone set": lambda data, about: f"Days are counted in the time zone {data['time_zone']}",
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
    return tell([each for each in read if each.verb not in IMPLIED][:limit], reader.scope)


def _may_read(happening: Happening, reader: Reader) -> bool:
    asked = _ASKED.get(happening.subject_kind)
    return asked is None or reader.may(asked)


def history(subject_id: UUID, scope: Scope) -> list[Told]:
    """What happened to one thing, latest first."""
    return tell(history_of(subject_id, scope), scope)


def tell(happenings: Sequence[Happening], scope: Scope) -> list[Told]:
    """The happenings in words, with the names of what they are about: five queries however many there are."""
    about = _about(happenings, scope)
    people = names_of(each.by_id for each in happenings if each.by_kind == "person" and each.by_id)
    partners = partner_names({each.partner_id for each in happenings if each.partner_id}, scope)
    return [_told(each, about, people, partners) for each in happenings]


def _about(happenings: Sequence[Happening], scope: Scope) -> dict[UUID, About]:
    """Orders, subscriptions, customers and people by their names."""
    ids: dict[str, set[UUID]] = {}
    for each in happenings:
        if each.subject_id is not None:
            ids.setdefault(each.subject_kind, set()).add(each.subject_id)
    columns = ("pk", "number", "customer__name")
    own_orders = orders(scope).filter(pk__in=ids.get("order", ()))
    own_subscriptions = subscriptions(scope, date.max).filter(pk__in=ids.get("subscription", ()))
    found = {
        pk: About(number, customer)
        for rows in (own_orders, own_subscriptions)
        for pk, number, customer in rows.values_list(*columns)
    }
    named = names_of(ids.get("person", ())).items()
    added = customer_names(ids.get("customer", ()), scope).items()
    return found | {pk: About(name) for pk, name in named} | {pk: About("", name) for pk, name in added}


def _told(
    happening: Happening, about: dict[UUID, About], people: dict[UUID, str], partners: dict[UUID, str]
) -> Told:
    subject = happening.subject_id
    known = about.get(subject, UNNAMED) if subject else UNNAMED
    said = happening.verb
    if happening.verb in _SENTENCES:
        said = _SENTENCES[happening.verb](happening.data, known)
    house = partners.get(happening.partner_id, "") if happening.partner_id else ""
    # A sentence about a partner begins with its name.
    is_of_house = bool(house) and happening.subject_kind == "partner"
    page = _PAGES.get(happening.subject_kind) if subject else None
    return Told(
        at=happening.at,
        words=f"{house} {said}" if is_of_house else said,
        who=_who(happening, people),
        house="" if is_of_house else house,
        url=reverse(page, args=[subject]) if page else "",
    )


def _who(happening: Happening, people: dict[UUID, str]) -> str:
    if happening.by_kind == "person" and happening.by_id:
        return people.get(happening.by_id, "a person who was erased")
    visitor = "the customer" if happening.subject_kind in ("order", "subscription") else "a visitor"
    others = {"system": "the system", "visitor": visitor, "client": "an API client"}
    return others.get(happening.by_kind, happening.by_kind)


def _day(text: str) -> str:
    return words.day_text(date.fromisoformat(text))


def _since(data: Data) -> str:
    """From which day on; what was recorded before segments had days says none."""
    return f" from {_day(data['first'])}" if "first" in data else ""


def _share(data: Data) -> str:
    return f" with a share of {data['share']}" if data["share"] else ""


def _month(data: Data) -> str:
    return words.month_text(Month.parse(data["month"]))


def _money(text: str) -> str:
    return words.money_text(Money.parse(text))


def _seats(data: Data) -> str:
    return _count(data["seats"], "seat")


def _count(count: int, noun: str) -> str:
    return f"{words.count_text(count)} {noun}{'' if count == 1 else 's'}"
