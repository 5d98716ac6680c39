"""Stories with figures that once came out wrong: each says what a person would expect."""

from datetime import date
from fractions import Fraction
from typing import Any

from tests.support.told import Books, billed, clause, earned, fees, recognized, terms

from ofrecord.engine.books import sum_of
from ofrecord.engine.types import BilledFact, Credit, FeeLine, Laws, RateFact, Receipt
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    FORMER_PARTNER,
    REFERRER,
    Applies,
    Band,
    Bands,
    Basis,
    Condition,
    CountRange,
    Growth,
    Holdback,
    Limit,
    Measure,
    Per,
    Period,
    Scope,
    Unit,
)
from ofrecord.program.types import REFUND, WON_BACK, Payment
from ofrecord.settlement.rules import figures_of


def usd(text: str) -> Money:
    return Money.parse(f"{text} USD")


def refund(of: BilledFact, day: str, amount: str) -> Credit:
    return Credit(f"{of.invoice_line}/{day}", REFUND, date.fromisoformat(day), -usd(amount).minor)


def given_back(of: BilledFact, *credits: tuple[str, str]) -> BilledFact:
    return BilledFact(**{**_values(of), "credits": tuple(refund(of, *each) for each in credits)})


def _values(fact: BilledFact) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in BilledFact.__dataclass_fields__}


def due(lines: list[FeeLine]) -> int:
    return sum(line.due_minor + line.waived_minor for line in lines)


def test_what_was_due_in_a_currency_is_not_taken_back_when_the_partner_chooses_another() -> None:
    books = Books(terms(clause("fee", "12%")))
    rates = [RateFact("USD", date(2010, 4, 30), Fraction(2))]
    (first,) = books.close("2010-04", [billed()], rates=rates, currencies={"p1": "EUR"})
    assert first.due == Money.parse("45.00 EUR")  # 12% of 750.00 USD at 2 USD for a euro
    assert books.close("2010-05", [billed()], rates=(), currencies={"p1": "CHF"}) == []
    assert books.close("2010-06", [billed()], rates=(), currencies={}) == []


def test_a_line_that_never_had_a_rate_is_paid_in_the_currency_that_is_wanted_now() -> None:
    books = Books(terms(clause("fee", "12%")))
    (waits,) = books.close("2010-04", [billed()], currencies={"p1": "XAF"})
    assert (waits.due_minor, bool(waits.waits)) == (0, True)
    (paid,) = books.close("2010-05", [billed()], currencies={})
    assert (paid.due, paid.fee_minor, paid.corrects) == (usd("90.00"), 0, "2010-04/0000000000")


def test_drawn_ids_do_not_decide_who_uses_up_a_cap() -> None:
    version = terms(clause("fee", "12%", cap=Limit(usd("100.00"), Per(Scope.CUSTOMER))))
    own = billed(subscription="s1", invoice_line="z")
    other = billed("2010-04", recognized("2010-04-01", partner="p2"), subscription="s2", invoice_line="a")
    assert [line.earned.decimal_text() for line in earned(version, own, other)] == ["10.00", "90.00"]
    assert {line.partner: line.earned_minor for line in earned(version, own, other)} == {
        "p1": 9000,
        "p2": 1000,
    }


def test_what_several_share_was_sold_once() -> None:
    two = [recognized("2010-04-01", partner=p, role=REFERRER, share=Fraction(1, 2)) for p in ("r1", "r2")]
    ends = (Band(usd("1000.00").minor, Fraction(5, 100)), Band(None, Fraction(8, 100)))
    whole = Bands(False, Measure.AMOUNT, Per(Scope.CUSTOMER, Period.MONTH), ends)
    version = terms(clause("fee", role=REFERRER, bands=whole))
    # 750.00 lie in the first band: 5% are 37.50, shared
    assert [line.earned.decimal_text() for line in earned(version, billed("2010-04", *two))] == [
        "18.75",
        "18.75",
    ]


