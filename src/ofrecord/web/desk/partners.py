"""All partners, and what each has running."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.timezone import localdate

from ofrecord.access.types import Permission, Scope
from ofrecord.clock.queries import now
from ofrecord.kernel.money import Money
from ofrecord.partners.queries import partners as partners_in
from ofrecord.partners.queries import regions
from ofrecord.subscriptions.queries import currencies, worth_by_partner
from ofrecord.subscriptions.types import Worth
from ofrecord.web.columns import Choice, Column, Days
from ofrecord.web.desk.states import state_of
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.readers import desk, reader_in

NOTHING = Worth(0, ())
STATUSES = ("applied", "approved", "refused")


@dataclass(frozen=True, slots=True)
class Valued:
    """A row with what its subscriptions come to today."""

    row: Any
    worth: Worth

    def monthly(self, currency: str) -> Money | None:
        return next((money for money in self.worth.monthly if money.currency == currency), None)


def worth_columns(scope: Scope) -> "tuple[Column[Valued], ...]":
    """How many subscriptions run, and their monthly value: one column for each currency in use."""

    def monthly(currency: str) -> "Column[Valued]":
        title = "A month" if len(used) == 1 else f"A month in {currency}"
        return Column(title=title, cell=lambda line: line.monthly(currency), currency=currency)

    used = currencies(scope)
    count: Column[Valued] = Column(
        title="Subscriptions", cell=lambda line: line.worth.subscriptions, is_numeric=True
    )
    return (count, *(monthly(currency) for currency in used))


def _listing(scope: Scope) -> "Listing[Valued]":
    return Listing(
        name="partners",
        caption="Partners",
        columns=(
            Column(title="Partner", cell=_named, sort="name"),
            Column(title="Number", cell=lambda line: line.row.number, sort="number", is_whole=True),
            Column(title="Region", cell=lambda line: line.row.region, sort="region"),
            Column(title="State", cell=lambda line: state_of(line.row.status), sort="status"),
            Column(title="Applied", cell=lambda line: localdate(line.row.applied_at), sort="applied_at"),
            *worth_columns(scope),
        ),
        sort="partner",
        search=("name", "number"),
        choices=(
            Choice(name="state", title="State", path="status", values=[(s, s) for s in STATUSES]),
            Choice(name="region", title="Region", path="region", values=[(r, r) for r in regions(scope)]),
        ),
        days=(Days(name="applied", title="Applied", path="applied_at__date"),),
        empty=Empty(
            "No partner has applied yet",
            "An organization applies on the public page; its application then waits here for your decision.",
        ),
    )


def _named(line: Valued) -> Linked:
    return Linked(line.row.name, reverse("desk:partner", args=[line.row.pk]))


def dressed(rows: Sequence[Any], scope: Scope, today: date) -> list[Valued]:
    """The rows with what each partner has running, in one query."""
    worth = worth_by_partner([row.pk for row in rows], scope, today)
    return [Valued(row, worth.get(row.pk, NOTHING)) for row in rows]


@desk(Permission.PARTNERS_READ)
def partners(request: HttpRequest) -> HttpResponseBase:
    """Who sells for us, who asks to, and what each brings."""
    scope, today = reader_in(request).scope, now().date()
    everybody: QuerySet[Any] = partners_in(scope)
    context = {
        "approved": everybody.filter(status="approved").count(),
        "applied": everybody.filter(status="applied").count(),
    }
    return _listing(scope).respond(
        request,
        everybody,
        "desk/partners.html",
        context,
        dress=lambda rows: dressed(rows, scope, today),
    )
