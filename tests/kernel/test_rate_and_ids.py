"""Rates as exact fractions, ids in order of time, secrets of full strength."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ofrecord.kernel.ids import new_code, new_id, new_secret, secret_hash
from ofrecord.kernel.rate import RateFault, parse_rate, rate_text


@pytest.mark.parametrize(
    ("text", "rate"),
    [("12%", Fraction(12, 100)), ("7.5%", Fraction(75, 1000)), ("2/3", Fraction(2, 3)), ("0%", Fraction(0))],
)
def test_a_rate_is_read_exactly_and_written_as_it_was(text: str, rate: Fraction) -> None:
    assert parse_rate(text) == rate
    assert rate_text(rate) == text


@pytest.mark.parametrize("text", ["0.12", "12", "-3%", "1/0", "12 percent", "", "1e1%", "١٢%"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(RateFault):
        parse_rate(text)


@given(st.fractions(min_value=0, max_value=10, max_denominator=10**8))
def test_what_is_written_reads_back_as_the_same_rate(rate: Fraction) -> None:
    assert parse_rate(rate_text(rate)) == rate


def test_ids_are_of_version_7_and_in_order_of_their_millisecond() -> None:
    made = [new_id() for _ in range(2000)]
    assert len(set(made)) == 2000
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    milliseconds = [one.int >> 80 for one in made]
    assert milliseconds == sorted(milliseconds)


def test_a_secret_has_256_bits_and_its_hash_does_not_tell_it() -> None:
    secret = new_secret()
    assert len(secret) == 43  # 32 bytes in base64 without padding
    assert len({new_secret() for _ in range(1000)}) == 1000
    assert len(secret_hash(secret)) == 64
    assert secret not in secret_hash(secret)


def test_a_code_is_drawn_and_has_no_letter_that_is_misread() -> None:
    codes = {new_code("O") for _ in range(2000)}
    assert len(codes) == 2000
    assert all(re.fullmatch(r"O-[0-9A-HJKMNP-TV-Z]{8}", code) for code in codes)
