"""The parts of Terms in words: what the faults and the guide say of ranges, dates, amounts and conditions."""

from collections.abc import Sequence
from datetime import date

from ofrecord.kernel.calendar import Span
from ofrecord.kernel.words import day_words
from ofrecord.program.cells import Case
from ofrecord.program.clause_types import DEALS, PARTNER_OF_RECORD, CountRange
from ofrecord.program.facts import is_beside, roles_named
from ofrecord.program.types import Terms


def and_list(words: Sequence[str], link: str = "and") -> str:
    """one, two and three"""
    *most, last = words
    return f"{', '.join(most)} {link} {last}" if most else last


def name_words(code: str) -> str:
    """The words of a name: "partner-of-record" is "Partner of record"."""
    return capital(code.replace("-", " "))


def capital(words: str) -> str:
    """The words with a capital letter in front, as at the start of a sentence or a cell."""
    return words[:1].upper() + words[1:]


def count_words(number: int, noun: str) -> str:
    """1 seat; 75 seats"""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def months_words(months: CountRange) -> str:
    """month 3; months 1 to 12; month 13 and later; every month"""
    if months.last is None:
        return "every month" if months.first == 1 else f"month {months.first} and later"
    if months.first == months.last:
        return f"month {months.first}"
    return f"months {months.first} to {months.last}"


def seats_words(seats: CountRange) -> str:
    """25 to 249 seats; 250 seats and more; any number of seats"""
    if seats.last is None:
        return "any number of seats" if seats.first <= 1 else f"{count_words(seats.first, 'seat')} or more"
    if seats.first == seats.last:
        return count_words(seats.first, "seat")
    return f"up to {seats.last:,} seats" if seats.first <= 1 else f"{seats.first:,} to {seats.last:,} seats"


def span_words(span: Span) -> str:
    """from 1 February 2011 to 1 April 2011; until 31 January 2011; from 2 April 2011 on; on any day"""
    first, last = span.first, span.last
    if first == date.min:
        return "on any day" if last is None else f"until {day_words(last)}"
    if last is None:
        return f"from {day_words(first)} on"
    return f"on {day_words(first)}" if first == last else f"from {day_words(first)} to {day_words(last)}"


def case_words(case: Case, terms: Terms) -> str:
    """A case by the names of the document, as far as the program tells it apart from others.

    "partner-of-record, US, business-suite, month 13 and later, for the referrer"
    """
    regions = {region for way in terms.ways for region, _ in way.open}
    parts = [
        _names(case.ways, len(terms.ways), "way"),
        _names(case.tiers, len(terms.tiers), "tier") if terms.tiers else "",
        _names(case.regions, len(regions), "region"),
        _names(case.segments, len(terms.segments), "segment") if terms.segments else "",
        _names(case.offers, len(terms.offers), "offer"),
        deals_words(case.deals),
        seats_words(case.seats) if case.seats != CountRange(1) else "",
        _days_words("sold", case.sold),
        _days_words("billed", case.billed),
        *months_of(case),
        _roles(case, terms),
    ]
    return ", ".join(part for part in parts if part)


def deals_words(deals: tuple[str, ...]) -> str:
    """new and upsell; nothing when it may be any"""
    return "" if len(deals) == len(DEALS) else f"{and_list(deals)} sale{'' if len(deals) == 1 else 's'}"


def months_of(case: Case) -> list[str]:
    """The months of a case, counted from the start and from the designation, as far as it tells them apart."""
    since = f"{months_words(case.designated)} from the designation"
    apart = [since] if case.designated != CountRange(1) else []
    return [months_words(case.months), *apart] if case.months != CountRange(1) or not apart else apart


def _days_words(verb: str, span: Span) -> str:
    return "" if span == Span(date.min) else f"{verb} {span_words(span)}"


def _roles(case: Case, terms: Terms) -> str:
    """Whom it is about, where a document pays others than the partner of record."""
    if not any(not is_beside(c) and roles_named((c,)) - {PARTNER_OF_RECORD} for c in terms.clauses):
        return ""
    return f"for the {and_list(case.roles)}"


def _names(values: tuple[str, ...], of: int, noun: str, most: int = 6) -> str:
    """The values, or that they are all there are, or the first few and how many more."""
    if len(values) == of > 2:
        return f"every {noun}"
    if len(values) > most:
        return f"{', '.join(values[:most])} and {len(values) - most} more {noun}s"
    return and_list(values)
