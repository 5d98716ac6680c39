"""The row of each group that comes first, without putting all rows in order."""

from collections.abc import Sequence
from typing import Final

import ibis

_PLACE: Final = "place_in_group"


def earliest(table: ibis.Table, by: Sequence[str], order: Sequence[str]) -> ibis.Table:
    """Of each group the row that is first in the order, whose first column is a day.

    Most rows are left out by their day alone, so that few are put in order. No column may be null.
    """
    day, *then = order
    days = table.group_by(list(by)).agg(**{day: table[day].min()})
    found = table.semi_join(days, [*by, day])
    place = ibis.row_number().over(ibis.window(group_by=list(by), order_by=then))
    placed = found.mutate(**{_PLACE: place})
    return placed.filter(placed[_PLACE] == 0).drop(_PLACE)
