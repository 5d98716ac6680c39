"""What the open month comes to, before it is closed."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission
from ofrecord.api.clients import client_of, needs
from ofrecord.api.months import MonthAsked, month_asked
from ofrecord.api.problems import Problem
from ofrecord.api.shapes import Amount, Days
from ofrecord.clock.queries import now
from ofrecord.flows.preview_month import Preview, preview
from ofrecord.kernel.money import Money
from ofrecord.partners.queries import partner_card
from ofrecord.settlement.types import Figures
from ofrecord.statements.types import NamedLine

router = Router(tags=["statements"])


class PreviewFiguresOut(Schema):
    partner_id: UUID
    opening: Amount
    new: Amount = Field(description="What lines add that correct nothing.")
    corrected: Amount = Field(description="What corrections of earlier lines add.")
    waived: Amount = Field(description="What of the corrections is not taken back.")
    held: Amount = Field(description="What is kept back for a later statement.")
    released: Amount = Field(description="What earlier statements kept back.")
    payable: Amount
    carried: Amount
    expected: Amount = Field(description="What of the fees rests on invoices that are not written yet.")
    lines: int = Field(examples=[31])


class PreviewLineOut(Schema):
    customer: str = Field(examples=["Parker Hannifin"])
    subscription: str = Field(examples=["S-4F8TW2ZC"])
    offer: str = Field(examples=["Business productivity suite"])
    clause: str = Field(description="Empty where no clause covers the case.", examples=["first-year"])
    days: Days
    basis: Amount
    fee: Amount = Field(description="In the currency of the sale.")
    due: Amount = Field(description="In the currency of the statement.")
    is_expected: bool = Field(description="Whether it rests on an invoice that is not written yet.")
    reason: str = Field(description="Why the line pays nothing; empty when it pays.", examples=[""])
    waits: str = Field(
        description="Why nothing is due yet; empty when the line does not wait.", examples=[""]
    )
    corrects: str = Field(
        description="The line that it corrects; empty when it corrects none.", examples=[""]
    )
    cause: str = Field(description="What became known later, for a correction.", examples=[""])


class PreviewOut(Schema):
    month: str | None = Field(description="None before anybody is served.", examples=["2026-11"])
    as_of: date
    figures: list[PreviewFiguresOut]
    lines: list[PreviewLineOut] = Field(description="Of one partner; empty where all are asked for.")
    pools_left_out: list[str] = Field(
        default=[],
        description="Pools of which no share is in it, because the sales of all partners are too many.",
        examples=[[]],
    )
    pools_uncorrected: list[str] = Field(
        default=[],
        description="Pools of which closed months may be divided otherwise now, which is not in it for that reason.",
        examples=[[]],
    )


@router.get(
    "/preview",
    response={200: PreviewOut, 404: Problem, 409: Problem},
    **needs(Permission.STATEMENTS_READ),
)
def get_preview(request: HttpRequest, month: MonthAsked, partner_id: UUID | None = None) -> PreviewOut:
    """What closing the next month would come to with what is known today; of months only that one. Changes nothing.

    Worked out by the rules that close it; invoices that are not written yet are taken as if no seat changed any
    more. A partner gets its own; the vendor gets all, or those of `partner_id` with the lines. Refused with
    preview-too-large where more bears on it than is worked out in a request.
    """
    client, at = client_of(request), now()
    if partner_id is not None and partner_card(partner_id, client.scope) is None:
        raise NotFound(what="partner")
    found = preview(reader=client, at=at, partner_id=partner_id, month=month_asked(month))
    if found is None:
        return PreviewOut(month=None, as_of=at.date(), figures=[], lines=[])
    is_of_one = partner_id is not None or client.partner_id is not None
    return PreviewOut(
        month=str(found.month),
        as_of=found.as_of,
        figures=_figures(found),
        lines=[_line(found, named) for named in found.lines] if is_of_one else [],
        pools_left_out=[*found.pools_left_out],
        pools_uncorrected=[*found.pools_uncorrected],
    )


def _figures(found: Preview) -> list[PreviewFiguresOut]:
    expected = {key: Amount.of(amount) for key, amount in found.expected_by_partner().items()}
    return [
        PreviewFiguresOut(
            partner_id=each.partner,
            expected=expected.get((each.partner, each.currency), _none(each)),
            lines=each.lines,
            **{name: Amount.of(getattr(each, name)) for name in _AMOUNTS},
        )
        for each in found.figures
    ]


_AMOUNTS = ("opening", "new", "corrected", "waived", "held", "released", "payable", "carried")


def _none(figures: Figures) -> Amount:
    return Amount.of(Money.zero(figures.currency))


def _line(found: Preview, named: NamedLine) -> PreviewLineOut:
    line = named.booked.line
    return PreviewLineOut(
        customer=named.names.customer,
        subscription=named.names.subscription,
        offer=named.names.offer,
        clause=line.clause,
        days=Days.of(line.service),
        basis=Amount.of(named.billed),
        fee=Amount.of(named.fee),
        due=Amount.of(named.due),
        is_expected=found.is_expected(line),
        reason=line.reason,
        waits=named.waits,
        corrects=line.corrects,
        cause=line.cause,
    )
