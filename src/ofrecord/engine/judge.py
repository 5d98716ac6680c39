"""The judge: what each billed line earns, in plain Python, slowly and plainly.

A billed line is split by days, each piece is attributed to the partners recognized on it, matched with the
clauses of the version that governs the sale, and each match is a rate that is applied and rounded. Whatever
computes fees faster must agree with this to the last minor unit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from ofrecord.engine.types import BilledFact, FeeLine, Recognition
from ofrecord.kernel.calendar import Span, add_months, month_index
from ofrecord.kernel.money import Money, round_fraction, share
from ofrecord.program.types import Clause, Terms


@dataclass(frozen=True, slots=True)
class Piece:
    """Days of a billed line on which nothing changes that a clause asks for, and their share of it."""

    number: int
    service: Span
    all_days: tuple[int, ...]
    basis: Money
    month_first: int
    month_last: int


def judge(terms_by_sha: Mapping[str, Terms], facts: Iterable[BilledFact]) -> list[FeeLine]:
    """The fee lines of the facts, ordered by key; each fact is judged under the version that governs it."""
    lines = [line for fact in facts for line in judge_fact(terms_by_sha[fact.terms_sha256], fact)]
    return sorted(lines, key=lambda line: line.key)


def judge_fact(terms: Terms, fact: BilledFact) -> list[FeeLine]:
    """The fee lines of one billed line. Where no partner is recognized nobody is paid: no line."""
    return [
        fee_line(terms, fact, piece, partner, clause)
        for piece in split(terms, fact)
        for partner in attribute(terms, fact, piece)
        for clause in match(terms, fact, piece, partner)
    ]


def split(terms: Terms, fact: BilledFact) -> list[Piece]:
    """The line cut where a month range of a clause begins or ends, and where a partner comes or goes.

    The amount is shared by days with the largest remainder, so the pieces sum to what was billed.
    """
    spans = fact.service.cut([*month_boundaries(terms, fact.started_on), *partner_boundaries(fact)])
    all_days = tuple(span.days for span in spans)
    amounts = share(Money(fact.billed_minor, fact.currency), all_days)
    return [
        Piece(number, span, all_days, basis, *months_of(span, fact.started_on))
        for number, (span, basis) in enumerate(zip(spans, amounts, strict=True))
    ]


def month_boundaries(terms: Terms, started_on: date) -> list[date]:
    """The days on which a month range used by a clause begins, or is over."""
    ranges = [clause.when.months for clause in terms.clauses if clause.when.months]
    firsts = [months.first for months in ranges]
    nexts = [months.last + 1 for months in ranges if months.last is not None]
    return [add_months(started_on, month - 1) for month in (*firsts, *nexts)]


def partner_boundaries(fact: BilledFact) -> list[date]:
    """The days on which a partner comes, or is gone."""
    comes = [partner.span.first for partner in fact.partners]
    goes = [partner.span.until for partner in fact.partners if partner.span.until is not None]
    return [*comes, *goes]


def months_of(span: Span, started_on: date) -> tuple[int, int]:
    """The first and last month of the subscription that the days touch."""
    assert span.last is not None, "a billed line has an end"
    return month_index(started_on, span.first), month_index(started_on, span.last)


def attribute(terms: Terms, fact: BilledFact, piece: Piece) -> list[Recognition]:
    """The partners recognized on the days of the piece. A partner without a tier has the program's first."""
    lowest = terms.tiers[0] if terms.tiers else ""
    return [
        Recognition(partner.partner, partner.role, partner.span, partner.tier or lowest)
        for partner in fact.partners
        if partner.span.has(piece.service.first)
    ]


def match(terms: Terms, fact: BilledFact, piece: Piece, partner: Recognition) -> list[Clause | None]:
    """The clauses that claim the piece for the partner; `[None]` when none does: that is a line too."""
    claims = [clause for clause in terms.clauses if claims_piece(clause, fact, piece, partner)]
    return [*claims] or [None]


def claims_piece(clause: Clause, fact: BilledFact, piece: Piece, partner: Recognition) -> bool:
    """Whether all that the clause asks for holds. Where it names nothing of a fact it asks nothing of it."""
    when = clause.when
    return (
        clause.role in ("", partner.role)
        and (not when.roles or partner.role in when.roles)
        and (not when.ways or fact.way in when.ways)
        and (not when.tiers or partner.tier in when.tiers)
        and (not when.regions or fact.region in when.regions)
        and (not when.offers or fact.offer in when.offers)
        and (when.months is None or when.months.has(piece.month_first))
    )


def rate_of(clause: Clause | None) -> Fraction:
    """The exact rate; zero where the case is unpaid."""
    return clause.rate if clause is not None and clause.rate is not None else Fraction(0)


def reason_of(terms: Terms, clause: Clause | None) -> str:
    """Why a line pays nothing, in a sentence; empty for a clause that pays."""
    if clause is None:
        return f"No clause of {terms.title} {terms.version} covers this case."
    return clause.because if clause.rate is None else ""


def fee_line(
    terms: Terms, fact: BilledFact, piece: Piece, partner: Recognition, clause: Clause | None
) -> FeeLine:
    """The rate applied to the piece's basis and rounded once, with all of its working."""
    rate = rate_of(clause)
    exact = piece.basis.minor * rate
    return FeeLine(
        invoice_line=fact.invoice_line,
        invoice=fact.invoice,
        subscription=fact.subscription,
        customer=fact.customer,
        partner=partner.partner,
        role=partner.role,
        recognized_from=partner.span.first,
        offer=fact.offer,
        way=fact.way,
        region=fact.region,
        tier=partner.tier,
        service=piece.service,
        started_on=fact.started_on,
        month_first=piece.month_first,
        month_last=piece.month_last,
        piece_days=piece.all_days,
        piece=piece.number,
        seats=fact.seats,
        unit_price_minor=fact.unit_price_minor,
        billed_minor=fact.billed_minor,
        basis_minor=piece.basis.minor,
        currency=fact.currency,
        terms_sha256=terms.sha256,
        program=terms.program,
        version=terms.version,
        clause=clause.name if clause else "",
        rate_numerator=rate.numerator,
        rate_denominator=rate.denominator,
        exact_numerator=exact.numerator,
        exact_denominator=exact.denominator,
        rounding=terms.rounding.value,
        fee_minor=round_fraction(exact, terms.rounding),
        reason=reason_of(terms, clause),
    )


def recompute(line: FeeLine, terms: Terms) -> Money:
    """What the line pays, worked out again from its working and the document's rate and rounding.

    Equal to the stored fee for every line that the judge wrote; a line that was altered, or is held against
    another version, gives another amount.
    """
    billed = Money(line.billed_minor, line.currency)
    basis = share(billed, line.piece_days)[line.piece]
    return Money(
        round_fraction(basis.minor * rate_of(terms.clause(line.clause)), terms.rounding), line.currency
    )
