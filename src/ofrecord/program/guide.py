"""The guide that partners read, made of the same Terms that pay.

`guide` gives a structure of plain texts; `guide_markdown` and `guide_html` write it down.
"""

from collections.abc import Sequence

from ofrecord.kernel.words import day_words, money_words
from ofrecord.program.clause_types import Clause
from ofrecord.program.guide_cases import cases_grid
from ofrecord.program.guide_examples import examples_section
from ofrecord.program.guide_parts import Grid, Paragraph, Points, Section
from ofrecord.program.sentences import (
    amount_sentences,
    clause_sentence,
    offer_sentences,
    payment_sentences,
    pool_sentences,
    run_off_sentence,
    segment_sentence,
    service_sentences,
    tier_sentence,
    way_sentence,
)
from ofrecord.program.story_types import WorkedExample
from ofrecord.program.types import Offer, Terms, Way


def clause_anchor(name: str) -> str:
    """Where in the guide the clause stands: "clause-first-year"."""
    return f"clause-{name}"


def guide(terms: Terms, examples: Sequence[WorkedExample] = ()) -> Section:
    """The whole guide of a version; its examples with the amounts that were computed."""
    sections = (
        _in_all(terms),
        Section("clauses", "Clauses", (), tuple(_clause(clause, terms) for clause in terms.clauses)),
        examples_section(terms, examples),
        Section("ways", "Ways to sell", (), tuple(_way(way, terms) for way in terms.ways)),
        Section("offers", "Offers and prices", (), tuple(_offer(offer) for offer in terms.offers)),
        _segments(terms),
        _amounts(terms),
        Section("payment", "How what you earned becomes payable", (Points(payment_sentences(terms)),)),
        _pools(terms),
        Section("run-off", "After a change of partner", (Paragraph(run_off_sentence(terms)),)),
        _service(terms),
        _version(terms),
    )
    by = f"Version {terms.version} of the program of {terms.vendor}, for orders from {day_words(terms.effective)} on."
    return Section(
        "guide", terms.title, (Paragraph(by),), tuple(s for s in sections if s.blocks or s.sections)
    )


def _in_all(terms: Terms) -> Section:
    """What is paid in all: every case that can occur, with its clauses and the sum of their rates."""
    lead = "Every case for which there is a clause, with all that a partner is paid of the amount billed:"
    return Section("in-all", "What is paid in all", (Paragraph(lead), cases_grid(terms)))


def _clause(clause: Clause, terms: Terms) -> Section:
    blocks = (Paragraph(clause_sentence(clause, terms)), Paragraph(f"Cited as {clause.name}."))
    return Section(clause_anchor(clause.name), clause.title, blocks)


def _way(way: Way, terms: Terms) -> Section:
    return Section(f"way-{way.code}", way.title, (Paragraph(way_sentence(way, terms)),))


def _offer(offer: Offer) -> Section:
    wholesale = any(price.wholesale for price in offer.prices)
    rows = tuple(
        (
            price.region,
            day_words(price.span.first),
            day_words(price.span.last) if price.span.last else "no end stated",
            *((money_words(price.wholesale) if price.wholesale else "none",) if wholesale else ()),
            money_words(price.amount),
        )
        for price in offer.prices
    )
    resale = ("Wholesale price",) if wholesale else ()
    head = ("Region", "First day", "Last day", *resale, f"Price {offer.sold}")
    return Section(f"offer-{offer.code}", offer.title, (Paragraph(offer_sentences(offer)), Grid(head, rows)))


def _segments(terms: Terms) -> Section:
    blocks = (Paragraph(segment_sentence(terms)),) if terms.segments else ()
    return Section("segments", "Segments", blocks)


def _pools(terms: Terms) -> Section:
    blocks = (Points(pool_sentences(terms)),) if terms.pools else ()
    return Section("pools", "Pools", blocks)


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
