"""The clauses and the other parts of Terms as sentences. Every field has its words: change one, and they change."""

from collections.abc import Iterable
from datetime import date

from ofrecord.kernel.money import Rounding
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import MONTHS, day_words
from ofrecord.program.types import Clause, Condition, Offer, Service, Terms, Way
from ofrecord.program.words import and_list, months_words

ROUNDING_WORDS = {
    Rounding.HALF_UP: "a half is rounded up, away from zero",
    Rounding.HALF_EVEN: "a half is rounded to the even neighbor",
    Rounding.DOWN: "what is left of the smallest unit is dropped",
}


def clause_sentence(clause: Clause, terms: Terms) -> str:
    """What the clause says, in full: who is paid, how much of what, when, and beside which other clause."""
    when = condition_words(clause.when, terms)
    if clause.rate is None:
        return f"Nothing is paid{when}. {clause.because}"
    pays = f"The {clause.role} is paid {rate_text(clause.rate)} of what is {clause.basis}{when}."
    return f"{pays}{_together_sentence(clause, terms)}"


def _together_sentence(clause: Clause, terms: Terms) -> str:
    """That other clauses pay beside this one, whichever of them says so."""
    named = [other for other in terms.clauses if other.name != clause.name and clause.goes_with(other)]
    unnamed = [name for name in clause.together_with if terms.clause(name) is None]
    others = [*(f"“{other.title}” ({other.name})" for other in named), *unnamed]
    if not others:
        return " No other clause pays beside it."
    return f" It is paid in addition to {and_list(others)}, where both match; the rates add up."


def condition_words(when: Condition, terms: Terms) -> str:
    """The facts that must match, as the end of a sentence; nothing when every case matches."""
    parts = [
        f" in {months_words(when.months)} of the subscription" if when.months else "",
        f" when the way to sell is {_either(way_title(terms, code) for code in when.ways)}"
        if when.ways
        else "",
        f" to a {and_list(when.roles, 'or')}" if when.roles else "",
        f" to a partner of tier {and_list(when.tiers, 'or')}" if when.tiers else "",
        f" for {_either(offer_title(terms, code) for code in when.offers)}" if when.offers else "",
        f" for customers in {and_list(when.regions, 'or')}" if when.regions else "",
    ]
    return ",".join(part for part in parts if part) or " in every case"


def _either(names: Iterable[str]) -> str:
    return and_list(list(names), "or")


def way_title(terms: Terms, code: str) -> str:
    """What people call the way, with the name by which it is cited."""
    way = terms.way(code)
    return f"{way.title} ({code})" if way else code


def offer_title(terms: Terms, code: str) -> str:
    """What people call the offer, with the name by which it is cited."""
    offer = terms.offer(code)
    return f"{offer.title} ({code})" if offer else code


def opening_words(opened: tuple[tuple[str, date], ...]) -> str:
    """US from 1 April 2009 and GB from 1 July 2009"""
    return and_list([f"{region} from {day_words(day)}" for region, day in opened])


def way_sentence(way: Way, terms: Terms) -> str:
    """Who bills, and where the way is open from which day."""
    return f"{way_title(terms, way.code)}: the {way.bills} bills the customer. Open in {opening_words(way.open)}."


def offer_sentences(offer: Offer) -> str:
    """What the offer is made of, how it is sold, and where it opens later than the ways that sell it."""
    parts = f"It contains {and_list(offer.parts)}. " if offer.parts else ""
    later = f" It opens in {opening_words(offer.open)}." if offer.open else ""
    return f"{parts}It is cited as {offer.code} and sold {offer.sold}.{later}"


def amount_sentences(terms: Terms) -> tuple[str, ...]:
    """How days, months and amounts are counted."""
    month, day = terms.year_from
    return (
        "A subscription is billed for calendar months, each to the day: unit price × seats × days of service ÷ "
        "days of the month.",
        "Months of a subscription are counted from its first day. An amount billed across the day on which a "
        "clause begins or ends, or the partner changes, is divided by days, and each clause pays its part.",
        "Each line billed and each fee is rounded once to the smallest unit of its currency: "
        f"{ROUNDING_WORDS[terms.rounding]}.",
        f"An amount that names no currency is in {terms.currency}. A fee is paid in the currency of the line billed.",
        f"Days begin and end in the time zone {terms.time_zone}.",
        f"The program's year begins on {day} {MONTHS[month - 1]}. No clause of this version counts by that year.",
    )


def tier_sentence(terms: Terms) -> str:
    """The tiers from the lowest up; nothing without tiers."""
    if not terms.tiers:
        return ""
    tiers = and_list(terms.tiers)
    begins = f"A partner begins as {terms.tiers[0]}, and the tier on the day of the invoice counts."
    return f"Tiers, lowest first: {tiers}. {begins}"


def service_sentences(service: Service) -> tuple[str, ...]:
    """What a customer is told, and for how long a link can be confirmed."""
    told = (
        "The order tells the customer that the partner earns a fee."
        if service.customer_is_told_of_fee
        else "The order tells the customer nothing about fees."
    )
    accepts = (
        f"When confirming, the customer accepts “{service.conditions_title}”, which stand below."
        if service.conditions
        else f"This version states no text for “{service.conditions_title}”."
    )
    return (told, f"An order link can be confirmed for {service.link_days} days.", accepts)
