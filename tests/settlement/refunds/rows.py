"""What happens in the rows of the refund matrix, each to the sale of its own cell."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.billing.types import CreditKind
from ofrecord.flows import change_subscription, record_role
from ofrecord.kernel.calendar import Month
from ofrecord.program.clause_types import REFERRER, SERVICES
from settlement.refunds.stage import APRIL, START, TURN, Cell, bill, quote, record_rates
from support.story import CHIEF, at

Act = Callable[[Cell], None]
Billed = Callable[[Cell, Month], None]


def _nothing(cell: Cell) -> None:
    """Nothing happens."""


def _unpaid(cell: Cell, month: Month) -> None:
    """The customer does not pay."""


@dataclass(frozen=True)
class Row:
    """What happens: `begins` before April is billed, `billed` once a month is, and `happens` on the day of the column.

    `later` happens a month after that, once the month is closed. The document shows the partners `shown`.
    """

    name: str
    title: str
    says: str
    happens: Act
    billed: Billed = _unpaid
    begins: Act = _nothing
    later: Act | None = None
    offer: str = "suite"
    shown: str = "AB"


def _pays(percent: int) -> Billed:
    """The customer pays so much of April on its last day."""

    def act(cell: Cell, month: Month) -> None:
        if month == APRIL and percent:
            cell.pay(APRIL.last, percent)
        elif month != APRIL and cell.column.kind == "-capped":
            cell.pay(month.last, month=month)

    return act


def _late_invoice(cell: Cell) -> None:
    """An order of 1 April reaches the record; what is closed is billed for it now, and nothing else."""
    late = cell.sell()
    months = cell.column.closed or (APRIL,)
    for month in months:
        bill(month, cell.column.at)
    if cell.column.new_partner:
        cell.change_partner("B", TURN, cell.column.at, late)


def _credit(kind: CreditKind, *percents: int) -> Act:
    """Takes back one part after the other, a day between them unless the month is over."""

    def act(cell: Cell) -> None:
        for number, percent in enumerate(percents):
            cell.credit(kind, percent, days=number if cell.column.closed else 0)

    return act


def _chargeback_and_won_back(cell: Cell) -> None:
    cell.credit(CreditKind.CHARGEBACK)
    if not cell.column.closed:
        cell.credit(CreditKind.WON_BACK)


def _won_back(cell: Cell) -> None:
    if cell.column.closed:
        cell.credit(CreditKind.WON_BACK, days=31)


def _dated_back(cell: Cell) -> None:
    cell.change_partner("B", date(2009, 4, 16), cell.column.at)


def _tier_corrected(cell: Cell) -> None:
    cell.set_tier("Gold", START, cell.column.at)


def _in(currency: str) -> Act:
    return lambda cell: cell.state_in(currency)


def _rate_corrected(cell: Cell) -> None:
    record_rates(cell.column.at, APRIL.last, {"CHF": "1.60"}, correct=True)


def _rate_learned(cell: Cell) -> None:
    """All rates up to the month that is closed next."""
    for month in (*cell.column.closed, cell.column.month):
        quote(month, "GBP")


def _other_sale_paid_out(cell: Cell) -> None:
    """The partner has another sale, so that there is something to pay it before."""
    if cell.column.name == "after-payout":
        cell.sell()


def _pays_now(percent: int) -> Act:
    return lambda cell: cell.pay(cell.day, percent)


def _role(cell: Cell, letter: str, role: str, recorded: date, share: Fraction | None = None) -> None:
    with entered(OFFICE):
        cell.roles[letter] = record_role.record_role(
            reader=CHIEF,
            at=at(recorded),
            subscription_id=cell.sold,
            partner_id=cell.house(letter).id,
            role=role,
            first=START,
            share=share,
        )


def _role_recorded(cell: Cell) -> None:
    _role(cell, "R", REFERRER, cell.column.at)


def _shared(cell: Cell) -> None:
    _role(cell, "S", SERVICES, START, Fraction(3, 5))
    _role(cell, "T", SERVICES, START, Fraction(2, 5))


def _share_changed(cell: Cell) -> None:
    """Both shares were wrong from the first day on: they are taken out and recorded anew."""
    for letter in "ST":
        with entered(OFFICE):
            record_role.end_role(
                reader=CHIEF,
                at=at(cell.column.at),
                subscription_id=cell.sold,
                heldrole_id=cell.roles[letter],
                day=START,
                reason="The contract says half each",
            )
    for letter in "ST":
        _role(cell, letter, SERVICES, cell.column.at, Fraction(1, 2))


def _fewer_seats(cell: Cell) -> None:
    """A fifth of the seats was never wanted: credited for April, and no longer billed from the day on."""
    cell.credit(CreditKind.CREDIT_NOTE, 20)
    with entered(OFFICE):
        change_subscription.change_seats(
            reader=CHIEF,
            at=at(cell.column.at),
            subscription_id=cell.sold,
            day=cell.column.at,
            seats=cell.column.seats * 4 // 5,
        )


REFUND, NOTE, CHARGEBACK, WRITE_OFF = (
    CreditKind.REFUND,
    CreditKind.CREDIT_NOTE,
    CreditKind.CHARGEBACK,
    CreditKind.WRITE_OFF,
)

ROWS = (
    Row(
        "late-invoice",
        "Late invoice",
        "An order of 1 April reaches the record late: its invoices are written when others were settled.",
        _late_invoice,
    ),
    Row(
        "refund-in-full",
        "Refund in full",
        "April was paid; all of it is refunded.",
        _credit(REFUND, 100),
        _pays(100),
    ),
    Row(
        "refund-in-part",
        "Refund in part",
        "April was paid; 40% of it is refunded.",
        _credit(REFUND, 40),
        _pays(100),
    ),
    Row(
        "several-refunds",
        "Several refunds",
        "April was paid; 10%, 20% and 30% of it are refunded, one after the other.",
        _credit(REFUND, 10, 20, 30),
        _pays(100),
    ),
    Row(
        "credit-note",
        "Credit note without refund",
        "April was not paid; a credit note takes a quarter off it.",
        _credit(NOTE, 25),
    ),
    Row(
        "chargeback",
        "Chargeback",
        "April was paid; the customer's bank takes all of it back.",
        _credit(CHARGEBACK, 100),
        _pays(100),
    ),
    Row(
        "won-back",
        "Chargeback won back",
        "April was paid; the customer's bank takes all of it back, and a month later gives it again.",
        _chargeback_and_won_back,
        _pays(100),
        later=_won_back,
    ),
    Row(
        "write-off",
        "Write-off",
        "April was not paid, and it is given up.",
        _credit(WRITE_OFF, 100),
    ),
    Row(
        "partner-dated-back",
        "Back-dated change of partner",
        "It is recorded that B is partner of record since 16 April.",
        _dated_back,
    ),
    Row(
        "tier-corrected",
        "Wrong tier corrected",
        "It is recorded that A was Gold from 1 April on.",
        _tier_corrected,
    ),
    Row(
        "rate-corrected",
        "Exchange rate corrected",
        "A is paid in CHF; what a euro was worth on 30 April is corrected from 1.50 CHF to 1.60 CHF.",
        _rate_corrected,
        begins=_in("CHF"),
    ),
    Row(
        "rate-learned",
        "Exchange rate learned late",
        "A is paid in GBP, for which there was no rate: its lines waited. Now the rates are recorded.",
        _rate_learned,
        begins=_in("GBP"),
    ),
    Row(
        "late-payment",
        "Late payment, fee earned when collected",
        "Nothing of April was paid; now all of it is.",
        _pays_now(100),
        _pays(0),
        _other_sale_paid_out,
        offer="paid",
    ),
    Row(
        "payment-in-parts",
        "Payment in parts, fee earned when collected",
        "60% of April was paid on its last day; now the rest is.",
        _pays_now(40),
        _pays(60),
        offer="paid",
    ),
    Row(
        "paid-refunded",
        "Refund, fee earned when collected",
        "April was paid; 40% of it is refunded.",
        _credit(REFUND, 40),
        _pays(100),
        offer="paid",
    ),
    Row(
        "role-late",
        "Role recorded late",
        "It is recorded that R is referrer since 1 April.",
        _role_recorded,
        shown="R",
    ),
    Row(
        "share-changed",
        "Share changed",
        "S and T share the services, 60% and 40%; that is corrected to half each from 1 April on.",
        _share_changed,
        begins=_shared,
        shown="ST",
    ),
    Row(
        "seats-wrong",
        "Seats billed wrongly",
        "A fifth of the seats was billed in error: credited for April, and taken off from now on.",
        _fewer_seats,
    ),
)
