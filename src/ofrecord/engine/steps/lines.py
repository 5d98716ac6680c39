"""What was reckoned, written down as fee lines."""

from dataclasses import dataclass
from typing import Any

import ibis

from ofrecord.engine.compiled.cited import NONE, Cited
from ofrecord.engine.compiled.clauses import UNPAID
from ofrecord.engine.exact.functions import MINORS, WIDE, add_days, month_index
from ofrecord.engine.steps.limits import why_nothing, with_whole
from ofrecord.engine.steps.payees import earned, place_of, weights_of, with_parts
from ofrecord.engine.steps.reckon import with_working
from ofrecord.engine.steps.shapes import EARNED, MINOR, beside, shaped
from ofrecord.engine.types import SALE
from ofrecord.program.clause_types import Basis


@dataclass(frozen=True, slots=True)
class Written:
    """How the fee lines of some laws are written down: what occurs in any of their clauses."""

    cited: Cited
    kinds: frozenset[str]
    bases: frozenset[str]
    has_caps: bool
    has_floors: bool
    sales_only: bool

    def whole(self, reckoned: ibis.Table) -> ibis.Table:
        """The claims with all that their clauses state, and `whole_minor`."""
        own = [name for name in self.cited.names if name in reckoned.columns]
        claims = reckoned.drop(*own)
        claims = claims.mutate(**self.cited.at(claims.cited_at), **self._repeated(claims))
        return with_whole(claims, has_caps=self.has_caps, has_floors=self.has_floors)

    def lines(self, reckoned: ibis.Table) -> ibis.Table:
        """EARNED: each claim with all of its working, which follows from few of its columns; nothing is booked yet."""
        claims = with_parts(with_working(self.whole(reckoned), self.kinds))
        return shaped(claims.mutate(**self._stated(claims)), EARNED | beside(reckoned))

    def _repeated(self, claims: ibis.Table) -> dict[str, Any]:
        """What is the same as another column, and is not carried beside it."""
        found: dict[str, Any] = {}
        if self.sales_only:
            found = {
                "source": ibis.literal(SALE),
                "event": claims.invoice_line,
                "event_day": claims.invoice_day,
                "gross_minor": claims.billed_minor,
            }
        if self.bases <= {Basis.BILLED.value}:
            found["source_minor"] = claims.net_minor
        return found

    def key(self, reckoned: ibis.Table) -> dict[str, Any]:
        """What the columns of KEY will be, of each claim."""
        cited = self.cited.at(reckoned.cited_at)
        return {
            "event": reckoned.invoice_line if self.sales_only else reckoned.event,
            "service_first": reckoned.piece_first,
            "deal": reckoned.piece_deal,
            "clause": cited["clause"],
            "partner": reckoned.partner,
            "role": reckoned.role,
        }

    def order(self, reckoned: ibis.Table) -> dict[str, Any]:
        """What puts claims in the order of a book, in short: the names of clauses by numbers in their order."""
        names = self.cited.at(reckoned.cited_at)["name_key"]
        return {"invoice": reckoned.invoice, **self.key(reckoned), "clause": names}

    def _stated(self, claims: ibis.Table) -> dict[str, Any]:
        of_fee = claims.basis == Basis.FEE.value
        pays = ~claims.kind.isin([NONE, UNPAID])
        days_held = claims.holdback_days.cast(MINOR) + claims.last_day_included.cast(MINOR)
        amounts = earned(claims)
        return amounts | {
            "billed_minor": claims.gross_minor,
            "credited_minor": claims.net_minor - claims.gross_minor,
            "deal": claims.piece_deal,
            "service_first": claims.piece_first,
            "service_until": claims.piece_until,
            "month_first": month_index(claims.started_on, claims.piece_first),
            "month_last": month_index(claims.started_on, add_days(claims.piece_until, -1)),
            "seats": claims.piece_seats,
            "terms_sha256": claims.cited_sha256,
            "weights": of_fee.ifelse(ibis.literal([1], MINORS), weights_of(claims)),
            "piece": of_fee.ifelse(0, place_of(claims)),
            "amount_minor": claims.each_minor,
            "cap_minor": pays.ifelse(claims.cap_minor, ibis.null(MINOR)),
            "floor_minor": claims.line_floor,
            "reached_minor": ibis.literal(0, MINOR),
            "share_numerator": claims.part_numerator.cast(WIDE),
            "share_denominator": claims.part_denominator.cast(WIDE),
            "reason": why_nothing(claims, self.bases, has_caps=self.has_caps),
            "release_on": add_days(claims.event_day, days_held),
            "withdrawn": ibis.literal(False),
            "retained_minor": amounts["earned_minor"],
        }
