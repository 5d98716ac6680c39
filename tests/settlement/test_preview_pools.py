"""Pools in a preview: what is booked is not divided again, and what moves a pool is seen as the close sees it."""

from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.settlement.test_preview import (
    APRIL,
    JUNE,
    MAY,
    at,
    begin,
    bill,
    close,
    invoice,
    pay,
    posted,
    previewed,
    refund,
    seen,
)

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.engine.types import POOL, PoolFact
from ofrecord.flows import preview_pools
from ofrecord.flows.change_partner import change_partner
from ofrecord.flows.import_rates import StatedRate, record_rates
from ofrecord.flows.preview_month import preview
from ofrecord.flows.record_pool import record_amount
from ofrecord.flows.set_statement_currency import set_statement_currency
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from support import story
from support.story import CHIEF, House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _data(settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]


class Divided:
    """What the last preview divided anew."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.pools = patch, list[PoolFact]()
        self.usual = preview_pools._divided
        patch.setattr(preview_pools, "_divided", self._kept)

    def _kept(self, *asked: object) -> list[PoolFact]:
        self.pools = self.usual(*asked)  # type: ignore[arg-type]
        return self.pools

    def agree(self, day: str, houses: tuple[House, ...], months: set[Month]) -> None:
        """What is seen is what is seen where all pools are divided; and of those months they are divided anyway."""
        for house in houses:
            found = seen(day, house)
            assert {pool.month for pool in self.pools} == months
            assert (found.pools_left_out, found.pools_uncorrected) == ((), ())
            with self.patch.context() as patch:
                patch.setattr(preview_pools, "_divided", lambda known, *_: list(known))
                whole = seen(day, house)
            assert previewed(found, house) == previewed(whole, house)


@pytest.fixture
def divided(monkeypatch: pytest.MonkeyPatch) -> Divided:
    return Divided(monkeypatch)


def pool(day: str, month: Month, minor: int) -> None:
    with entered(OFFICE):
        record_amount(
            reader=CHIEF,
            at=at(day),
            amount_id=uuid4(),
            pool="advertising",
            month=month,
            amount=Money(minor, "USD"),
            reason="From the network",
        )


def two_sellers(tmp_path: Path) -> tuple[House, House, UUID, UUID]:
    """April closed with its pool, which the two share by their seats, 10 to 30."""
    begin(tmp_path, pooled=True)
    harbor, oak = story.partner("Harbor Lane"), story.partner("Oak Hill")
    mine = story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    other = story.sell(oak, "Mill Road", 30, "2009-04-01")
    pool("2009-04-20", APRIL, 80000)
    close(APRIL)
    return harbor, oak, mine, other


def test_a_pool_that_is_booked_is_divided_again_only_where_something_moved(
    tmp_path: Path, divided: Divided
) -> None:
    harbor, oak, mine, other = two_sellers(tmp_path)
    houses = (harbor, oak)
    story.sell(harbor, "New Hall", 5, "2009-05-06")
    divided.agree("2009-05-20", houses, set())
    pool("2009-05-21", APRIL, -20000)
    divided.agree("2009-05-21", houses, {APRIL})
    pool("2009-05-22", MAY, 40000)
    divided.agree("2009-05-22", houses, {APRIL, MAY})
    bill(MAY)
    own = {house.name: previewed(seen("2009-06-02", house), house) for house in houses}
    close(MAY)
    for house in houses:
        assert own[house.name] == posted(MAY, house)
        assert sum(line.clause == "advertising" for line in own[house.name][1]) == 2
    divided.agree("2009-06-05", houses, set())
    pay(invoice(other, APRIL), "2009-06-06")
    divided.agree("2009-06-06", houses, set())
    refund(invoice(other, APRIL), "2009-06-08", 45000)
    divided.agree("2009-06-08", houses, {APRIL})
    # All of the pool is Harbor Lane's, once nothing is left of what the other has sold.
    assert any(
        line.clause == "advertising" and line.fee_minor > 0
        for line in previewed(seen("2009-06-08", harbor), harbor)[1]
    )
    with entered(OFFICE):
        change_partner(
            reader=CHIEF,
            at=at("2009-06-14"),
            subscription_id=mine,
            partner_id=oak.id,
            first=date(2009, 5, 1),
            reason="It was Oak Hill from May on.",
        )
    divided.agree("2009-06-14", houses, {APRIL, MAY})
    bill(JUNE)
    own = {house.name: previewed(seen("2009-07-02", house), house) for house in houses}
    close(JUNE)
    for house in houses:
        assert own[house.name] == posted(JUNE, house)


def test_a_share_that_waits_for_a_rate_is_due_once_there_is_one(tmp_path: Path, divided: Divided) -> None:
    begin(tmp_path, pooled=True)
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    with entered(OFFICE):
        set_statement_currency(reader=CHIEF, at=at("2009-04-02"), partner_id=harbor.id, currency="EUR")
    pool("2009-04-20", APRIL, 80000)
    close(APRIL)
    divided.agree("2009-05-12", (harbor,), {APRIL})
    with entered(OFFICE):
        record_rates(
            reader=CHIEF,
            at=at("2009-05-29"),
            rates=[
                StatedRate("USD", date(2009, 4, 30), "1.3275"),
                StatedRate("USD", date(2009, 5, 29), "1.4"),
            ],
            source="bank",
        )
    divided.agree("2009-06-01", (harbor,), {APRIL})
    bill(MAY)
    own = previewed(seen("2009-06-02", harbor), harbor)
    close(MAY)
    assert own == posted(MAY, harbor)
    assert any(line.clause == "advertising" and line.due_minor for line in own[1])
    divided.agree("2009-06-05", (harbor,), set())


def test_a_pool_that_is_not_divided_is_said_only_of_the_month_that_has_one(tmp_path: Path) -> None:
    harbor, *_ = two_sellers(tmp_path)
    with entered(OFFICE):
        # Two invoices are there: one of them bears on Harbor Lane, both on a pool.
        found = preview(reader=CHIEF, at=at("2009-05-20"), partner_id=harbor.id, most_lines=1)
        assert found is not None
        assert (found.pools_left_out, found.pools_uncorrected) == ((), ())
        pool("2009-05-21", MAY, 40000)
        found = preview(reader=CHIEF, at=at("2009-05-21"), partner_id=harbor.id, most_lines=1)
    assert found is not None
    assert (found.pools_left_out, found.pools_uncorrected) == (("advertising",), ())
    assert not any(each.booked.line.clause == "advertising" for each in found.lines)


def test_where_only_closed_months_are_too_many_the_pool_of_the_open_month_is_divided(tmp_path: Path) -> None:
    begin(tmp_path, pooled=True)
    harbor, oak = story.partner("Harbor Lane"), story.partner("Oak Hill")
    story.sell(harbor, "Brook and Sons", 10, "2009-04-01")
    story.sell(oak, "Mill Road", 30, "2009-04-01")
    ended = story.sell(oak, "Old Hall", 5, "2009-04-01")
    pool("2009-04-20", APRIL, 80000)
    close(APRIL)
    story.cancel(ended, "2009-05-01")
    pool("2009-05-21", APRIL, -20000)
    pool("2009-05-22", MAY, 40000)
    with entered(OFFICE):
        # Three bills of April are there, and two are to come in May.
        found = preview(reader=CHIEF, at=at("2009-05-22"), partner_id=harbor.id, most_lines=2)
        whole = preview(reader=CHIEF, at=at("2009-05-22"), partner_id=harbor.id)
    assert found is not None
    assert whole is not None
    assert (found.pools_left_out, found.pools_uncorrected) == ((), ("advertising",))
    assert (whole.pools_left_out, whole.pools_uncorrected) == ((), ())
    shares, every = (
        {
            each.booked.line.event_day: each.booked.line.due_minor
            for each in some.lines
            if each.booked.line.source == POOL
        }
        for some in (found, whole)
    )
    assert shares == {MAY.last: every[MAY.last]}
    assert every.keys() == {APRIL.last, MAY.last}
    assert every[APRIL.last] < 0 < every[MAY.last]
