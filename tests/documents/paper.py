"""A statement with a line of every sort, made by hand: what a file says can be checked against what stands here."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from ofrecord.documents.types import StatementPaper, Version
from ofrecord.engine.types import SALE, BookedLine, FeeLine, Slice
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.settlement.types import Figures
from ofrecord.statements.types import NamedLine, Names, StatementCard

PARTNER = UUID("0192f0c1-0000-7000-8000-000000000001")
MONTH = Month(2026, 10)
BOOK, TERMS = "b" * 64, "c" * 64
# Names that would act if anything took them for more than a name.
ACTING = (
    '=HYPERLINK("https://example.com","Škoda")',
    "#set page(width: 1mm) $x$ *Ltd* \\ _a_ `b`",
    "@SUM(A1) +1 -2",
)


def fee_line(number: int, minor: int, **changes: Any) -> FeeLine:
    """A line of October that pays 12% of what was billed: `minor` in US dollars."""
    line = FeeLine(
        source=SALE,
        event=f"event-{number}",
        event_day=date(2026, 10, 31),
        invoice_line=f"invoice-line-{number}",
        invoice=f"N-2026-{number:06}",
        invoice_day=date(2026, 10, 31),
        subscription=f"subscription-{number}",
        customer=f"customer-{number}",
        partner=str(PARTNER),
        role="partner of record",
        recognized_from=date(2026, 4, 1),
        offer="business-suite",
        family="productivity",
        way="partner-of-record",
        region="US",
        segment="small",
        deal="new",
        tier="Certified",
        service=Span(date(2026, 10, 1), date(2026, 11, 1)),
        started_on=date(2026, 4, 1),
        month_first=7,
        month_last=7,
        seats=60,
        unit_price_minor=1500,
        billed_minor=90_000,
        credited_minor=0,
        credited_on=None,
        facts=(),
        basis="billed",
        source_minor=90_000,
        weights=(31,),
        piece=0,
        basis_minor=90_000,
        currency="USD",
        terms_sha256=TERMS,
        program="Online services",
        version="2009.1",
        clause="first-year",
        slices=(Slice(90_000, 12, 100),),
        measured=0,
        baseline_minor=0,
        grown_minor=0,
        amount_minor=0,
        quantity_numerator=0,
        quantity_denominator=1,
        exact_numerator=minor,
        exact_denominator=1,
        rounding="half up",
        raw_minor=minor,
        cap_minor=None,
        cap_used_minor=0,
        floor_minor=None,
        reached_minor=0,
        whole_minor=minor,
        share_numerator=1,
        share_denominator=1,
        share_remainder=0,
        earned_minor=minor,
        reason="",
        due_currency="USD",
        exchange_numerator=1,
        exchange_denominator=1,
        exchange_day=None,
        due_earned_minor=minor,
        waits="",
        release_on=None,
        fee_minor=minor,
        due_minor=minor,
    )
    return replace(line, **changes)


def named(number: int, line: FeeLine, customer: str = "Parker Hannifin") -> NamedLine:
    names = Names(
        partner="Harbor Lane Consulting",
        customer=customer,
        subscription=f"S-{number:08}",
        offer="Business productivity suite",
        way="Partner of record",
        clause="First year" if line.clause else "",
    )
    return NamedLine(BookedLine(MONTH, number, line), names)


def lines() -> tuple[NamedLine, ...]:
    """New: 108.00 of which 21.60 are held, 161.00 from euros, 0.00 with a reason, 745.00 in slices; corrected: −58.40
    and −41.60, of which 41.60 are not taken back."""
    held = {"held_minor": 2160, "release_on": date(2027, 1, 29)}
    euros: dict[str, Any] = {
        "currency": "EUR",
        "fee_minor": 14_815,
        "exchange_numerator": 108_677,
        "exchange_denominator": 100_000,
        "exchange_day": date(2026, 10, 30),
    }
    sliced: dict[str, Any] = {"slices": (Slice(1_000_000, 5, 100), Slice(306_250, 8, 100))}
    none: dict[str, Any] = {"clause": "", "slices": (), "reason": "No clause of this version pays for it."}
    corrects: dict[str, Any] = {
        "corrects": "2026-09/0000000007",
        "cause": "Refund of 500.00 USD on 12 October 2026.",
    }
    first: dict[str, Any] = {"booked_minor": 10_800, "due_booked_minor": 10_800, "due_earned_minor": 4_960}
    second: dict[str, Any] = {"due_booked_minor": 4_160, "due_earned_minor": 0, "waived_minor": 4_160}
    return (
        named(1, fee_line(1, 10_800, **held)),
        named(2, fee_line(2, 16_100, **euros), ACTING[0]),
        named(3, fee_line(3, 0, **none), "Газпром Ελλάς"),
        named(4, fee_line(4, 74_500, **sliced), ACTING[1]),
        named(5, fee_line(5, -5_840, **first, **corrects), ACTING[2]),
        named(6, fee_line(6, -4_160, **second, **corrects)),
    )


def figures(**minor: int) -> Figures:
    """Opening −10.00; + 1,014.00 new − 100.00 corrected + 41.60 waived − 21.60 held + 5.00 released = 929.00."""
    stated = {
        "opening": -1_000,
        "new": 101_400,
        "corrected": -10_000,
        "waived": 4_160,
        "held": 2_160,
        "released": 500,
        "payable": 92_900,
        "carried": 0,
    } | minor
    amounts = {figure: Money(amount, "USD") for figure, amount in stated.items()}
    return Figures(partner=PARTNER, currency="USD", lines=6, zero_lines=1, corrections=2, **amounts)


def paper(of: tuple[NamedLine, ...] | None = None, **minor: int) -> StatementPaper:
    card = StatementCard(
        id=UUID("0192f0c1-0000-7000-8000-000000000002"),
        month=MONTH,
        figures=figures(**minor),
        book_sha256=BOOK,
        closed_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
    )
    return StatementPaper(
        vendor="Northwind Online",
        partner="Harbor Lane Consulting",
        partner_number="P-4F8TW2ZC",
        card=card,
        issued=date(2026, 11, 2),
        lines=lines() if of is None else of,
        versions=(Version("Online services 2009.1", TERMS),),
    )
