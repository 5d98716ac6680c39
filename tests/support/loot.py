"""What belongs to one house and nobody else may see: its ids by kind, and the words by which it is known."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.apps import apps
from django.db import models

from ofrecord.access.models import Person
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.billing.models import Invoice, InvoiceLine
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.mail.models import Message
from ofrecord.orders.models import Order
from ofrecord.program.models import ProgramVersion
from ofrecord.settlement.models import Run
from ofrecord.statements.models import Statement
from ofrecord.statements.queries import card, lines_of
from ofrecord.web.words import amount_text
from support.world import House

SCOPED = [
    model
    for model in apps.get_models()
    if model.__module__.startswith("ofrecord.") and hasattr(model, "of_partner")
]


@dataclass(frozen=True, eq=False)
class Loot:
    """The things of a house: `ids` by kind, the ids of its fee lines, and `words` in small letters.

    `figures` are those words that only its own things bear, not the house itself, whose name is on all its pages.
    """

    house: House
    ids: dict[str, list[UUID]]
    lines: list[str]
    words: frozenset[str]
    figures: frozenset[str]
    twins: dict[str, str]

    def every(self, kind: str) -> list[UUID]:
        """Every id of the kind, and one of each other kind."""
        others = [ids[0] for other, ids in self.ids.items() if other != kind and ids]
        return self.ids[kind] + others

    def found_in(self, text: str, besides: str = "") -> set[str]:
        """The words of the house that stand in the text; not those that were typed."""
        folded, typed = text.lower(), besides.lower()
        return {word for word in self.words if word in folded and word not in typed}

    def with_twins(self, text: str) -> str:
        """The text with ids that nobody has in place of those of the house; always the same ones."""
        return self.known.sub(lambda found: self.twins.get(found[0], found[0]), text)

    @cached_property
    def known(self) -> re.Pattern[str]:
        """Any id of the house, or that stands in for one."""
        return re.compile("|".join(map(re.escape, [*self.twins, *self.twins.values()])))


def loot_of(house: House) -> Loot:
    """Everything that the house has, read past all scopes."""
    with entered(OFFICE):
        ids = {_kind(model): _ids(_of(house, model)) for model in SCOPED}
        people = Person.objects.filter(email__contains=house.mark)
        messages = Message.objects.filter(to__contains=house.mark)
        ids |= {"person": _ids(people), "message": _ids(messages)}
        figures = _numbers(house) | _amounts(house) | {str(key) for kind in ids for key in ids[kind]}
        lines = [line.id for row in _statements(house) for line in lines_of(card(row), house.scope)]
        twins = _twins(ids, lines)
        # What is nobody's secret is tried as well, where an address asks for it.
        ids |= {"version": _ids(ProgramVersion.objects.all()), "run": _ids(Run.objects.all())}
    figures -= {str(house.id), *map(str, ids["member"]), house.number.lower()}
    own = {house.mark, str(house.id), house.number.lower(), house.token.lower(), house.token[:8].lower()}
    figures |= set(lines)
    return Loot(house, ids, lines, frozenset(figures | own), frozenset(figures), twins)


def state_of(house: House) -> dict[str, list[str]]:
    """Every row of the house and its people as text, to tell whether anything was changed."""
    with entered(OFFICE):
        state = {model._meta.db_table: _texts(_of(house, model)) for model in SCOPED}
        return state | {"people": _texts(Person.objects.filter(email__contains=house.mark))}


def _texts(found: "models.QuerySet[models.Model]") -> list[str]:
    return [repr(values) for values in found.order_by("pk").values_list()]


def _twins(ids: dict[str, list[UUID]], lines: list[str]) -> dict[str, str]:
    """An id of nobody for each id of the house, also as the API writes a line's."""
    twins = {str(key): str(new_id()) for keys in ids.values() for key in keys}
    for place, line in enumerate(lines):
        other = f"{line.partition('/')[0]}/{999_000 + place:010}"
        twins |= {line: other, line.replace("/", "-"): other.replace("/", "-")}
    return twins


def _of(house: House, model: type[models.Model]) -> "models.QuerySet[models.Model]":
    """The rows of the house, found without the product's own scope: a test may have taken that away."""
    return model._default_manager.filter(model.of_partner(house.id))  # type: ignore[attr-defined]


def _kind(model: type[models.Model]) -> str:
    return {"apiclient": "client"}.get(model.__name__.lower(), model.__name__.lower())


def _ids(found: "models.QuerySet[models.Model]") -> list[UUID]:
    return [key for key in found.order_by("pk").values_list("pk", flat=True) if isinstance(key, UUID)]


def _statements(house: House) -> "Iterable[Statement]":
    return _of(house, Statement).select_related("closed", "partner")


def _numbers(house: House) -> set[str]:
    numbered = [model for model in SCOPED if model not in (InvoiceLine,) and _has_number(model)]
    return {
        str(number).lower()
        for model in numbered
        for number in _of(house, model).values_list("number", flat=True)
        # What is only credited has no document, and no number.
        if number
    }


def _has_number(model: type[models.Model]) -> bool:
    return any(field.name == "number" for field in model._meta.get_fields())


def _amounts(house: House) -> set[str]:
    """Amounts as people and as machines read them."""
    orders = _of(house, Order)
    minor = {order.unit_price_minor * order.seats * months for order in orders for months in (1, 12)}
    minor |= set(_of(house, Invoice).values_list("total_minor", flat=True))
    minor |= set(_of(house, InvoiceLine).values_list("amount_minor", flat=True))
    minor |= set(_statements(house).values_list("total_minor", flat=True))
    money = [Money(each, "USD") for each in minor if each]
    return {amount_text(each) for each in money} | {each.decimal_text() for each in money}
