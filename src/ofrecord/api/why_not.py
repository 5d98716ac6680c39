"""Why a sale pays a partner nothing, or not more."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from ofrecord.access.types import Permission
from ofrecord.api.clients import client_of, needs
from ofrecord.api.months import MonthAsked, month_asked
from ofrecord.api.problems import Problem
from ofrecord.flows.why_not import CaseHeard, WhyNot
from ofrecord.flows.why_not import why_not as flow

router = Router(tags=["subscriptions"])


class ClauseOut(Schema):
    clause: str = Field(examples=["first-year"])
    title: str = Field(examples=["First year"])
    version: str = Field(examples=["2009.1"])
    covers: bool
    failed: str = Field(
        description="The condition that it lacked first; empty where it covers the case.", examples=["month"]
    )
    says: str = Field(examples=["First year asks for months 1 to 12 of the subscription; this is month 14."])


class CaseOut(Schema):
    days: str = Field(examples=["October 2026"])
    role: str = Field(examples=["partner of record"])
    invoice: str = Field(examples=["N-2026-000123"])
    is_payment: bool = Field(description="Whether it is a payment for the invoice, and not the bill.")
    day: date = Field(description="The day that counts.", examples=["2026-10-31"])
    clauses: list[ClauseOut]


class WhyNotOut(Schema):
    subscription_id: UUID
    subscription: str = Field(examples=["S-4F8TW2ZC"])
    partner_id: UUID
    month: str = Field(examples=["2026-10"])
    says: str = Field(examples=["No clause pays Harbor Lane for it."])
    cases: list[CaseOut]


def _case(case: CaseHeard) -> CaseOut:
    return CaseOut(
        days=case.days,
        role=case.role,
        invoice=case.invoice,
        is_payment=case.is_payment,
        day=case.day,
        clauses=[
            ClauseOut(
                clause=each.clause,
                title=each.title,
                version=each.version,
                covers=each.claims,
                failed=each.failed,
                says=each.says,
            )
            for each in case.clauses
        ],
    )


def _answer(found: WhyNot) -> WhyNotOut:
    return WhyNotOut(
        subscription_id=found.subscription_id,
        subscription=found.subscription,
        partner_id=found.partner_id,
        month=str(found.month),
        says=found.says,
        cases=[_case(case) for case in found.cases],
    )


@router.get(
    "/{uuid:subscription_id}/why-not",
    response={200: WhyNotOut, 404: Problem},
    **needs(Permission.STATEMENTS_READ),
)
def why_not(
    request: HttpRequest, subscription_id: UUID, month: MonthAsked, partner_id: UUID | None = None
) -> WhyNotOut:
    """Every clause that was considered for what was billed in a month; else the latest.

    A partner asks about itself; a client of the vendor names the partner.
    """
    found = flow(
        reader=client_of(request),
        subscription_id=subscription_id,
        month=month_asked(month),
        partner_id=partner_id,
    )
    return _answer(found)
