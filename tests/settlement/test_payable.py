"""From what was earned to what is payable: the arithmetic beside the numbers, and what holds for any months."""

from dataclasses import dataclass, replace
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ofrecord.engine.types import PartnerSum
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, sum_money
from ofrecord.program.types import Payment
from ofrecord.settlement.rules import all_figures, breaks_of, figures_of, held_parts
from ofrecord.settlement.types import Figures, HeldPart, Posted

HARBOR = UUID(int=1)
OCTOBER = Month(2026, 10)
FIFTY = Payment(minimums=(Money(5000, "USD"), Money(4000, "GBP")))
HALF = Payment(claw_limit=Fraction(1, 2))


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def due(
    new: int = 0,
    *,
    gained: int = 0,
    taken: int = 0,
    waived: int = 0,
    held: tuple[tuple[Month, int], ...] = (),
    currency: str = "USD",
) -> PartnerSum:
    """Lines that come to so much; `taken` is what corrections take away, as a positive number."""
    return PartnerSum(
        partner=str(HARBOR),
        currency=currency,
        new=Money(new, currency),
        corrected=Money(gained - taken, currency),
        waived=Money(waived, currency),
        taken=Money(-taken, currency),
        held=tuple((month, Money(minor, currency)) for month, minor in held),
        freed=Money(sum(max(-minor, 0) for _, minor in held), currency),
        lines=1,
        zero_lines=0,
    )


def paid(
    opening: int, lines: PartnerSum, released: int = 0, payment: Payment | None = None
) -> tuple[int, int]:
    """What is payable and what is carried."""
    figures = figures_of(
        Money(opening, lines.currency), lines, Money(released, lines.currency), payment or Payment()
    )
    assert figures.adds_up
    return figures.payable.minor, figures.carried.minor


def test_what_was_earned_is_payable() -> None:
    assert paid(0, due(new=9000)) == (9000, 0)


def test_what_is_held_back_is_not_payable_and_what_is_released_is() -> None:
    # 90.00 − 18.00 held back + 4.00 released
    assert paid(0, due(new=9000, held=((Month(2027, 1), 1800),)), released=400) == (7600, 0)


def test_a_total_below_the_minimum_is_carried_and_paid_with_the_next() -> None:
    assert paid(0, due(new=4999), payment=FIFTY) == (0, 4999)
    assert paid(4999, due(new=1), payment=FIFTY) == (5000, 0)
    assert paid(0, due(new=5000), payment=FIFTY) == (5000, 0)


def test_a_minimum_in_another_currency_does_not_apply() -> None:
    assert paid(0, due(new=10, currency="EUR"), payment=FIFTY) == (10, 0)


def test_each_currency_has_a_minimum_of_its_own() -> None:
    assert paid(0, due(new=3999, currency="GBP"), payment=FIFTY) == (0, 3999)
    assert paid(0, due(new=4000, currency="GBP"), payment=FIFTY) == (4000, 0)


def test_what_is_taken_back_reduces_what_is_payable() -> None:
    assert paid(0, due(new=9000, taken=2000)) == (7000, 0)
    # More than was earned: the rest is owed, carried, and netted by the next month.
    assert paid(0, due(new=1000, taken=2500)) == (0, -1500)
    assert paid(-1500, due(new=4000)) == (2500, 0)


def test_no_more_than_the_limit_is_kept_of_what_was_earned() -> None:
    # Half of 90.00 may be kept for the 80.00 that are taken back: 45.00; 35.00 are left for later.
    assert paid(0, due(new=9000, taken=8000), payment=HALF) == (4500, -3500)
    assert paid(-3500, due(new=9000), payment=HALF) == (5500, 0)
    # Half of 0.01 is rounded down to nothing.
    assert paid(0, due(new=1, taken=100), payment=HALF) == (1, -100)


def test_what_a_correction_adds_is_earned_and_what_it_takes_is_taken_back() -> None:
    # In one month 30.00 more and 40.00 less: half of 30.00 may be kept.
    assert paid(0, due(gained=3000, taken=4000), payment=HALF) == (1500, -2500)


