"""The two shipped programs, and what fifty users earn under each."""

from fractions import Fraction

import pytest

from ofrecord.flows.check_program import check_program
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.analysis import cases
from ofrecord.program.clause_types import CountRange
from ofrecord.program.document import check

from .documents import PROGRAMS, SHIPPED, SMALL


def paid(name: str, says: str) -> dict[str, str]:
    checked = check_program((PROGRAMS / name).read_bytes())
    (worked,) = [worked for worked in checked.examples if worked.example.says == says]
    return {period.period: str(period.paid) for period in worked.periods}


@pytest.mark.parametrize("name", SHIPPED)
def test_they_have_no_fault(name: str) -> None:
    checked = check_program((PROGRAMS / name).read_bytes())
    assert checked.faults == ()
    assert checked.terms is not None
    assert len(checked.examples) == 4


def test_the_taste_of_the_design_is_a_whole_document() -> None:
    checked = check_program(SMALL.encode())
    assert checked.faults == ()
    assert checked.terms is not None
    assert checked.terms.clauses[0].title == "First year"
    assert checked.terms.year_from == (7, 1)
    assert checked.terms.rounding is Rounding.HALF_UP


def test_first_reading_pays_12_percent_and_then_6() -> None:
    # 50 × 15.00 × 12 = 9,000.00 a year; 12% are 1,080.00, 6% are 540.00
    assert paid("online-services-2009.toml", "Fifty users for three years") == {
        "year 1": "1080.00 USD",
        "year 2": "540.00 USD",
        "year 3": "540.00 USD",
        "total": "2160.00 USD",
    }


def test_second_reading_pays_18_percent_together_and_then_6() -> None:
    # 9,000.00 a year; 12% + 6% are 1,080.00 + 540.00 = 1,620.00, then 6% are 540.00
    assert paid("online-services-2009-18.toml", "Fifty users for three years") == {
        "year 1": "1620.00 USD",
        "year 2": "540.00 USD",
        "year 3": "540.00 USD",
        "total": "2700.00 USD",
    }


@pytest.mark.parametrize(("name", "first"), list(zip(SHIPPED, (12, 18), strict=True)))
def test_the_rates_in_all_are_read_off_the_clauses(name: str, first: int) -> None:
    terms = check((PROGRAMS / name).read_bytes()).terms
    assert terms is not None
    rates = {
        (case.ways, case.months): sum((clause.rate for clause in case.clauses if clause.rate), Fraction(0))
        for case in cases(terms)
    }
    assert rates == {
        (("direct",), CountRange(1)): 0,
        (("partner-of-record",), CountRange(1, 12)): Fraction(first, 100),
        (("partner-of-record",), CountRange(13)): Fraction(6, 100),
    }


def test_a_document_is_its_bytes() -> None:
    text = SMALL.encode()
    first, second = check(text).terms, check(text + b"\n# a remark\n").terms
    assert first is not None
    assert second is not None
    assert first.sha256 != second.sha256
    assert check(text).terms == first


def test_amounts_without_a_currency_are_in_the_programs() -> None:
    checked = check(SMALL.replace('"15.00 USD"', '"15.00"').encode())
    assert checked.terms is not None
    assert checked.terms.offers[0].prices[0].amount == Money(1500, "USD")