def test_growth_that_several_share_starts_from_what_was_sold_once() -> None:
    two = [recognized("2010-04-01", partner=p, role=REFERRER, share=Fraction(1, 2)) for p in ("r1", "r2")]
    growing = clause("growth", "10%", role=REFERRER, growth=Growth(Per(Scope.CUSTOMER, Period.MONTH)))
    facts = [billed("2010-04", *two), billed("2011-04", *two, billed_minor=150000)]
    paid = {
        line.partner: line.earned.decimal_text()
        for line in earned(terms(growing), *facts)
        if line.earned_minor
    }
    # 1,500.00 are 750.00 above the year before: 75.00
    assert paid == {"r1": "37.50", "r2": "37.50"}


def test_each_who_shares_a_role_has_a_cap_of_its_own() -> None:
    two = [recognized("2010-04-01", partner=p, role=REFERRER, share=Fraction(1, 2)) for p in ("r1", "r2")]
    version = terms(
        clause("fee", "12%", role=REFERRER, cap=Limit(usd("50.00"), Per(Scope.PARTNER, Period.MONTH)))
    )
    assert [line.earned.decimal_text() for line in earned(version, billed("2010-04", *two))] == [
        "45.00",
        "45.00",
    ]


def test_only_what_came_after_the_window_is_waived() -> None:
    version = terms(clause("fee", "12%"), payment=Payment(claw_window=20))
    sale = billed()
    books = Books(version)
    books.close("2010-04", [sale])
    late = given_back(sale, ("2010-05-10", "375.00"), ("2010-05-25", "1.00"))
    (line,) = books.close("2010-05", [late])
    # The window ends on 20 May: 45.00 are taken back, of the 0.12 after it nothing.
    assert (line.fee.decimal_text(), line.waived_minor) == ("-45.12", 12)
    assert due(books.lines) == usd("45.00").minor


def test_what_was_taken_late_of_one_line_makes_no_difference_to_what_is_retained_of_another() -> None:
    version = terms(clause("fee", "12%"), payment=Payment(claw_window=20))
    # What is won back may be known before what was charged back.
    won = billed(invoice_line="a", credits=(Credit("w", WON_BACK, date(2010, 5, 25), 1000),))
    other = given_back(billed(invoice_line="b", subscription="s2", customer="c2"), ("2010-05-25", "1.00"))
    first, second = earned(version, won, other)
    assert (first.retained_minor, second.retained_minor) == (first.earned_minor, second.earned_minor + 12)


def test_what_is_waived_is_not_paid_again_under_a_cap_or_as_a_bounty() -> None:
    bounty = clause("bounty", amount=usd("100.00"), unit=Unit.CUSTOMER, together_with=("fee",))
    fee = clause("fee", "12%", cap=Limit(usd("90.00"), Per(Scope.CUSTOMER, Period.YEAR)))
    books = Books(terms(fee, bounty, payment=Payment(claw_window=10)))
    first, second = billed("2010-04"), billed("2010-05")
    books.close("2010-04", [first])
    books.close("2010-05", [first, second])
    assert due(books.lines) == usd("190.00").minor
    books.close("2010-06", [given_back(first, ("2010-06-15", "750.00")), second])
    assert due(books.lines) == usd("190.00").minor  # it keeps what it had, and nothing is paid twice


def test_a_floor_and_a_cap_are_of_the_line_however_often_it_is_paid() -> None:
    parts = tuple(Receipt(f"r{n}", date(2010, 5, 1 + n), 25000) for n in range(3))
    capped = clause("fee", "12%", basis=Basis.COLLECTED, cap=Limit(usd("20.00"), Per(Scope.LINE)))
    lines = earned(terms(capped), billed(receipts=parts))
    assert sum(line.earned_minor for line in lines) == usd("20.00").minor


