"""What a close reads as columns is what billing testifies as facts; and only what may have changed is read again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.billing.actions.bill_month import bill_month_of_all
from ofrecord.billing.actions.credit_invoice import credit_invoice
from ofrecord.billing.actions.receive_payment import receive_payment
from ofrecord.billing.models import Invoice, InvoiceLine
from ofrecord.billing.types import CreditKind, WantedCredit
from ofrecord.customers.actions import set_segment
from ofrecord.engine.extract import Adbc, Fetched
from ofrecord.engine.flat import FLAT, flat
from ofrecord.engine.snapshot_index import Index, changed
from ofrecord.engine.snapshots import read_snapshot, require_kept, snapshot_paths
from ofrecord.engine.types import BilledFact, History
from ofrecord.flows.gather_history import gather
from ofrecord.flows.keep_snapshot import keep_snapshot
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.partners.actions.set_tier import set_tier
from ofrecord.subscriptions import actions as subscription_actions
from ofrecord.subscriptions.models import HeldRole, Subscription
from support import story
from support.world import BILLED

APRIL, MAY, JUNE, JULY = (Month(2009, number) for number in (4, 5, 6, 7))
NOW = "2009-09-01"


def bill(month: Month) -> None:
    with entered(OFFICE):
        bill_month_of_all(by=SYSTEM, at=story.at(month.plus(1).first), month=month)


def invoice_of(sold: UUID, month: Month) -> UUID:
    with entered(OFFICE):
        return Invoice.objects.get(month=month.first, subscription_id=sold).pk


def pay(sold: UUID, month: Month, day: str, minor: int | None = None) -> None:
    invoice, amount = invoice_of(sold, month), None if minor is None else Money(minor, "USD")
    with entered(OFFICE):
        receive_payment(
            by=SYSTEM, at=story.at(NOW), invoice_id=invoice, day=date.fromisoformat(day), amount=amount
        )


def take(sold: UUID, month: Month, day: str, kind: CreditKind, minor: int, *, line: int = 1) -> None:
    wanted = WantedCredit(kind, date.fromisoformat(day), "As agreed", Money(minor, "USD"), line)
    invoice = invoice_of(sold, month)
    with entered(OFFICE):
        credit_invoice(by=SYSTEM, at=story.at(NOW), invoice_id=invoice, wanted=wanted)


def put_in_segment(sold: UUID, segment: str, day: str) -> None:
    with entered(OFFICE):
        customer = Subscription.objects.get(pk=sold).customer_id
        set_segment(
            by=SYSTEM,
            at=story.at(NOW),
            customer_id=customer,
            segment=segment,
            first=date.fromisoformat(day),
        )


def hold(sold: UUID, house: story.House, first: str, share: tuple[int, int] | None = None) -> None:
    numerator, denominator = share or (None, None)
    with entered(OFFICE):
        HeldRole.objects.create(
            subscription_id=sold,
            partner_id=house.id,
            role="services partner",
            during=(date.fromisoformat(first), None),
            share_numerator=numerator,
            share_denominator=denominator,
            learned_at=story.at(NOW),
        )


def change_partner(sold: UUID, house: story.House, day: str) -> None:
    with entered(OFFICE):
        subscription_actions.change_partner(
            by=SYSTEM,
            at=story.at(NOW),
            subscription_id=sold,
            partner_id=house.id,
            first=date.fromisoformat(day),
            reason="As agreed",
        )


@dataclass(frozen=True)
class Told:
    """Who sold what: `one` has one line each month, `two` several."""

    harbor: story.House
    quill: story.House
    one: UUID
    two: UUID


def tell() -> Told:
    """Four months in which all that billing and its neighbors testify to occurs at least once."""
    story.begin()
    harbor, quill = story.partner("Harbor Lane", tier="Gold"), story.partner("Quill Marsh")
    one = story.sell(harbor, "Ball Corporation", 50, "2009-04-07")
    two = story.sell(quill, "Snap-on", 31, "2009-04-01")
    story.sell_directly("Direct Mills", 9, "2009-05-03")
    story.change_seats(two, 47, "2009-04-11")
    story.change_seats(two, 40, "2009-04-21")
    story.change_seats(one, 55, "2009-04-07")
    with entered(OFFICE):
        set_tier(
            by=SYSTEM,
            at=story.at(NOW),
            partner_id=harbor.id,
            tier="Platinum",
            first=date(2009, 6, 10),
        )
    put_in_segment(one, "midsize", "2009-05-31")
    put_in_segment(one, "enterprise", "2009-06-12")
    change_partner(two, harbor, "2009-05-10")
    change_partner(two, quill, "2009-06-20")
    hold(one, quill, "2009-05-05", (2, 6))
    hold(one, harbor, "2009-05-05", (1, 2))
    hold(two, harbor, "2009-07-31")
    for month in (APRIL, MAY, JUNE, JULY):
        bill(month)
    pay(two, APRIL, "2009-05-20", 10500)
    take(two, APRIL, "2009-06-03", CreditKind.REFUND, 100, line=2)
    take(two, APRIL, "2009-06-04", CreditKind.CREDIT_NOTE, 333, line=3)
    pay(two, APRIL, "2009-06-10")
    pay(one, APRIL, "2009-06-30")
    pay(one, MAY, "2009-06-30", 77)
    pay(one, MAY, "2009-07-01")
    take(one, MAY, "2009-07-02", CreditKind.CHARGEBACK, 50)
    return Told(harbor, quill, one, two)


@pytest.fixture
def told(committed_db: str) -> Told:
    return tell()


def ordered(facts: Any) -> list[BilledFact]:
    """By line, and of each its partners in one order."""
    return [
        replace(fact, partners=tuple(sorted(fact.partners, key=lambda p: (p.span.first, p.partner, p.role))))
        for fact in sorted(facts, key=lambda fact: fact.invoice_line)
    ]


def require_same(root: Path, month: Month, sha256: str) -> History:
    """The snapshot is what the facts of objects are, table by table and as the judge takes them."""
    with entered(OFFICE):
        expected = gather(month).history
    found = read_snapshot(root, month, sha256)
    assert ordered(found.facts) == ordered(expected.facts)
    assert (list(found.pools), list(found.rates), dict(found.currencies)) == (
        list(expected.pools),
        list(expected.rates),
        dict(expected.currencies),
    )
    tables = {
        name: pa.concat_tables(map(pq.read_table, paths))
        for name, paths in snapshot_paths(root, month, sha256).items()
        if name in FLAT
    }
    as_objects = flat(expected)
    for name in ("facts", "credits", "receipts"):
        assert tables[name].schema == FLAT[name]
        assert rows_of(tables[name]) == rows_of(as_objects[name])
    assert {*rows_of(as_objects["recognitions"])} <= {*rows_of(tables["recognitions"])}
    return expected


def rows_of(table: pa.Table) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.items()) for row in table.to_pylist()), key=repr)


def test_columns_are_the_facts_of_every_month(told: Told, tmp_path: Path) -> None:
    seen = []
    for month in (APRIL, MAY, JUNE, JULY):
        kept, index = keep_snapshot(tmp_path, month)
        history = require_same(tmp_path, month, kept.sha256)
        seen += history.facts
        assert kept.rows == index.lines == sum(Month.of(fact.invoice_day) == month for fact in history.facts)
        for each, of in index.months.items():
            facts = [fact for fact in history.facts if Month.of(fact.invoice_day) == each]
            assert of.billed == {"USD": sum(fact.billed_minor for fact in facts)}
            assert set(of.terms) == {fact.terms_sha256 for fact in facts}
    # The story has what it is told for.
    assert {len(fact.receipts) for fact in seen} == {0, 1, 2}
    assert {fact.segment for fact in seen} == {"", "midsize", "enterprise"}
    assert {p.share for fact in seen for p in fact.partners} == {None, Fraction(1, 3), Fraction(1, 2)}
    assert {p.role for fact in seen for p in fact.partners} >= {
        "former partner of record",
        "services partner",
    }
    assert {p.tier for fact in seen for p in fact.partners} == {"", "Gold", "Platinum"}
    assert any(fact.first_seats != fact.seats for fact in seen)


def test_a_transaction_that_has_begun_reads_what_it_has_written(db: None, tmp_path: Path) -> None:
    tell()
    kept, _ = keep_snapshot(tmp_path, JULY)
    require_same(tmp_path, JULY, kept.sha256)


def test_a_whole_world_is_the_same_as_columns(world: Any, tmp_path: Path) -> None:
    kept, _ = keep_snapshot(tmp_path, BILLED.plus(1))
    assert require_same(tmp_path, BILLED.plus(1), kept.sha256).facts


def test_the_same_data_gives_the_same_bytes(told: Told, tmp_path: Path) -> None:
    kept, index = keep_snapshot(tmp_path / "a", JULY)
    assert keep_snapshot(tmp_path / "b", JULY) == (kept, index)
    files = [
        sorted(each.relative_to(tmp_path / root) for each in (tmp_path / root).rglob("*") if each.is_file())
        for root in "ab"
    ]
    assert files[0] == files[1]
    assert not any(file.name.startswith(".") for file in files[0])


def test_before_anything_was_billed_there_is_nothing_to_keep(committed_db: str, tmp_path: Path) -> None:
    story.begin()
    kept, index = keep_snapshot(tmp_path, APRIL)
    assert (kept.rows, index.months) == (0, {})
    require_kept(tmp_path, [(APRIL, kept.sha256)])
    assert read_snapshot(tmp_path, APRIL, kept.sha256).facts == []


@contextmanager
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The queries of which rows are streamed."""
    heard: list[str] = []
    for kind in (Adbc, Fetched):

        def hear(self: Any, sql: str, schema: pa.Schema, before: Any = kind.stream) -> Any:
            heard.append(sql)
            return before(self, sql, schema)

        monkeypatch.setattr(kind, "stream", hear)
    yield heard


