"""What was reckoned, written down as fee lines."""

from collections.abc import Collection
from typing import Any

import ibis

from ofrecord.engine.compiled.cited import NONE
from ofrecord.engine.compiled.clauses import UNPAID
from ofrecord.engine.exact.functions import MINORS, WIDE, add_days
from ofrecord.engine.steps.payees import earned, place_of, with_parts
from ofrecord.engine.steps.reckon import with_working
from ofrecord.engine.steps.shapes import EARNED, MINOR, shaped
from ofrecord.program.clause_types import Basis


def lines(limited: ibis.Table, cited: ibis.Table, kinds: Collection[str]) -> ibis.Table:
    """EARNED: each claim with all of its working; nothing of it is booked yet.

    What its clause states is looked up once more: it need not be carried through what puts rows in order.
    """
    stated = [name for name in cited.columns if name != "clause_key"]
    claims = with_working(limited.drop(*stated).inner_join(cited, "clause_key"), kinds)
    claims = with_parts(claims)
    weights: Any = claims.weights
    piece: Any = place_of(claims)
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
