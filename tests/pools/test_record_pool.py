"""What was pooled in a month: it adds up, is corrected by further amounts, and is never less than nothing."""

import threading
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ofrecord.access.refusals import NotPermitted
from ofrecord.access.rules import permissions_of
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, Reader, Scope, VendorRole
from ofrecord.engine.types import PoolFact
from ofrecord.flows.record_pool import pools_known, record_amount
from ofrecord.journal.models import Entry
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.pools.facts import pool_facts
from ofrecord.pools.models import PoolAmount
from ofrecord.pools.queries import pool_amounts, sums
from ofrecord.pools.refusals import (
    AmountRecorded,
    MonthBeforeProgram,
    MonthToCome,
    NothingPooled,
    PoolBelowZero,
    PoolUnknown,
    ReasonMissing,
)
from support import story
from support.story import at

OCTOBER, TODAY = Month(2009, 10), "2009-11-05"


def of_role(role: VendorRole) -> Reader:
    return Reader(SYSTEM, OFFICE, None, permissions_of(role), role.value, role=role.value)


def with_pools(folder: Path) -> Path:
    """The 2009 program with two pools."""
    whole = story.FIRST_READING.read_text()
    document = folder / "with-pools.toml"
    document.write_text(whole.replace("[program]\n", '[program]\npools = ["advertising", "search"]\n', 1))
    return document


def put(
    amount: str,
    month: Month = OCTOBER,
    *,
    pool: str = "advertising",
    reason: str = "revenue of October",
    amount_id: UUID | None = None,
    role: VendorRole = VendorRole.FINANCE,
) -> Money:
    with entered(OFFICE):
        return record_amount(
            reader=of_role(role),
            at=at(TODAY),
            amount_id=amount_id or new_id(),
            pool=pool,
            month=month,
            amount=Money.parse(amount),
            reason=reason,
        )


@pytest.fixture
def program(db: None, tmp_path: Path) -> None:
    """From 1 April 2009 on a version with the pools advertising and search is in force."""
    story.begin("2009-04-01", with_pools(tmp_path))


def amounts() -> list[str]:
    with entered(OFFICE):
        return [str(row.amount) for row in pool_amounts(OFFICE).order_by("pk")]


def facts(through: Month = OCTOBER) -> list[PoolFact]:
    with entered(OFFICE):
        return pool_facts(through)


def test_the_amounts_of_a_month_add_up_to_one_fact(program: None) -> None:
    assert put("48000.00 USD") == Money.parse("48000.00 USD")
    assert put("2000.50 USD", reason="late report") == Money.parse("50000.50 USD")
    assert put("-0.50 USD", reason="report corrected") == Money.parse("50000.00 USD")
    assert put("100.00 EUR") == Money.parse("100.00 EUR")
    assert put("7.00 USD", pool="search") == Money.parse("7.00 USD")
    assert put("9.00 USD", OCTOBER.plus(1)) == Money.parse("9.00 USD")
    assert facts() == [
        PoolFact("advertising/2009-10/EUR", "advertising", OCTOBER, 100_00, "EUR"),
        PoolFact("advertising/2009-10/USD", "advertising", OCTOBER, 50_000_00, "USD"),
        PoolFact("search/2009-10/USD", "search", OCTOBER, 7_00, "USD"),
    ]
    assert [fact.id for fact in facts(OCTOBER.plus(1))][-1] == "advertising/2009-11/USD"
    with entered(OFFICE):
        assert next((each.pool, str(each.month), str(each.amount)) for each in sums(OFFICE)) == (
            "advertising",
            "2009-11",
            "9.00 USD",
        )
        [first, *_] = Entry.objects.filter(verb="pool amount recorded").order_by("id")
    assert (first.data["amount"], first.data["month"], first.data["pool"]) == (
        "48000.00 USD",
        "2009-10",
        "advertising",
    )


def test_a_pool_that_was_emptied_is_a_fact_of_zero(program: None) -> None:
    put("48.00 USD")
    put("-48.00 USD", reason="wrong month")
    assert facts() == [PoolFact("advertising/2009-10/USD", "advertising", OCTOBER, 0, "USD")]


def test_no_more_is_taken_out_than_a_month_holds(program: None) -> None:
    put("48.00 USD")
    put("100.00 USD", OCTOBER.plus(-1))
    put("100.00 EUR")
    with pytest.raises(PoolBelowZero) as refused:
        put("-48.01 USD")
    assert str(refused.value) == (
        "The pool advertising holds 48.00 USD of October 2009; 48.01 USD cannot be taken out of it. "
        "Take out 48.00 USD at most."
    )
    assert amounts() == ["48.00 USD", "100.00 USD", "100.00 EUR"]


def test_what_is_sent_twice_is_recorded_once(program: None) -> None:
    one = new_id()
    put("48.00 USD", amount_id=one)
    assert put("48.00 USD", amount_id=one) == Money.parse("48.00 USD")
    with pytest.raises(AmountRecorded):
        put("49.00 USD", amount_id=one)
    assert amounts() == ["48.00 USD"]