def after(
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[], None],
    month: Month = JULY,
    later: Month | None = None,
) -> tuple[set[str], Index, Index]:
    """Which months' tables are read again when that happens between two snapshots, the later being right."""
    kept, before = keep_snapshot(root, month)
    happens()
    later = later or month
    with listening(monkeypatch) as heard:
        again, now = keep_snapshot(root, later, (month, kept.sha256))
    names = {
        "facts": "from billing_invoice i join billing_invoiceline l",
        "credits": "from billing_credit c",
        "receipts": "from billing_payment p",
    }
    read = {
        f"{name} {each}"
        for sql in heard
        for name, text in names.items()
        for each in now.months
        if text in sql and f"i.month = date '{each.first}'" in sql
    }
    require_same(root, later, again.sha256)
    fresh, index = keep_snapshot(root / "fresh", later)
    assert (again, now) == (fresh, index), "what is taken over is what would be read"
    require_kept(root, [(month, kept.sha256), (later, again.sha256)])
    return read, before, now


def test_where_nothing_happened_nothing_is_read(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, before, now = after(tmp_path, monkeypatch, lambda: None)
    assert read == set()
    assert now == before
    assert changed(before, now) == set()


def test_a_late_credit_changes_the_credits_of_its_month_alone(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, before, now = after(
        tmp_path, monkeypatch, lambda: take(told.two, MAY, "2009-07-05", CreditKind.CREDIT_NOTE, 41)
    )
    # What is owed is less, so payments are shared anew: there are none, and the file stays what it was.
    # July's own months of invoices with credits of that day's month are looked at too: one of May.
    assert read == {"credits 2009-05", "receipts 2009-05"}
    assert changed(before, now) == {MAY}
    assert now.months[MAY].files | {"credits": ""} == before.months[MAY].files | {"credits": ""}
    assert now.months[MAY].files["credits"] != before.months[MAY].files["credits"]


def test_a_payment_changes_the_receipts_of_its_month_alone(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, before, now = after(tmp_path, monkeypatch, lambda: pay(told.two, JUNE, "2009-07-09"))
    # Another invoice was paid in July too.
    assert read == {"receipts 2009-06", "receipts 2009-05"}
    assert changed(before, now) == {JUNE}


def test_the_next_month_is_read_and_what_was_paid_in_it(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, before, now = after(tmp_path, monkeypatch, lambda: None, JUNE, JULY)
    assert read == {
        "facts 2009-07",
        "credits 2009-07",
        "receipts 2009-07",
        "credits 2009-05",
        "receipts 2009-05",
    }
    assert changed(before, now) == {MAY, JULY}


def test_a_segment_of_the_past_has_its_months_read_and_those_after_it(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, before, now = after(
        tmp_path, monkeypatch, lambda: put_in_segment(told.two, "midsize", "2009-06-02")
    )
    assert read == {"facts 2009-06", "facts 2009-07"}
    assert changed(before, now) == {JUNE, JULY}


def test_the_partner_of_record_of_the_past_is_in_no_month_s_file(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, before, now = after(
        tmp_path, monkeypatch, lambda: change_partner(told.one, told.quill, "2009-05-02")
    )
    assert read == set()
    assert changed(before, now) == set()
    assert now.beside["recognitions"] != before.beside["recognitions"]


def test_a_month_billed_late_is_read(told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def late() -> None:
        story.sell(told.quill, "Late Mills", 3, "2009-05-20")
        bill(MAY)

    read, before, now = after(tmp_path, monkeypatch, late)
    # A subscription that began in May may be in every month since.
    assert read >= {"facts 2009-05", "receipts 2009-05"}
    assert not any(each.endswith("2009-04") for each in read)
    assert changed(before, now) == {MAY}


def test_a_line_of_other_days_than_its_invoice_has_every_month_read(
    told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody bills so; but if somebody did, its day would say May where its invoice is of June."""

    def out_of_place() -> None:
        with entered(OFFICE):
            InvoiceLine.objects.create(
                invoice_id=Invoice.objects.get(month=JUNE.first, subscription_id=told.one).pk,
                number=9,
                first=date(2009, 5, 1),
                until=date(2009, 6, 1),
                seats=1,
                unit_price_minor=500,
                amount_minor=500,
            )

    read, before, now = after(tmp_path, monkeypatch, out_of_place)
    assert {each for each in read if each.startswith("facts")} == {
        f"facts 2009-0{number}" for number in range(4, 8)
    }
    assert changed(before, now) == {JUNE}
