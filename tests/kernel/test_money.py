"""Money: exact, in one currency, rounded in one place, shared without a cent lost."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ofrecord.kernel.money import (
    LIMIT_MINOR,
    Money,
    MoneyFault,
    Rounding,
    multiply,
    round_fraction,
    share,
    sum_money,
)

amounts = st.integers(-(10**15), 10**15).map(lambda minor: Money(minor, "USD"))
fractions = st.fractions(min_value=-10, max_value=10, max_denominator=10**6)


@pytest.mark.parametrize(
    ("text", "minor", "written"),
    [
        ("15.00 USD", 1500, "15.00 USD"),
        ("15 USD", 1500, "15.00 USD"),
        ("-1290.5 USD", -129050, "-1290.50 USD"),
        ("1500 JPY", 1500, "1500 JPY"),
        ("1.234 KWD", 1234, "1.234 KWD"),
        ("-0.05 EUR", -5, "-0.05 EUR"),
        # Shown without decimals in everyday use, but of two and three by ISO 4217.
        ("15.50 RSD", 1550, "15.50 RSD"),
        ("1.234 IQD", 1234, "1.234 IQD"),
    ],
)
def test_an_amount_is_read_and_written(text: str, minor: int, written: str) -> None:
    money = Money.parse(text)
    assert money.minor == minor
    assert str(money) == written


@pytest.mark.parametrize(
    "text",
    [
        "15.00",
        "15,00 USD",
        "15.001 USD",
        "1.5 JPY",
        "15.00 XXQ",
        "USD 15.00",
        "1e3 USD",
        "",
        "0x10 USD",
        "١٥ USD",
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyFault):
        Money.parse(text)


@pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "XDR", "usd", ""])
def test_what_nobody_is_paid_in_is_no_currency(code: str) -> None:
    with pytest.raises(MoneyFault, match="is no currency code"):
        Money(100, code)


def test_currencies_that_several_countries_share_are_currencies() -> None:
    assert [str(Money(100, code)) for code in ("XOF", "XAF", "XPF", "XCD")]


def test_floats_and_two_currencies_are_refused() -> None:
    with pytest.raises(MoneyFault):
        Money(15.0, "USD")  # type: ignore[arg-type]
    with pytest.raises(MoneyFault):
        Money(1, "USD") * 1.5  # type: ignore[operator]
    with pytest.raises(MoneyFault):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(MoneyFault):
        assert Money(1, "USD") < Money(2, "EUR")


def test_beyond_the_limit_is_refused_not_wrapped() -> None:
    assert Money(LIMIT_MINOR, "USD").minor == LIMIT_MINOR
    with pytest.raises(MoneyFault):
        Money(LIMIT_MINOR, "USD") + Money(1, "USD")


@pytest.mark.parametrize(
    ("exact", "half_up", "half_even", "down"),
    [
        (Fraction(1, 2), 1, 0, 0),
        (Fraction(3, 2), 2, 2, 1),
        (Fraction(5, 2), 3, 2, 2),
        (Fraction(-1, 2), -1, 0, 0),
        (Fraction(-5, 2), -3, -2, -2),
        (Fraction(2, 3), 1, 1, 0),
        (Fraction(1, 3), 0, 0, 0),
    ],
)
def test_half_up_is_half_away_from_zero(exact: Fraction, half_up: int, half_even: int, down: int) -> None:
    assert round_fraction(exact, Rounding.HALF_UP) == half_up
    assert round_fraction(exact, Rounding.HALF_EVEN) == half_even
    assert round_fraction(exact, Rounding.DOWN) == down


def test_a_rate_of_a_hundred_percent_of_a_large_amount_is_exact() -> None:
    # 2**53 + 1 is the first whole number that a float cannot hold.
    large = Money(2**53 + 1, "USD")
    assert multiply(large, Fraction(1), Rounding.HALF_UP) == large


@given(amounts, fractions)
def test_rounding_moves_less_than_a_unit_and_mirrors_at_zero(amount: Money, factor: Fraction) -> None:
    for rounding in Rounding:
        rounded = multiply(amount, factor, rounding)
        assert abs(rounded.minor - amount.minor * factor) < 1
        assert multiply(-amount, factor, rounding) == -rounded


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_shares_sum_to_the_whole_and_differ_by_less_than_a_unit(amount: Money, weights: list[int]) -> None:
    shares = share(amount, weights)
    assert sum_money(shares, "USD") == amount
    for part, weight in zip(shares, weights, strict=True):
        assert abs(part.minor - Fraction(amount.minor * weight, sum(weights))) < 1


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [-1]])
def test_weights_that_share_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises((MoneyFault, ValueError)):
        share(Money(100, "USD"), weights)


def test_equal_remainders_are_served_in_order() -> None:
    # 1.00 in three: 34 + 33 + 33 cents
    assert [part.minor for part in share(Money(100, "USD"), [1, 1, 1])] == [34, 33, 33]
    assert [part.minor for part in share(Money(-100, "USD"), [1, 1, 1])] == [-34, -33, -33]
