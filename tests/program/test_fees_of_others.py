"""Worked figures of other systems, each as a small program document: met exactly, refused as there, or said why not.

`tests/cases/fees.json` names the source of each figure. Every case is taken by one test, which says in a few words
how the document states it; the table in `docs/reference/figures-of-others.md` is made of these words, by running
this file as a module.
"""

from dataclasses import FrozenInstanceError, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

import pytest
from tests.support.told import Books, earned, fees

from ofrecord.engine.types import SALE, Credit, PartnerSum, Receipt, Recognition
from ofrecord.flows.check_program import check_program
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.settlement.rules import figures_of

from .figures import (
    ADVISER,
    CASES,
    MET,
    NEAR,
    NOTHING,
    REFUSED,
    TABLE,
    TAKEN,
    UNSAID,
    amount,
    document,
    example,
    fact,
    faults,
    meets,
    paying,
    table,
    takes,
    version,
)

TENTH: Final = ADVISER + 'rate = "10%"\n'
TENTH_PAID: Final = TENTH + 'on = "collected"\n'


@takes(
    0, MET, 'The product of the formula, `rate = "5.5%"`; a `formula` is refused with the way to write it.'
)
def test_a_formula_is_written_as_the_rate_that_it_comes_to() -> None:
    meets(ADVISER + 'rate = "5.5%"\n', amount(0, "base"), amount(0))
    (says,) = faults(ADVISER + 'formula = "subtotal * 0.05 * 1.10"\n')
    assert (
        says
        == "The language cannot compute with a formula: what a clause pays is a rate, bands or an amount."
    )


@takes(1, MET, "A refund of all of the line: what is booked for it is minus the same.")
@takes(15, MET, "The second book has one correction of minus 100.00; together nothing.")
@takes(16, MET, "A refund of the month before that became known late is corrected in the open month.")
@pytest.mark.parametrize(
    ("number", "rate", "day"),
    [(1, "5.5%", "2026-02-10"), (15, "10%", "2026-02-10"), (16, "10%", "2026-01-31")],
)
def test_a_refund_takes_back_what_was_booked(number: int, rate: str, day: str) -> None:
    terms = version(ADVISER + f'rate = "{rate}"\n')
    cents = abs(int(Decimal(CASES[number]["base"]) * 100))
    books = Books(terms)
    (first,) = books.close("2026-01", [fact(terms, cents)])
    refund = Credit("c1", "refund", date.fromisoformat(day), -cents)
    (second,) = books.close("2026-02", [fact(terms, cents, credits=(refund,))])
    assert second.fee == -first.fee
    if number == 1:
        assert second.fee.decimal_text() == amount(1)


@takes(2, MET, "Two roles with a clause each, both 10%.")
@takes(3, MET, "The same sale without a referrer.")
@pytest.mark.parametrize(("number", "referrer"), [(2, ', { name = "B", role = "referrer" }'), (3, "")])
def test_every_role_is_paid_its_own_rate(number: int, referrer: str) -> None:
    both = TENTH + '[fees.found]\npays = "referrer"\nwhen = {}\nrate = "10%"\n'
    partners = f', partners = [{{ name = "A", role = "partner of record" }}{referrer}]'
    meets(both, "500.00", amount(number), months=2, more=partners)


@takes(4, MET, '`on = "collected"`: a payment of a tenth pays a tenth.')
@takes(5, MET, "The payment of the rest pays the rest.")
def test_a_down_payment_and_the_rest_pay_as_they_are_paid() -> None:
    terms = version(TENTH_PAID)
    parts = [int(Decimal(CASES[number]["base"]) * 100) for number in (4, 5)]
    receipts = tuple(Receipt(f"r{n}", date(2026, 2 + n, 1), cents) for n, cents in enumerate(parts))
    lines = earned(terms, fact(terms, sum(parts), receipts=receipts))
    assert paying(lines) == [amount(4), amount(5)]


CHAIRS: Final = ", ".join(f'"{name}"' for name in ("chair", "red-chair", "office-chair"))
PRECEDENCE: Final = f"""
[fees.global]
pays   = "partner of record"
when   = {{}}
amount = "10.00"
each   = "line"
[fees.category]
pays       = "partner of record"
when       = {{ offer = [{CHAIRS}] }}
amount     = "20.00"
each       = "line"
instead_of = "global"
[fees.product]
pays       = "partner of record"
when       = {{ offer = ["chair", "red-chair"] }}
rate       = "5%"
instead_of = ["global", "category"]
[fees.variant]
pays       = "partner of record"
when       = {{ offer = "red-chair" }}
rate       = "15%"
instead_of = ["global", "category", "product"]
"""