def test_a_month_before_the_program_and_one_to_come_are_refused(program: None) -> None:
    with pytest.raises(MonthBeforeProgram) as before:
        put("48.00 USD", Month(2009, 3))
    assert str(before.value) == (
        "Nothing was pooled in March 2009: the program took effect on 1 April 2009. "
        "Choose April 2009 or a later month."
    )
    with pytest.raises(MonthToCome) as to_come:
        put("48.00 USD", Month(2009, 12))
    assert to_come.value.sentence() == "December 2009 has not begun, so nothing was pooled in it."
    assert put("48.00 USD", Month(2009, 4))
    assert put("48.00 USD", Month(2009, 11))
    assert len(amounts()) == 2


def test_a_pool_that_the_version_does_not_have_is_refused(program: None) -> None:
    with pytest.raises(PoolUnknown) as unknown:
        put("48.00 USD", pool="adverts")
    assert unknown.value.sentence() == "Version 2009.1 of the program has no pool 'adverts'."
    assert unknown.value.remedy() == "Choose one of its pools: advertising, search."
    assert pools_known(at=at(TODAY)) == ("advertising", "search")
    assert pools_known(at=at("2009-03-31")) == ()
    assert amounts() == []


def test_a_program_without_pools_says_so(db: None) -> None:
    story.begin()
    with pytest.raises(PoolUnknown) as unknown:
        put("48.00 USD")
    assert unknown.value.remedy().startswith("It has no pools at all")


def test_nothing_and_what_has_no_reason_are_refused(program: None) -> None:
    with pytest.raises(NothingPooled):
        put("0.00 USD")
    for reason in ("", "  ", "x" * 201):
        with pytest.raises(ReasonMissing):
            put("48.00 USD", reason=reason)
    assert amounts() == []


@pytest.mark.parametrize("role", [VendorRole.ACCOUNT_MANAGER, VendorRole.SELLER])
def test_who_may_not_records_nothing(program: None, role: VendorRole) -> None:
    with pytest.raises(NotPermitted):
        put("48.00 USD", role=role)
    assert amounts() == []


def _row(minor: int = 1, **changed: object) -> PoolAmount:
    values = {"program": "online-services", "pool": "advertising", "month": OCTOBER.first, "currency": "USD"}
    return PoolAmount(**values | {"amount_minor": minor, "reason": "x", "learned_at": at(TODAY)} | changed)


def test_postgresql_keeps_the_sum_and_what_was_written(program: None) -> None:
    put("1.00 USD")
    with entered(OFFICE):
        with (
            pytest.raises(IntegrityError, match="advertising would hold -1 minor units of USD"),
            transaction.atomic(),
        ):
            _row(-101).save()
        with pytest.raises(IntegrityError, match="would hold -1 minor units of USD"), transaction.atomic():
            PoolAmount.objects.bulk_create([_row(-1, pool="search"), _row(-100)])
        for write in (lambda: PoolAmount.objects.update(amount_minor=2), PoolAmount.objects.all().delete):
            with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
                write()
    assert amounts() == ["1.00 USD"]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"minor": 0}, "a_pool_amount_is_not_zero"),
        ({"month": date(2009, 10, 2)}, "a_pool_month_is_its_first_day"),
        ({"reason": ""}, "a_pool_amount_has_a_reason"),
    ],
)
def test_postgresql_keeps_no_amount_that_is_none(
    program: None, changed: dict[str, object], name: str
) -> None:
    with entered(OFFICE), pytest.raises(IntegrityError, match=name), transaction.atomic():
        _row(**changed).save()  # type: ignore[arg-type]


def test_a_partner_sees_no_pool_and_writes_none(program: None) -> None:
    put("1.00 USD")
    with entered(Scope.partner(uuid4())):
        assert not PoolAmount.objects.exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            _row().save()
    assert not pool_amounts(Scope.partner(uuid4())).exists()


def test_two_who_take_out_at_once_take_out_once(committed_db: str, tmp_path: Path) -> None:
    story.begin("2009-04-01", with_pools(tmp_path))
    put("1.00 USD")
    said: list[str] = []
    ready = threading.Barrier(8)

    def take_out() -> None:
        ready.wait()
        try:
            said.append(str(put("-1.00 USD", reason="taken out")))
        except PoolBelowZero as refusal:
            said.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take_out) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["0.00 USD"] + ["pool-below-zero"] * 7
    assert amounts() == ["1.00 USD", "-1.00 USD"]


def test_postgresql_makes_two_who_pass_by_the_rule_wait_for_each_other(
    committed_db: str, tmp_path: Path
) -> None:
    story.begin("2009-04-01", with_pools(tmp_path))
    put("1.00 USD")
    said: list[str] = []
    ready = threading.Barrier(4)

    def take_out() -> None:
        try:
            with entered(OFFICE):
                ready.wait()
                _row(-100).save()
            said.append("written")
        except IntegrityError:
            said.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=take_out) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["refused"] * 3 + ["written"]
