"""The parts of a clause in words: what it asks for, how much it pays of what, and until where."""

from collections.abc import Iterable
from fractions import Fraction

from ofrecord.kernel.money import Money
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import money_words
from ofrecord.program.clause_types import (
    DESIGNATION,
    Band,
    Bands,
    Basis,
    Clause,
    Condition,
    Growth,
    Limit,
    Measure,
    Needs,
    Per,
    Period,
    PoolKey,
    Unit,
)
from ofrecord.program.types import Terms
from ofrecord.program.words import and_list, count_words, months_words, seats_words, span_words

UNIT_WORDS = {
    Unit.SEAT: "for each seat and month (by days)",
    Unit.LINE: "for each line billed",
    Unit.MONTH: "for each month of the subscription (by days)",
    Unit.SUBSCRIPTION: "once for each new subscription",
    Unit.CUSTOMER: "once for each new customer",
}
KEY_WORDS = {
    PoolKey.SEATS: "in proportion to their seats",
    PoolKey.CUSTOMERS: "in proportion to their customers",
    PoolKey.EQUALLY: "in equal parts",
    PoolKey.REVENUE: "in proportion to what was billed for each partner's sales",
}


def way_title(terms: Terms, code: str) -> str:
    """What people call the way."""
    way = terms.way(code)
    return way.title if way else code


def offer_title(terms: Terms, code: str) -> str:
    """What people call the offer."""
    offer = terms.offer(code)
    return offer.title if offer else code


def clause_title(terms: Terms, name: str) -> str:
    """What people call the clause, in quotes."""
    clause = terms.clause(name)
    return f"“{clause.title if clause else name}”"


def condition_words(when: Condition, terms: Terms) -> str:
    """The facts that must match, as the end of a sentence; nothing when every case matches."""
    since = (
        "from the designation of the partner" if when.months_from == DESIGNATION else "of the subscription"
    )
    ways, offers = [way_title(terms, c) for c in when.ways], [offer_title(terms, c) for c in when.offers]
    parts = [
        f" in {months_words(when.months)} {since}" if when.months else "",
        f" when the way to sell is {_either(ways)}" if ways else "",
        f" to a {_either(when.roles)}" if when.roles else "",
        f" to a partner of tier {_either(when.tiers)}" if when.tiers else "",
        f" for {_either(offers)}" if offers else "",
        f" for offers of the family {_either(when.families)}" if when.families else "",
        f" for {_either(when.deals)} sales" if when.deals else "",
        f" for customers of segment {_either(when.segments)}" if when.segments else "",
        f" for customers in {_either(when.regions)}" if when.regions else "",
        f" for lines of {seats_words(when.seats)}" if when.seats else "",
        f" for subscriptions that started {span_words(when.sold)}" if when.sold else "",
        f" on invoices dated {span_words(when.billed)}" if when.billed else "",
    ]
    return ",".join(part for part in parts if part) or " in every case"


def _either(names: Iterable[str]) -> str:
    return and_list(list(names), "or")


def basis_words(clause: Clause, terms: Terms) -> str:
    """What a rate of the clause is a share of."""
    match clause.basis:
        case Basis.BILLED:
            return "what is billed"
        case Basis.COLLECTED:
            return "what the customer has paid"
        case Basis.LIST:
            return "what it would be at the list price"
        case Basis.MARGIN:
            return "the margin over the wholesale price"
        case Basis.POOLED:
            return f"the pool “{clause.pool}”"
        case Basis.FEE:
            return f"the fee under {clause_title(terms, clause.of)}"


def pays_words(clause: Clause, terms: Terms) -> str:
    """How much of what: "12% of what is billed", "2.00 USD once for each new customer"."""
    if clause.amount is not None:
        return f"{money_words(clause.amount)} {UNIT_WORDS[clause.unit or Unit.LINE]}"
    return f"{share_words(clause)} of {basis_words(clause, terms)}"


