"""The guide that partners read, made of the same Terms that pay.

`guide` gives a structure of plain texts; `guide_markdown` and `guide_html` write it down.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import day_words, money_words
from ofrecord.program.analysis import Case, cases
from ofrecord.program.sentences import (
    amount_sentences,
    clause_sentence,
    offer_sentences,
    offer_title,
    service_sentences,
    tier_sentence,
    way_sentence,
    way_title,
)
from ofrecord.program.types import Clause, Offer, Story, Terms, WorkedExample, WorkedPart, WorkedPeriod
from ofrecord.program.words import and_list, months_words


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Points:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the last column holds amounts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Points | Grid


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the guide. `anchor` is stable: statements and verdicts link to it."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    sections: "tuple[Section, ...]" = ()


def clause_anchor(name: str) -> str:
    """Where in the guide the clause stands: "clause-first-year"."""
    return f"clause-{name}"


def guide(terms: Terms, examples: Sequence[WorkedExample] = ()) -> Section:
    """The whole guide of a version; its examples with the amounts that were computed."""
    sections = (
        _in_all(terms),
        Section("clauses", "Clauses", (), tuple(_clause(clause, terms) for clause in terms.clauses)),
        _examples(terms, examples),
        _ways(terms),
        Section("offers", "Offers and prices", (), tuple(_offer(offer) for offer in terms.offers)),
        _amounts(terms),
        _service(terms),
        _version(terms),
    )
    by = f"Version {terms.version} of the program of {terms.vendor}, for orders from {day_words(terms.effective)} on."
    return Section(
        "guide", terms.title, (Paragraph(by),), tuple(s for s in sections if s.blocks or s.sections)
    )


def _in_all(terms: Terms) -> Section:
    """What is paid in all: every case that can occur, with its clauses and the sum of their rates."""
    found = cases(terms)
    columns = _telling_columns(found, terms)
    head = (*(title for title, _ in columns), "Month of the subscription", "Clauses", "Paid in all")
    rows = tuple(
        (
            *(_cell(getattr(case, name), name, terms) for _, name in columns),
            _capital(months_words(case.months)),
            _clauses_words(case.clauses),
            rate_text(case.rate) if case.rate else "nothing",
        )
        for case in found
    )
    lead = "Every case that can occur, with all that a partner is paid of the amount billed:"
    return Section("in-all", "What is paid in all", (Paragraph(lead), Grid(head, rows)))


def _telling_columns(found: tuple[Case, ...], terms: Terms) -> list[tuple[str, str]]:
    """The facts by which cases differ; the way to sell is always said."""
    columns = [
        ("Way to sell", "ways"),
        ("Role", "roles"),
        ("Tier", "tiers"),
        ("Region", "regions"),
        ("Offer", "offers"),
    ]
    return [
        column
        for column in columns
        if column[1] == "ways" or len({getattr(case, column[1]) for case in found}) > 1
    ]


def _cell(values: tuple[str, ...], dimension: str, terms: Terms) -> str:
    titles = {"ways": way_title, "offers": offer_title}
    name = titles.get(dimension, lambda _terms, value: value)
    return and_list([name(terms, value) for value in values])


def _clauses_words(clauses: tuple[Clause, ...]) -> str:
    """First year: 12% + Every year: 6%"""
    words = [
        f"{clause.title}: {rate_text(clause.rate)}" if clause.rate is not None else f"{clause.title}: unpaid"
        for clause in clauses
    ]
    return " + ".join(words) or "none"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _clause(clause: Clause, terms: Terms) -> Section:
    blocks = (Paragraph(clause_sentence(clause, terms)), Paragraph(f"Cited as {clause.name}."))
    return Section(clause_anchor(clause.name), clause.title, blocks)


def _ways(terms: Terms) -> Section:
    points = tuple(way_sentence(way, terms) for way in terms.ways)
    return Section("ways", "Ways to sell", (Points(points),))


def _offer(offer: Offer) -> Section:
    rows = tuple(
        (
            price.region,
            day_words(price.span.first),
            day_words(price.span.last) if price.span.last else "no end stated",
            money_words(price.amount),
        )
        for price in offer.prices
    )
    head = ("Region", "First day", "Last day", f"Price {offer.sold}")
    return Section(f"offer-{offer.code}", offer.title, (Paragraph(offer_sentences(offer)), Grid(head, rows)))


def _amounts(terms: Terms) -> Section:
    tiers = tier_sentence(terms)
    sentences = (*amount_sentences(terms), *((tiers,) if tiers else ()))
    return Section("amounts", "How amounts are computed", (Points(sentences),))


def _service(terms: Terms) -> Section:
    lines = tuple(Paragraph(line) for line in terms.service.conditions.split("\n") if line.strip())
    conditions = (Section("conditions", terms.service.conditions_title, lines),) if lines else ()
    points = Points(service_sentences(terms.service))
    return Section("customers", "What customers are told", (points,), conditions)


def _version(terms: Terms) -> Section:
    notice = f"A later version may take effect {terms.notice_days} days after it was published, not earlier."
    identity = (
        f"This is version {terms.version} of {terms.program}. The document's SHA-256 is {terms.sha256}."
    )
    return Section("version", "This version", (Points((notice, identity)),))


def _examples(terms: Terms, examples: Sequence[WorkedExample]) -> Section:
    sections = tuple(_example(terms, number, worked) for number, worked in enumerate(examples, start=1))
    lead = (Paragraph("Computed by the rules that pay:"),) if sections else ()
    return Section("examples", "Worked examples", lead, sections)


def _example(terms: Terms, number: int, worked: WorkedExample) -> Section:
    story = Paragraph(_story_words(terms, worked))
    rows = tuple(
        (_capital(period.period), _parts_words(period), money_words(period.paid)) for period in worked.periods
    )
    grid = Grid(("Period", "Working", "Paid"), rows)
    return Section(f"example-{number}", worked.example.says, (story, grid))


def _story_words(terms: Terms, worked: WorkedExample) -> str:
    """The story as it was executed, its defaults said too."""
    story = worked.example.story
    tier = f", partner of tier {story.tier}" if story.tier else ""
    sale = (
        f"{offer_title(terms, story.offer)} in {story.region}, {way_title(terms, story.way)}{tier}: "
        f"{_seats(story.seats)} at {money_words(worked.unit_price)} from {day_words(story.start)}, "
        f"told for {story.months} months."
    )
    return " ".join([sale, *_turns(story)])


def _turns(story: Story) -> list[str]:
    changes = [f"{_seats(change.seats)} from {day_words(change.day)} on." for change in story.changes]
    cancelled = story.cancelled_from
    return [*changes, *([f"No service from {day_words(cancelled)} on."] if cancelled else [])]


def _seats(seats: int) -> str:
    return f"{seats} seat{'' if seats == 1 else 's'}"


def _parts_words(period: WorkedPeriod) -> str:
    """First year: 12% of 9,000.00 USD = 1,080.00 USD; rounded line by line, so the product may differ by cents."""
    return "; ".join(_part_words(part) for part in period.parts) or "nothing was billed"


def _part_words(part: WorkedPart) -> str:
    clause = part.clause
    if clause.rate is None:
        return f"{clause.title}: nothing of {money_words(part.basis)}. {clause.because}"
    exact = part.basis.minor * clause.rate == part.fee.minor
    link = "is" if exact else "rounded line by line is"
    return f"{clause.title}: {rate_text(clause.rate)} of {money_words(part.basis)} {link} {money_words(part.fee)}"
