"""Every kind of line says why: payments, bands, caps, shares, pools, top-ups, corrections, what waits and is held."""

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from tests.support.told import Books, billed, clause, earned, recognized, terms, unpaid

from ofrecord.engine.types import (
    BilledFact,
    BookedLine,
    Credit,
    FeeLine,
    PoolFact,
    RateFact,
    Receipt,
)
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    DESIGNATION,
    HOST,
    REFERRER,
    Band,
    Bands,
    Basis,
    Clause,
    Condition,
    CountRange,
    Earned,
    Growth,
    Holdback,
    Limit,
    Measure,
    Per,
    Period,
    PoolKey,
    Scope,
    Unit,
)
from ofrecord.program.types import Payment, Terms
from ofrecord.statements.rules import explain
from ofrecord.statements.types import Explanation, Names

APRIL = "2010-04"
SINCE = "Harbor Lane is partner of record since 1 April 2010."


def usd(text: str) -> Money:
    return Money.parse(f"{text} USD")


def names(version: Terms, line: FeeLine) -> Names:
    found = version.clause(line.clause)
    partner = {"p1": "Harbor Lane", "p2": "Ridge Works"}.get(line.partner, line.partner)
    return Names(
        partner, "Parker Hannifin", "S-1", "Business suite", "Partner of record", found.title if found else ""
    )


def explained(version: Terms, line: FeeLine, month: str = APRIL) -> Explanation:
    return explain(BookedLine(Month.parse(month), 7, line), version, names(version, line))


def closed(version: Terms, *facts: BilledFact, month: str = APRIL, **beside: Any) -> list[Explanation]:
    return [explained(version, line, month) for line in Books(version).close(month, facts, **beside)]


def rows(why: Explanation) -> list[str]:
    return [f"{row.label}: {row.says} = {row.result}" for row in why.working]


def labels(why: Explanation) -> list[str]:
    return [row.label for row in why.working]


def result(why: Explanation) -> str:
    (row,) = (row for row in why.working if row.is_result)
    return f"{row.label} {row.result}"


def test_what_was_taken_back_lowers_the_basis_and_is_cited() -> None:
    # 750.00 - 250.00 = 500.00; 12% are 60.00
    refund = Credit("refund-1", "refund", date(2010, 4, 30), -25000)
    (why,) = closed(terms(clause("first-year", "12%")), billed(credits=(refund,)))
    assert rows(why) == [
        "Billed: invoice N-2010-04: 50 seats × 15.00 = 750.00 USD",
        "Taken back: until 30 April 2010 = -250.00 USD",
        "Left: what is still billed = 500.00 USD",
        "Rate: 12%, First year = × 12/100",
        "Exact: before rounding = 60.000",
        "Fee: rounded half up, per line = 60.00 USD",
    ]
    assert "Of the 750.00 USD that was billed, 250.00 USD was taken back until 30 April 2010." in why.words
    assert ("Taken back", "on 30 April 2010", "refund-1") in [(f.label, f.says, f.id) for f in why.facts]


def test_a_payment_earns_on_its_day() -> None:
    version = terms(clause("paid", "10%", basis=Basis.COLLECTED))
    fact = billed(receipts=(Receipt("pay-1/1", date(2010, 5, 20), 30000),))
    (_, why) = [explained(version, line, "2010-05") for line in Books(version).close("2010-05", [fact])]
    assert why.words == (
        f"{SINCE} 300.00 USD was paid for invoice N-2010-04, which counts on 20 May 2010."
        " Clause Paid of version 1 pays 10% of what was paid."
    )
    assert rows(why)[0] == "Paid: for invoice N-2010-04 = 300.00 USD"
    assert result(why) == "Fee 30.00 USD"
    assert ("Payment", date(2010, 5, 20), "pay-1/1") in [(f.label, f.says, f.id) for f in why.facts]


def test_a_sale_whose_fee_waits_for_the_payment_says_so() -> None:
    (why,) = closed(terms(clause("paid", "10%", earned=Earned.WHEN_COLLECTED)), billed())
    assert why.reason == "Paid pays as far as the customer has paid."
    assert why.words.endswith(f"{why.reason} So nothing is paid.")


