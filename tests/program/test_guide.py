"""The guide: every field of the Terms has its words, the readings cannot be mistaken, and text cannot mark up."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from ofrecord.flows.check_program import CheckedProgram, check_program
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.guide import Grid, Section, clause_anchor, guide
from ofrecord.program.guide_html import guide_html, guide_page
from ofrecord.program.guide_markdown import guide_markdown
from ofrecord.program.sentences import clause_sentence
from ofrecord.program.types import Clause, MonthRange, Terms

from .documents import PROGRAMS, SHIPPED

# The second reading, with everything that a document can state.
FULL = """\
[program]
id = "online-services"
version = "2009.1"
title = "Online Services Partner Program"
vendor = "Northwind Online"
effective = 2009-04-01
notice = "90 days"
currency = "USD"
rounding = "half up, per line"
time_zone = "America/New_York"
year = "from 1 July"
tiers = ["Registered", "Gold"]

[ways.direct]
bills = "vendor"
open = { US = 2009-04-01 }

[ways.partner-of-record]
title = "Partner of record"
bills = "vendor"
open = { US = 2009-04-01, GB = 2009-07-01 }

[offers.suite]
title = "Suite"
parts = ["mail", "portal"]
prices = [
  { region = "US", from = 2009-04-01, until = 2010-04-01, price = "15.00 USD" },
  { region = "US", from = 2010-04-01, price = "16.00 USD" },
  { region = "GB", from = 2009-08-01, price = "10.00 GBP" },
]
open = { GB = 2009-08-01 }

[fees.every-year]
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record" }
rate = "6%"

[fees.first-year]
title = "First year, in addition"
pays = "partner of record"
on = "billed"
when = { way = "partner-of-record", tier = ["Registered", "Gold"], region = ["US", "GB"], offer = "suite", month = "1..12" }
rate = "12%"
together_with = "every-year"

[unpaid.direct-orders]
when = { way = "direct", role = "partner of record", tier = ["Registered", "Gold"], region = "US", offer = "suite", month = "1.." }
because = "The vendor sold this on its own."

[service]
title = "Conditions"
conditions = "The service is billed monthly."
customer_is_told = "that the partner earns a fee"
links_last = "30 days"

[[examples]]
says = "Fifty users"
story = { offer = "suite", region = "US", seats = 50, months = 24, tier = "Gold", changes = [{ month = 13, seats = 60 }], cancelled_from = 2011-03-01 }
pays = { "year 1" = "1620.00 USD" }
"""  # noqa: E501


def checked(document: bytes) -> CheckedProgram:
    found = check_program(document)
    assert found.faults == ()
    return found


@pytest.fixture(scope="module")
def full() -> CheckedProgram:
    return checked(FULL.encode())


def other(value: Any) -> Any:
    """A value of the same kind that is not equal."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, tuple):
        return (*value[:-1], other(value[-1])) if value else ("Changed",)
    changed: dict[type, Callable[[Any], Any]] = {
        int: lambda number: number + 1,
        str: lambda text: f"{text}x",
        date: lambda day: day + timedelta(days=40),
        Fraction: lambda rate: rate / 7,
        Rounding: lambda rounding: Rounding.DOWN,
        Money: lambda amount: replace(amount, minor=amount.minor + 1),
        Span: lambda span: replace(span, first=span.first + timedelta(days=1)),
        MonthRange: lambda months: replace(months, first=months.first + 1),
    }
    return changed[type(value)](value)


