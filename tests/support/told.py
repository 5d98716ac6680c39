"""Programs and billed lines told in a few words, for tests of the engine."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from ofrecord.engine.booking import to_book
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.types import BilledFact, Booked, FeeLine, History, Laws, LineKey, Recognition, line_id
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Rounding
from ofrecord.kernel.rate import parse_rate
from ofrecord.program.clause_types import PARTNER_OF_RECORD, Clause, Condition
from ofrecord.program.types import Offer, Service, Terms

EVER = date(2999, 12, 31)


def clause(name: str, rate: str | None = None, **other: Any) -> Clause:
    """A clause that pays the partner of record `rate` of what is billed, or what `other` says."""
    usual = Clause(name, name.capitalize().replace("-", " "), PARTNER_OF_RECORD, Condition())
    if rate is not None:
        usual = replace(usual, rate=parse_rate(rate))
    return replace(usual, **other)


def unpaid(name: str, because: str, **other: Any) -> Clause:
    return Clause(name, name.capitalize(), "", because=because, **({"when": Condition()} | other))


def terms(*clauses: Clause, sha: str = "a", **other: Any) -> Terms:
    """A version with these clauses, in force from 1 April 2009."""
    usual = Terms(
        sha256=sha * 64,
        program="online-services",
        version="1",
        title="Online Services",
        vendor="Northwind Online",
        effective=date(2009, 4, 1),
        notice_days=90,
        currency="USD",
        rounding=Rounding.HALF_UP,
        time_zone="UTC",
        tiers=(),
        ways=(),
        offers=(Offer("business-suite", "Business suite", (), ()),),
        clauses=clauses,
        service=Service("Conditions of service", "", True, 30),
    )
    return replace(usual, **other)


def recognized(
    first: str, until: str | None = None, *, partner: str = "p1", tier: str = "", **other: Any
) -> Recognition:
    span = Span(date.fromisoformat(first), date.fromisoformat(until) if until else None)
    return replace(Recognition(partner, PARTNER_OF_RECORD, span, tier), **other)


def billed(
    month: str = "2010-04", *partners: Recognition, started: str = "2010-04-01", **other: Any
) -> BilledFact:
    """750.00 USD for 50 seats in the month, dated its last day; sold by p1 unless partners are named."""
    during = Month.parse(month).span
    usual = BilledFact(
        invoice_line=f"line-{month}",
        invoice=f"N-{month}",
        invoice_day=Month.parse(month).last,
        subscription="s1",
        started_on=date.fromisoformat(started),
        customer="c1",
        offer="business-suite",
        way="partner-of-record",
        region="US",
        currency="USD",
        seats=50,
        unit_price_minor=1500,
        billed_minor=75000,
        service=during,
        terms_sha256="a" * 64,
        partners=partners or (recognized(started),),
        first_seats=50,
    )
    return replace(usual, **other)


def earned(version: Terms | Laws, *facts: BilledFact, through: date = EVER, **beside: Any) -> list[FeeLine]:
    """What the facts earn, as the judge says."""
    laws = version if isinstance(version, Laws) else Laws((version,))
    return judge(laws, History(facts, **beside), through)


class Books:
    """Months closed one after the other, each booking what the ones before do not hold; without any file."""

    def __init__(self, version: Terms | Laws) -> None:
        self.laws = version if isinstance(version, Laws) else Laws((version,))
        self.on_record: dict[LineKey, Booked] = {}
        self.lines: list[FeeLine] = []

    def close(self, month: str, facts: Iterable[BilledFact], **beside: Any) -> list[FeeLine]:
        """Closes the month with all that is known; hands the lines of its book."""
        history = History(list(facts), **beside)
        day = Month.parse(month).last
        lines = to_book(
            self.laws, history, judge(self.laws, history, day), self.on_record, Month.parse(month)
        )
        for number, line in enumerate(lines):
            self._note(line_id(Month.parse(month), number), line)
        self.lines += lines
        return lines

    def _note(self, name: str, line: FeeLine) -> None:
        before = self.on_record.get(line.key)
        self.on_record[line.key] = Booked(
            before.line_id if before else name,
            line,
            line.fee_minor + (before.fee_minor if before else 0),
            line.due_minor + (before.due_minor if before else 0),
            line.waived_minor + (before.waived_minor if before else 0),
            line.held_minor + (before.held_minor if before else 0),
        )


def fees(lines: Sequence[FeeLine]) -> list[tuple[str, str, str]]:
    """Whom, under which clause, how much: what the lines add."""
    return [(line.partner, line.clause, line.fee.decimal_text()) for line in lines]
