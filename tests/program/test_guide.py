"""The guide: every field of the Terms has its words, the readings cannot be mistaken, and text cannot mark up."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import Enum
from fractions import Fraction
from html.parser import HTMLParser
from typing import Any

import pytest
from markdown_it import MarkdownIt

from ofrecord.flows.check_program import CheckedProgram, check_program
from ofrecord.kernel.calendar import Span
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    DESIGNATION,
    PARTNER_OF_RECORD,
    REFERRER,
    START,
    Band,
    Bands,
    Basis,
    Clause,
    Condition,
    CountRange,
    Growth,
    Holdback,
    Limit,
    Needs,
    Per,
    Scope,
    Unit,
)
from ofrecord.program.guide import clause_anchor, guide
from ofrecord.program.guide_html import guide_html, guide_page
from ofrecord.program.guide_markdown import guide_markdown
from ofrecord.program.guide_parts import Grid, Section
from ofrecord.program.sentences import clause_sentence, payment_sentences, run_off_sentence
from ofrecord.program.story_types import (
    Story,
    StoryChange,
    StoryCredit,
    StoryPartner,
    StoryTier,
    WorkedPart,
    WorkedPeriod,
)
from ofrecord.program.types import Payment, Price, Terms

from .clauses_of_all_kinds import CLAUSES, SENTENCES, STANDARD, rate
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


@pytest.fixture(scope="module")
def of_all_kinds(full: CheckedProgram) -> Terms:
    """The program with a clause of each kind, and all that a program can state."""
    assert full.terms is not None
    offers = tuple(
        replace(
            offer,
            family="productivity",
            prices=tuple(replace(p, wholesale=Money(900, p.amount.currency)) for p in offer.prices),
        )
        for offer in full.terms.offers
    )
    payment = Payment((Money(5000, "USD"),), 180, Fraction(1, 2), ("refund", "chargeback"), 5)
    stated = {"segments": ("small", "midsize"), "pools": ("advertising",), "payment": payment}
    return replace(full.terms, clauses=CLAUSES, offers=offers, **stated)


def other(value: Any) -> Any:
    """A value of the same kind that is not equal."""
    if isinstance(value, Enum):
        members = list(type(value))
        return members[(members.index(value) + 1) % len(members)]
    if isinstance(value, bool):
        return not value
    if isinstance(value, tuple):
        return (*value[:-1], other(value[-1])) if value else ("Changed",)
    changed: dict[type, Callable[[Any], Any]] = {
        int: lambda number: number + 1,
        str: lambda text: DESIGNATION if text == START else f"{text}x",
        date: lambda day: day + timedelta(days=40),
        Fraction: lambda rate: rate / 7,
        Money: lambda amount: replace(amount, minor=amount.minor + 1),
        Span: lambda span: replace(span, first=span.first + timedelta(days=1)),
        CountRange: lambda months: replace(months, first=months.first + 1),
    }
    return changed[type(value)](value)


def mutations(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The value with each of its fields changed that says something, one at a time, as deep as there are fields."""
    for field in fields(value):
        inner = getattr(value, field.name)
        name = f"{path}.{field.name}"
        if inner in (None, "", ()) and field.name != "together_with":
            continue
        if isinstance(inner, CountRange):
            for counts in (CountRange(2, 12), CountRange(1, 11), CountRange(3), CountRange(5)):
                yield name, replace(value, **{field.name: counts})
        elif is_dataclass(inner) and not isinstance(inner, Money | Span):
            yield from ((p, replace(value, **{field.name: changed})) for p, changed in mutations(inner, name))
        elif (
            isinstance(inner, tuple) and inner and is_dataclass(inner[0]) and not isinstance(inner[0], Money)
        ):
            yield name, replace(value, **{field.name: inner[:-1]})
            for number, element in enumerate(inner):
                for where, changed in mutations(element, f"{name}[{number}]"):
                    swapped = (*inner[:number], changed, *inner[number + 1 :])
                    yield where, replace(value, **{field.name: swapped})
        else:
            yield name, replace(value, **{field.name: other(inner)})


# What a clause of a kind has no words for: how much, where it declares its cases unpaid; the basis of an amount;
# from when months are counted, where it asks for none; a period, where it names days.
WORDLESS = {
    "unpaid": {"basis", "earned", "applies", "together_with"},
    "amount": {"basis"},
    "any month": {"months_from"},
    "on days": {"period"},
}