def share_words(clause: Clause) -> str:
    """12%; 5% to 8%"""
    low, high = rates_of(clause)
    return rate_text(low) if low == high else f"{rate_text(low)} to {rate_text(high)}"


def rates_of(clause: Clause) -> tuple[Fraction, Fraction]:
    """The lowest and the highest share that it pays."""
    rates = [band.rate for band in clause.bands.bands] if clause.bands else [clause.rate or Fraction(0)]
    return min(rates), max(rates)


def payees_words(clause: Clause) -> str:
    """The partner of record; the partner of record (70%) and the referrer (30%)"""
    if not clause.split:
        return f"the {clause.role}"
    return and_list([f"the {role} ({rate_text(part)})" for role, part in clause.split])


def bands_sentence(clause: Clause, bands: Bands, terms: Terms) -> str:
    """What is paid in which band, and whether each slice or the whole amount is paid at its rate."""
    slices = _bands_words(bands, clause_currency(clause, terms))
    if bands.graduated:
        return f"Each slice is paid at its own rate: {slices}; added up {per_words(bands.per)}."
    return f"All of it is paid at the one rate that is reached: {slices}; added up {per_words(bands.per)}."


def _bands_words(bands: Bands, currency: str) -> str:
    words, before = [], ""
    for band in bands.bands:
        until = _edge_words(band, bands.measure, currency)
        reach = (
            f"up to {until}" if not before else f"from {before} to {until}" if until else f"above {before}"
        )
        words.append(f"{rate_text(band.rate)} {reach}" if until or before else rate_text(band.rate))
        before = until
    return ", ".join(words)


def _edge_words(band: Band, measure: Measure, currency: str) -> str:
    if band.up_to is None:
        return ""
    if measure is Measure.AMOUNT:
        return money_words(Money(band.up_to, currency))
    return count_words(band.up_to, measure.value.removesuffix("s"))


def clause_currency(clause: Clause, terms: Terms) -> str:
    """The currency in which the clause's sales are billed; a document asks for one where it matters."""
    when = clause.when
    found = (
        price.amount.currency
        for offer in terms.offers
        for price in offer.prices
        if not when.regions or price.region in when.regions
        if not when.offers or offer.code in when.offers
        if not when.families or offer.family in when.families
    )
    return next(found, terms.currency)


def per_words(per: Per) -> str:
    """per partner and program year; per customer, without end; per line"""
    return f"per {per}" + ("" if per.period is not Period.LIFETIME or str(per) == "line" else ", for good")


def needs_sentence(needs: Needs) -> str:
    """What must have been sold, over which time it is counted, and for which sales that counts."""
    sold = [
        count_words(needs.new_customers, "new customer") if needs.new_customers else "",
        count_words(needs.seats, "seat") if needs.seats else "",
        count_words(needs.subscriptions, "subscription") if needs.subscriptions else "",
        f"{money_words(needs.billed)} billed" if needs.billed else "",
    ]
    counts = (
        "Once it is met, all sales of that time are paid, also earlier ones."
        if needs.for_all
        else "It is paid on invoices from the day on which that is met."
    )
    what = and_list([words for words in sold if words] or ["nothing"])
    return f"The partner must have sold {what} in all, counted over {_during_words(needs)}. {counts}"


def _during_words(needs: Needs) -> str:
    if needs.during is not None:
        return f"subscriptions that started {span_words(needs.during)}"
    if needs.period is Period.LIFETIME:
        return "all subscriptions so far"
    return f"subscriptions that started in the same {needs.period.value}"


def growth_sentence(growth: Growth) -> str:
    """The baseline above which it is paid."""
    baseline = "" if growth.factor == 1 else f"{rate_text(growth.factor)} of "
    return (
        f"It is paid only on what is above {baseline}the same {growth.per.period.value} one year before, "
        f"added up per {growth.per.scope.value}."
    )


def limit_sentence(most: str, limit: Limit) -> str:
    """It pays at most 500.00 USD per customer and program year."""
    return f"It pays {most} {money_words(limit.amount)} {per_words(limit.per)}."