def test_the_cap_holds_where_a_floor_is_above_it() -> None:
    cap, floor = Limit(usd("15.00"), Per(Scope.PARTNER, Period.MONTH)), Limit(usd("20.00"), Per(Scope.LINE))
    (line,) = earned(terms(clause("fee", "1%", cap=cap, floor=floor)), billed())
    assert line.earned == usd("15.00")


def test_seats_of_a_line_that_was_given_back_use_up_no_band() -> None:
    seats = Bands(
        True,
        Measure.SEATS,
        Per(Scope.PARTNER, Period.MONTH),
        (Band(50, Fraction(5, 100)), Band(None, Fraction(1, 10))),
    )
    first, second = billed(invoice_line="a"), billed(invoice_line="b", subscription="s2", customer="c2")
    lines = earned(terms(clause("fee", bands=seats)), given_back(first, ("2010-05-01", "750.00")), second)
    assert [line.earned.decimal_text() for line in lines] == ["0.00", "37.50"]  # 50 seats at 5%


def test_every_renewal_asks_for_the_version_of_its_day() -> None:
    until = {"applies": Applies.UNTIL_RENEWAL}
    versions = Laws(
        tuple(
            terms(clause("fee", rate, **until), sha=sha, version=name, effective=date(year, 1, 1))
            for rate, sha, name, year in (
                ("12%", "a", "1", 2009),
                ("10%", "b", "2", 2010),
                ("8%", "c", "3", 2011),
            )
        )
    )
    months = ("2010-03", "2010-04", "2011-03", "2011-04", "2012-04")
    lines = earned(versions, *(billed(month, started="2009-04-01", invoice_line=month) for month in months))
    assert [line.earned.decimal_text() for line in lines] == ["90.00", "75.00", "75.00", "60.00", "60.00"]


def test_what_is_freed_of_a_holdback_is_not_counted_as_taken_from_anything_paid() -> None:
    held = clause("fee", "12%", holdback=Holdback(Fraction(1, 2), 90))
    version = terms(held, payment=Payment(claw_limit=Fraction(1, 10)))
    sale = billed()
    books = Books(version)
    april = sum_of("00000000-0000-7000-8000-000000000001", "USD", books.close("2010-04", [sale]))
    assert april.held == ((Month(2010, 7), usd("45.00")),)
    back = given_back(sale, ("2010-07-10", "750.00"))
    july = sum_of("00000000-0000-7000-8000-000000000001", "USD", books.close("2010-07", [back]))
    figures = figures_of(usd("0.00"), july, usd("45.00"), version.payment)
    # 90.00 are taken back, of which 45.00 had never been paid and are released in the same month.
    assert (figures.payable, figures.carried) == (usd("0.00"), usd("-45.00"))


def test_a_former_partner_whose_run_off_is_over_hears_no_more_of_the_sale() -> None:
    partners = (
        recognized("2009-04-01", "2010-01-01"),
        recognized("2010-01-01", partner="p2"),
        recognized("2010-01-01", role=FORMER_PARTNER),
    )
    run_off = clause(
        "run-off",
        "6%",
        role=FORMER_PARTNER,
        when=Condition(months=CountRange(1, 6), months_from="designation"),
    )
    version = terms(clause("fee", "12%"), run_off)
    assert ("p1", "run-off", "45.00") in fees(Books(version).close("2010-06", [billed("2010-06", *partners)]))
    assert {line.partner for line in earned(version, billed("2010-07", *partners))} == {"p2"}


def test_top_ups_in_two_currencies_are_two_lines() -> None:
    def floor(currency: str) -> Limit:
        return Limit(Money.parse(f"100.00 {currency}"), Per(Scope.PARTNER, Period.MONTH))

    first = terms(clause("fee", "12%", floor=floor("USD")))
    second = terms(clause("fee", "12%", floor=floor("EUR")), sha="b", effective=date(2010, 1, 1), version="2")
    euro = billed(invoice_line="e", subscription="s2", currency="EUR", terms_sha256="b" * 64)
    lines = earned(Laws((first, second)), billed(), euro)
    assert len({line.key for line in lines}) == len(lines) == 4