def spoken(clause: Clause, path: str) -> bool:
    """Whether the clause is of a kind that has words for the field."""
    kinds = {
        "unpaid": not clause.pays,
        "amount": clause.amount is not None,
        "any month": clause.when.months is None,
        "on days": clause.needs is not None and clause.needs.during is not None,
    }
    return not any(kinds[kind] and set(path.split(".")) & names for kind, names in WORDLESS.items())


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.name)
def test_changing_any_field_of_a_clause_changes_its_words(of_all_kinds: Terms, clause: Clause) -> None:
    number = CLAUSES.index(clause)
    tried = 0
    for path, changed in mutations(clause):
        if changed == clause or not spoken(clause, path):
            continue
        tried += 1
        if path not in {".name", ".title"}:
            before = clause_sentence(clause, of_all_kinds)
            assert clause_sentence(changed, of_all_kinds) != before, path
        clauses = (*CLAUSES[:number], changed, *CLAUSES[number + 1 :])
        assert written(replace(of_all_kinds, clauses=clauses)) != written(of_all_kinds), path
    assert tried > 3


def test_every_field_of_a_clause_was_changed() -> None:
    paths = {path for clause in CLAUSES for path, _ in mutations(clause) if spoken(clause, path)}
    names = {name.partition("[")[0] for path in paths for name in path.split(".")[1:]}
    kinds = (Clause, Condition, Needs, Bands, Band, Growth, Limit, Per, Holdback)
    assert names == {field.name for kind in kinds for field in fields(kind)}


@pytest.mark.parametrize(("clause", "says"), SENTENCES, ids=[clause.name for clause in CLAUSES])
def test_a_clause_is_said_in_plain_words(of_all_kinds: Terms, clause: Clause, says: str) -> None:
    assert clause_sentence(clause, of_all_kinds) == says


def test_a_clause_that_gives_way_says_to_which_one(of_all_kinds: Terms) -> None:
    campaign = replace(rate("campaign", 24), instead_of=("every-year",))
    of = replace(of_all_kinds, clauses=(STANDARD, campaign))
    assert clause_sentence(STANDARD, of).endswith(" It does not pay where “Campaign” pays.")
    assert clause_sentence(campaign, of).endswith(" Where it pays, “Every year” does not.")


def written(terms: Terms, worked: CheckedProgram | None = None) -> str:
    return guide_markdown(guide(terms, worked.examples if worked else ()))


def test_changing_any_field_of_the_terms_changes_the_guide(of_all_kinds: Terms) -> None:
    before = written(of_all_kinds)
    paths = set()
    for path, changed in mutations(of_all_kinds):
        if path.startswith(".clauses"):
            continue
        paths.add(path)
        assert written(changed) != before, path
    names = {name.partition("[")[0] for path in paths for name in path.split(".")[1:]}
    assert {field.name for kind in (Terms, Payment, Price) for field in fields(kind)} - {"clauses"} <= names


def test_changing_any_field_of_an_example_changes_the_guide(full: CheckedProgram) -> None:
    terms = full.terms
    assert terms is not None
    (worked,) = full.examples
    told = worked.example.story
    day = date(2009, 10, 1)
    plain = replace(told, seats=3, start=day)
    everything = replace(
        told,
        segment="small",
        deal="upsell",
        price=Money(1400, "USD"),
        changes=(StoryChange(day, 60),),
        cancelled_from=date(2011, 3, 1),
        tiers=(StoryTier(day, "Gold"),),
        partners=(StoryPartner("Contoso", REFERRER, day, date(2010, 1, 1), Fraction(1, 2)),),
        credits=(StoryCredit(day, 2, "refund", Money(100, "USD")),),
        also=(replace(plain, price=Money(1300, "USD"), same_customer=True),),
        pools=(("2009-10", "advertising", Money(100000, "USD")),),
    )

    def shown(story: Story) -> str:
        examples = (replace(worked, example=replace(worked.example, story=story)),)
        return written(terms, replace(full, examples=examples))

    tried = set()
    for path, story in mutations(everything):
        if path == ".same_customer":
            continue  # It says something of a further sale only.
        tried |= {name.partition("[")[0] for name in path.split(".")[1:]}
        assert shown(story) != shown(everything), path
    assert {field.name for field in fields(Story)} <= tried
    assert "No invoice is paid." in shown(replace(told, paid_after=None))


