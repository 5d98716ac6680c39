"""What was reckoned, written down as fee lines."""

from typing import Any

import ibis

from ofrecord.engine.compiled.cited import NONE
from ofrecord.engine.compiled.clauses import UNPAID
from ofrecord.engine.exact.functions import WIDE, add_days
from ofrecord.engine.steps.payees import earned
from ofrecord.engine.steps.shapes import EARNED, MINOR, MINORS, shaped
from ofrecord.program.clause_types import Basis


def lines(claims: ibis.Table, has_fees_of_fees: bool) -> ibis.Table:
    """EARNED: each claim with all of its working; nothing of it is booked yet."""
    weights: Any = claims.weights
    piece: Any = claims.line_piece
    if has_fees_of_fees:
        of_fee = claims.basis == Basis.FEE.value
        weights = of_fee.ifelse(ibis.literal([1], MINORS), weights)
        piece = of_fee.ifelse(0, piece)
    pays = ~claims.kind.isin([NONE, UNPAID])
    release = add_days(
        claims.event_day, claims.holdback_days.cast(MINOR) + claims.last_day_included.cast(MINOR)
    )
    found = claims.mutate(
        **earned(claims),
        billed_minor=claims.gross_minor,
        credited_minor=claims.net_minor - claims.gross_minor,
        deal=claims.piece_deal,
        service_first=claims.piece_first,
        service_until=claims.piece_until,
        seats=claims.piece_seats,
        terms_sha256=claims.cited_sha256,
        weights=weights,
        piece=piece,
        amount_minor=claims.each_minor,
        cap_minor=pays.ifelse(claims.cap_minor, ibis.null(MINOR)),
        floor_minor=claims.line_floor,
        reached_minor=ibis.literal(0, MINOR),
        share_numerator=claims.part_numerator.cast(WIDE),
        share_denominator=claims.part_denominator.cast(WIDE),
        reason=claims.said,
        release_on=release,
        withdrawn=ibis.literal(False),
    )
    return shaped(found.mutate(retained_minor=found.earned_minor), EARNED)
