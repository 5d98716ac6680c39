"""Why a sale pays a partner nothing, for any partner that the vendor's people name."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.flows.why_not import why_not as flow
from ofrecord.partners.queries import partner_by_number, partner_card
from ofrecord.partners.types import PartnerCard
from ofrecord.subscriptions.queries import partner_on, subscriptions
from ofrecord.web.considered import month_asked
from ofrecord.web.desk.answers import found
from ofrecord.web.readers import desk, reader_in

TYPED = 40


@desk(Permission.STATEMENTS_READ)
def why_not(request: HttpRequest, subscription_id: UUID) -> HttpResponse:
    """Every clause that was considered for a sale and a partner in a month; of its partner of record unless named."""
    reader, today = reader_in(request), now().date()
    subscription = found(
        subscriptions(reader.scope, today).filter(pk=subscription_id).first(), "subscription"
    )
    typed = request.GET.get("partner", "").replace("\0", "")[:TYPED].strip()
    partner = _partner(reader, subscription_id, typed)
    month = month_asked(request)
    answer = (
        flow(reader=reader, subscription_id=subscription_id, month=month, partner_id=partner.id)
        if partner
        else None
    )
    refusal = NotFound(what="partner") if typed and not partner else None
    context = {
        "subscription": subscription,
        "answer": answer,
        "refusal": refusal,
        "typed": typed or (partner.number if partner else ""),
        "month": answer.month if answer else month,
    }
    return render(request, "desk/why_not.html", context)


def _partner(reader: Reader, subscription_id: UUID, typed: str) -> PartnerCard | None:
    if typed:
        return partner_by_number(typed.upper(), reader.scope)
    today = now().date()
    of_record = partner_on([subscription_id], today, reader.scope).get(subscription_id)
    return partner_card(of_record, reader.scope) if of_record else None
