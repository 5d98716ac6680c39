"""From what was read of examples to stories that can be told; what stands in the way of one is noted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from ofrecord.kernel.calendar import Span, add_months
from ofrecord.kernel.words import day_words, money_words
from ofrecord.program.clause_types import NEW, PARTNER_OF_RECORD, ROLES
from ofrecord.program.faults import known_words
from ofrecord.program.positions import Path
from ofrecord.program.reading import Reading, is_whole
from ofrecord.program.story_customers import check_same_customer, deal_by_itself
from ofrecord.program.story_people import check_partners, check_tiers, partners_of, tiers_of
from ofrecord.program.story_types import Example, Story, StoryChange, StoryCredit
from ofrecord.program.types import BY_PARTNER, CHARGEBACK, WON_BACK, Offer, Terms

Table = dict[str, Any]

# So that all examples of a document are run in seconds.
MOST_MONTHS: Final = 60_000


def build_examples(reading: Reading, draft: Table, terms: Terms) -> tuple[tuple[Path, Example], ...]:
    """The examples whose stories can be told under the Terms; what stands in the way of others is noted."""
    found, months = [], 0
    for number, table in enumerate(draft["examples"]):
        path: Path = ("examples", number)
        is_sound = is_whole(table) and not reading.is_faulty(path)
        story = _story(reading, (*path, "story"), table["story"], terms) if is_sound else None
        if story is None or not _says_what_is_paid(reading, path, table, story):
            continue
        months += sum(each.months for each in (story, *story.also))
        if months > MOST_MONTHS:
            says = f"The stories up to here tell {months} months."
            reading.fault((*path, "story"), says, f"At most {MOST_MONTHS} are allowed in all.")
            break
        found.append((path, Example(table["says"], story, table["pays"], table["pays_to"])))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Written:
    """A sale as it is written; `written` is the table of its story, which has the tiers, and partners for all sales.

    `story` is what a further sale is told beside: it has the start and the customer that the sale does not state.
    """

    path: Path
    table: Table
    written: Table
    story: Story | None = None

    @property
    def has_same_customer(self) -> bool:
        return self.story is not None and self.table["customer"]

    @property
    def partners(self) -> tuple[Table, ...]:
        """Its own, or those of the story."""
        partners: tuple[Table, ...] = self.table["partners"] or self.written["partners"]
        return partners


def _story(reading: Reading, path: Path, table: Table, terms: Terms) -> Story | None:
    """The story with its further sales, which have its tiers; None if one cannot be told."""
    story = _sale(reading, _Written(path, table, table), terms)
    if story is None:
        return None
    before = len(reading.faults)
    check_partners(reading, path, table["partners"], story.start)
    check_tiers(reading, path, table["tiers"])
    also: list[Story] = []
    for number, row in enumerate(table["also"]):
        written = _Written((*path, "also", number), row, table, story)
        also += _further(reading, written, story, also, terms)
    pools = tuple((row["month"], row["pool"], row["amount"]) for row in table["pools"])
    can_be_told = len(also) == len(table["also"]) and len(reading.faults) == before
    return replace(story, also=tuple(also), pools=pools) if can_be_told else None


def _further(
    reading: Reading, written: _Written, story: Story, before: list[Story], terms: Terms
) -> Iterator[Story]:
    """The sale told beside the story, if it can be told; what the same customer bought before says which deal it is."""
    sale = _sale(reading, written, terms)
    if sale is None:
        return
    check_partners(reading, written.path, written.table["partners"], sale.start)
    check_same_customer(reading, written.path, sale, story)
    if sale.same_customer and written.table["deal"] is None:
        bought = [story, *(other for other in before if other.same_customer)]
        sale = replace(sale, deal=deal_by_itself(sale, bought))
    yield sale


def _sale(reading: Reading, sale: _Written, terms: Terms) -> Story | None:
    before, path, table = len(reading.faults), sale.path, sale.table
    way = table["way"] or (BY_PARTNER if terms.way(BY_PARTNER) else terms.ways[0].code)
    start = _start(reading, sale, way, terms)
    if start is None:
        return None
    changes = tuple(_change(change, start) for change in table["changes"])
    _check_days(reading, path, table, start, changes)
    _check_credits(reading, path, table, start)
    _check_currency(reading, path, table, terms.offer(table["offer"]), start)
    if len(reading.faults) > before:
        return None
    return Story(
        offer=table["offer"],
        region=table["region"],
        way=way,
        seats=table["seats"],
        months=table["months"],
        start=start,
        tier=sale.written["tier"] or (terms.tiers[0] if terms.tiers else ""),
        changes=changes,
        cancelled_from=table["cancelled_from"],
        segment=table["segment"] or _usual_segment(sale, terms),
        deal=table["deal"] or NEW,
        commitment=table["commitment"],
        price=table["price"],
        paid_after=table["paid"],
        partners=partners_of(sale.partners, start),
        tiers=tiers_of(sale.written["tiers"]),
        credits=tuple(StoryCredit(r["day"], r["month"], r["kind"], r["amount"]) for r in table["credits"]),
        same_customer=sale.has_same_customer,
    )


def _usual_segment(sale: _Written, terms: Terms) -> str:
    if sale.story is not None and sale.has_same_customer:
        return sale.story.segment
    return terms.segments[0] if terms.segments else ""


def _start(reading: Reading, sale: _Written, way_code: str, terms: Terms) -> date | None:
    """The stated start, that of the story, or the first day on which it can be sold; None, and a fault, if none."""
    path, table = sale.path, sale.table
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
    start: date = table["start"] or (sale.story.start if sale.story else first)
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
            _note_outside(reading, at, change.day, story)
    cancelled = table["cancelled_from"]
    if cancelled is not None and (not story.has(cancelled) or cancelled == start):
        _note_outside(reading, (*path, "cancelled_from"), cancelled, story)


def _check_credits(reading: Reading, path: Path, table: Table, start: date) -> None:
    """What is taken back was billed before, and only a chargeback that was made can be won back."""
    rows = table["credits"]
    for number, row in enumerate(rows):
        at = (*path, "credits", number)
        begins = add_months(start, row["month"] - 1)
        charged = [other for other in rows if (other["kind"], other["month"]) == (CHARGEBACK, row["month"])]
        if row["month"] > table["months"]:
            says = f"The story is told for {table['months']} months: it has no month {row['month']}."
            reading.fault((*at, "month"), says, "Name a month in the story.")
        elif row["day"] < begins:
            says = f"On {day_words(row['day'])} nothing of month {row['month']} was billed."
            reading.fault((*at, "day"), says, f"That month begins on {begins}.")
        elif row["kind"] == WON_BACK and not any(other["day"] <= row["day"] for other in charged):
            says = f"There was no chargeback of month {row['month']} before."
            reading.fault(at, says, "State the chargeback that was won back.")


def _note_outside(reading: Reading, path: Path, day: date, story: Span) -> None:
    says = f"{day_words(day)} is not after the start and inside the story."
    reading.fault(path, says, f"The story runs from {story.first} until {story.until}.")


def _check_currency(reading: Reading, path: Path, table: Table, offer: Offer | None, start: date) -> None:
    """What a sale is billed at, and what is taken back of it, is in the currency of the price list."""
    listed = offer.price(table["region"], start) if offer else None
    amounts = [((*path, "price"), table["price"])]
    amounts += [((*path, "credits", n, "amount"), row["amount"]) for n, row in enumerate(table["credits"])]
    for at, amount in amounts:
        if amount is not None and listed is not None and amount.currency != listed.amount.currency:
            says = f"Two currencies: {money_words(amount)} of a sale in {listed.amount.currency}."
            reading.fault(at, says, f"Write an amount in {listed.amount.currency}.")


def _says_what_is_paid(reading: Reading, path: Path, table: Table, story: Story) -> bool:
    """Whether it says what is paid, and whether every period and payee that is named lies in the story."""
    before = len(reading.faults)
    if not (table["pays"] or table["pays_to"]) and path not in reading.with_unknown:
        says = "The example does not say what is paid."
        reading.fault(path, says, 'Write `pays = { "total" = "…" }`, or `pays_to`.', at_key=True)
    _check_periods(reading, (*path, "pays"), table["pays"], story)
    names = list(dict.fromkeys(name for sale in (story, *story.also) for name in _names(sale)))
    for payee, pays in table["pays_to"]:
        at = (*path, "pays_to", payee)
        if payee not in names and payee not in ROLES:
            says = f'The story has no partner "{payee}", and there is no such role.'
            reading.fault(at, says, known_words(payee, [*names, *ROLES]), at_key=True)
        _check_periods(reading, at, pays, story)
    return len(reading.faults) == before


def _names(sale: Story) -> list[str]:
    """What its partners are called; where it names none the partner of record is called so."""
    return [partner.name for partner in sale.partners] or [PARTNER_OF_RECORD]


def _check_periods(reading: Reading, path: Path, pays: tuple[tuple[str, Any], ...], story: Story) -> None:
    for period, _ in pays:
        noun, _, number = period.partition(" ")
        length = {"year": -(-story.months // 12), "month": story.months}.get(noun)
        if length is not None and int(number) > length:
            says = f"The story is told for {story.months} months: it has no {period}."
            reading.fault((*path, period), says, "Name a period in the story.", at_key=True)
