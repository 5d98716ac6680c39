"""Files in the layouts of the European Central Bank: read exactly, or refused with every fault and its line."""

import io
import zipfile
from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ofrecord.exchange.published_file import LARGEST_BYTES, ReadFile, read_file
from ofrecord.exchange.reading import read_day
from ofrecord.exchange.refusals import RatesFaulty
from ofrecord.kernel.money import known_currencies

HERE = Path(__file__).parent
HISTORY = (HERE / "eurofxref-hist.csv").read_bytes()
XML = (HERE / "eurofxref-daily.xml").read_bytes()
TODAY = date(2026, 10, 12)
NINTH = date(2026, 10, 9)
# The columns of the whole history, those of former currencies included.
PUBLISHED = (
    "USD,JPY,BGN,CYP,CZK,DKK,EEK,GBP,HUF,LTL,LVL,MTL,PLN,ROL,RON,SEK,SIT,SKK,CHF,ISK,NOK,"
    "HRK,RUB,TRL,TRY,AUD,BRL,CAD,CNY,HKD,IDR,ILS,INR,KRW,MXN,MYR,NZD,PHP,SGD,THB,ZAR"
)
ON_THE_NINTH = {"USD": "1.0853", "JPY": "163.21", "GBP": "0.85120", "CHF": "0.9381"}


def read(content: bytes | str, through: date | None = None) -> ReadFile:
    raw = content.encode() if isinstance(content, str) else content
    return read_file(raw, today=TODAY, through=through)


def faults(content: bytes | str) -> list[str]:
    with pytest.raises(RatesFaulty) as refused:
        read(content)
    return [str(fault) for fault in refused.value.faults]


def on(day: date, content: bytes | str) -> dict[str, str]:
    return {rate.currency: str(rate.per_euro) for rate in read(content).rates if rate.day == day}


def zipped(*files: bytes, name: str = "eurofxref-hist.csv", how: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", how) as archive:
        for number, content in enumerate(files):
            archive.writestr(f"{number}{name}", content)
    return held.getvalue()


def test_the_history_is_read_to_the_last_digit() -> None:
    rates = read(HISTORY).rates
    assert len(rates) == 3 * 4 + 5
    assert on(NINTH, HISTORY) == ON_THE_NINTH
    assert on(date(2010, 12, 31), HISTORY)["EEK"] == "15.6466"


@pytest.mark.parametrize(
    "content",
    [
        (HERE / "eurofxref.csv").read_bytes(),
        XML,
        XML.replace(b"'", b'"').replace(b"\n", b"\r\n"),
        zipped(XML, name="eurofxref-daily.xml"),
        b"\xef\xbb\xbf" + (HERE / "eurofxref.csv").read_bytes(),
    ],
    ids=["day", "XML", "XML of another writer", "zip", "byte order mark"],
)
def test_each_layout_says_the_same(content: bytes) -> None:
    assert on(NINTH, content) == ON_THE_NINTH


def test_an_archive_is_read_as_the_file_in_it() -> None:
    assert read(zipped(HISTORY)) == read(HISTORY)


def test_every_currency_that_was_ever_published_is_known() -> None:
    published = PUBLISHED.split(",")
    head, row = ",".join(published), ",".join(["1.5"] * len(published))
    assert len(read(f"Date,{head},\n2026-10-09,{row},\n").rates) == len(published)


def test_every_fault_is_told_with_its_line() -> None:
    assert faults(
        "Date,USD,JPY,\n"
        "2026-10-09,1.0853,N/A,\n"
        "2026-10-08,1,0841,162.94,\n"
        "2026-02-30,1.0866,163.05,\n"
        "2026-10-13,1.0866,163.05,\n"
        "1998-12-31,1.0866,163.05,\n"
        "2026-10-06,1.08e1,-163.05,\n"
        "2026-10-05,0.0000,,\n"
        "2026-10-09,1.0853,163.21,\n"
        "2026-10-02,1.08530000001,NaN,\n"
    ) == [
        "line 3: there are 4 cells under 3 headings",
        "line 4: '2026-02-30' is no day",
        "line 5: 13 October 2026 is after today, 12 October 2026",
        "line 6: 31 December 1998 is before the first day of the euro",
        "line 7, JPY: '-163.05' is no rate; write it like 1.0853, with at most 10 decimals",
        "line 7, USD: '1.08e1' is no rate; write it like 1.0853, with at most 10 decimals",
        "line 8, JPY: '' is no rate; write it like 1.0853, with at most 10 decimals",
        "line 8, USD: a rate is more than 0",
        "line 9, USD: USD on 9 October 2026 was given before, at line 2, USD",
        "line 10, JPY: 'NaN' is no rate; write it like 1.0853, with at most 10 decimals",
        "line 10, USD: '1.08530000001' is no rate; write it like 1.0853, with at most 10 decimals",
    ]


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (
            "Day,USD,",
            "line 1: the first line begins with 'Date' and names the currencies, such as Date,USD,JPY,",
        ),
        (
            "Date,",
            "line 1: the first line begins with 'Date' and names the currencies, such as Date,USD,JPY,",
        ),
        ("Date,USD,XXZ,", "line 1: 'XXZ' is no currency code"),
        ("Date,USD,EUR,", "line 1: one euro is always one euro; it has no rate"),
        ("Date,USD,JPY,USD,", "line 1: 'USD' stands in the first line twice"),
    ],
)
def test_a_first_line_that_names_no_currencies_is_the_only_fault(head: str, says: str) -> None:
    assert faults(f"{head}\n2026-10-09,1.0853,163.21,1,\n") == [says]


