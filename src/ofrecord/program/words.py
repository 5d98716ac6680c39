"""The parts of Terms in words: what the faults and the guide say of ranges, dates, amounts and conditions."""

from collections.abc import Sequence

from ofrecord.program.analysis import Case
from ofrecord.program.types import MonthRange, Terms


def and_list(words: Sequence[str], link: str = "and") -> str:
    """one, two and three"""
    *most, last = words
    return f"{', '.join(most)} {link} {last}" if most else last


def name_words(code: str) -> str:
    """The words of a name: "partner-of-record" is "Partner of record"."""
    words = code.replace("-", " ")
    return words[:1].upper() + words[1:]


def months_words(months: MonthRange) -> str:
    """month 3; months 1 to 12; month 13 and later; every month"""
    if months.last is None:
        return "every month" if months.first == 1 else f"month {months.first} and later"
    if months.first == months.last:
        return f"month {months.first}"
    return f"months {months.first} to {months.last}"


def case_words(case: Case, terms: Terms) -> str:
    """A case by the names of the document: "partner-of-record, US, business-suite, month 13 and later"."""
    regions = {region for way in terms.ways for region, _ in way.open}
    parts = [
        _names(case.ways, len(terms.ways), "way"),
        _names(case.tiers, len(terms.tiers), "tier") if terms.tiers else "",
        _names(case.regions, len(regions), "region"),
        _names(case.offers, len(terms.offers), "offer"),
        months_words(case.months),
    ]
    return ", ".join(part for part in parts if part)


def _names(values: tuple[str, ...], of: int, noun: str, most: int = 6) -> str:
    """The values, or that they are all there are, or the first few and how many more."""
    if len(values) == of > 2:
        return f"every {noun}"
    if len(values) > most:
        return f"{', '.join(values[:most])} and {len(values) - most} more {noun}s"
    return and_list(values)