def test_graduated_bands_show_what_came_before_and_each_slice() -> None:
    # 750.00 in May come after 750.00: 250.00 up to 1,000.00 at 5% = 12.50, 500.00 at 8% = 40.00
    bands = Bands(
        True,
        Measure.AMOUNT,
        Per(Scope.PARTNER, Period.YEAR),
        (Band(100000, Fraction(5, 100)), Band(None, Fraction(8, 100))),
    )
    version = terms(clause("tiered", bands=bands))
    lines = earned(version, billed(), billed("2010-05"))
    why = explained(version, Books(version).close("2010-05", [billed(), billed("2010-05")])[1], "2010-05")
    assert len(lines) == 2
    assert rows(why)[1:] == [
        "Before: counted before this line, per partner and program year = 750.00 USD",
        "Band: 250.00 USD at 5% = 12.500",
        "Band: 500.00 USD at 8% = 40.000",
        "Exact: before rounding = 52.500",
        "Fee: rounded half up, per line = 52.50 USD",
    ]
    assert (
        "pays each slice of what was billed at its own rate, added up per partner and program year."
        in why.words
    )


def test_whole_amount_bands_show_what_was_reached() -> None:
    bands = Bands(
        False,
        Measure.SEATS,
        Per(Scope.PARTNER, Period.MONTH),
        (Band(25, Fraction(1, 20)), Band(None, Fraction(1, 10))),
    )
    (why,) = closed(terms(clause("volume", bands=bands)), billed())
    assert rows(why)[1] == "Reached: in all, per partner and month = 50 seats"
    assert "pays 10% of what was billed, the rate that was reached per partner and month." in why.words


def test_an_amount_for_each_seat_shows_how_often() -> None:
    version = terms(clause("bounty", amount=usd("2.00"), unit=Unit.SEAT))
    refund = Credit("refund-1", "refund", date(2010, 4, 30), -25000)
    (why,) = closed(version, billed(credits=(refund,)))
    # 50 seats × 500.00/750.00 = 100/3 seat-months at 2.00 = 66.67
    assert rows(why)[3:] == [
        "Amount: for each seat and month (by days) = 2.00 USD",
        "Quantity: seats × share of the month × what is left of the bill = × 100/3",
        "Exact: before rounding = 200/3",
        "Fee: rounded half up, per line = 66.67 USD",
    ]


def test_growth_is_paid_above_the_baseline() -> None:
    growth = Growth(Per(Scope.PARTNER, Period.MONTH))
    version = terms(clause("growth", "10%", growth=growth))
    sold = {"subscription": "s0", "invoice_line": "line-0", "billed_minor": 50000}
    before = billed("2009-04", started="2009-04-01", **sold)
    now = replace(billed(), partners=(recognized("2009-04-01"),))
    why = explained(
        version, next(line for line in Books(version).close(APRIL, [before, now]) if line.fee_minor)
    )
    # 750.00 against 500.00 a year before: 250.00 at 10%
    assert rows(why)[1:4] == [
        "Baseline: per partner and month, from one year before = 500.00 USD",
        "Before: per partner and month, counted before this line = 0.00 USD",
        "Above: how much of the basis is above the baseline = 250.00 USD",
    ]
    assert result(why) == "Fee 25.00 USD"


def capped() -> Terms:
    return terms(clause("capped", "12%", cap=Limit(usd("100.00"), Per(Scope.CUSTOMER, Period.YEAR))))


def test_a_cap_shows_what_was_used_and_what_is_left() -> None:
    lines = Books(capped()).close("2010-06", [billed(m) for m in ("2010-04", "2010-05", "2010-06")])
    first, second, third = [explained(capped(), line, "2010-06") for line in lines]
    # 90.00 each; of 100.00 the second has 10.00, the third nothing
    assert rows(second)[-6:] == [
        "Rounded: rounded half up, once = 90.00 USD",
        "Cap: per customer and program year = 100.00 USD",
        "Used before: of the cap, by what came before = 90.00 USD",
        "Within the cap: what it leaves of the fee = 10.00 USD",
        "Left after: of the cap = 0.00 USD",
        "Fee: what this line adds = 10.00 USD",
    ]
    assert rows(first)[-2] == "Left after: of the cap = 10.00 USD"
    assert (
        "It pays at most 100.00 USD per customer and program year, of which 90.00 USD was used before."
        in second.words
    )
    assert "The cap was reached before." in third.words


def test_a_split_shows_the_part_and_nobody_elses() -> None:
    version = terms(
        clause(
            "shared",
            "10%",
            role="",
            split=(("partner of record", Fraction(7, 10)), (REFERRER, Fraction(3, 10))),
        )
    )
    partners = (recognized("2010-04-01"), recognized("2010-04-01", partner="p2", role=REFERRER))
    own, other = closed(version, billed(APRIL, *partners))
    assert rows(own)[-3:] == [
        "Rounded: rounded half up, once = 75.00 USD",
        "Part: 70% of it = 52.50 USD",
        "Fee: what this line adds = 52.50 USD",
    ]
    assert "The part of Harbor Lane is 70%." in own.words
    assert "22.50" not in str(own)
    assert "Ridge Works is referrer since 1 April 2010." in other.words


