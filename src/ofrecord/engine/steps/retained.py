"""What a partner retains although more was taken back after the claw window."""

import ibis

from ofrecord.engine.steps.shapes import EARNED, KEY, MINOR, shaped
from ofrecord.engine.words import TAKEN_BACK_LATE


def retaining(lines: ibis.Table, kept: ibis.Table) -> ibis.Table:
    """The lines with what `kept`, the lenient reading of the same history, gives under each key: EARNED.

    A key that only the lenient reading has is a line of which nothing is earned any more, and something retained.
    """
    under = kept.select(**{f"kept_{name}": kept[name] for name in (*KEY, "earned_minor")})
    found = lines.left_join(under, [lines[name] == under[f"kept_{name}"] for name in KEY])
    own = found.mutate(retained_minor=ibis.coalesce(found.kept_earned_minor, 0))
    gone = kept.anti_join(lines, list(KEY)).mutate(
        withdrawn=ibis.literal(True),
        retained_minor=kept.earned_minor,
        earned_minor=ibis.literal(0, MINOR),
        reason=ibis.literal(TAKEN_BACK_LATE),
    )
    return ibis.union(shaped(own, EARNED), shaped(gone, EARNED), distinct=False)
