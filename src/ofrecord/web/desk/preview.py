"""What the open month comes to, before it is closed: of all partners, and of one with its lines."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.flows.before_close import lacking
from ofrecord.flows.preview_month import preview as foreseen
from ofrecord.kernel.money import Money, sum_money
from ofrecord.partners.queries import partner_names
from ofrecord.partners.queries import partners as partners_in
from ofrecord.settlement.queries import latest_preview_run, next_to_close, previewed
from ofrecord.settlement.refusals import PreviewTooLarge
from ofrecord.settlement.types import Figures, MonthForeseen
from ofrecord.web.columns import Column
from ofrecord.web.desk.answers import found
from ofrecord.web.desk.preview_run import progress_of
from ofrecord.web.desk.settlement import waiting_words
from ofrecord.web.lists import Empty, Listing
from ofrecord.web.parts import Linked
from ofrecord.web.preview_lines import explained, heading, left_out_words, lines, listing, told, totals
from ofrecord.web.readers import desk, reader_in


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """One partner and currency of the preview."""

    name: str
    figures: Figures
    expected: Money


def _listing(rows: Sequence[PartnerRow]) -> "Listing[PartnerRow]":
    """A row adds up: what comes in, less what is held back, is payable or carried."""
    money = partial(_money, rows)
    return Listing(
        name="preview",
        caption="Statements as they would be issued today",
        columns=(
            Column(title="Partner", cell=_named, sort="name"),
            Column(title="Lines", cell=lambda row: row.figures.lines, is_numeric=True, sort="figures__lines"),
            money("Expected", lambda row: row.expected, sort="expected__minor", is_always_shown=False),
            money("Opening balance", lambda row: row.figures.opening, is_always_shown=False),
            money("Earned", lambda row: row.figures.earned, sort="figures__new__minor"),
            money("Not taken back", lambda row: row.figures.waived, is_always_shown=False),
            money("Released", lambda row: row.figures.released, is_always_shown=False),
            money("Held back", lambda row: row.figures.held),
            money("Payable", lambda row: row.figures.payable, sort="figures__payable__minor"),
            money("Carried", lambda row: row.figures.carried),
        ),
        # Amounts of two currencies are in no order.
        sort="-payable" if len({row.figures.currency for row in rows}) == 1 else "partner",
        search=("name",),
        empty=Empty(
            "No partner has a line yet", "Nothing of this month is billed, paid or corrected so far."
        ),
    )


def _money(
    rows: Sequence[PartnerRow],
    title: str,
    figure: Callable[[PartnerRow], Money],
    *,
    sort: str = "",
    is_always_shown: bool = True,
) -> "Column[PartnerRow]":
    """A figure, headed by the currency where all have one; only in the spreadsheet where it may be left out and is
    nothing for all partners.
    """
    currencies = {row.figures.currency for row in rows}
    return Column(
        title=title,
        cell=figure,
        sort=sort,
        is_money=True,
        currency=currencies.pop() if len(currencies) == 1 else "",
        is_sheet_only=not is_always_shown and not any(figure(row) for row in rows),
    )


def _named(row: PartnerRow) -> Linked:
    return Linked(row.name, reverse("desk:preview-partner", args=[row.figures.partner]))


@desk(Permission.STATEMENTS_READ)
def preview(request: HttpRequest) -> HttpResponseBase:
    """What closing the next month would come to, by partner: at once where few lines bear on it, else by a run."""
    reader = reader_in(request)
    try:
        small = foreseen(reader=reader, at=now())
    except PreviewTooLarge:
        return _of_many(request, reader)
    if small is None:
        return render(request, "desk/preview.html", {"preview": None})
    return _of_all(request, reader, small.of_all(), {})


def _of_many(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """As the last run worked it out, with the run that goes on or has failed since; before the first one all partners,
    each with a link to its own preview.
    """
    month = next_to_close()
    assert month is not None, "invoices were written"
    tried, kept = latest_preview_run(month), previewed(month)
    context: dict[str, object] = {"month": month, "run": tried, "is_large": True}
    if tried is not None and tried.status != "done":
        goes_on = tried.status == "running"
        context |= {
            "progress": progress_of(tried),
            "goes_on": goes_on,
            "can_stop": goes_on and not tried.stop_asked,
            "is_stopping": goes_on and tried.stop_asked,
        }
    if kept is not None:
        done, whole = kept
        return _of_all(request, reader, whole, context | {"worked_out_at": done.ended_at})
    approved: QuerySet[Any] = partners_in(reader.scope).filter(status="approved")
    return _partners().respond(request, approved, "desk/preview_of_which.html", context)


def _of_all(
    request: HttpRequest, reader: Reader, whole: MonthForeseen, beside: Mapping[str, object]
) -> HttpResponseBase:
    names = partner_names({each.partner for each in whole.figures}, reader.scope)
    rows = [PartnerRow(names.get(each.partner, ""), each, whole.expected_of(each)) for each in whole.figures]
    payable = {each.currency for each in whole.figures if each.payable}
    context = {
        "preview": whole,
        "payable": [
            sum_money((each.payable for each in whole.figures if each.currency == code), code)
            for code in sorted(payable)
        ],
        "is_expected": any(row.expected for row in rows),
        "waits": _waiting(whole.figures),
        "lacking": lacking(whole.month) if whole.month.last < whole.as_of else [],
        **beside,
    }
    return _listing(rows).respond(request, rows, "desk/preview.html", context)


def _waiting(figures: Sequence[Figures]) -> str:
    lines: Counter[str] = Counter()
    for each in figures:
        lines[each.currency] += each.waiting
    return waiting_words(+lines)


def _partners() -> "Listing[Any]":
    return Listing(
        name="preview-of",
        caption="Partners, each with its preview",
        columns=(
            Column(
                title="Partner",
                cell=lambda row: Linked(row.name, reverse("desk:preview-partner", args=[row.pk])),
                export=lambda row: row.name,
                sort="name",
            ),
            Column(title="Number", cell=lambda row: row.number, sort="number", is_whole=True),
            Column(title="Region", cell=lambda row: row.region, sort="region"),
        ),
        sort="partner",
        search=("name", "number"),
        empty=Empty("No partner is approved yet", "A partner has a preview once it is approved."),
    )


@desk(Permission.STATEMENTS_READ)
def of_partner(request: HttpRequest, partner_id: UUID) -> HttpResponseBase:
    """The statement of one partner as it would be today, with its lines."""
    reader = reader_in(request)
    name = found(partner_names([partner_id], reader.scope).get(partner_id), "partner")
    one = foreseen(reader=reader, at=now(), partner_id=partner_id)
    if one is None:
        return render(request, "desk/preview.html", {"preview": None})
    context = {
        "preview": one,
        "partner": name,
        "sentence": heading(one, f"{name} would be paid"),
        "told": told(one),
        "left_out": left_out_words(one, "The preview of all partners has it, once it is worked out."),
    }
    rows = listing(
        one,
        lambda key: reverse("desk:subscription", args=[key]),
        lambda key: reverse("desk:line", args=[key]),
    )
    return rows.respond(
        request, lines(one), "desk/preview_partner.html", context, totals=totals(one), dress=explained
    )
