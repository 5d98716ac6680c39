"""What a euro was worth, recorded: exactly, once, corrected only when that is asked for, and never written over."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from ofrecord.access.refusals import NotPermitted
from ofrecord.access.rules import permissions_of
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, Reader, Scope, VendorRole
from ofrecord.exchange.models import ExchangeRate
from ofrecord.exchange.queries import currencies, exchange_rates, latest_rates, rates_in_force
from ofrecord.exchange.refusals import RatesDiffer, RatesFaulty, SourceMissing
from ofrecord.exchange.types import Change, Learned, Quote
from ofrecord.flows.import_rates import StatedRate, import_file, record_rates
from ofrecord.journal.models import Entry
from support.story import at

pytestmark = pytest.mark.django_db

HISTORY = (Path(__file__).parent / "eurofxref-hist.csv").read_bytes()
TODAY, NINTH, SEVENTH = "2026-10-12", date(2026, 10, 9), date(2026, 10, 7)


def of_role(role: VendorRole) -> Reader:
    return Reader(SYSTEM, OFFICE, None, permissions_of(role), role.value, role=role.value)


FINANCE = of_role(VendorRole.FINANCE)


@pytest.fixture(autouse=True)
def _office(db: None):
    with entered(OFFICE):
        yield


def take(content: bytes = HISTORY, day: str = TODAY, **how: object) -> Learned:
    return import_file(
        reader=FINANCE,
        at=at(day),
        name="eurofxref-hist.csv",
        content=content,
        **how,  # type: ignore[arg-type]
    )


def state(currency: str, day: date, per_euro: str, *, correct: bool = False, why: str = "by hand") -> Learned:
    return record_rates(
        reader=FINANCE, at=at(TODAY), rates=[StatedRate(currency, day, per_euro)], source=why, correct=correct
    )


def known(currency: str = "USD") -> dict[date, Fraction]:
    return {quote.day: quote.per_euro for quote in rates_in_force(currencies=[currency])}


def test_a_file_is_recorded_to_the_last_digit() -> None:
    assert take() == Learned(added=17, corrected=(), known=0)
    quotes = rates_in_force()
    assert len(quotes) == 17
    assert Quote("GBP", NINTH, Fraction(8512, 10000)) in quotes
    assert known("EEK") == {date(2010, 12, 31): Fraction(156466, 10000)}
    assert [quote.day for quote in quotes if quote.currency == "USD"] == sorted(known("USD"))
    assert set(ExchangeRate.objects.values_list("source", "revision")) == {("file eurofxref-hist.csv", 1)}
    [entry] = Entry.objects.filter(verb="exchange rates recorded")
    assert (entry.data["added"], entry.data["first"], entry.data["last"]) == (17, "2010-12-31", "2026-10-09")


def test_a_file_may_be_called_anything() -> None:
    import_file(reader=FINANCE, at=at(TODAY), name="a\x00b\udcff" + "c" * 300, content=HISTORY)
    [source] = ExchangeRate.objects.values_list("source", flat=True).distinct()
    assert source == "file a?b?" + "c" * 96


def test_the_same_file_again_adds_nothing() -> None:
    take()
    # Zeros at the end change no rate.
    again = HISTORY.replace(b"1.0853", b"1.085300")
    assert take(again) == Learned(added=0, corrected=(), known=17)
    assert ExchangeRate.objects.count() == 17
    assert Entry.objects.filter(verb="exchange rates recorded").count() == 1


def test_a_longer_file_adds_what_is_new() -> None:
    take()
    later = HISTORY.replace(b"EEK,\n", b"EEK,\n2026-10-12,1.0901,163.50,0.85300,0.9377,N/A,\n")
    assert take(later) == Learned(added=4, corrected=(), known=17)


def test_a_file_that_says_otherwise_is_refused_with_all_that_it_would_change() -> None:
    take()
    other = HISTORY.replace(b"1.0853", b"1.0835").replace(b"15.6466", b"15.6467").replace(b"N/A", b"15.1", 1)
    with pytest.raises(RatesDiffer) as refused:
        take(other)
    changes = (
        Change("USD", NINTH, Decimal("1.0853"), Decimal("1.0835")),
        Change("EEK", date(2010, 12, 31), Decimal("15.6466"), Decimal("15.6467")),
    )
    assert refused.value.changes == changes
    assert "USD on 9 October 2026 is 1.0853, not 1.0835" in refused.value.sentence()
    assert ExchangeRate.objects.count() == 17

    assert take(other, correct=True) == Learned(added=1, corrected=changes, known=15)
    assert known()[NINTH] == Fraction(10835, 10000)
    assert known("EEK")[date(2010, 12, 31)] == Fraction(156467, 10000)


def test_a_rate_that_is_corrected_stays_on_the_record_and_can_be_corrected_back() -> None:
    take()
    state("USD", NINTH, "1.0835", correct=True, why="misprint")
    state("USD", NINTH, "1.0853", correct=True, why="no misprint after all")
    rows = exchange_rates(OFFICE).filter(currency="USD", day=NINTH).order_by("revision")
    assert [(row.revision, str(row.per_euro)[:6], row.source, row.is_in_force) for row in rows] == [
        (1, "1.0853", "file eurofxref-hist.csv", False),
        (2, "1.0835", "misprint", False),
        (3, "1.0853", "no misprint after all", True),
    ]
    assert known()[NINTH] == Fraction(10853, 10000)
    corrections = [entry.data["corrections"] for entry in Entry.objects.order_by("id")]
    assert corrections[1:] == [
        [{"currency": "USD", "day": "2026-10-09", "former": "1.0853", "now": "1.0835"}],
        [{"currency": "USD", "day": "2026-10-09", "former": "1.0835", "now": "1.0853"}],
    ]


def test_what_was_known_on_a_day_and_what_is_of_a_currency() -> None:
    take()
    state("USD", SEVENTH, "1.0867", correct=True)
    assert rates_in_force(through=SEVENTH, currencies=["USD"]) == [
        Quote("USD", date(2010, 12, 31), Fraction(13362, 10000)),
        Quote("USD", SEVENTH, Fraction(10867, 10000)),
    ]
    assert currencies(OFFICE) == ["CHF", "EEK", "GBP", "JPY", "USD"]
    latest = {rate.currency: (rate.day, str(rate.per_euro)) for rate in latest_rates(OFFICE)}
    assert latest["EEK"] == (date(2010, 12, 31), "15.6466000000")
    assert latest["USD"] == (NINTH, "1.0853000000")
    assert {rate.day for rate in latest_rates(OFFICE, SEVENTH) if rate.currency != "EEK"} == {SEVENTH}


def test_days_to_come_are_refused_or_left_out() -> None:
    with pytest.raises(RatesFaulty) as refused:
        take(day="2026-10-08")
    assert [str(fault) for fault in refused.value.faults] == [
        "line 2: 9 October 2026 is after today, 8 October 2026"
    ]
    assert not ExchangeRate.objects.exists()
    assert take(day="2026-10-08", through=date(2026, 10, 8)) == Learned(13, (), 0, left_out=4)
    # Nothing is left where all is of later days, and that is no fault.
    assert take(through=date(2000, 1, 1)) == Learned(0, (), 0, left_out=17)


@pytest.mark.parametrize(
    ("currency", "day", "per_euro", "says"),
    [
        ("EUR", NINTH, "1", "rate 1: one euro is always one euro; it has no rate"),
        ("XYZ", NINTH, "1", "rate 1: 'XYZ' is no currency code"),
        ("USD", date(2026, 10, 13), "1", "rate 1: 13 October 2026 is after today, 12 October 2026"),
        ("USD", date(1998, 12, 31), "1", "rate 1: 31 December 1998 is before the first day of the euro"),
        ("USD", NINTH, "0", "rate 1: a rate is more than 0"),
        ("USD", NINTH, "1e3", "rate 1: '1e3' is no rate; write it like 1.0853, with at most 10 decimals"),
        ("USD", NINTH, "1,09", "rate 1: '1,09' is no rate; write it like 1.0853, with at most 10 decimals"),
    ],
)
def test_what_is_no_rate_is_refused(currency: str, day: date, per_euro: str, says: str) -> None:
    with pytest.raises(RatesFaulty) as refused:
        state(currency, day, per_euro)
    assert [str(fault) for fault in refused.value.faults] == [says]
    assert not ExchangeRate.objects.exists()


def test_one_currency_and_day_twice_and_a_rate_from_nowhere_are_refused() -> None:
    twice = [StatedRate("USD", NINTH, "1.1"), StatedRate("USD", NINTH, "1.1")]
    with pytest.raises(RatesFaulty) as refused:
        record_rates(reader=FINANCE, at=at(TODAY), rates=twice, source="hand")
    assert refused.value.sentence().startswith(
        "There is one fault, so no rate was recorded: rate 2: USD on 9 October"
    )
    with pytest.raises(SourceMissing):
        state("USD", NINTH, "1.1", why="  ")
    assert not ExchangeRate.objects.exists()


@pytest.mark.parametrize("role", [VendorRole.ACCOUNT_MANAGER, VendorRole.SELLER])
def test_who_may_not_records_nothing(role: VendorRole) -> None:
    with pytest.raises(NotPermitted):
        import_file(reader=of_role(role), at=at(TODAY), name="x.csv", content=HISTORY)
    assert not ExchangeRate.objects.exists()


def _row(**changed: object) -> ExchangeRate:
    values = {"currency": "USD", "day": NINTH, "revision": 1, "per_euro": Decimal("1.1"), "source": "x"}
    return ExchangeRate(**values | {"learned_at": at(TODAY)} | changed)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"per_euro": Decimal(0)}, "a_rate_is_more_than_nothing"),
        ({"currency": "EUR"}, "a_rate_is_of_a_currency"),
        ({"currency": "us"}, "a_rate_is_of_a_currency"),
        ({"revision": 0}, "revisions_count_from_one"),
    ],
)
def test_postgresql_keeps_no_rate_that_is_none(changed: dict[str, object], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        _row(**changed).save()


def test_postgresql_keeps_rates_as_they_were_written() -> None:
    _row().save()
    with pytest.raises(IntegrityError, match="a_rate_is_revised_in_order"), transaction.atomic():
        _row().save()
    for write in (lambda: ExchangeRate.objects.update(per_euro=2), ExchangeRate.objects.all().delete):
        with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
            write()


def test_a_partner_sees_no_rate_and_writes_none() -> None:
    take()
    with entered(Scope.partner(uuid4())):
        assert not ExchangeRate.objects.exists()
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            _row(revision=9).save()
    assert not exchange_rates(Scope.partner(uuid4())).exists()