def test_a_floor_of_a_period_is_topped_up_by_a_line_of_its_own() -> None:
    version = terms(clause("floored", "1%", floor=Limit(usd("25.00"), Per(Scope.SUBSCRIPTION, Period.MONTH))))
    (_, why) = sorted(closed(version, billed()), key=lambda each: "missing" in each.words)
    # 1% of 750.00 is 7.50; 17.50 are missing
    assert why.words == (
        "Clause Floored of version 1 pays at least 25.00 USD per subscription and month."
        " For April it had paid 7.50 USD; this line adds what was missing."
    )
    assert rows(why) == [
        "At least: per subscription and month = 25.00 USD",
        "Reached: paid for April = 7.50 USD",
        "Fee: what this line adds = 17.50 USD",
    ]
    assert [fact.label for fact in why.facts][:2] == ["Period", "Customer"]


def pooled() -> Terms:
    return terms(
        clause("ads", "50%", basis=Basis.POOLED, pool="advertising", pool_key=PoolKey.SEATS),
        pools=("advertising",),
    )


def test_a_pool_line_says_the_partners_part_and_nothing_of_the_others() -> None:
    ridge = billed(
        APRIL, recognized("2010-04-01", partner="p2"), invoice_line="line-9", subscription="s9", seats=150
    )
    pool = PoolFact("pool-1", "advertising", Month.parse(APRIL), 100000, "USD")
    found = closed(pooled(), billed(), ridge, pools=[pool])
    why = next(each for each in found if each.clause and "Harbor" in each.words)
    # 50% of 1,000.00 are 500.00; 50 of 200 seats are a quarter
    assert why.words == (
        "1,000.00 USD was pooled as advertising in April. Clause Ads of version 1 shares 50% of it between partners,"
        " in proportion to their seats. The part of Harbor Lane is 25%."
    )
    assert rows(why) == [
        "Pooled: in April, to be shared = 1000.00 USD",
        "Rate: 50%, Ads = × 50/100",
        "Exact: before rounding = 500.000",
        "Rounded: rounded half up, once = 500.00 USD",
        "Part: 25% of it = 125.00 USD",
        "Fee: what this line adds = 125.00 USD",
    ]
    assert [fact.label for fact in why.facts] == ["Pool", "Partner of record since", "Program version"]
    assert not any(word in str(why) for word in ("Ridge", "375", "150", "p2"))


def test_months_since_the_designation_are_counted_from_it() -> None:
    when = Condition(months=CountRange(1, 12), months_from=DESIGNATION)
    version = terms(clause("hosted", "5%", role=HOST, when=when))
    fact = billed(APRIL, recognized("2010-02-01", role=HOST), started="2009-04-01")
    (why,) = closed(version, fact)
    assert "April is the third month since Harbor Lane was designated, so clause Hosted" in why.words
    assert ("Designated on", date(2010, 2, 1)) in [(fact.label, fact.says) for fact in why.facts]


def test_a_correction_names_the_line_its_cause_and_the_difference() -> None:
    version = terms(clause("first-year", "12%"))
    books = Books(version)
    (first,) = books.close(APRIL, [billed()])
    refund = Credit("refund-1", "refund", date(2010, 5, 12), -25000)
    (line,) = books.close("2010-05", [billed(credits=(refund,))])
    why = explained(version, line, "2010-05")
    assert (why.corrects, why.fee, first.fee_minor) == ("2010-04/0000000000", usd("-30.00"), 9000)
    assert why.words.endswith(
        "This line corrects line 2010-04/0000000000. 250.00 USD of what was billed was taken back on 12 May 2010."
        " In all 60.00 USD is earned and 90.00 USD was booked before, so 30.00 USD is taken back."
    )
    assert rows(why)[-4:] == [
        "Rounded: rounded half up, once = 60.00 USD",
        "Earned: in all, by what is known now = 60.00 USD",
        "Booked before: by line 2010-04/0000000000 and its corrections = -90.00 USD",
        "Fee: what this line adds = -30.00 USD",
    ]
    assert (why.facts[0].label, why.facts[0].id) == ("Corrects", "2010-04/0000000000")


