"""One way for every list, over rows in PostgreSQL and over lines in memory."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.http import FileResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from ofrecord.access.models import Person
from ofrecord.kernel.money import Money
from ofrecord.web import lists
from ofrecord.web.lists import Choice, Column, Days, Empty, Listing, ListPage, Totals
from ofrecord.web.spreadsheet import harmless


@dataclass(frozen=True)
class Line:
    customer: str
    clause: str
    day: date | None
    fee: Money


LINES = [
    Line("Parker Hannifin", "first", date(2026, 10, 1), Money(32400, "USD")),
    Line("Ball", "ongoing", date(2026, 10, 31), Money(2126, "USD")),
    Line("Teradyne", "first", None, Money(-15480, "USD")),
    Line("Ávila", "ongoing", date(2026, 11, 1), Money(2126, "USD")),
]
LISTING: Listing[Line] = Listing(
    name="lines",
    caption="Lines",
    columns=(
        Column(title="Customer", cell=lambda line: line.customer, sort="customer"),
        Column(title="Day", cell=lambda line: line.day, sort="day"),
        Column(title="Fee paid", cell=lambda line: line.fee, sort="fee__minor", currency="USD"),
    ),
    sort="customer",
    search=("customer", "clause"),
    choices=(
        Choice(
            name="clause", title="Clause", path="clause", values=(("first", "First"), ("ongoing", "Ongoing"))
        ),
    ),
    days=(Days(name="day", title="Day", path="day"),),
    empty=Empty("Nothing yet", "Sell something."),
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def asked(query: str, lines: list[Any] = LINES, listing: Listing[Any] = LISTING) -> ListPage:
    of = listing.asked(RequestFactory().get(f"/lines{query}"))
    return listing.page(of, listing.rows(of, lines))


def customers(page: ListPage) -> list[str]:
    return [str(line.cells[0].shown) for line in page.lines]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ball", "Parker Hannifin", "Teradyne", "Ávila"]),
        ("?sort=-customer", ["Ávila", "Teradyne", "Parker Hannifin", "Ball"]),
        ("?sort=-fee-paid", ["Parker Hannifin", "Ball", "Ávila", "Teradyne"]),
        ("?sort=day", ["Parker Hannifin", "Ball", "Ávila", "Teradyne"]),
        ("?sort=-day", ["Ávila", "Ball", "Parker Hannifin", "Teradyne"]),
        ("?q=PARKER", ["Parker Hannifin"]),
        ("?q=hannifin+first", ["Parker Hannifin"]),
        ("?q=hannifin+ongoing", []),
        ("?clause=ongoing", ["Ball", "Ávila"]),
        ("?day-from=2026-10-31", ["Ball", "Ávila"]),
        ("?day-from=2026-10-02&day-to=2026-10-31", ["Ball"]),
        ("?clause=ongoing&q=%C3%A1vila", ["Ávila"]),
    ],
)
def test_a_list_is_searched_filtered_and_sorted(query: str, found: list[str]) -> None:
    assert customers(asked(query)) == found


@pytest.mark.parametrize(
    "query",
    [
        "?sort=fee__minor",
        "?sort=__class__",
        "?sort=--customer",
        "?clause=third",
        "?clause=first%00",
        "?page=0",
        "?page=-1",
        "?page=99999999999999999999",
        "?page=²",
        "?q=%00",
        "?unknown=1",
    ],
)
def test_what_a_list_does_not_declare_changes_nothing(query: str) -> None:
    assert customers(asked(query)) == customers(asked(""))


def test_a_day_that_cannot_be_read_is_said_and_not_guessed() -> None:
    page = asked("?day-from=2026-13-01")
    assert page.asked.faults == ["“2026-13-01” is no day; write it like 2026-10-31."]
    assert len(page.lines) == 4
    assert asked("?day-from=2026-11-01&day-to=2026-10-01").asked.faults == [
        "Day: the last day is before the first."
    ]


def test_pages_are_cut_and_their_addresses_keep_what_was_asked() -> None:
    lines = [Line(f"C{n:04}", "first", None, Money(n, "USD")) for n in range(120)]
    page = asked("?q=c&sort=-fee-paid&page=2", lines)
    assert (page.found, page.number, page.last) == ("51–100 of 120", 2, 3)
    assert customers(page)[0] == "C0069"
    assert page.next_url == "?q=c&sort=-fee-paid&page=3"
    assert page.previous_url == "?q=c&sort=-fee-paid&page=1"
    assert page.file_url == "?q=c&sort=-fee-paid&export=csv"
    assert [head.aria_sort for head in page.heads] == ["", "", "descending"]
    assert [head.url for head in page.heads] == ["?q=c&sort=customer", "?q=c&sort=day", "?q=c&sort=fee-paid"]
    assert asked("?page=9", lines).number == 3


def test_counting_and_paging_end_where_they_were_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "COUNTED", 75)
    lines = [Line(f"C{n:04}", "first", None, Money(n, "USD")) for n in range(120)]
    page = asked("?page=2", lines)
    assert (page.found, page.last, len(page.lines), page.is_cut) == ("51–75 of more than 75", 2, 25, True)


def drawn(query: str, lines: list[Line], totals: Totals | None = None) -> str:
    response: Any = LISTING.respond(
        RequestFactory().get(f"/lines{query}"), lines, "parts/list.html", totals=totals
    )
    return str(response.content.decode())


def test_totals_are_ruled_only_below_the_whole_list() -> None:
    totals = Totals(label="Payable", figures={"Fee paid": Money(21172, "USD")})
    assert ">211.72</td></tr></tfoot>" in drawn("", LINES, totals)
    assert "<tfoot" not in drawn("?q=ball", LINES, totals)


def test_an_empty_list_says_what_to_do_and_a_narrowed_one_how_to_see_all() -> None:
    assert "Sell something." in drawn("", [])
    assert "Nothing found" in drawn("?q=nobody", LINES)
    assert 'href="?">Show all' in drawn("?q=nobody", LINES)


def test_what_was_searched_for_is_shown_as_text() -> None:
    page = drawn('?q="><script>', LINES)
    assert "<script>" not in page
    assert 'value="&quot;&gt;&lt;script&gt;"' in page


def file_of(query: str, lines: list[Line]) -> list[list[str]]:
    response = LISTING.respond(RequestFactory().get(f"/lines{query}"), lines, "parts/list.html")
    assert isinstance(response, FileResponse)
    assert response["Content-Disposition"] == 'attachment; filename="lines.csv"'
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[arg-type]
    return list(csv.reader(io.StringIO(text)))


def test_the_file_is_the_same_list_exact_and_with_its_currency() -> None:
    assert file_of("?export=csv&sort=-fee-paid&clause=first", LINES) == [
        ["Customer", "Day", "Fee paid", "Fee paid currency"],
        ["Parker Hannifin", "2026-10-01", "324.00", "USD"],
        ["Teradyne", "", "-154.80", "USD"],
    ]


def test_rows_are_dressed_a_page_at_a_time_and_a_chunk_at_a_time() -> None:
    asked_for: list[int] = []

    def dress(lines: Sequence[Line]) -> list[Line]:
        asked_for.append(len(lines))
        return [replace(line, customer=line.customer.upper()) for line in lines]

    for query in ("", "?export=csv"):
        request = RequestFactory().get(f"/lines{query}")
        response: Any = LISTING.respond(request, LINES * 300, "parts/list.html", dress=dress)
        text = b"".join(response.streaming_content if query else [response.content]).decode()
        assert "BALL" in text
        assert "Ball" not in text
    assert asked_for == [50, 1000, 200]


def test_the_file_has_every_page() -> None:
    assert len(file_of("?export=csv&page=2", LINES * 100)) == 401


def test_a_list_too_long_to_take_along_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "EXPORTED", 3)
    assert "Lists of up to 3 rows can be taken along." in drawn("?export=csv", LINES)


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-154.80", "-154.80"),
        ("324.00", "324.00"),
        ("-1\n=2", "'-1\n=2"),
        ("Ball", "Ball"),
        ("", ""),
    ],
)
def test_no_cell_can_act_as_a_formula(cell: str, kept: str) -> None:
    assert harmless(cell) == kept


PEOPLE: Listing[Person] = Listing(
    name="people",
    caption="People",
    columns=(
        Column(title="Name", cell=lambda person: person.name, sort="name"),
        Column(title="Signs in as", cell=lambda person: person.login, sort="login"),
        Column(title="Since", cell=lambda person: person.created_at, sort="created_at"),
    ),
    sort="name",
    search=("name", "email"),
    choices=(Choice(name="active", title="Active", path="is_active", values=(("True", "yes"), ("False", "no"))),),
    days=(Days(name="since", title="Since", path="created_at__date"),),
    empty=Empty("Nobody"),
)  # fmt: skip


@pytest.fixture
def people(db: None) -> None:
    for day, name, login in [(1, "Ana", "ana@a.example"), (2, "Ben", None), (3, "Cid", "cid@c.example")]:
        Person.objects.create(
            name=name,
            login=login,
            email=f"{name}@Mail.example",
            is_active=login is not None,
            created_at=datetime(2026, 10, day, tzinfo=UTC),
        )


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ana", "Ben", "Cid"]),
        ("?sort=-name", ["Cid", "Ben", "Ana"]),
        ("?sort=-signs-in-as", ["Cid", "Ana", "Ben"]),
        ("?sort=signs-in-as", ["Ana", "Cid", "Ben"]),
        ("?q=ana+MAIL", ["Ana"]),
        ("?q=%25", []),
        ("?active=False", ["Ben"]),
        ("?since-from=2026-10-02&since-to=2026-10-02", ["Ben"]),
    ],
)
def test_stored_rows_answer_as_held_ones_do(query: str, found: list[str]) -> None:
    request = RequestFactory().get(f"/people{query}")
    rows = PEOPLE.rows(PEOPLE.asked(request), Person.objects.all())
    assert customers(PEOPLE.page(PEOPLE.asked(request), rows)) == found
    assert [person.name for person in rows] == found


@pytest.mark.usefixtures("people")
def test_a_page_of_stored_rows_costs_two_bounded_queries() -> None:
    of = PEOPLE.asked(RequestFactory().get("/people"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        PEOPLE.page(of, PEOPLE.rows(of, Person.objects.all()))
    assert len(queries) == 2
    assert all("LIMIT" in query["sql"] for query in queries)