@takes(6, MET, "A clause for every case.")
@takes(7, MET, "`instead_of` names what it goes before.")
@takes(8, MET, "The product is an offer.")
@takes(9, MET, "The variant is an offer of its own.")
@pytest.mark.parametrize(
    ("number", "offer"), [(6, "lamp"), (7, "office-chair"), (8, "chair"), (9, "red-chair")]
)
def test_the_closer_clause_goes_before(number: int, offer: str) -> None:
    prices = dict.fromkeys(("lamp", "chair", "red-chair", "office-chair"), amount(number, "base"))
    text = document(PRECEDENCE, prices) + example(amount(number), offer=offer)
    assert check_program(text.encode()).faults == ()


REDUCED: Final = """
[fees.usual]
pays = "partner of record"
when = { offer = "thing" }
rate = "1.5%"
[fees.reduced]
pays   = "partner of record"
when   = { offer = "thing-reduced" }
amount = "7.50"
each   = "line"
"""


@takes(10, MET, "The share of a sale without a discount.")
@takes(11, NEAR, "A clause cannot ask for the discount. What is sold at a reduced price is an offer of its own; "
       "else 1.5% of 890.00 pay 13.35.")  # fmt: skip
def test_a_discount_is_not_asked_for() -> None:
    prices = {"thing": amount(10, "base"), "thing-reduced": amount(11, "base")}
    text = document(REDUCED, prices) + example(amount(10)) + example(amount(11), offer="thing-reduced")
    assert check_program(text.encode()).faults == ()
    meets(ADVISER + 'rate = "1.5%"\n', amount(10, "base"), "13.35", more=', price = "890.00"')
    says = faults(TENTH.replace("when = {}", 'when = { discount = "10%" }'))
    assert "The language cannot ask for the discount of a sale." in says


@takes(12, MET, "Declared unpaid, with the reason.")
def test_what_is_free_of_commission_is_declared_unpaid() -> None:
    meets(NOTHING, amount(12, "base"), amount(12))


@takes(13, MET, '`rate = "10%"`.')
def test_a_tenth_of_one() -> None:
    meets(TENTH, amount(13, "base"), amount(13))


@takes(
    14, MET, "Nothing falls back on anything: a case without a clause is a gap, until it is declared unpaid."
)
def test_nothing_falls_back_on_anything() -> None:
    (gap,) = faults("")
    assert "No clause covers" in gap
    meets(NOTHING, amount(14, "base"), amount(14))


@takes(
    17, UNSAID, "Months are settled, and no other period: all three invoices are on the statement of January."
)
def test_months_are_settled_and_no_other_period() -> None:
    assert any(
        says == "The language cannot say when or how money is sent, or what tax is on it."
        for says in faults(TENTH + '[payment]\nschedule = "biweekly"\n')
    )
    terms = version(TENTH)
    invoices = [
        fact(terms, 100, invoice_line=f"l{day}", invoice_day=date(2026, 1, day)) for day in (1, 16, 31)
    ]
    assert len(Books(terms).close("2026-01", invoices)) == 3


@takes(18, MET, "Lines are summed by partner, month and currency: two sums, and three with another month.")
def test_statements_are_by_partner_month_and_currency() -> None:
    terms = version(TENTH)
    lines = earned(
        terms,
        fact(terms, 100000),
        fact(terms, 100000, invoice_line="l2", currency="USD"),
        fact(terms, 100000, invoice_line="l3", currency="USD", invoice_day=date(2026, 2, 28)),
    )
    settled = sorted({(line.partner, Month.of(line.event_day), line.due_currency) for line in lines})
    assert (len([s for s in settled if s[1] == Month(2026, 1)]), len(settled)) == (2, 3)


@takes(19, REFUSED, "A band that ends before it begins.")
def test_a_band_that_ends_before_it_begins_is_refused() -> None:
    bands = '[{ up_to = "100.00", rate = "5%" }, { up_to = "50.00", rate = "6%" }, { rate = "7%" }]'
    says = faults(ADVISER + f'bands = {bands}\ngraduated_per = "line"\n')
    assert says == ["The band ends at 50.00 EUR, before it begins."]