def test_the_working_is_said_only_where_it_is_one_product(full: CheckedProgram) -> None:
    """A cap, a split or growth acts on the product: then the amounts alone are said."""
    terms = full.terms
    assert terms is not None
    (worked,) = full.examples
    basis, fee = Money(900000, "USD"), Money(54000, "USD")

    def shown(clause: Clause) -> str:
        period = WorkedPeriod("year 1", fee, (WorkedPart(clause, basis, fee),))
        to = (("referrer", (WorkedPeriod("total", Money(7, "USD"), ()),)),)
        examples = (replace(worked, periods=(period,), to=to),)
        return written(terms, replace(full, examples=examples))

    assert "| Year 1 | Every year: 6% of 9,000.00 USD is 540.00 USD | 540.00 USD |" in shown(STANDARD)
    capped = replace(STANDARD, cap=Limit(fee, Per(Scope.LINE)))
    assert "| Year 1 | Every year: 540.00 USD on 9,000.00 USD | 540.00 USD |" in shown(capped)
    assert "| Total, to referrer | nothing was billed | 0.07 USD |" in shown(STANDARD)


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


def rows_in_all(of: Terms) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    in_all = next(part for part in guide(of).sections if part.anchor == "in-all")
    grid = in_all.blocks[-1]
    assert isinstance(grid, Grid)
    return grid.head, list(grid.rows)


def test_what_pays_under_a_condition_stands_beside_what_is_paid_for_sure(full: CheckedProgram) -> None:
    assert full.terms is not None
    campaign = replace(rate("campaign", 24), needs=Needs(seats=75), instead_of=("every-year",))
    bonus = replace(rate("bonus", 2), growth=Growth(Per(Scope.PARTNER)), together_with=("every-year",))
    ways = full.terms.ways[1:]
    head, rows = rows_in_all(replace(full.terms, ways=ways, clauses=(STANDARD, campaign, bonus)))
    assert head[1:] == ("Month of the subscription", "Clauses", "Under conditions", "Paid in all")
    instead = "Campaign: 24%, instead of “Every year”; Bonus: 2%, in addition"
    assert [row[1:] for row in rows] == [("Every month", "Every year: 6%", instead, "6%")]


def test_what_gives_way_for_sure_is_not_in_the_sum(full: CheckedProgram) -> None:
    assert full.terms is not None
    better = replace(rate("better", 9, when=Condition(regions=("GB",))), instead_of=("every-year",))
    _, rows = rows_in_all(replace(full.terms, ways=full.terms.ways[1:], clauses=(STANDARD, better)))
    assert [row[1:] for row in rows] == [
        ("US", "Every month", "Every year: 6%", "6%"),
        ("GB", "Every month", "Better: 9%", "9%"),
    ]


def test_sums_are_of_one_basis_and_amounts_stay_amounts(full: CheckedProgram) -> None:
    assert full.terms is not None
    together = ("every-year",)
    margin = replace(rate("margin", 20), basis=Basis.MARGIN, together_with=together)
    bounty = Clause(
        "bounty", "Bounty", PARTNER_OF_RECORD, Condition(), amount=Money(200, "USD"), unit=Unit.SEAT,
        together_with=(*together, "margin"),
    )  # fmt: skip
    paid = replace(rate("paid", 3), basis=Basis.COLLECTED, together_with=together)
    clauses = (STANDARD, margin, bounty, paid)
    _, rows = rows_in_all(replace(full.terms, ways=full.terms.ways[1:], clauses=clauses))
    assert {row[-1] for row in rows} == {
        "9% + 20% of the margin over the wholesale price + 2.00 USD for each seat and month (by days)"
    }


def test_how_fees_become_payable_is_said(of_all_kinds: Terms) -> None:
    assert payment_sentences(of_all_kinds)[:4] == (
        "A total below 50.00 USD is carried to the next statement; one in another currency is paid, however small.",
        "A fee is reduced by a refund or a chargeback of the invoice that it was earned with. It is not reduced by a "
        "credit note or a write-off.",
        "A fee may be taken back for 180 days from the event that earned it, not later.",
        "Of what a statement earns at most 50% is kept for what is taken back; what is left to take back is carried.",
    )
    untouched = replace(of_all_kinds, payment=replace(of_all_kinds.payment, reduced_by=()))
    assert "Nothing that is taken back from an invoice reduces a fee." in payment_sentences(untouched)


def test_the_guide_has_a_place_for_each_thing_that_partners_ask(of_all_kinds: Terms) -> None:
    anchors = [section.anchor for section in guide(of_all_kinds).sections]
    assert anchors == [
        "in-all", "clauses", "ways", "offers", "segments", "amounts", "payment", "pools", "run-off",
        "customers", "version",
    ]  # fmt: skip
    text = written(of_all_kinds)
    assert "A customer is in one segment: small or midsize. Without one it is in small." in text
    assert "- “advertising”, month by month, shared out under “Advertising”." in text
    assert "The former one still earns under “Run-off”" in run_off_sentence(of_all_kinds)
    assert run_off_sentence(replace(of_all_kinds, clauses=())).endswith("pays the former one.")


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
