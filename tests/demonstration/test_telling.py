"""The story as it is told: by people, through flows, day by day, once."""

import logging
import threading
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import authenticate
from django.db import connection

from ofrecord.access.refusals import NotFound
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, Scope
from ofrecord.billing.queries import invoices
from ofrecord.billing.queries import lines_of as invoice_lines
from ofrecord.clock.queries import history, now
from ofrecord.clock.refusals import HistoryLoading
from ofrecord.customers.queries import customers
from ofrecord.demonstration.begin import begin_demonstration
from ofrecord.demonstration.cast import CHIEF
from ofrecord.demonstration.script import SEED, Script, script
from ofrecord.demonstration.stage import Stage
from ofrecord.demonstration.telling import found, tell_on
from ofrecord.demonstration.types import (
    Bid,
    Cancel,
    ChangeSeats,
    Compose,
    Confirm,
    Decline,
    OrderDirect,
    Size,
    Withdraw,
)
from ofrecord.flows import answer_order, compose_order, turn_clock
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Rounding, round_fraction
from ofrecord.kernel.rate import parse_rate
from ofrecord.orders.queries import orders
from ofrecord.orders.types import Answerer, LinkState
from ofrecord.partners.queries import partners, reader_of
from ofrecord.statements.queries import card, lines_of, statements
from ofrecord.subscriptions.queries import subscriptions
from support.ground import Ground, pointed_at

SMALL = Size(partners=5, customers=20, months=4)
TINY = Size(partners=3, customers=14, months=2)
LONG = 600.0


@pytest.fixture(autouse=True)
def _told_quickly(settings: Any, tmp_path: Path) -> None:
    """Books go into the test's own folder. Passwords are hashed in no time: how hard they are is tested elsewhere."""
    settings.DATA = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def _tell(told: Script, stage: Stage | None = None) -> None:
    stage = stage or Stage()
    found(told, stage)
    while tell_on(told, stage, seconds=LONG):
        pass


def _deeds(told: Script, *kinds: type) -> list[Any]:
    found_ones = [scene.deed for scenes in told.scenes.values() for scene in scenes]
    return [deed for deed in found_ones if isinstance(deed, kinds)]


def _outcome() -> dict[str, list[tuple[Any, ...]]]:
    """All that a telling came to, without the ids."""
    with entered(OFFICE):
        today = now().date()
        return {
            "orders": sorted(orders(OFFICE).values_list("customer__name", "status", "seats", "starts_on")),
            "subscriptions": sorted(
                subscriptions(OFFICE, today).values_list("customer__name", "started_on", "cancelled_from"),
                key=str,
            ),
            "invoices": sorted(
                invoices(OFFICE).values_list(  # type: ignore[misc]  # annotated by the query
                    "subscription__customer__name", "month", "total_minor", "paid_on"
                ),
                key=str,
            ),
            "statements": sorted(statements(OFFICE).values_list("partner__name", "month", "total_minor")),
        }


def test_what_people_did_is_there_and_pays_what_the_program_says(
    committed_db: str, caplog: pytest.LogCaptureFixture
) -> None:
    told = script(7, SMALL)
    with caplog.at_level(logging.INFO, logger="ofrecord.demonstration"):
        _tell(told)
    assert caplog.messages == [], "no scene was left out"
    _require_rows_as_told(told)
    _require_statements_as_billed(told)


def _require_rows_as_told(told: Script) -> None:
    confirmed = _deeds(told, Confirm, OrderDirect)
    declined, withdrawn = _deeds(told, Decline), _deeds(told, Withdraw)
    composed = _deeds(told, Compose, OrderDirect)
    with entered(OFFICE):
        assert now().date() == told.until == date(2026, 1, 2)
        assert customers(OFFICE).count() == SMALL.customers
        assert Counter(partners(OFFICE).values_list("status", flat=True)) == {
            "approved": SMALL.partners,
            "refused": sum(bool(house.refusal) for house in told.cast.turned_away),
            "applied": sum(house.decides_on is None for house in told.cast.turned_away),
        }
        assert Counter(orders(OFFICE).values_list("status", flat=True)) == Counter(
            confirmed=len(confirmed),
            declined=len(declined),
            withdrawn=len(withdrawn),
            open=len(composed) - len(confirmed) - len(declined) - len(withdrawn),
        )
        found_ones = subscriptions(OFFICE, told.until)
        served = dict(found_ones.values_list("customer__name", "seats_now"))  # type: ignore[misc]  # annotated
        assert set(served) == {deed.bid.company for deed in confirmed}
        for deed in (*confirmed, *_deeds(told, ChangeSeats)):
            assert served[deed.bid.company] == _last_seats(told, deed.bid)
        ended = found_ones.filter(cancelled_from__isnull=False)
        assert set(ended.values_list("customer__name", flat=True)) == {
            deed.bid.company for deed in _deeds(told, Cancel)
        }


def _last_seats(told: Script, bid: Bid) -> int:
    """What the customer has after all that was said of it."""
    said = [deed.seats for deed in _deeds(told, Confirm, ChangeSeats) if deed.bid == bid]
    return said[-1] if said else bid.seats


def _require_statements_as_billed(told: Script) -> None:
    """Four months in, First year pays 12% of every line, and a direct order that names a partner pays nothing."""
    last = Month(2025, 9).plus(SMALL.months - 1).first
    with entered(OFFICE):
        expected: Counter[tuple[str, date]] = Counter()
        for house in told.cast.partners:
            partner = partners(OFFICE).get(name=house.name)
            for invoice in invoices(Scope.partner(partner.pk)).filter(subscription__way="partner-of-record"):
                for line in invoice_lines(invoice.pk, OFFICE):
                    fee = round_fraction(line.amount_minor * parse_rate("12%"), Rounding.HALF_UP)
                    expected[house.name, invoice.month] += fee
        paid = _paid_by("first-year")
    assert paid == {key: minor for key, minor in expected.items() if key[1] < last}
    assert any(minor > 0 for minor in paid.values())
    assert {month for _, month in expected} - {month for _, month in paid} == {last}, (
        "it is billed and left open"
    )