def test_what_nothing_claims_any_more_is_withdrawn() -> None:
    version = terms(clause("first-year", "12%"))
    books = Books(version)
    books.close(APRIL, [billed()])
    lines = books.close("2010-05", [billed(APRIL, recognized("2010-04-01", partner="p2"))])
    why = explained(version, next(line for line in lines if line.withdrawn), "2010-05")
    assert why.words == (
        "This line withdraws what line 2010-04/0000000000 and its corrections had booked. By what is known now, the"
        " partner was not partner of record on these days. In all 0.00 USD is earned and 90.00 USD was booked before,"
        " so 90.00 USD is taken back."
    )
    assert labels(why) == ["Earned", "Booked before", "Fee"]
    assert result(why) == "Fee -90.00 USD"


def test_a_line_without_an_exchange_rate_waits_and_the_rate_then_adds_it() -> None:
    version = terms(clause("first-year", "12%"))
    books, euros = Books(version), {"currencies": {"p1": "EUR"}}
    (line,) = books.close(APRIL, [billed()], **euros)
    why = explained(version, line)
    assert why.words.endswith(
        "There is no exchange rate from USD to EUR on 2010-04-30 or in the 7 days before. It is earned, and due as"
        " soon as the rate is known."
    )
    assert (result(why), why.fee, why.due) == ("Due 0.00 EUR", usd("90.00"), Money(0, "EUR"))
    rate = RateFact("USD", date(2010, 4, 29), Fraction("1.25"))
    (line,) = books.close("2010-05", [billed()], rates=[rate], **euros)
    why = explained(version, line, "2010-05")
    # 90.00 USD at 1/1.25 = 0.8 are 72.00 EUR
    assert rows(why)[-5:] == [
        "Fee: what this line adds = 0.00 USD",
        "Exchange rate: of 29 April 2010, USD in EUR = × 0.8",
        "In EUR: earned in all, rounded half up, once = 72.00 EUR",
        "Booked before: in EUR = 0.00 EUR",
        "Due: what this line adds to the statement = 72.00 EUR",
    ]
    assert why.words.endswith(
        "In all 72.00 EUR is earned and 0.00 EUR was booked before, so 72.00 EUR is added."
    )


def test_what_is_held_back_is_said_with_its_day() -> None:
    version = terms(clause("first-year", "12%", holdback=Holdback(Fraction(1, 5), 90)))
    (why,) = closed(version, billed())
    # 20% of 90.00, 90 days after 30 April and the day after
    assert rows(why)[-1] == "Held back: until 30 July 2010 = 18.00 USD"
    assert why.words.endswith("Of what is due, 18.00 USD is held back until 30 July 2010.")
    assert result(why) == "Fee 90.00 USD"


def test_what_the_claw_window_saves_is_said() -> None:
    version = terms(clause("first-year", "12%"), payment=Payment(claw_window=10))
    books = Books(version)
    books.close(APRIL, [billed()])
    refund = Credit("refund-1", "refund", date(2010, 5, 12), -25000)
    (line,) = books.close("2010-05", [billed(credits=(refund,))])
    why = explained(version, line, "2010-05")
    assert rows(why)[-1] == "Not taken back: the claw window is over = 30.00 USD"
    assert why.words.endswith(
        "The claw window was over, so 30.00 USD of it is not taken back from the partner."
    )


def test_a_late_line_says_the_year_of_its_days() -> None:
    (why,) = closed(
        terms(clause("any", "1%", when=Condition(months=CountRange(1)))), billed(), month="2010-06"
    )
    assert "April 2010 is the first month of this subscription, so clause Any" in why.words


def test_an_unpaid_case_says_its_because() -> None:
    (why,) = closed(terms(unpaid("direct", "Direct orders earn no fee.")), billed())
    assert why.words == f"{SINCE} Clause Direct of version 1 pays nothing. Direct orders earn no fee."
    assert result(why) == "Fee 0.00 USD"


def test_a_clause_on_another_fee_names_it() -> None:
    def on_fee(below: Clause) -> Clause:
        return clause("override", "10%", basis=Basis.FEE, of=below.name, together_with=(below.name,))

    below = clause("first-year", "12%")
    version = terms(below, on_fee(below))
    why = next(each for each in closed(version, billed()) if each.clause == "override")
    # 10% of 90.00
    assert "Fee below: paid under First year = 90.00 USD" in rows(why)
    assert "pays 10% of the fee under “First year”." in why.words
    assert result(why) == "Fee 9.00 USD"
