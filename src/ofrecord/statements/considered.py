"""Why a clause does not pay a case, in a sentence: what it asks for, and what there was instead."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ofrecord.engine.judging.claims import Case, Considered
from ofrecord.engine.types import PAYMENT
from ofrecord.kernel.words import day_words
from ofrecord.program.clause_types import DESIGNATION, Clause
from ofrecord.program.clause_words import needs_sentence, offer_title, way_title
from ofrecord.program.words import and_list, months_words, seats_words, span_words


@dataclass(frozen=True, slots=True)
class Weighed:
    """A clause that was considered for a case, with what came of it. `failed` names the fact that it lacked first."""

    clause: str
    title: str
    version: str
    terms_sha256: str
    claims: bool
    failed: str
    says: str


def weighed(each: Considered, case: Case, partner: str) -> Weighed:
    """The clause as people are told of it; `partner` is the name of the partner of the case."""
    title = each.clause.title
    return Weighed(
        clause=each.clause.name,
        title=title,
        version=each.terms.version,
        terms_sha256=each.terms.sha256,
        claims=not each.failed,
        failed=each.failed,
        says=_SAYS[each.failed](each, case, partner),
    )


def _claims(each: Considered, case: Case, partner: str) -> str:
    clause = each.clause
    if not clause.pays:
        return f"{clause.title} covers this case and pays nothing. {clause.because}"
    return f"{clause.title} covers this case, so it decides what is paid."


def _earned(each: Considered, case: Case, partner: str) -> str:
    if each.asked == PAYMENT:
        return (
            f"{each.clause.title} pays as far as the customer has paid; this is the bill and not a payment."
        )
    return f"{each.clause.title} pays with the bill; this is a payment."


def _role(each: Considered, case: Case, partner: str) -> str:
    roles = each.clause.payees or each.clause.when.roles
    return f"{each.clause.title} is for the {_either(roles)}; {partner} is {case.partner.role}."


def _way(each: Considered, case: Case, partner: str) -> str:
    asked = _either(way_title(each.terms, code) for code in each.clause.when.ways)
    found = way_title(each.terms, case.event.fact.way)
    return f"{each.clause.title} asks for the way to sell {asked}; this was sold by the way {found}."


def _offer(each: Considered, case: Case, partner: str) -> str:
    asked = _either(offer_title(each.terms, code) for code in each.clause.when.offers)
    found = offer_title(each.terms, case.event.fact.offer)
    return f"{each.clause.title} asks for {asked}; this is {found}."


def _listed(noun: str, asked: Callable[[Clause], tuple[str, ...]]) -> "Says":
    def says(each: Considered, case: Case, partner: str) -> str:
        found = each.found or "none"
        return f"{each.clause.title} asks for the {noun} {_either(asked(each.clause))}; this one is {found}."

    return says


def _tier(each: Considered, case: Case, partner: str) -> str:
    day = day_words(case.event.fact.invoice_day)
    held = f"held the tier {case.partner.tier}" if case.partner.tier else "held no tier"
    return (
        f"{each.clause.title} asks for the tier {_either(each.clause.when.tiers)}; {partner} {held} on {day}."
    )


def _month(each: Considered, case: Case, partner: str) -> str:
    when = each.clause.when
    assert when.months is not None, "it asks for months"
    of = f"since {partner} was designated" if when.months_from == DESIGNATION else "of the subscription"
    return f"{each.clause.title} asks for {months_words(when.months)} {of}; this is month {each.found}."


def _seats(each: Considered, case: Case, partner: str) -> str:
    seats = each.clause.when.seats
    assert seats is not None, "it asks for seats"
    return f"{each.clause.title} asks for {seats_words(seats)}; this line has {case.event.fact.seats:,}."


def _sold(each: Considered, case: Case, partner: str) -> str:
    sold = each.clause.when.sold
    assert sold is not None, "it asks for a day"
    found = day_words(case.event.fact.started_on)
    return f"{each.clause.title} asks for subscriptions that started {span_words(sold)}; this one started on {found}."


def _billed(each: Considered, case: Case, partner: str) -> str:
    billed = each.clause.when.billed
    assert billed is not None, "it asks for a day"
    found = day_words(case.event.fact.invoice_day)
    return f"{each.clause.title} asks for invoices dated {span_words(billed)}; this one is of {found}."


def _of(each: Considered, case: Case, partner: str) -> str:
    base = each.terms.clause(each.asked)
    return f"{each.clause.title} is a share of {base.title if base else each.asked}, which does not cover this case."


def _needs(each: Considered, case: Case, partner: str) -> str:
    assert each.clause.needs is not None, "it asks for sales"
    asked = needs_sentence(each.clause.needs)
    return f"{each.clause.title} asks for more sales than {partner} had made by then. {asked}"


def _precedence(each: Considered, case: Case, partner: str) -> str:
    winner = each.terms.clause(each.found)
    return (
        f"{each.clause.title} gives way to {winner.title if winner else each.found}, which covers this case."
    )


def _version(each: Considered, case: Case, partner: str) -> str:
    return (
        f"{each.clause.title} of version {each.terms.version} is not asked: a clause of a version that goes before "
        "covers this case."
    )


def _either(names: Iterable[str]) -> str:
    return and_list(list(names), "or")


Says = Callable[[Considered, Case, str], str]
_SAYS: Final[Mapping[str, Says]] = {
    "": _claims,
    "earned": _earned,
    "role": _role,
    "way": _way,
    "region": _listed("region", lambda clause: clause.when.regions),
    "segment": _listed("segment", lambda clause: clause.when.segments),
    "family": _listed("family", lambda clause: clause.when.families),
    "offer": _offer,
    "tier": _tier,
    "deal": _listed("kind of sale", lambda clause: clause.when.deals),
    "month": _month,
    "seats": _seats,
    "sold": _sold,
    "billed": _billed,
    "of": _of,
    "needs": _needs,
    "precedence": _precedence,
    "version": _version,
}
