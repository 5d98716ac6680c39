"""A rate is an exact fraction, written as text: "12%", "7.5%", "2/3"."""

import re
from fractions import Fraction


class RateFault(ValueError):
    """Text that is no exact rate."""


def parse_rate(text: str) -> Fraction:
    """Reads "12%", "7.5%" or "2/3"."""
    if match := re.fullmatch(r"([0-9]{1,9}(?:\.[0-9]{1,9})?) ?%", text):
        return Fraction(match[1]) / 100
    if match := re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", text):
        if int(match[2]) == 0:
            raise RateFault(f"{text!r} divides by zero")
        return Fraction(int(match[1]), int(match[2]))
    raise RateFault(f'{text!r} is no exact rate; write it like "12%" or "2/3"')


def rate_text(rate: Fraction) -> str:
    """The rate as a person writes it: a percentage when that is exact, a fraction otherwise."""
    percent = rate * 100
    for digits in range(10):
        scaled = percent * 10**digits
        if scaled.denominator == 1:
            whole, rest = divmod(abs(scaled.numerator), 10**digits)
            sign = "-" if rate < 0 else ""
            return f"{sign}{whole}.{rest:0{digits}}%" if digits else f"{sign}{whole}%"
    return f"{rate.numerator}/{rate.denominator}"
