"""The clauses and the other parts of Terms as sentences. Every field has its words: change one, and they change."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from ofrecord.kernel.money import Rounding
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import MONTHS, day_words, money_words
from ofrecord.program.clause_types import FORMER_PARTNER, Applies, Basis, Clause, Earned
from ofrecord.program.clause_words import (
    KEY_WORDS,
    bands_sentence,
    clause_title,
    condition_words,
    growth_sentence,
    limit_sentence,
    needs_sentence,
    payees_words,
    pays_words,
)
from ofrecord.program.types import CREDITS, Offer, Payment, Proration, Service, Terms, Way
from ofrecord.program.words import and_list, capital, count_words

ROUNDING_WORDS = {
    Rounding.HALF_UP: "a half is rounded up, away from zero",
    Rounding.HALF_EVEN: "a half is rounded to the even neighbor",
    Rounding.DOWN: "what is left of the smallest unit is dropped",
}
DEALS_SENTENCE = (
    "A sale is a renewal once its commitment is over, an upsell for seats above those it started with, a cross-sell "
    "where the customer took another offer before, and otherwise new."
)
PRORATION_WORDS = {
    Proration.BY_DAYS: "is divided by days, and each clause pays its part",
    Proration.BY_SECONDS: "is divided by the seconds of the program's time zone, and each clause pays its part",
    Proration.FIRST_DAY: "is not divided: what holds on its first day of service holds for all of it",
}


def clause_sentence(clause: Clause, terms: Terms) -> str:
    """What the clause says, in full: who is paid, how much of what, when, until where, and beside what."""
    when = condition_words(clause.when, terms)
    if not clause.pays:
        return " ".join((f"Nothing is paid{when}. {clause.because}", *_places(clause, terms)))
    parts = [f"{_pays_sentence(clause, terms)}{when}.", *_shared(clause)]
    parts += [bands_sentence(clause, clause.bands, terms)] if clause.bands else []
    parts += [needs_sentence(clause.needs)] if clause.needs else []
    parts += [growth_sentence(clause.growth)] if clause.growth else []
    parts += [limit_sentence("at most", clause.cap)] if clause.cap else []
    parts += [limit_sentence("at least", clause.floor)] if clause.floor else []
    return " ".join(
        [*parts, *_time_sentences(clause, terms), *_together(clause, terms), *_places(clause, terms)]
    )


def _pays_sentence(clause: Clause, terms: Terms) -> str:
    payees = capital(payees_words(clause))
    comma = "," if clause.amount is not None else ""
    return f"{payees} {'share' if len(clause.split) > 1 else 'is paid'} {pays_words(clause, terms)}{comma}"


def _shared(clause: Clause) -> Iterator[str]:
    """What of a split is left over, and by what a pool is shared."""
    rest = 1 - sum((part for _, part in clause.split), Fraction(0))
    if clause.split and rest:
        yield f"{rate_text(rest)} of it is paid to nobody."
    if clause.pool_key:
        yield f"All partners that it pays share it {KEY_WORDS[clause.pool_key]}."


def _time_sentences(clause: Clause, terms: Terms) -> Iterator[str]:
    """When it is earned, how much of it is held back, and which sales it reaches."""
    if clause.earned is Earned.WHEN_COLLECTED:
        yield "It is earned as far as the customer has paid the invoice."
    if clause.holdback:
        days = count_words(clause.holdback.days, "day")
        yield f"{rate_text(clause.holdback.share)} of it is held back for {days} from the event that earned it."
    if clause.applies is Applies.ALL:
        first = day_words(terms.effective)
        yield f"From {first} on it applies to all subscriptions, also those sold under an earlier version."
    if clause.applies is Applies.UNTIL_RENEWAL:
        yield "It applies to a subscription until its first renewal after a later version took effect."


def _together(clause: Clause, terms: Terms) -> Iterator[str]:
    """That other clauses pay beside this one, whichever of them says so."""
    named = [other for other in terms.clauses if other.name != clause.name and clause.goes_with(other)]
    unnamed = [name for name in clause.together_with if terms.clause(name) is None]
    others = [*(clause_title(terms, other.name) for other in named), *unnamed]
    if others:
        both = [clause, *named]
        adds = "the rates add up" if all(each.rate is not None for each in both) else "each pays its own line"
        yield f"It is paid in addition to {and_list(others)}, where both match; {adds}."
    elif clause.basis is not Basis.POOLED and not clause.instead_of:
        payees = "the same role" if clause.split else f"the {clause.role}"
        yield f"No other clause pays {payees} beside it."


def _places(clause: Clause, terms: Terms) -> Iterator[str]:
    """Which clauses give way to this one, and to which ones it gives way."""
    if clause.instead_of:
        others = and_list([clause_title(terms, name) for name in clause.instead_of])
        yield f"Where it pays, {others} {'does' if len(clause.instead_of) == 1 else 'do'} not."
    before = [clause_title(terms, other.name) for other in terms.clauses if clause.gives_way_to(other)]
    if before:
        yield f"It does not {'pay' if clause.pays else 'hold'} where {and_list(before, 'or')} pays."


def opening_words(opened: tuple[tuple[str, date], ...]) -> str:
    """US from 1 April 2009 and GB from 1 July 2009"""
    return and_list([f"{region} from {day_words(day)}" for region, day in opened])


def way_sentence(way: Way, terms: Terms) -> str:
    """Who bills, and where the way is open from which day."""
    sells = "" if terms.pays(way.code) else " No clause pays for sales made this way."
    return f"The {way.bills} bills the customer. Open in {opening_words(way.open)}.{sells}"


def offer_sentences(offer: Offer) -> str:
    """What the offer is made of, how it is sold, and where it opens later than the ways that sell it."""
    parts = f"It contains {and_list(offer.parts)}. " if offer.parts else ""
    later = f" It opens in {opening_words(offer.open)}." if offer.open else ""
    family = f" It is in the family {offer.family}." if offer.family else ""
    return f"{parts}It is cited as {offer.code} and sold {offer.sold}.{family}{later}"


def amount_sentences(terms: Terms) -> tuple[str, ...]:
    """How days, months and amounts are counted."""
    month, day = terms.year_from
    last = "included" if terms.last_day_included else "excluded"
    return (
        "A subscription is billed for calendar months, each to the day: unit price × seats × days of service ÷ "
        "days of the month.",
        "Months of a subscription are counted from its first day, those of a designation from the day on which the "
        "partner was designated.",
        "An amount billed across the day on which a clause begins or ends, or the partner changes, "
        f"{PRORATION_WORDS[terms.proration]}.",
        f"The document writes ranges of days with their last day {last}; this guide always names the last day that "
        "still belongs to the range.",
        "Each line billed and each fee is rounded once to the smallest unit of its currency: "
        f"{ROUNDING_WORDS[terms.rounding]}.",
        f"An amount that names no currency is in {terms.currency}. A fee is in the currency of the line billed.",
        f"Days begin and end in the time zone {terms.time_zone}.",
        f"The program's year begins on {day} {MONTHS[month - 1]}; its quarters are counted from that day.",
        *((DEALS_SENTENCE,) if any(clause.when.deals for clause in terms.clauses) else ()),
        "Unless a clause says otherwise it applies to subscriptions sold under this version, and is earned when "
        "they are billed.",
    )


def payment_sentences(terms: Terms) -> tuple[str, ...]:
    """How what was earned becomes payable, and what can be taken back of it."""
    payment = terms.payment
    return (
        _minimum_sentence(payment),
        *_clawback_sentences(payment),
        "A statement is in the currency of the partner, or where it chose none in that of each line. The exchange rate "
        f"is that of the day that earned the fee, or at most {count_words(payment.rate_days, 'day')} older; without "
        "one the line waits.",
        "What is held back, carried or waits was earned all the same: it stays on the statement until it is paid.",
    )


def _minimum_sentence(payment: Payment) -> str:
    if not payment.minimums:
        return "Every total above zero is paid, however small."
    least = and_list([money_words(minimum) for minimum in payment.minimums], "or")
    return f"A total below {least} is carried to the next statement; one in another currency is paid, however small."


def _clawback_sentences(payment: Payment) -> tuple[str, ...]:
    if not payment.reduced_by:
        return ("Nothing that is taken back from an invoice reduces a fee.",)
    reduced = and_list([f"a {credit}" for credit in payment.reduced_by], "or")
    others = [credit for credit in CREDITS if credit not in payment.reduced_by]
    kept = f" It is not reduced by {and_list([f'a {credit}' for credit in others], 'or')}." if others else ""
    days = payment.claw_window
    window = (
        f"for {count_words(days, 'day')} from the event that earned it, not later"
        if days is not None
        else "at any time"
    )
    limit = (
        "What is taken back may use up all that a statement earns; what is left to take back is carried."
        if payment.claw_limit == 1
        else f"Of what a statement earns at most {rate_text(payment.claw_limit)} is kept for what is taken back; what "
        "is left to take back is carried."
    )
    return (
        f"A fee is reduced by {reduced} of the invoice that it was earned with.{kept}",
        f"A fee may be taken back {window}.",
        limit,
    )


def segment_sentence(terms: Terms) -> str:
    """The segments of customers."""
    return f"A customer is in one segment: {and_list(terms.segments, 'or')}. Without one it is in {terms.segments[0]}."


def pool_sentences(terms: Terms) -> tuple[str, ...]:
    """What is pooled, and which clauses share it out."""
    found = []
    for pool in terms.pools:
        clauses = [clause_title(terms, c.name) for c in terms.clauses if c.pool == pool]
        shared = (
            f"shared out under {and_list(clauses)}"
            if clauses
            else "shared out under no clause of this version"
        )
        found.append(f"“{pool}”, month by month, {shared}.")
    return tuple(found)


def run_off_sentence(terms: Terms) -> str:
    """What a former partner of record still earns after a change of partner."""
    clauses = [clause_title(terms, c.name) for c in terms.clauses if FORMER_PARTNER in c.payees]
    change = "From the day of a change of partner the new partner of record is paid."
    if not clauses:
        return f"{change} No clause of this version pays the former one."
    return f"{change} The former one still earns under {and_list(clauses)}, for as long as it says."


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
