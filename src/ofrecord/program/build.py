"""From what was read to Terms and examples."""

from datetime import date
from typing import Any

from ofrecord.kernel.calendar import Span, add_months
from ofrecord.kernel.words import day_words
from ofrecord.program.positions import Path
from ofrecord.program.reading import Reading, is_whole
from ofrecord.program.types import (
    BY_PARTNER,
    Clause,
    Condition,
    Example,
    Offer,
    Price,
    Service,
    Story,
    StoryChange,
    Terms,
    Way,
)
from ofrecord.program.words import name_words

Table = dict[str, Any]


def build_terms(draft: Table, sha256: str) -> Terms:
    """The Terms of a document of which every part could be read."""
    program = draft["program"]
    return Terms(
        sha256=sha256,
        program=program["id"],
        version=program["version"],
        title=program["title"],
        vendor=program["vendor"],
        effective=program["effective"],
        notice_days=program["notice"],
        currency=program["currency"],
        rounding=program["rounding"],
        time_zone=program["time_zone"],
        tiers=program["tiers"],
        ways=tuple(_way(code, way) for code, way in draft["ways"].items()),
        offers=tuple(_offer(code, offer) for code, offer in draft["offers"].items()),
        clauses=(
            *(_fee(name, clause) for name, clause in draft["fees"].items()),
            *(_unpaid(name, clause) for name, clause in draft["unpaid"].items()),
        ),
        service=_service(draft["service"]),
        year_from=program["year"],
    )


def _way(code: str, way: Table) -> Way:
    return Way(code, way["title"] or name_words(code), way["bills"], way["open"])


def _offer(code: str, offer: Table) -> Offer:
    prices = tuple(
        # A price that ends before it begins was noted as a fault; its span is drawn together to a day.
        Price(
            row["region"],
            Span(row["from"], max(row["from"], row["until"]) if row["until"] else None),
            row["price"],
        )
        for row in offer["prices"]
    )
    return Offer(
        code, offer["title"] or name_words(code), offer["parts"], prices, offer["sold"], offer["open"]
    )


def _condition(when: Table) -> Condition:
    roles = when.get("role", ())
    return Condition(when["way"], roles, when["tier"], when["region"], when["offer"], when["month"])


def _fee(name: str, clause: Table) -> Clause:
    return Clause(
        name=name,
        title=clause["title"] or name_words(name),
        role=clause["pays"],
        basis=clause["on"],
        when=_condition(clause["when"]),
        rate=clause["rate"],
        together_with=clause["together_with"],
    )


def _unpaid(name: str, clause: Table) -> Clause:
    return Clause(
        name=name,
        title=clause["title"] or name_words(name),
        role="",
        basis="",
        when=_condition(clause["when"]),
        rate=None,
        because=clause["because"],
    )


def _service(service: Table) -> Service:
    return Service(
        service["title"], service["conditions"], service["customer_is_told"], service["links_last"]
    )


def build_examples(reading: Reading, draft: Table, terms: Terms) -> tuple[tuple[Path, Example], ...]:
    """The examples whose stories can be told under the Terms; what stands in the way of others is noted."""
    found = []
    for number, table in enumerate(draft["examples"]):
        path: Path = ("examples", number)
        story = _story(reading, (*path, "story"), table["story"], terms) if is_whole(table) else None
        if story is not None and _periods_exist(reading, (*path, "pays"), table["pays"], story):
            found.append((path, Example(table["says"], story, table["pays"])))
    return tuple(found)


def _story(reading: Reading, path: Path, table: Table, terms: Terms) -> Story | None:
    way = table["way"] or _usual_way(terms)
    tier = table["tier"] or (terms.tiers[0] if terms.tiers else "")
    start = _start(reading, path, table, way, terms)
    if start is None:
        return None
    before = len(reading.faults)
    changes = tuple(_change(change, start) for change in table["changes"])
    _check_days(reading, path, table, start, changes)
    if len(reading.faults) > before:
        return None
    cancelled = table["cancelled_from"]
    offer, region, seats, months = table["offer"], table["region"], table["seats"], table["months"]
    return Story(offer, region, way, seats, months, start, tier, changes, cancelled)


def _usual_way(terms: Terms) -> str:
    return BY_PARTNER if terms.way(BY_PARTNER) else terms.ways[0].code


def _start(reading: Reading, path: Path, table: Table, way_code: str, terms: Terms) -> date | None:
    """The stated start, or the first day on which it can be sold; None, and a fault, if it cannot."""
    way, offer, region = terms.way(way_code), terms.offer(table["offer"]), table["region"]
    if way is None or offer is None:
        return None  # a name that means nothing was noted with the other references
    opens = dict(way.open).get(region)
    prices = [price for price in offer.prices if price.region == region]
    if opens is None or not prices:
        says = (
            f'"{way.code}" is not open in "{region}".' if opens is None else f'It has no price in "{region}".'
        )
        reading.fault((*path, "region"), says, "Tell a sale that can be made.")
        return None
    first = max(terms.effective, opens, min(price.span.first for price in prices))
    start: date = table["start"] or first
    if start < first or not any(price.span.has(start) for price in prices):
        says = f"On {day_words(start)} this cannot be sold under this version."
        reading.fault((*path, "start"), says, f"The first day is {first}.")
        return None
    return start


def _change(change: Table, start: date) -> StoryChange:
    day = change["day"] or add_months(start, (change["month"] or 1) - 1)
    return StoryChange(day, change["seats"])


def _check_days(
    reading: Reading, path: Path, table: Table, start: date, changes: tuple[StoryChange, ...]
) -> None:
    """Changes and the cancellation lie inside the story, and each change says its day in one way."""
    story = Span(start, add_months(start, table["months"]))
    for number, (row, change) in enumerate(zip(table["changes"], changes, strict=True)):
        at = (*path, "changes", number)
        if (row["day"] is None) == (row["month"] is None):
            reading.fault(at, "A change says its `day` or its `month`.", "Write one of the two.")
        elif not story.has(change.day) or change.day == start:
            says = f"{day_words(change.day)} is not after the start and inside the story."
            reading.fault(at, says, f"The story runs from {start} until {story.until}.")
    cancelled = table["cancelled_from"]
    if cancelled is not None and (not story.has(cancelled) or cancelled == start):
        says = f"{day_words(cancelled)} is not after the start and inside the story."
        reading.fault((*path, "cancelled_from"), says, f"The story runs from {start} until {story.until}.")


def _periods_exist(reading: Reading, path: Path, pays: tuple[tuple[str, Any], ...], story: Story) -> bool:
    """Whether every period that is named lies in the story."""
    before = len(reading.faults)
    for period, _ in pays:
        noun, _, number = period.partition(" ")
        length = {"year": -(-story.months // 12), "month": story.months}.get(noun)
        if length is not None and int(number) > length:
            says = f"The story is told for {story.months} months: it has no {period}."
            reading.fault((*path, period), says, "Name a period in the story.", at_key=True)
    return len(reading.faults) == before
