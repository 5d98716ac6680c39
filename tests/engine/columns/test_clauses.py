"""The program as tables states what the documents state, clause by clause."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from tests.support.generated import programs
from tests.support.told import clause, terms, unpaid

from ofrecord.engine.compiled.clauses import (
    AMOUNT,
    ENDLESS,
    GRADUATED,
    GROWTH,
    POOLED,
    RATE,
    REACHED,
    SEATS,
    UNPAID,
    clause_table,
    is_late_possible,
    needs_clauses,
    numbered,
    pays_collected,
    splits_table,
    uses_shares,
)
from ofrecord.engine.judging.division import _counts_by_partner
from ofrecord.engine.judging.events import source_of
from ofrecord.engine.judging.judge import _depth
from ofrecord.engine.types import Laws
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    DISTRIBUTOR,
    PARTNER_OF_RECORD,
    REFERRER,
    Band,
    Bands,
    Basis,
    Clause,
    Earned,
    Growth,
    Holdback,
    Limit,
    Measure,
    Needs,
    Per,
    Period,
    PoolKey,
    Scope,
    Unit,
)
from ofrecord.program.types import Payment

BY_PARTNER = Per(Scope.PARTNER, Period.QUARTER)


def banded(*, graduated: bool, measure: Measure) -> Clause:
    bands = (Band(10, Fraction(1, 3)), Band(None, Fraction(1, 4)))
    return replace(clause("banded"), bands=Bands(graduated, measure, BY_PARTNER, bands))


def row_of(*clauses: Clause, **other: Any) -> dict[str, Any]:
    """What is said of the last of the clauses, without what it does not state."""
    row: dict[str, Any] = clause_table(Laws((terms(*clauses, **other),))).to_pylist()[-1]
    return {name: value for name, value in row.items() if value is not None}


@pytest.mark.parametrize(
    ("one", "kind"),
    [
        (unpaid("none", "It is so."), UNPAID),
        (clause("rate", "12%"), RATE),
        (banded(graduated=False, measure=Measure.SEATS), REACHED),
        (banded(graduated=True, measure=Measure.AMOUNT), GRADUATED),
        (banded(graduated=True, measure=Measure.SEATS), SEATS),
        (clause("growth", "10%", growth=Growth(BY_PARTNER)), GROWTH),
        (clause("amount", amount=Money(5_00, "USD"), unit=Unit.SEAT), AMOUNT),
        (clause("ads", "1%", basis=Basis.POOLED, pool="ads", pool_key=PoolKey.SEATS), POOLED),
    ],
)
def test_a_clause_is_of_one_kind(one: Clause, kind: str) -> None:
    assert row_of(one)["kind"] == kind


def test_all_that_a_clause_states_is_in_its_row() -> None:
    override = clause(
        "override",
        "12.5%",
        role=DISTRIBUTOR,
        basis=Basis.FEE,
        of="first-year",
        earned=Earned.WHEN_COLLECTED,
        cap=Limit(Money(900_00, "USD"), BY_PARTNER),
        floor=Limit(Money(1_00, "USD"), Per(Scope.LINE)),
        holdback=Holdback(Fraction(1, 5), 90),
        needs=Needs(seats=5),
    )
    assert row_of(clause("first-year", "12%"), override, year_from=(7, 1)) == {
        "clause_key": 1,
        "terms_sha256": "a" * 64,
        "program": "online-services",
        "version": "1",
        "rounding": "half up",
        "clause": "override",
        "place": 1,
        "depth": 1,
        "law": 0,
        "source": "payment",
        "basis": "fee",
        "kind": "rate",
        "because": "",
        "of": "first-year",
        "rate_numerator": Decimal(1),
        "rate_denominator": Decimal(8),
        "cap_minor": 900_00,
        "cap_scope": "partner",
        "cap_period": "quarter",
        "floor_minor": 1_00,
        "floor_scope": "line",
        "floor_period": "lifetime",
        "holdback_numerator": Decimal(1),
        "holdback_denominator": Decimal(5),
        "holdback_days": 90,
        "last_day_included": True,
        "year_month": 7,
        "year_day": 1,
        "needs": True,
        "is_split": False,
        "counts_by_partner": False,
        "pool": "",
        "waits": "Override pays as far as the customer has paid.",
        "short": "Override needs more sales than the partner had made.",
    }


def test_bands_and_baselines_are_lists_and_reduced_fractions() -> None:
    row = row_of(banded(graduated=False, measure=Measure.CUSTOMERS))
    assert row["band_ends"] == [10, ENDLESS]
    assert (row["band_numerators"], row["band_denominators"]) == ([1, 1], [3, 4])
    assert (row["measure"], row["bands_scope"], row["bands_period"]) == ("customers", "partner", "quarter")
    assert row["counts_by_partner"]
    growing = row_of(clause("growth", "10%", growth=Growth(BY_PARTNER, Fraction(22, 20))))
    assert (growing["growth_numerator"], growing["growth_denominator"]) == (11, 10)
    assert (growing["growth_scope"], growing["growth_period"]) == ("partner", "quarter")


def test_an_amount_is_paid_for_a_line_where_nothing_else_is_said() -> None:
    row = row_of(clause("amount", amount=Money(5_00, "USD")))
    assert (row["amount_minor"], row["unit"]) == (5_00, "line")


def test_what_is_split_has_a_row_for_each_role() -> None:
    split = ((PARTNER_OF_RECORD, Fraction(2, 3)), (REFERRER, Fraction(1, 4)))
    laws = Laws((terms(clause("first", "1%"), clause("shared", "12%", role="", split=split)),))
    assert splits_table(laws).to_pylist() == [
        {"clause_key": 1, "place": 0, "role": PARTNER_OF_RECORD, "numerator": 2, "denominator": 3},
        {"clause_key": 1, "place": 1, "role": REFERRER, "numerator": 1, "denominator": 4},
    ]
    assert uses_shares(laws)
    assert not uses_shares(Laws((terms(clause("first", "1%")),)))


def test_clauses_are_numbered_through_all_versions() -> None:
    first, ongoing = clause("first-year", "12%"), clause("ongoing", "6%", needs=Needs(seats=1))
    later = terms(ongoing, first, sha="b", version="2", effective=date(2010, 7, 1))
    laws = Laws((terms(first, ongoing), later))
    named = clause_table(laws).select(["clause_key", "law", "place", "version", "clause"]).to_pydict()
    assert named == {
        "clause_key": [0, 1, 2, 3],
        "law": [0, 0, 1, 1],
        "place": [0, 1, 0, 1],
        "version": ["1", "1", "2", "2"],
        "clause": ["first-year", "ongoing", "ongoing", "first-year"],
    }
    assert needs_clauses(laws) == [(1, laws.versions[0], ongoing), (2, later, ongoing)]


def test_laws_say_which_steps_they_need() -> None:
    plain = Laws((terms(clause("plain", "12%"), unpaid("none", "It is so.")),))
    assert not pays_collected(plain)
    assert not is_late_possible(plain)
    assert pays_collected(Laws((terms(clause("paid", "12%", basis=Basis.COLLECTED)),)))
    assert is_late_possible(Laws((terms(clause("plain", "1%"), payment=Payment(claw_window=30)),)))


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
def test_the_judge_reads_every_clause_so_too(version: Any) -> None:
    laws = Laws((version,))
    rows = clause_table(laws).to_pylist()
    for each, row in zip(numbered(laws), rows, strict=True):
        assert (row["depth"], row["place"]) == _depth(version, each.clause)
        assert row["source"] == source_of(each.clause)
        assert row["counts_by_partner"] == _counts_by_partner(each.clause)
