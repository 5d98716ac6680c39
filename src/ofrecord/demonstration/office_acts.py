"""How the vendor's people put on the record who is paid, and how finance keeps what was billed and paid."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from ofrecord.access.scope import entered
from ofrecord.billing.types import WantedCredit
from ofrecord.demonstration.acts import act
from ofrecord.demonstration.cast import ACCOUNT_MANAGER, CHIEF, FINANCE
from ofrecord.demonstration.packaged import SAMPLE_RATES, packaged
from ofrecord.demonstration.stage import Stage
from ofrecord.demonstration.types import (
    AnswerDispute,
    ChangePartner,
    ImportRates,
    OpenDispute,
    PayPart,
    Publish,
    RecordPool,
    RecordRate,
    RecordRole,
    SetCurrency,
    SetSegment,
    SetTier,
    TakeBack,
)
from ofrecord.flows import (
    answer_dispute,
    change_partner,
    credit_invoice,
    import_rates,
    open_dispute,
    publish_program,
    receive_payment,
    record_pool,
    record_role,
    set_segment,
    set_statement_currency,
    set_tier,
)
from ofrecord.kernel.money import Money, Rounding, multiply
from ofrecord.kernel.rate import parse_rate

POOL: Final = "advertising"
# The same amount is known by the same id in every telling.
_AMOUNTS: Final = UUID("6d1f0f0e-5c1a-5f0b-9d8e-0b6a3f6f2b11")


@act.register
def _publish(deed: Publish, stage: Stage, at: datetime) -> None:
    reader = stage.reader(CHIEF)
    with entered(reader.scope):
        publish_program.publish(reader=reader, at=at, document=packaged(deed.document))


@act.register
def _set_segment(deed: SetSegment, stage: Stage, at: datetime) -> None:
    reader, customer_id = stage.reader(ACCOUNT_MANAGER), stage.subscription(deed.bid).customer_id
    with entered(reader.scope):
        set_segment.set_segment(reader=reader, at=at, customer_id=customer_id, segment=deed.segment)


@act.register
def _set_tier(deed: SetTier, stage: Stage, at: datetime) -> None:
    reader, partner = stage.reader(ACCOUNT_MANAGER), stage.partner(deed.house.name)
    with entered(reader.scope):
        set_tier.set_tier(
            reader=reader,
            at=at,
            partner_id=partner.id,
            tier=deed.tier,
            first=deed.first,
            replaces_later=bool(deed.reason),
            reason=deed.reason,
        )


@act.register
def _set_currency(deed: SetCurrency, stage: Stage, at: datetime) -> None:
    reader, partner = stage.reader(ACCOUNT_MANAGER), stage.partner(deed.house.name)
    with entered(reader.scope):
        set_statement_currency.set_statement_currency(
            reader=reader, at=at, partner_id=partner.id, currency=deed.currency
        )


@act.register
def _record_role(deed: RecordRole, stage: Stage, at: datetime) -> None:
    reader, partner = stage.reader(ACCOUNT_MANAGER), stage.partner(deed.house.name)
    sold = stage.subscription(deed.bid)
    with entered(reader.scope):
        record_role.record_role(
            reader=reader,
            at=at,
            subscription_id=sold.id,
            partner_id=partner.id,
            role=deed.role,
            first=sold.started_on,
            share=parse_rate(deed.share) if deed.share else None,
        )


@act.register
def _change_partner(deed: ChangePartner, stage: Stage, at: datetime) -> None:
    reader, partner = stage.reader(ACCOUNT_MANAGER), stage.partner(deed.house.name)
    sold = stage.subscription(deed.bid)
    with entered(reader.scope):
        change_partner.change_partner(
            reader=reader,
            at=at,
            subscription_id=sold.id,
            partner_id=partner.id,
            first=deed.first,
            reason=deed.reason,
        )


@act.register
def _pay_part(deed: PayPart, stage: Stage, at: datetime) -> None:
    reader, invoice = stage.reader(FINANCE), stage.invoice(deed.bid, deed.month)
    with entered(reader.scope):
        receive_payment.receive_part(
            reader=reader,
            at=at,
            invoice_id=invoice.id,
            day=at.date(),
            amount=_part(invoice.total, deed.percent),
            reference=f"transfer {at.date()}",
        )


@act.register
def _take_back(deed: TakeBack, stage: Stage, at: datetime) -> None:
    reader, invoice = stage.reader(FINANCE), stage.invoice(deed.bid, deed.month)
    amount = _part(invoice.total, deed.percent) if deed.percent else None
    wanted = WantedCredit(kind=deed.kind, day=at.date(), reason=deed.reason, amount=amount)
    with entered(reader.scope):
        credit_invoice.credit(reader=reader, at=at, invoice_id=invoice.id, wanted=wanted)


def _part(total: Money, percent: int) -> Money:
    return multiply(total, parse_rate(f"{percent}%"), Rounding.HALF_UP)


@act.register
def _import_rates(deed: ImportRates, stage: Stage, at: datetime) -> None:
    reader = stage.reader(FINANCE)
    with entered(reader.scope):
        import_rates.import_file(
            reader=reader, at=at, name=SAMPLE_RATES, content=packaged(SAMPLE_RATES), through=deed.through
        )


@act.register
def _record_rate(deed: RecordRate, stage: Stage, at: datetime) -> None:
    reader = stage.reader(FINANCE)
    stated = import_rates.StatedRate(deed.currency, deed.day, deed.per_euro)
    with entered(reader.scope):
        import_rates.record_rates(reader=reader, at=at, rates=[stated], source=deed.source)


@act.register
def _record_pool(deed: RecordPool, stage: Stage, at: datetime) -> None:
    reader = stage.reader(FINANCE)
    with entered(reader.scope):
        record_pool.record_amount(
            reader=reader,
            at=at,
            amount_id=uuid5(_AMOUNTS, f"{deed.month} {deed.amount} {deed.reason}"),
            pool=POOL,
            month=deed.month,
            amount=Money.parse(deed.amount),
            reason=deed.reason,
        )


@act.register
def _open_dispute(deed: OpenDispute, stage: Stage, at: datetime) -> None:
    reader = stage.reader(deed.by)
    line_id = stage.line(reader, deed.bid, deed.month)
    with entered(reader.scope):
        open_dispute.open_dispute(reader=reader, at=at, line_id=line_id, reason=deed.reason)


@act.register
def _answer_dispute(deed: AnswerDispute, stage: Stage, at: datetime) -> None:
    reader, dispute_id = stage.reader(FINANCE), stage.dispute_id(deed.dispute)
    with entered(reader.scope):
        answer_dispute.answer_dispute(
            reader=reader, at=at, dispute_id=dispute_id, outcome=deed.outcome, answer=deed.answer
        )
