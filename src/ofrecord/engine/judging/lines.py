"""A case, a clause and what was reckoned, written down as a fee line."""

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from ofrecord.engine.judging.claims import Case, Claim
from ofrecord.engine.judging.reckon import Reckoned
from ofrecord.engine.types import FeeLine
from ofrecord.kernel.money import share_minor
from ofrecord.program.clause_types import Basis, Clause
from ofrecord.program.types import Terms


@dataclass(frozen=True, slots=True)
class Dealt:
    """What one partner has of what a clause pays: its part, the odd unit that it was given, the amount."""

    part: Fraction = Fraction(1)
    remainder: int = 0
    earned_minor: int = 0


def fee_line(claim: Claim, case: Case, reckoned: Reckoned, dealt: Dealt) -> FeeLine:
    """The line of one partner with all of its working; nothing of it is booked yet."""
    return _line(claim.terms, claim.clause, case, reckoned, dealt)


def zero_line(terms: Terms, case: Case, reason: str) -> FeeLine:
    """The line of a case that no clause claims: it says why."""
    source = case.event.net_minor
    basis = share_minor(source, case.piece.weights)[case.piece.number]
    return _line(terms, None, case, Reckoned(source, basis, reason=reason), Dealt())


def _line(
    terms: Terms,
    clause: Clause | None,
    case: Case,
    reckoned: Reckoned,
    dealt: Dealt,
) -> FeeLine:
    event, piece, partner, fact = case.event, case.piece, case.partner, case.event.fact
    fee_of_clause = clause is not None and clause.basis is Basis.FEE
    return FeeLine(
        source=event.source,
        event=event.id,
        event_day=event.day,
        invoice_line=fact.invoice_line,
        invoice=fact.invoice,
        invoice_day=fact.invoice_day,
        subscription=fact.subscription,
        customer=fact.customer,
        partner=partner.partner,
        role=partner.role,
        recognized_from=partner.span.first,
        offer=fact.offer,
        family=case.family,
        way=fact.way,
        region=fact.region,
        segment=case.segment,
        deal=piece.deal,
        tier=partner.tier,
        service=piece.service,
        started_on=fact.started_on,
        month_first=piece.month_first,
        month_last=piece.month_last,
        seats=piece.seats,
        unit_price_minor=fact.unit_price_minor,
        billed_minor=event.gross_minor,
        credited_minor=event.net_minor - event.gross_minor,
        credited_on=event.credited_on,
        facts=event.facts,
        basis=(clause.basis if clause is not None else Basis.BILLED).value,
        weights=(1,) if fee_of_clause else piece.weights,
        piece=0 if fee_of_clause else piece.number,
        currency=fact.currency,
        **stated(terms, clause),
        **worked(terms, reckoned),
        share_numerator=dealt.part.numerator,
        share_denominator=dealt.part.denominator,
        share_remainder=dealt.remainder,
        earned_minor=dealt.earned_minor,
        release_on=release_day(terms, clause, event.day),
        due_currency=fact.currency,
        retained_minor=dealt.earned_minor,
    )


def stated(terms: Terms, clause: Clause | None) -> dict[str, Any]:
    """Which version and clause the line cites."""
    return {
        "terms_sha256": terms.sha256,
        "program": terms.program,
        "version": terms.version,
        "clause": clause.name if clause else "",
    }


def worked(terms: Terms, reckoned: Reckoned) -> dict[str, Any]:
    """The figures from the basis to the whole amount."""
    return {
        "source_minor": reckoned.source_minor,
        "basis_minor": reckoned.basis_minor,
        "slices": reckoned.slices,
        "measured": reckoned.measured,
        "baseline_minor": reckoned.baseline_minor,
        "grown_minor": reckoned.grown_minor,
        "amount_minor": reckoned.amount_minor,
        "quantity_numerator": reckoned.quantity.numerator,
        "quantity_denominator": reckoned.quantity.denominator,
        "exact_numerator": reckoned.exact.numerator,
        "exact_denominator": reckoned.exact.denominator,
        "rounding": terms.rounding.value,
        "raw_minor": reckoned.raw_minor,
        "cap_minor": reckoned.cap_minor,
        "cap_used_minor": reckoned.cap_used_minor,
        "floor_minor": reckoned.floor_minor,
        "reached_minor": reckoned.reached_minor,
        "whole_minor": reckoned.whole_minor,
        "reason": reckoned.reason,
    }


def release_day(terms: Terms, clause: Clause | None, day: date) -> date | None:
    """The first day on which nothing of the fee is held back any more; None where nothing ever is."""
    if clause is None or clause.holdback is None:
        return None
    return day + timedelta(days=clause.holdback.days + int(terms.last_day_included))
