"""Whether the price lists agree: with the regions that are open, and from day to day."""

from collections import defaultdict
from datetime import date
from itertools import pairwise
from typing import Any

from ofrecord.kernel.words import day_words, money_words
from ofrecord.program.drafts import Draft, opened, stated, tables_of
from ofrecord.program.faults import known_words
from ofrecord.program.positions import Path
from ofrecord.program.reading import Reading, is_whole


def check_price_lists(reading: Reading, draft: Draft) -> None:
    """The price lists: every region known, and one price every day from the day the offer is open there."""
    if not is_whole(draft["ways"]):
        return
    since_open, effective = opened(draft), stated(draft["program"], "effective")
    for name, offer in tables_of(draft, "offers").items():
        if not is_whole(offer["prices"]) or not is_whole(offer["open"]):
            continue
        rows = defaultdict(list)
        for number, price in enumerate(offer["prices"]):
            path = ("offers", name, "prices", number)
            if _row_is_sound(reading, path, price, since_open):
                rows[price["region"]].append((price["from"], price["until"], path))
        opens = dict(offer["open"])
        _check_offer_opens(reading, name, opens, rows)
        for region, spans in rows.items():
            since = [day for day in (since_open[region], opens.get(region), effective) if day]
            _check_coverage(reading, region, sorted(spans, key=lambda row: row[0]), max(since))


def _row_is_sound(reading: Reading, path: Path, price: dict[str, Any], since_open: dict[str, date]) -> bool:
    first, until, region = price["from"], price["until"], price["region"]
    if region not in since_open:
        says = f'No way to sell is open in "{region}".'
        reading.fault((*path, "region"), says, known_words(region, since_open))
    if until is not None and until <= first:
        says = f"The price ends on {day_words(until)}, before it has held a day."
        reading.fault((*path, "until"), says, "`until` is the first day on which it no longer holds.")
    _check_wholesale(reading, path, price)
    return region in since_open and (until is None or until > first)


def _check_wholesale(reading: Reading, path: Path, price: dict[str, Any]) -> None:
    amount, wholesale = price["price"], price["wholesale"]
    if wholesale is None or reading.is_faulty((*path, "price")):
        return
    if wholesale.currency != amount.currency:
        says = f"The price is in {amount.currency}, the wholesale price in {wholesale.currency}."
        reading.fault(
            (*path, "wholesale"), says, "A margin is what is left of one currency: write both in it."
        )
    elif amount < wholesale:
        says = f"The wholesale price, {money_words(wholesale)}, is above the price, {money_words(amount)}."
        reading.fault((*path, "wholesale"), says, "What is left between the two is the margin: write less.")


def _check_offer_opens(reading: Reading, name: str, opens: dict[str, date], rows: dict[str, Any]) -> None:
    for region, day in opens.items():
        path = ("offers", name, "open", region)
        if region not in rows:
            reading.fault(
                path, f'The offer has no price in "{region}".', "Add a row to `prices`.", at_key=True
            )
        elif min(row[0] for row in rows[region]) < day:
            says = f"A price holds in {region} before the offer opens on {day_words(day)}."
            reading.fault(path, says, "Let the first price begin on the day the offer opens.")


def _check_coverage(
    reading: Reading, region: str, spans: list[tuple[date, date | None, Path]], since: date
) -> None:
    """From the day the offer is open there is one price every day, without end."""
    first_day, _, first_path = spans[0]
    if first_day > since:
        says = f"In {region} there is no price from {day_words(since)} until {day_words(first_day)}."
        remedy = f"Let it begin on {since}, or state the later day in `open` of the offer."
        reading.fault((*first_path, "from"), says, remedy)
    for (_, until, path), (following, _, next_path) in pairwise(spans):
        if until is None or until > following:
            says = f"In {region} two prices hold on {day_words(following)}."
            line = reading.positions.of_value(path)[0]
            remedy = f"Line {line} states the other: let it end with `until = {following}`."
            reading.fault((*next_path, "from"), says, remedy)
        elif until < following:
            says = f"In {region} there is no price from {day_words(until)} until {day_words(following)}."
            reading.fault((*next_path, "from"), says, f"Let it begin on {until}.")
    last_until, last_path = spans[-1][1], spans[-1][2]
    if last_until is not None and all(until is not None and until <= last_until for _, until, _ in spans):
        says = f"In {region} there is no price from {day_words(last_until)} on."
        remedy = (
            "Leave `until` out, or add the next price. To end the offer, leave it out of a later version."
        )
        reading.fault((*last_path, "until"), says, remedy)
