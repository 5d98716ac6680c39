"""Whether the names in a document mean something, and whether its dates agree."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from ofrecord.kernel.words import day_words
from ofrecord.program.faults import known_words
from ofrecord.program.grammar import WAYS
from ofrecord.program.positions import Path
from ofrecord.program.reading import MISSING, Reading, is_whole

Draft = dict[str, Any]


def check_references(reading: Reading, draft: Draft) -> bool:
    """Notes every name that means nothing, and says whether the clauses can be analyzed as a whole.

    They cannot when a part that they depend on could not be read or names something unknown: gaps and
    overlaps found then would be echoes of that fault.
    """
    names_are_known = _check_ways(reading, draft) & _check_clause_names(reading, draft)
    names_are_known &= _check_conditions(reading, draft) & _check_together(reading, draft)
    _check_offers(reading, draft)
    _check_stories(reading, draft)
    return (
        names_are_known
        and not reading.is_full
        and all(is_whole(draft[name]) for name in draft if name != "examples")
    )


def _names(draft: Draft, section: str) -> list[str]:
    """The names of a section's tables, read or not."""
    return [] if draft[section] is MISSING else list(draft[section])


def _tables(draft: Draft, section: str) -> dict[str, Any]:
    """The tables of a section."""
    tables = {} if draft[section] is MISSING else draft[section]
    return {name: table for name, table in tables.items() if table is not MISSING}


def _stated(table: Any, key: str) -> Any:
    """The value of a key; nothing if it, or its table, could not be read."""
    value = MISSING if table is MISSING else table[key]
    return () if value is MISSING or value is None else value


def _opened(draft: Draft) -> dict[str, date]:
    """The regions where any way is open, with the first day."""
    opened: dict[str, date] = {}
    for way in _tables(draft, "ways").values():
        for region, day in _stated(way, "open"):
            if region is not MISSING and day is not MISSING:
                opened[region] = min(day, opened.get(region, day))
    return opened


def _known_names(draft: Draft) -> dict[str, list[str]]:
    """What may be named of each fact; a fact is absent when what states it could not be read in full."""
    known = {"way": _names(draft, "ways"), "offer": _names(draft, "offers")}
    if is_whole(draft["ways"]):
        known["region"] = list(_opened(draft))
    if draft["program"] is not MISSING and is_whole(draft["program"]["tiers"]):
        known["tier"] = list(draft["program"]["tiers"])
    return known


def _check_ways(reading: Reading, draft: Draft) -> bool:
    unknown = [name for name in _names(draft, "ways") if name not in WAYS]
    for name in unknown:
        says = "This way to sell is not known."
        reading.fault(("ways", name), says, known_words(name, WAYS), at_key=True)
    return not unknown


def _check_clause_names(reading: Reading, draft: Draft) -> bool:
    """A clause is cited by its name alone, so no two may share one."""
    doubled = [name for name in _names(draft, "unpaid") if name in _names(draft, "fees")]
    for name in doubled:
        remedy = "Clauses are cited by name: rename one of the two."
        reading.fault(("unpaid", name), f"[fees.{name}] has this name too.", remedy, at_key=True)
    return not doubled


def _check_conditions(reading: Reading, draft: Draft) -> bool:
    """Every value that a clause asks for must be stated elsewhere in the document."""
    before, known = len(reading.faults), _known_names(draft)
    for section in ("fees", "unpaid"):
        for name, clause in _tables(draft, section).items():
            for fact, names in known.items():
                path = (section, name, "when", fact)
                _check_known(reading, path, _stated(clause["when"], fact), names, fact)
    return len(reading.faults) == before


def _check_known(reading: Reading, path: Path, values: Sequence[str], known: list[str], noun: str) -> None:
    says = {"region": "No way to sell is open in {}.", "tier": "The program has no tier {}."}
    for number, value in enumerate(values):
        if value not in known and not reading.is_full:
            at = (*path, number) if reading.positions.has((*path, number)) else path
            sentence = says.get(noun, "There is no {1} {0}.").format(f'"{value}"', noun)
            reading.fault(at, sentence, known_words(value, known))


def _check_together(reading: Reading, draft: Draft) -> bool:
    before = len(reading.faults)
    fees, unpaid = _names(draft, "fees"), _names(draft, "unpaid")
    for name, clause in _tables(draft, "fees").items():
        path = ("fees", name, "together_with")
        others = _stated(clause, "together_with")
        if name in others:
            reading.fault(path, "A clause cannot go together with itself.", "Name another clause.")
        for other in (other for other in others if other in unpaid):
            says = f"[unpaid.{other}] declares that nothing is paid."
            reading.fault(path, says, "Only clauses that pay go together.")
        _check_known(reading, path, [other for other in others if other not in unpaid], fees, "clause")
    return len(reading.faults) == before


def _check_stories(reading: Reading, draft: Draft) -> None:
    """The names in the examples' stories."""
    known = _known_names(draft)
    for number, example in enumerate(draft["examples"]):
        story = MISSING if example is MISSING else example["story"]
        for fact, names in known.items():
            value = _stated(story, fact)
            _check_known(reading, ("examples", number, "story", fact), [value] if value else [], names, fact)


def _check_offers(reading: Reading, draft: Draft) -> None:
    """The price lists: every region known, and one price every day from the day the offer is open there."""
    if not is_whole(draft["ways"]):
        return
    opened, effective = _opened(draft), _stated(draft["program"], "effective")
    for name, offer in _tables(draft, "offers").items():
        if not is_whole(offer["prices"]) or not is_whole(offer["open"]):
            continue
        rows = defaultdict(list)
        for number, price in enumerate(offer["prices"]):
            path = ("offers", name, "prices", number)
            if _row_is_sound(reading, path, price, opened):
                rows[price["region"]].append((price["from"], price["until"], path))
        opens = dict(offer["open"])
        _check_offer_opens(reading, name, opens, rows)
        for region, spans in rows.items():
            since = [day for day in (opened[region], opens.get(region), effective) if day]
            _check_coverage(reading, region, sorted(spans, key=lambda row: row[0]), max(since))


def _row_is_sound(reading: Reading, path: Path, price: dict[str, Any], opened: dict[str, date]) -> bool:
    first, until, region = price["from"], price["until"], price["region"]
    if region not in opened:
        says = f'No way to sell is open in "{region}".'
        reading.fault((*path, "region"), says, known_words(region, opened))
    if until is not None and until <= first:
        says = f"The price ends on {day_words(until)}, before it has held a day."
        reading.fault((*path, "until"), says, "`until` is the first day on which it no longer holds.")
    return region in opened and (until is None or until > first)


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