def test_what_is_waived_is_not_taken_back() -> None:
    # 40.00 are taken back by corrections, 25.00 of them after the claw window.
    assert paid(0, due(new=9000, taken=4000, waived=2500)) == (7500, 0)
    # Won back later: the correction adds what was never taken.
    assert paid(0, due(gained=2500, waived=-2500), payment=HALF) == (0, 0)


def test_what_was_held_back_of_a_fee_is_taken_before_anything_that_was_paid() -> None:
    # Of a fee of 100.00, 20.00 are held back. Taken back, 80.00 of it were paid: half of 30.00 may be kept for them.
    refund = due(new=3000, taken=10000, held=((Month(2027, 1), -2000),))
    assert paid(0, refund, payment=HALF) == (1500, -6500)


def test_the_minimum_never_keeps_more_than_the_limit() -> None:
    # 20.00 are left of 40.00; carried, they would be netted with the 60.00 that are still to be taken back.
    both = replace(FIFTY, claw_limit=Fraction(1, 2))
    assert paid(0, due(new=4000, taken=8000), payment=both) == (2000, -6000)
    assert paid(0, due(new=4000, taken=1000), payment=both) == (0, 3000)


def test_a_statement_for_whoever_has_lines_a_balance_or_something_released() -> None:
    ridge, slate = UUID(int=2), UUID(int=3)
    found = all_figures(
        [due(new=100), replace(due(new=7, currency="EUR"), partner=str(ridge))],
        {(slate, "USD"): usd(-300), (HARBOR, "USD"): usd(50)},
        {(ridge, "USD"): usd(20)},
        Payment(),
    )
    assert [(each.partner, each.currency, each.payable.minor, each.carried.minor) for each in found] == [
        (HARBOR, "USD", 150, 0),
        (ridge, "EUR", 7, 0),
        (ridge, "USD", 20, 0),
        (slate, "USD", 0, -300),
    ]
    assert [each.lines for each in found] == [1, 1, 0, 0]


def test_what_a_close_holds_back_it_does_not_release_itself() -> None:
    january = Month(2027, 1)
    lines = due(new=900, held=((OCTOBER, 30), (Month(2026, 11), 10), (january, 25)))
    assert held_parts(OCTOBER, [lines]) == [
        HeldPart(HARBOR, Month(2026, 11), usd(40)),
        HeldPart(HARBOR, january, usd(25)),
    ]
    assert held_parts(OCTOBER, [due(held=((january, 5), (january, -5)))]) == []


def posted(figures: Figures, **other: int) -> Posted:
    key = (figures.partner, figures.currency)
    names = ("opening", "fees", "held", "released", "payable", "carried")
    ledger = {name: {key: other.get(name, getattr(figures, name).minor)} for name in names}
    kept, until = other.get("kept", figures.held.minor), other.get("due", figures.released.minor)
    return Posted(**ledger, kept={key: kept}, due={key: until})


def test_every_figure_that_is_not_one_amount_is_a_break() -> None:
    lines = due(new=9000, taken=500, waived=100, held=((Month(2027, 1), 1800),))
    figures = figures_of(usd(-200), lines, usd(300), Payment())
    assert breaks_of([lines], [figures], posted(figures)) == ()
    for figure in ("opening", "fees", "held", "released", "payable", "carried"):
        (found,) = breaks_of([lines], [figures], posted(figures, **{figure: 1}))
        assert (found.figure, found.ledger, found.statement) == (figure, usd(1), getattr(figures, figure))
    assert [found.book for found in breaks_of([lines], [figures], posted(figures, kept=1))] == [usd(1)]
    assert [found.figure for found in breaks_of([lines], [figures], posted(figures, due=1))] == ["released"]
    # A book that pays what no statement and no transfer knows.
    (found,) = breaks_of([due(new=1, currency="EUR")], [], Posted({}, {}, {}, {}, {}, {}, {}, {}))
    assert (found.figure, found.book, found.ledger) == ("fees", Money(1, "EUR"), Money(0, "EUR"))


amounts = st.integers(0, 10**9)
signed = st.integers(-(10**9), 10**9)