@pytest.mark.parametrize(
    "content", ["", "Date,USD,\n", "Date,USD,\n2026-10-09,N/A,\n", "<Envelope/>"], ids=repr
)
def test_a_file_without_a_rate_is_no_publication(content: str) -> None:
    assert len(faults(content)) == 1


def test_what_is_no_text_is_refused_with_its_line() -> None:
    assert faults(b"Date,USD,\n2026-10-09,\xff,\n") == ["line 2: this is no text in UTF-8"]
    assert faults(b'Date,USD,\n2026-10-09,"1.0\n')[0].startswith("line 2: this is no comma-separated text")


def test_xml_is_refused_with_every_fault() -> None:
    broken = (
        XML.decode()
        .replace("rate='1.0853'", "rate='one'")
        .replace("currency='JPY' ", "")
        .replace("</Cube>\n\t</Cube>", "</Cube>\n\t<Cube currency='SEK' rate='11.2'/></Cube>")
    )
    assert faults(broken) == [
        "line 9, USD: 'one' is no rate; write it like 1.0853, with at most 10 decimals",
        "line 10: a rate without its currency",
        "line 14: a rate outside of any day",
    ]
    assert faults(XML[:-20]) == ["line 14: this is no XML: no element found"]
    assert faults(XML.replace(b"Envelope", b"Letter")) == [
        "line 2: the file begins with 'Letter', not with 'Envelope'"
    ]
    assert faults(XML.replace(b"2026-10-09", b"today")) == ["line 8: 'today' is no day"]
    assert faults(XML.replace(b"UTF-8", b"UTF-99"))[0].startswith("line 1: ")


def test_xml_cannot_fetch_and_cannot_grow() -> None:
    with_type = XML.replace(
        b"<gesmes:Envelope", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n<gesmes:Envelope', 1
    ).replace(b"European", b"&a;")
    assert faults(with_type) == ["line 2: the file declares a document type; a publication of rates has none"]
    deep = "<Envelope>" + "<Cube>" * 100_000
    assert faults(deep) == ["line 1: elements lie more than 20 deep in each other"]


def test_an_archive_holds_one_file_of_a_size_that_is_known() -> None:
    assert faults(zipped(HISTORY, HISTORY)) == ["the archive holds 2 files, not one"]
    assert faults(zipped()[:0] + zipped(HISTORY)[:200]) == [
        "the archive is damaged, locked, or packed in a way that is not known"
    ]
    grown = zipped(b"Date,USD,\n" + b" " * LARGEST_BYTES)
    assert len(grown) < 1 << 20
    assert faults(grown) == ["the file in the archive is larger than 16 MiB"]
    assert faults(b"x" * (LARGEST_BYTES + 1)) == ["the file is larger than 16 MiB"]


def test_days_after_the_last_that_was_asked_for_are_left_out_and_counted() -> None:
    early = read_file(HISTORY, today=date(2026, 10, 7), through=date(2026, 10, 7))
    # Two later days with four rates each.
    assert (len(early.rates), early.left_out) == (4 + 5, 8)
    with pytest.raises(RatesFaulty) as refused:
        read_file(HISTORY, today=date(2026, 10, 7))
    assert [fault.line for fault in refused.value.faults] == [2, 3]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-02", date(2026, 11, 2)),
        ("22 November 2026", date(2026, 11, 22)),
        ("02 November 2026", date(2026, 11, 2)),
        ("20261102", None),
        ("2 Nov 2026", None),
        ("31 November 2026", None),
        ("0000-01-01", None),
        ("", None),
    ],
)
def test_a_day_is_written_in_two_ways(text: str, day: date | None) -> None:
    assert read_day(text) == day


CURRENCIES = sorted(known_currencies() - {"EUR"})
RATES = st.decimals(Decimal("0.0000000001"), Decimal("9999999999"), places=10)


@given(
    st.dictionaries(
        st.dates(date(1999, 1, 1), TODAY), st.lists(RATES | st.none(), min_size=4, max_size=4), max_size=8
    ),
    st.lists(st.sampled_from(CURRENCIES), min_size=4, max_size=4, unique=True),
)
def test_whatever_is_written_in_the_layout_is_read_back_exactly(
    table: dict[date, list[Decimal | None]], currencies: list[str]
) -> None:
    lines = [
        f"{day},{','.join('N/A' if rate is None else format(rate, 'f') for rate in row)},"
        for day, row in table.items()
    ]
    text = "\n".join([f"Date,{','.join(currencies)},", *lines])
    written = {
        (currency, day): rate
        for day, row in table.items()
        for currency, rate in zip(currencies, row, strict=True)
        if rate is not None
    }
    if written:
        assert {(rate.currency, rate.day): rate.per_euro for rate in read(text).rates} == written


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_does_more_than_be_refused(content: bytes) -> None:
    for file in (content, b"Date,USD,JPY,\n" + content, b"PK\x03\x04" + content, b"<" + content):
        with suppress(RatesFaulty):
            assert read(file).rates