def _paid_by(clause: str) -> dict[tuple[str, date], int]:
    """What the clause paid each partner, by month, in the currency of the sales."""
    paid: Counter[tuple[str, date]] = Counter()
    for row in statements(OFFICE):
        for named in lines_of(card(row), OFFICE):
            line = named.booked.line
            assert not (line.way == "direct" and line.earned_minor), line.reason
            if line.clause == clause:
                paid[row.partner.name, row.month] += line.fee_minor
    return dict(paid)


class PowerCut(Exception):
    """The machine stops."""


class CutShort(Stage):
    """A stage on which the power fails after a number of deeds."""

    def __init__(self, deeds: int) -> None:
        super().__init__()
        self._left = deeds

    def secret(self, *words: Any) -> str:
        self._left -= 1
        if self._left == 0:
            raise PowerCut
        return super().secret(*words)


def test_a_story_that_was_interrupted_comes_out_as_one_that_was_not(
    committed_db: str, ground: Ground, settings: Any, tmp_path: Path
) -> None:
    told = script(7, TINY)
    with ground.cloned() as elsewhere, pointed_at(ground, elsewhere):
        settings.DATA = tmp_path / "elsewhere"
        _tell(told)
        whole = _outcome()
    settings.DATA = tmp_path

    found(told, Stage())
    reached = []
    for deeds in (1, 4, 9):
        with pytest.raises(PowerCut):
            tell_on(told, CutShort(deeds), seconds=LONG)
        so_far = history()
        assert so_far is not None
        assert not so_far.is_loaded
        reached.append(so_far.today)
    _tell(told)

    assert reached == sorted(set(reached)), "each time it went on from where it was"
    assert _outcome() == whole


def test_two_workers_tell_it_once(committed_db: str) -> None:
    told = script(7, TINY)
    found(told, Stage())
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        for _ in range(100):
            tell_on(told, Stage(), seconds=0.2)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    _tell(told)
    with entered(OFFICE):
        assert customers(OFFICE).count() == TINY.customers
        assert orders(OFFICE).count() == len(_deeds(told, Compose, OrderDirect))


def test_a_visitor_who_gets_in_the_way_of_a_scene_does_not_stop_the_story(
    committed_db: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody takes an order back that the story would have confirmed."""
    told = script(7, TINY)
    stage = Stage()
    found(told, stage)
    confirmed = _deeds(told, Confirm)[-1].bid
    with caplog.at_level(logging.INFO, logger="ofrecord.demonstration"):
        while tell_on(told, stage, seconds=0.01):
            if now().date() >= confirmed.composed_on and not _is_withdrawn(confirmed):
                _withdraw(stage, confirmed)
    assert any("Confirm left out" in message for message in caplog.messages)
    with entered(OFFICE):
        assert not subscriptions(OFFICE, told.until).filter(customer__name=confirmed.company).exists()


def _is_withdrawn(bid: Bid) -> bool:
    with entered(OFFICE):
        return orders(OFFICE).filter(customer__name=bid.company, status="withdrawn").exists()


def _withdraw(stage: Stage, bid: Bid) -> None:
    assert bid.seller is not None
    reader = stage.reader(bid.seller)
    with entered(reader.scope):
        compose_order.withdraw(reader=reader, at=now(), order_id=stage.order_id(bid))


def test_whoever_starts_it_can_sign_in_as_everybody_who_is_named(committed_db: str) -> None:
    lines = begin_demonstration()
    password = lines[0].split()[-1]
    addresses = [word for line in lines for word in line.split() if "@" in word]
    assert len(addresses) == len(set(addresses)) == 4 + 3 + 3
    for address in addresses:
        person = authenticate(None, email=address, password=password)
        assert person is not None, address
        with entered(Scope.person(person.pk)):
            assert reader_of(person.pk) is not None
    assert any("loads behind the pages" in line for line in lines)

    so_far = history()
    assert so_far is not None
    assert begin_demonstration() == lines, "found again, it says the same"
    assert history() == so_far


def test_when_it_is_loaded_whoever_starts_it_gets_a_link_to_confirm(committed_db: str) -> None:
    _tell(script(SEED, TINY))
    first, second = (begin_demonstration(TINY)[-1].split("/")[-1] for _ in range(2))
    assert answer_order.look(at=now(), secret=first).state is LinkState.REVOKED

    sheet = answer_order.look(at=now(), secret=second)
    assert (sheet.state, sheet.partner_name) == (LinkState.OPEN, "Meridian Systems")
    who = Answerer("A Reader", "reader@customer.example")
    seats = sheet.order.seats
    answer_order.confirm(at=now(), secret=second, who=who, seats=seats, consent=True, form_key=uuid4())
    assert "/confirm/" not in begin_demonstration(TINY)[-1], "it is confirmed; there is none left"


def test_nobody_turns_the_clock_of_a_story_that_is_being_told(committed_db: str) -> None:
    stage = Stage()
    found(script(7, TINY), stage)
    chief = stage.reader(CHIEF)
    with entered(chief.scope), pytest.raises(HistoryLoading):
        turn_clock.turn(reader=chief, at=now(), day=date(2026, 1, 1))
    assert now().date() == date(2025, 8, 25)


@pytest.mark.django_db
def test_somebody_who_is_not_there_does_nothing() -> None:
    with pytest.raises(NotFound):
        Stage().reader(CHIEF)