@st.composite
def payments(draw: st.DrawFn) -> Payment:
    minimum = draw(st.none() | st.integers(0, 10**6))
    return Payment(
        minimums=() if minimum is None else (usd(minimum),),
        claw_limit=draw(st.fractions(0, 1, max_denominator=1000)),
    )


@st.composite
def sums(draw: st.DrawFn, month: Month = OCTOBER) -> PartnerSum:
    """Lines as they come: no more is waived than was taken, no more held back than was earned."""
    new, gained, taken = draw(amounts), draw(amounts), draw(amounts)
    held = [
        (month.plus(draw(st.integers(1, 4))), draw(st.integers(0, new)))
        for _ in range(draw(st.integers(0, 1)))
    ]
    waived = draw(st.integers(0, taken))
    return due(new, gained=gained, taken=taken, waived=waived, held=tuple(held))


@given(signed, sums(), amounts, payments())
def test_what_comes_in_goes_out_and_nothing_below_zero_is_paid(
    opening: int, lines: PartnerSum, released: int, payment: Payment
) -> None:
    figures = figures_of(usd(opening), lines, usd(released), payment)
    assert figures.adds_up
    assert figures.payable.minor >= 0
    minimum = payment.minimum("USD") or usd(0)
    assert figures.payable.minor == 0 or figures.payable.minor >= minimum.minor or figures.carried.minor < 0


@given(signed, sums(), amounts, payments())
def test_no_more_is_kept_than_the_limit_allows(
    opening: int, lines: PartnerSum, released: int, payment: Payment
) -> None:
    figures = figures_of(usd(opening), lines, usd(released), payment)
    gained = (lines.corrected - lines.taken).minor
    earned = max(opening, 0) + lines.new.minor + gained + released - figures.held.minor
    kept = earned - figures.payable.minor
    # Kept for what is taken back, or carried for the partner because it is little.
    assert kept * payment.claw_limit.denominator <= earned * payment.claw_limit.numerator or (
        figures.payable.minor == 0 and figures.carried.minor >= 0
    )


@given(signed, sums(), amounts, payments(), amounts)
def test_who_earned_more_is_not_paid_less(
    opening: int, lines: PartnerSum, released: int, payment: Payment, more: int
) -> None:
    less = figures_of(usd(opening), lines, usd(released), payment)
    grown = figures_of(usd(opening), replace(lines, new=lines.new + usd(more)), usd(released), payment)
    assert _for_partner(grown) >= _for_partner(less)
    if not payment.minimums:
        assert grown.payable.minor >= less.payable.minor


def _for_partner(figures: Figures) -> int:
    """What is paid now, and what is carried for the partner because it is little."""
    return figures.payable.minor + max(figures.carried.minor, 0)


@dataclass(frozen=True)
class Course:
    """Months that were closed one after the other."""

    paid: int
    carried: int
    still_held: int
    due: int


def course(months: list[PartnerSum], payment: Payment) -> Course:
    """Each month with the balance of the one before and what earlier ones held back until it."""
    balance, paid_out, parts = usd(0), 0, list[HeldPart]()
    for number, lines in enumerate(months):
        month = OCTOBER.plus(number)
        released = sum_money((part.amount for part in parts if part.release == month), "USD")
        figures = figures_of(balance, lines, released, payment)
        parts = [part for part in parts if part.release != month] + held_parts(month, [lines])
        balance, paid_out = figures.carried, paid_out + figures.payable.minor
    return Course(
        paid_out,
        balance.minor,
        sum(part.amount.minor for part in parts),
        sum((lines.total + lines.waived).minor for lines in months),
    )


@st.composite
def many_months(draw: st.DrawFn) -> list[PartnerSum]:
    return [draw(sums(OCTOBER.plus(number))) for number in range(draw(st.integers(1, 8)))]


@given(many_months(), payments())
def test_over_months_everything_is_paid_carried_or_still_held(
    months: list[PartnerSum], payment: Payment
) -> None:
    after = course(months, payment)
    assert after.paid + after.carried + after.still_held == after.due
