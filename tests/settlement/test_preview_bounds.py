"""What a preview reads and what it leaves out: no more than bears on it, and never more than a request may."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

import pytest
from tests.settlement.test_preview import APRIL, MAY, at, begin, close, posted, three_houses, two_months

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.engine import books
from ofrecord.engine.partner_books import PartnerBooks
from ofrecord.flows.preview_month import preview
from ofrecord.flows.record_pool import record_amount
from ofrecord.kernel.money import Money
from ofrecord.program.bearing import reaching_roles
from ofrecord.program.clause_types import (
    DISTRIBUTOR,
    PARTNER_OF_RECORD,
    Band,
    Bands,
    Basis,
    Limit,
    Measure,
    Needs,
    Per,
    Period,
    Scope,
)
from ofrecord.settlement.queries import booked_months, books_folder
from ofrecord.settlement.refusals import PreviewTooLarge
from ofrecord.subscriptions.facts import customers_bearing_on
from support import story
from support.story import CHIEF
from support.told import clause, terms

BANDS = Bands(True, Measure.AMOUNT, Per(Scope.PARTNER, Period.YEAR), (Band(None, Fraction(1, 10)),))
CAP = Limit(Money(10000, "USD"), Per(Scope.CUSTOMER))


@pytest.fixture(autouse=True)
def _data(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("clauses", "roles"),
    [
        ([clause("share", "10%", cap=CAP)], set()),
        ([clause("share", bands=BANDS)], set()),
        ([clause("share", "10%", needs=Needs(seats=5))], set()),
        ([clause("share", bands=BANDS, cap=CAP)], {PARTNER_OF_RECORD}),
        ([clause("share", "10%", needs=Needs(seats=5), cap=CAP)], {PARTNER_OF_RECORD}),
        (
            [
                clause("share", bands=BANDS),
                clause("over", "10%", role=DISTRIBUTOR, basis=Basis.FEE, of="share"),
            ],
            {DISTRIBUTOR},
        ),
    ],
)
def test_sales_reach_beyond_a_partner_only_in_roles_that_share_in_what_another_sold(
    clauses: list[object], roles: set[str]
) -> None:
    assert reaching_roles([terms(*clauses)]) == roles  # type: ignore[arg-type]


def test_where_versions_follow_one_another_a_need_of_any_of_them_counts() -> None:
    capped = terms(clause("share", "10%", cap=CAP))
    needing = terms(clause("more", "10%", needs=Needs(seats=5)), sha="b")
    assert reaching_roles([capped, needing]) == {PARTNER_OF_RECORD}
    assert reaching_roles([capped, replace(capped, sha256="c" * 64)]) == set()


@pytest.mark.django_db
def test_whose_sales_bear_on_a_partner_follows_its_roles(tmp_path: Path) -> None:
    begin(tmp_path)
    harbor, oak, depot = three_houses()
    two_months((harbor, oak, depot))
    with entered(OFFICE):
        # Depot is distributor at Harbor Lane's first customer; Harbor Lane has taken over Oak Hill's.
        assert len(customers_bearing_on(depot.id, ()) or ()) == 1
        assert len(customers_bearing_on(depot.id, [DISTRIBUTOR]) or ()) == 3
        assert len(customers_bearing_on(oak.id, [DISTRIBUTOR]) or ()) == 1
        assert len(customers_bearing_on(oak.id) or ()) == 3
        assert customers_bearing_on(oak.id, most=1) is None


@pytest.mark.django_db
def test_what_is_read_of_books_for_one_partner_is_what_they_hold(tmp_path: Path) -> None:
    begin(tmp_path)
    houses = three_houses()
    two_months(houses)
    close(MAY)
    folder, booked = books_folder(), booked_months()
    for house in houses:
        whole = books.on_record(folder, booked, str(house.id))
        part = PartnerBooks(folder, booked, str(house.id))
        sums = part.sums()
        assert part.on_record(sums) == whole
        by_key = {key: each for keys in sums.values() for key, each in keys.items()}
        assert {key: sum(each.fee_minor for each in found) for key, found in by_key.items()} == {
            key: each.fee_minor for key, each in whole.items()
        }
        assert PartnerBooks(folder, [], str(house.id)).sums() == {}


@pytest.mark.django_db
def test_more_than_a_request_may_work_out_is_refused_with_what_to_do(tmp_path: Path) -> None:
    begin(tmp_path)
    houses = three_houses()
    two_months(houses)
    with entered(OFFICE):
        with pytest.raises(PreviewTooLarge, match="More than 1 invoice lines") as refused:
            preview(reader=CHIEF, at=at("2009-05-20"), most_lines=1)
        assert "Ask for one partner" in refused.value.remedy()
        with pytest.raises(PreviewTooLarge) as refused:
            preview(reader=CHIEF, at=at("2009-05-20"), partner_id=houses[0].id, most_lines=1)
        assert "--partner" in refused.value.remedy()
        assert preview(reader=CHIEF, at=at("2009-05-20"), most_lines=None) is not None


@pytest.mark.django_db
def test_a_pool_of_too_many_that_may_have_moved_is_left_out_and_what_was_booked_of_it_stays(
    tmp_path: Path,
) -> None:
    begin(tmp_path, pooled=True)
    harbor, oak = story.partner("Harbor Lane"), story.partner("Oak Hill")
    story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    story.sell(oak, "Mill Road", 30, "2009-04-01")
    with entered(OFFICE):
        record_amount(
            reader=CHIEF,
            at=at("2009-05-01"),
            amount_id=uuid4(),
            pool="advertising",
            month=APRIL,
            amount=Money(80000, "USD"),
            reason="From the network",
        )
        close(APRIL)
        # Two invoices are there: one of them bears on Harbor Lane, both on the pool.
        found = preview(reader=CHIEF, at=at("2009-05-20"), partner_id=harbor.id, most_lines=1)
        whole = preview(reader=CHIEF, at=at("2009-05-20"), partner_id=harbor.id)
    assert found is not None
    assert whole is not None
    assert (found.pools_uncorrected, whole.pools_uncorrected) == (("advertising",), ())
    assert any(line.clause == "advertising" for line in posted(APRIL, harbor)[1])
    assert [each.booked.line for each in found.lines] == [each.booked.line for each in whole.lines]
