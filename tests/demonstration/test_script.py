"""The story before it is told: the same from the same seed, of the stated size, with everything in it that happens."""

from collections import Counter
from datetime import date, timedelta

import pytest

from ofrecord.access.types import PartnerRole, VendorRole
from ofrecord.billing.types import CreditKind
from ofrecord.demonstration.bids import shown_bids
from ofrecord.demonstration.cast import STAFF
from ofrecord.demonstration.companies import companies, readable
from ofrecord.demonstration.incidents import SECOND_VERSION
from ofrecord.demonstration.packaged import SAMPLE_RATES, packaged
from ofrecord.demonstration.paying import batch_of
from ofrecord.demonstration.script import Script, script
from ofrecord.demonstration.telling import PROGRAM
from ofrecord.demonstration.types import (
    AnswerDispute,
    Ask,
    Bid,
    Cancel,
    ChangePartner,
    Close,
    Compose,
    Confirm,
    Deed,
    House,
    Look,
    OpenDispute,
    OrderDirect,
    Person,
    RecordRole,
    Scene,
    Size,
    TakeBack,
)
from ofrecord.exchange.published_file import read_file
from ofrecord.flows.check_program import check_program
from ofrecord.kernel.calendar import Month, Span, add_months
from ofrecord.orders.types import SEATS_LIMIT
from ofrecord.statements.types import Outcome

SMALL = Size(partners=5, customers=20, months=4)


@pytest.fixture(scope="module")
def whole() -> Script:
    """The story as it is shipped."""
    return script()


def _scenes(told: Script) -> list[Scene]:
    return [scene for scenes in told.scenes.values() for scene in scenes]


def _bids(told: Script) -> list[Bid]:
    return [scene.deed.bid for scene in _scenes(told) if isinstance(scene.deed, Compose | OrderDirect)]


def _people(told: Script) -> list[Person]:
    houses = (*told.cast.partners, *told.cast.turned_away)
    staff = [person for house in houses for person in house.people]
    return [*STAFF, *staff, *(account.contact for account in told.cast.accounts)]


def test_the_same_seed_tells_the_same_story() -> None:
    assert script(7, SMALL) == script(7, SMALL)
    assert script(7, SMALL).scenes != script(8, SMALL).scenes


def test_it_has_the_size_that_the_readme_states(whole: Script) -> None:
    assert len(whole.cast.partners) == len({house.name for house in whole.cast.partners}) == 40
    assert len(whole.cast.accounts) == len({account.name for account in whole.cast.accounts}) == 1000
    assert (whole.first, whole.until) == (date(2025, 8, 25), date(2026, 11, 2))


def test_every_company_is_one_that_exists_and_orders_at_least_once(whole: Script) -> None:
    assert {account.name for account in whole.cast.accounts} <= {company.name for company in companies()}
    assert {bid.company for bid in _bids(whole)} == {account.name for account in whole.cast.accounts}


def test_an_order_is_known_by_its_company_and_day(whole: Script) -> None:
    keys = Counter((bid.company, bid.composed_on) for bid in _bids(whole))
    assert max(keys.values()) == 1


def test_everything_happens_that_can(whole: Script) -> None:
    happened = {type(scene.deed) for scene in _scenes(whole)}
    assert happened == set(Deed.__args__)


def test_what_is_taken_back_is_of_every_kind(whole: Script) -> None:
    taken = [scene.deed for scene in _scenes(whole) if isinstance(scene.deed, TakeBack)]
    assert {deed.kind for deed in taken} == set(CreditKind)
    refunds = [deed.percent for deed in taken if deed.kind is CreditKind.REFUND]
    assert None in refunds, "in full"
    assert any(refunds), "and in part"


def test_of_the_disputes_one_is_upheld_one_rejected_and_one_waits(whole: Script) -> None:
    deeds = [scene.deed for scene in _scenes(whole)]
    opened = {deed for deed in deeds if isinstance(deed, OpenDispute)}
    answers = {deed.dispute: deed.outcome for deed in deeds if isinstance(deed, AnswerDispute)}
    assert sorted(answers.values()) == [Outcome.REJECTED, Outcome.UPHELD]
    assert len(opened - set(answers)) == 1


def test_nothing_happens_twice_to_one_customer(whole: Script) -> None:
    """So that each line that is corrected has one story to tell."""
    told = [scene.deed for scene in _scenes(whole)]
    happened = [deed for deed in told if isinstance(deed, TakeBack | ChangePartner | RecordRole)]
    kinds = {(deed.bid.company, type(deed)) for deed in happened}
    assert len({company for company, _ in kinds}) == len(kinds)