@takes(20, MET, "Lines never change; what is known later is booked beside them, and once.")
def test_what_was_booked_is_never_changed() -> None:
    terms = version(TENTH)
    books = Books(terms)
    (line,) = books.close("2026-01", [fact(terms, 100000)])
    with pytest.raises(FrozenInstanceError):
        line.earned_minor = 1  # type: ignore[misc]
    (correction,) = books.close("2026-02", [fact(terms, 90000)])
    assert (correction.fee.decimal_text(), books.lines[0]) == ("-10.00", line)
    assert books.close("2026-03", [fact(terms, 90000)]) == []


@takes(21, MET, "A third of two lines is paid: one book with two lines, each of a third of the fee.")
@takes(22, MET, "A payment after the last day that is counted pays nothing yet.")
@pytest.mark.parametrize(("day", "paid"), [(date(2026, 2, 1), ["16.67", "16.67"]), (date(2026, 2, 2), [])])
def test_a_fee_is_earned_as_far_as_it_is_paid_by_the_last_day(day: date, paid: list[str]) -> None:
    terms = version(TENTH_PAID)
    lines = [
        fact(terms, 50000, invoice_line=name, receipts=(Receipt(f"{name}/r", day, 16667),))
        for name in ("l1", "l2")
    ]
    assert paying(earned(terms, *lines, through=date(2026, 2, 1))) == paid


SHARES: Final = {
    "distributor": "aggregator",
    "partner of record": "owner",
    "referrer": "provider1",
    "services partner": "provider2",
}


def split(shares: dict[str, str]) -> str:
    told = ", ".join(f'"{role}" = "{shares[name]}%"' for role, name in SHARES.items() if name in shares)
    return f'[fees.revenue]\nsplit = {{ {told} }}\nwhen = {{}}\nrate = "100%"\n'


def holders(shares: dict[str, str]) -> tuple[Recognition, ...]:
    span = Span(date(2026, 1, 1))
    return tuple(Recognition(name, role, span) for role, name in SHARES.items() if name in shares)


@takes(23, NEAR, "In whole cents, by largest remainder: 382.68, 906.42, 76.54 and 135.06, which are 1,500.70. "
       "Nobody can be paid 382.6785.")  # fmt: skip
@takes(24, MET, "Two roles by halves.")
@pytest.mark.parametrize("number", [23, 24])
def test_shares_come_to_the_whole_in_cents(number: int) -> None:
    case = CASES[number]
    terms = version(split(case["shares"]))
    cents = int(Decimal(case["base"]) * 100)
    lines = earned(terms, fact(terms, cents, partners=holders(case["shares"])))
    found = {line.partner: Decimal(line.earned_minor) / 100 for line in lines}
    assert sum(found.values()) == Decimal(case["base"])
    off = {name: abs(share - Decimal(case["expected"][name])) for name, share in found.items()}
    assert max(off.values()) < (Decimal("0.005") if number == 23 else Decimal("1e-9"))
    assert set(found) == set(case["expected"])


@takes(25, REFUSED, "The shares come to 110%.")
def test_shares_above_the_whole_are_refused() -> None:
    assert faults(split(CASES[25]["shares"]))[0] == "The shares come to 110%."


@takes(
    26,
    REFUSED,
    "A share of zero is nothing, one below zero is no rate, one above 100% is more than the whole.",
)
@pytest.mark.parametrize(
    ("share", "says"),
    [
        ("0", "A share of zero is nothing."),
        ("-5", '"-5%" is no exact rate.'),
        ("101", "101% is more than the whole."),
    ],
)
def test_a_share_that_is_none_is_refused(share: str, says: str) -> None:
    assert says in faults(split({"owner": share, "provider1": "5"}))


FIFTH_PAID: Final = ADVISER + 'rate = "20%"\non = "collected"\n'


@takes(27, MET, "What went back of a payment reduces it.")
def test_a_part_that_went_back_is_not_paid_for() -> None:
    back = ', credits = [{ day = 2026-03-10, month = 1, kind = "refund", amount = "3.00" }]'
    meets(FIFTH_PAID, "5.00", amount(27), more=back)