def mutations(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The value with each of its fields changed, one at a time, as deep as there are fields."""
    for field in fields(value):
        inner = getattr(value, field.name)
        name = f"{path}.{field.name}"
        if field.name == "months":
            for months in (MonthRange(2, 12), MonthRange(1, 11), MonthRange(1), MonthRange(5), None):
                yield name, replace(value, months=months)
        elif is_dataclass(inner) and not isinstance(inner, Money | Span):
            yield from ((p, replace(value, **{field.name: changed})) for p, changed in mutations(inner, name))
        elif isinstance(inner, tuple) and inner and is_dataclass(inner[0]):
            yield name, replace(value, **{field.name: inner[:-1]})
            for number, element in enumerate(inner):
                for where, changed in mutations(element, f"{name}[{number}]"):
                    swapped = (*inner[:number], changed, *inner[number + 1 :])
                    yield where, replace(value, **{field.name: swapped})
        else:
            yield name, replace(value, **{field.name: other(inner)})


def of_clause(clause: Clause) -> Iterator[tuple[str, Clause]]:
    """The clause with each field changed that a clause of its kind has."""
    absent = {"role", "basis", "together_with", "rate"} if clause.rate is None else {"because", "roles"}
    for path, changed in mutations(clause):
        if changed != clause and not absent & set(path.split(".")):
            yield path, changed


@pytest.mark.parametrize("number", range(3))
def test_changing_any_field_of_a_clause_changes_its_words(full: CheckedProgram, number: int) -> None:
    assert full.terms is not None
    clause = full.terms.clauses[number]
    tried = set()
    for path, changed in of_clause(clause):
        tried.add(path)
        name_or_title = path in {".name", ".title"}
        if not name_or_title:
            assert clause_sentence(changed, full.terms) != clause_sentence(clause, full.terms), path
        clauses = (*full.terms.clauses[:number], changed, *full.terms.clauses[number + 1 :])
        assert written(replace(full.terms, clauses=clauses)) != written(full.terms), path
    when = {f".when.{fact}" for fact in ("ways", "tiers", "regions", "offers", "months")}
    own = (
        {".because", ".when.roles"} if clause.rate is None else {".role", ".basis", ".rate", ".together_with"}
    )
    assert tried == {".name", ".title"} | when | own


def written(terms: Terms, worked: CheckedProgram | None = None) -> str:
    return guide_markdown(guide(terms, worked.examples if worked else ()))


def test_changing_any_field_of_the_terms_changes_the_guide(full: CheckedProgram) -> None:
    assert full.terms is not None
    before = written(full.terms)
    paths = set()
    for path, changed in mutations(full.terms):
        if path.startswith(".clauses"):
            continue
        paths.add(path.partition("[")[0])
        assert written(changed) != before, path
    assert {path.split(".")[1] for path in paths} == {field.name for field in fields(Terms)} - {"clauses"}


def test_changing_any_field_of_an_example_changes_the_guide(full: CheckedProgram) -> None:
    assert full.terms is not None
    (worked,) = full.examples
    before = written(full.terms, full)
    for path, story in mutations(worked.example.story):
        example = replace(worked.example, story=story)
        assert written(full.terms, replace(full, examples=(replace(worked, example=example),))) != before, (
            path
        )


def clauses_in_all(name: str) -> list[tuple[str, ...]]:
    found = checked((PROGRAMS / name).read_bytes())
    assert found.terms is not None
    in_all = next(part for part in guide(found.terms, found.examples).sections if part.anchor == "in-all")
    grid = in_all.blocks[-1]
    assert isinstance(grid, Grid)
    return [row[1:] for row in grid.rows]


def test_the_two_readings_cannot_be_mistaken() -> None:
    first, second = SHIPPED
    assert clauses_in_all(first) == [
        ("Every month", "Direct orders: unpaid", "nothing"),
        ("Months 1 to 12", "First year: 12%", "12%"),
        ("Month 13 and later", "Ongoing: 6%", "6%"),
    ]
    assert clauses_in_all(second) == [
        ("Every month", "Direct orders: unpaid", "nothing"),
        ("Months 1 to 12", "Every year: 6% + First year, in addition: 12%", "18%"),
        ("Month 13 and later", "Every year: 6%", "6%"),
    ]


@pytest.mark.parametrize(("name", "years"), list(zip(SHIPPED, ("1,080.00", "1,620.00"), strict=True)))
def test_the_guide_shows_the_computed_amounts(name: str, years: str) -> None:
    found = checked((PROGRAMS / name).read_bytes())
    assert found.terms is not None
    text = written(found.terms, found)
    assert f"| {years} USD |" in text
    assert "| 540.00 USD |" in text


def test_each_clause_has_its_anchor_once(full: CheckedProgram) -> None:
    assert full.terms is not None
    for text in (written(full.terms, full), guide_html(guide(full.terms, full.examples))):
        for clause in full.terms.clauses:
            assert text.count(f'id="{clause_anchor(clause.name)}"') == 1


HOSTILE = "<script>alert(1)</script> [x](javascript:y) | *a* `b` &amp; \\"


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes |= {name for name, _ in attrs}


def hostile(full: CheckedProgram) -> Section:
    assert full.terms is not None
    clauses = tuple(
        replace(c, title=HOSTILE, because=HOSTILE if c.because else "") for c in full.terms.clauses
    )
    offers = tuple(replace(offer, title=HOSTILE, parts=(HOSTILE,)) for offer in full.terms.offers)
    ways = tuple(replace(way, title=HOSTILE) for way in full.terms.ways)
    service = replace(full.terms.service, conditions=f"{HOSTILE}\n# {HOSTILE}\n1. x\n- y\n= z")
    return guide(
        replace(
            full.terms,
            title=HOSTILE,
            vendor=HOSTILE,
            clauses=clauses,
            offers=offers,
            ways=ways,
            service=service,
        )
    )


def test_text_of_a_document_cannot_mark_up_the_page(full: CheckedProgram) -> None:
    assert full.terms is not None
    plain, tags = Tags(), Tags()
    plain.feed(guide_html(guide(full.terms)))
    tags.feed(guide_html(hostile(full)))
    assert set(tags.names) == set(plain.names)
    assert tags.attributes == plain.attributes == {"class", "id", "scope", "data-label"}


def test_text_of_a_document_cannot_mark_up_the_markdown(full: CheckedProgram) -> None:
    assert full.terms is not None
    tags = Tags()
    tags.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(guide_markdown(hostile(full))))
    words = {"a", "h1", "h2", "h3", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
    assert set(tags.names) == words
    assert tags.attributes == {"id", "style"}, "an anchor's id, and the side of a column"
    cells = [line for line in guide_markdown(hostile(full)).split("\n") if line.startswith("| ")]
    assert cells


def test_markdown_says_what_html_says(full: CheckedProgram) -> None:
    assert full.terms is not None
    rendered = MarkdownIt().enable("table").render(written(full.terms))
    for clause in full.terms.clauses:
        for sentence in (clause.title, *(("The vendor sold this on its own.",) if clause.because else ())):
            assert sentence in rendered


def test_the_fragment_begins_at_the_heading_that_is_asked_for(full: CheckedProgram) -> None:
    assert full.terms is not None
    tags = Tags()
    tags.feed(guide_html(guide(full.terms), level=2))
    assert "h1" not in tags.names
    assert "h2" in tags.names


def test_the_page_stands_alone(full: CheckedProgram) -> None:
    assert full.terms is not None
    page = guide_page(guide(full.terms, full.examples))
    assert page.startswith("<!doctype html>")
    assert "http" not in page
    assert "<title>Online Services Partner Program</title>" in page