def test_the_rates_that_come_along_leave_out_the_pound_twice() -> None:
    read = read_file(packaged(SAMPLE_RATES), today=date(2026, 11, 2))
    known = {(rate.currency, rate.day) for rate in read.rates}
    ends = [Month(2025, 9).plus(index).last for index in range(14)]

    def is_known(currency: str, day: date) -> bool:
        return any((currency, day - timedelta(days=back)) in known for back in range(4))

    assert [str(day) for day in ends if not is_known("GBP", day)] == ["2025-12-31", "2026-09-30"]
    assert all(is_known("USD", day) for day in ends)


def test_both_versions_of_the_program_are_whole() -> None:
    for document in (PROGRAM, SECOND_VERSION):
        assert check_program(packaged(document)).faults == ()


def test_partners_are_of_every_size_and_one_is_large(whole: Script) -> None:
    weights = [house.weight for house in whole.cast.partners]
    large, boutique = whole.cast.partners[:2]
    assert large.weight == max(weights)
    assert boutique.weight < sorted(weights)[len(weights) // 4]
    assert max(weights) > 20 * min(weights)


def test_the_people_that_are_shown_have_every_role(whole: Script) -> None:
    assert {person.role for person in STAFF} == set(VendorRole)
    for house in whole.cast.partners[:2]:
        assert {person.role for person in house.people[:3]} == set(PartnerRole)


def test_nobody_is_written_to_who_exists(whole: Script) -> None:
    everybody = _people(whole)
    assert all(person.email.endswith(".example") for person in everybody)
    signing_in = Counter(person.email for person in everybody if person.role is not None)
    assert max(signing_in.values()) == 1


def test_seats_are_what_a_person_could_order(whole: Script) -> None:
    seats = [account.seats for account in whole.cast.accounts]
    assert 1 <= min(seats) < 20
    assert 1000 < max(seats) < SEATS_LIMIT


def test_people_work_on_workdays_and_in_the_order_of_the_day(whole: Script) -> None:
    for day, scenes in whole.scenes.items():
        assert [scene.minute for scene in scenes] == sorted(scene.minute for scene in scenes)
        # Only the story's own end and notice days, which customers choose, may fall on a weekend.
        assert day.weekday() < 5 or all(isinstance(scene.deed, Cancel) for scene in scenes)
        assert whole.first <= day < whole.until


def test_both_fees_are_reached(whole: Script) -> None:
    """Some subscription of a partner has its thirteenth month in a month that is closed."""
    confirmed = [
        (scene.day, scene.deed.bid)
        for scene in _scenes(whole)
        if isinstance(scene.deed, Confirm) and scene.deed.bid.house
    ]
    closed = Span(whole.first, date(2026, 10, 1))
    starts = [max(day, bid.starts_on) for day, bid in confirmed]
    assert sum(closed.has(add_months(start, 12)) for start in starts) >= 3


def test_the_last_month_is_left_open_and_the_others_are_closed_in_order(whole: Script) -> None:
    closed = [scene.deed.month for scene in _scenes(whole) if isinstance(scene.deed, Close)]
    assert closed == [Month(2025, 9).plus(index) for index in range(13)]


def test_the_orders_that_are_shown_wait_for_an_answer_when_the_story_ends(whole: Script) -> None:
    shown = shown_bids(whole.cast, Size())
    assert {bid.house for bid in shown} == {house.name for house in whole.cast.partners[:2]}
    about = [scene.deed for scene in _scenes(whole) if getattr(scene.deed, "bid", None) in shown]
    assert Counter(map(type, about)) == {Compose: 4, Look: 4, Ask: 2}


def test_most_customers_pay_and_some_never_do() -> None:
    month = Month(2026, 3)
    batches = Counter(batch_of(company.name, month) for company in companies()[:1000])
    assert batches[0] > batches[1] > batches[2] > batches[3] > batches[4] > 0
    assert batch_of("Parker", month) == batch_of("Parker", month)


@pytest.mark.parametrize(
    ("registered", "read"),
    [
        ("PROGRESSIVE CORP/OH/", "PROGRESSIVE CORP"),
        ("US BANCORP \\DE\\", "US BANCORP"),
        ("VERTEX PHARMACEUTICALS INC / MA", "VERTEX PHARMACEUTICALS INC"),
        ("Puig Brands S.A./ADR", "Puig Brands S.A."),
        ("AMETEK INC/", "AMETEK INC"),
        ("M/I HOMES, INC.", "M/I HOMES, INC."),
        ("GENMAB A/S", "GENMAB A/S"),
        ("COCA COLA CO", "COCA COLA CO"),
    ],
)
def test_a_company_keeps_its_name_and_loses_the_marks_of_the_register(registered: str, read: str) -> None:
    assert readable(registered) == read


def test_the_refused_are_told_why_and_one_waits(whole: Script) -> None:
    def is_waiting(house: House) -> bool:
        return house.decides_on is None

    *refused, waiting = whole.cast.turned_away
    assert is_waiting(waiting)
    assert not any(map(is_waiting, refused))
    assert all(house.refusal for house in refused)