@takes(28, MET, "1.00 and then a correction of minus 1.00: two lines.")
@takes(29, MET, "The two, and 0.60 for the sale at 3.00: three lines.")
def test_a_refund_and_a_sale_anew_are_lines_of_their_own() -> None:
    terms = version(FIFTH_PAID, "5.00")
    books = Books(terms)
    paid = fact(terms, 500, receipts=(Receipt("r1", date(2026, 1, 31), 500),))
    books.close("2026-01", [paid])
    refunded = replace(paid, credits=(Credit("c1", "refund", date(2026, 2, 10), -500),))
    books.close("2026-02", [refunded])
    assert [fee for *_, fee in fees(books.lines) if fee != "0.00"] == ["1.00", "-1.00"]
    anew = fact(terms, 300, invoice_line="l2", receipts=(Receipt("r2", date(2026, 3, 1), 300),))
    books.close("2026-03", [refunded, anew])
    lines = [line.fee for line in books.lines if line.fee]
    assert (len(lines), sum(line.minor for line in lines)) == (3, int(Decimal(amount(29)) * 100))


def balance(opening: str, new: str) -> tuple[str, str]:
    """What is payable and what is carried, of a balance and what was earned in a month, by the rules of statements."""
    euro, zero = Money.parse(f"{new} EUR"), Money.zero("EUR")
    due = PartnerSum(str(UUID(int=1)), "EUR", euro, zero, zero, zero, (), zero, 1, 0)
    found = figures_of(Money.parse(f"{opening} EUR"), due, zero, version(TENTH).payment)
    return found.payable.decimal_text(), found.carried.decimal_text()


@takes(
    30,
    MET,
    "What is taken back is a negative line; it is carried until later fees cover it, and what was paid is kept.",
)
def test_what_is_taken_back_is_carried_until_fees_cover_it() -> None:
    assert balance("0.00", "-100.00") == ("0.00", "-100.00")
    assert balance("-100.00", "60.00") == ("0.00", "-40.00")
    assert balance("-40.00", "60.00") == ("20.00", "0.00")


@takes(31, MET, 'Nothing is declared unpaid; `rate = "0%"` is refused with that advice.')
@takes(32, MET, "One offer pays, the other is declared unpaid.")
@takes(33, MET, "The same with all of it.")
@pytest.mark.parametrize("number", [31, 32, 33])
def test_only_one_of_two_offers_pays(number: int) -> None:
    rate = CASES[number]["percent"]
    pays = f'[fees.share]\npays = "partner of record"\nwhen = {{ offer = "thing" }}\nrate = "{rate}%"\n'
    other = '[unpaid.other]\nwhen = { offer = "other" }\nbecause = "It grants no commission."\n'
    if rate == "0":
        assert faults(pays)[0] == "A rate of zero pays nothing."
        pays = '[unpaid.share]\nwhen = { offer = "thing" }\nbecause = "Nothing is paid."\n'
    prices = dict.fromkeys(("thing", "other"), amount(number, "base"))
    told = 'story = { offer = "other", region = "DE", seats = 1, months = 1, also = [{ offer = "thing", '
    told += 'region = "DE", seats = 1, months = 1 }] }\n'
    told += f'pays_to = {{ "partner of record" = {{ total = "{amount(number)}" }} }}'
    text = document(pays + other, prices) + f'[[examples]]\nsays = "As there"\n{told}\n'
    assert check_program(text.encode()).faults == ()


@takes(34, REFUSED, "101% is more than the whole.")
@takes(35, REFUSED, "-1% is no exact rate.")
@pytest.mark.parametrize(
    ("number", "says"), [(34, "101% is more than the whole."), (35, '"-1%" is no exact rate.')]
)
def test_a_rate_out_of_range_is_refused(number: int, says: str) -> None:
    assert faults(ADVISER + f'rate = "{CASES[number]["percent"]}%"\n') == [says]


@takes(36, NEAR, "Shares above 100% are refused. Below it they are allowed: what is left is not paid.")
def test_shares_below_the_whole_leave_a_rest_unpaid() -> None:
    assert faults(split({"owner": "80", "provider1": "30"}))[0] == "The shares come to 110%."
    shares = {"owner": "60", "provider1": "30"}
    terms = version(split(shares))
    lines = earned(terms, fact(terms, 100000, partners=holders(shares)))
    assert sum(line.earned_minor for line in lines if line.source == SALE) == 90000


def test_no_case_is_left_out() -> None:
    assert sorted(TAKEN) == list(range(len(CASES)))


def test_the_page_is_current() -> None:
    assert TABLE.read_text() == table(), "Run `python -m tests.program.test_fees_of_others`."


if __name__ == "__main__":
    TABLE.write_text(table())
