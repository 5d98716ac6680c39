"""What happened, in words, with a link to what it happened to."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ofrecord.access.queries import names_of
from ofrecord.access.types import ActorKind, Reader
from ofrecord.customers.queries import customers
from ofrecord.journal.types import Happening
from ofrecord.orders.queries import orders
from ofrecord.partners.queries import members
from ofrecord.subscriptions.queries import subscriptions
from ofrecord.web import words
from ofrecord.web.portal.states import seats_words


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened, as a sentence."""

    at: datetime
    words: SafeString


@dataclass(frozen=True, slots=True)
class _Known:
    """The names of what the happenings are about: subjects with their customers, people of the house."""

    subjects: Mapping[UUID, tuple[SafeString, str]]
    people: Mapping[UUID, str]
    house: str

    def subject(self, happening: Happening) -> SafeString:
        return self._of(happening)[0]

    def customer(self, happening: Happening) -> str:
        return self._of(happening)[1]

    def _of(self, happening: Happening) -> tuple[SafeString, str]:
        unnamed = (format_html("{}", happening.subject_kind), "the customer")
        return self.subjects.get(happening.subject_id, unnamed) if happening.subject_id else unnamed

    def who(self, happening: Happening) -> str:
        """Who did it: people of the own house by name, others by what they are."""
        if happening.by_kind == ActorKind.PERSON:
            return self.people.get(happening.by_id, "The vendor") if happening.by_id else "The vendor"
        return {ActorKind.CLIENT: "An API client", ActorKind.VISITOR: "The customer"}.get(
            ActorKind(happening.by_kind), "The system"
        )

    def person(self, happening: Happening) -> str:
        """The person that it happened to."""
        return self.people.get(happening.subject_id, "A colleague") if happening.subject_id else "A colleague"


def told(happenings: Iterable[Happening], reader: Reader, today: date) -> list[Told]:
    """The happenings as sentences, in four queries however many they are."""
    found = list(happenings)
    known = _Known(_subjects(found, reader, today), _people(reader), reader.house)
    return [Told(happening.at, _sentence(happening, known)) for happening in found]


def _subjects(happenings: list[Happening], reader: Reader, today: date) -> dict[UUID, tuple[SafeString, str]]:
    ids = {happening.subject_id for happening in happenings if happening.subject_id}
    sources = (
        ("portal:order", orders(reader.scope).values_list("pk", "number", "customer__name")),
        (
            "portal:subscription",
            subscriptions(reader.scope, today).values_list("pk", "number", "customer__name"),
        ),
        ("portal:customer", customers(reader.scope).values_list("pk", "name", "name")),
    )
    return {
        key: (format_html('<a href="{}">{}</a>', reverse(page, args=[key]), name), customer)
        for page, rows in sources
        for key, name, customer in rows.filter(pk__in=ids)
    }


def _people(reader: Reader) -> dict[UUID, str]:
    return names_of(members(reader.scope, reader.partner_id).values_list("person_id", flat=True))


def _sentence(happening: Happening, known: _Known) -> SafeString:
    say = _WORDS.get(happening.verb)
    return say(happening, known) if say else format_html("{}.", happening.verb.capitalize())


def _day(happening: Happening, name: str) -> str:
    return words.day_text(date.fromisoformat(happening.data[name]))


def _by(pattern: str) -> Callable[[Happening, _Known], SafeString]:
    """A sentence of who did it and what it was done to."""
    return lambda happening, known: format_html(pattern, known.who(happening), known.subject(happening))


def _of_customer(pattern: str) -> Callable[[Happening, _Known], SafeString]:
    """A sentence of what a customer did to an order."""
    return lambda happening, known: format_html(pattern, known.customer(happening), known.subject(happening))


def _of_house(pattern: str) -> Callable[[Happening, _Known], SafeString]:
    return lambda _happening, known: format_html(pattern, known.house)


_WORDS: Mapping[str, Callable[[Happening, _Known], SafeString]] = {
    "order composed": _by("{} composed the order {}."),
    "order link renewed": _by("{} made a new link for the order {}."),
    "order withdrawn": _by("{} withdrew the order {}."),
    "order confirmed": lambda h, known: format_html(
        "{} confirmed the order {} for {}.",
        known.customer(h),
        known.subject(h),
        seats_words(h.data["seats"]),
    ),
    "order declined": _of_customer("{} declined the order {}."),
    "question asked": _of_customer("{} asked a question about the order {}."),
    "customer added": _by("{} added {} as a customer."),
    "subscription started": lambda h, known: format_html(
        "The subscription {} of {} was started with {}.",
        known.subject(h),
        known.customer(h),
        seats_words(h.data["seats"]),
    ),
    "seats changed": lambda h, known: format_html(
        "{} changed the subscription {} of {} to {} from {} on.",
        known.who(h),
        known.subject(h),
        known.customer(h),
        seats_words(h.data["seats"]),
        _day(h, "day"),
    ),
    "subscription cancelled": lambda h, known: format_html(
        "{} cancelled the subscription {} of {}; {} is its first day without service.",
        known.who(h),
        known.subject(h),
        known.customer(h),
        _day(h, "day"),
    ),
    "partner of record changed": lambda h, known: format_html(
        "{} is partner of record of the subscription {} from {} on: {}",
        known.house,
        known.subject(h),
        _day(h, "first"),
        h.data["reason"],
    ),
    "partner of record ended": lambda h, known: format_html(
        "{} is no longer partner of record of the subscription {} from {} on: {}",
        known.house,
        known.subject(h),
        _day(h, "first"),
        h.data["reason"],
    ),
    "role recorded": lambda h, known: format_html(
        "{} is {} of the subscription {} from {} on{}.",
        known.house,
        h.data["role"],
        known.subject(h),
        _day(h, "first"),
        f" with a share of {h.data['share']}" if h.data["share"] else "",
    ),
    "role ended": lambda h, known: format_html(
        "{} is no longer {} of the subscription {} from {} on: {}",
        known.house,
        h.data["role"],
        known.subject(h),
        _day(h, "day"),
        h.data["reason"],
    ),
    "statement currency set": lambda h, known: format_html(
        "{} takes its statements in {}.", known.house, h.data["currency"] or "the currency of each line"
    ),
    "program accepted": lambda h, known: format_html("{} accepted the program.", known.who(h)),
    "partner applied": _of_house("{} applied to become a partner."),
    "partner approved": _of_house("{} was approved as a partner."),
    "partner refused": _of_house("The application of {} was refused."),
    "tier set": lambda h, known: format_html(
        "{} holds the tier {} from {} on{}.",
        known.house,
        h.data["tier"],
        _day(h, "first"),
        f" ({h.data['reason']})" if h.data.get("reason") else "",
    ),
    "colleague invited": lambda h, known: format_html(
        "{} invited a colleague as {}.", known.who(h), h.data["role"]
    ),
    "invitation withdrawn": lambda h, known: format_html("{} withdrew an invitation.", known.who(h)),
    "colleague joined": lambda h, known: format_html("{} joined as {}.", known.person(h), h.data["role"]),
    "colleague left": lambda h, known: format_html(
        "{} ended the place of {}.", known.who(h), known.person(h)
    ),
    "API client made": lambda h, known: format_html("{} made an API client.", known.who(h)),
    "API client revoked": lambda h, known: format_html("{} revoked an API client.", known.who(h)),
}
