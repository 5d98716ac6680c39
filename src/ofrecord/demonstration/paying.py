"""When customers pay: most of them soon, some late, a few never."""

from typing import Final

from ofrecord.demonstration.chance import Chance
from ofrecord.kernel.calendar import Month

# The days after the month on which finance marks what has come in. The last batch is never paid.
COLLECTED_AFTER: Final = (9, 16, 24, 44)
UNPAID: Final = len(COLLECTED_AFTER)
# The batches of those that pay at once, of those that never do, and of everybody.
AT_ONCE: Final = (0, 1)
NEVER: Final = (UNPAID,)
ANY: Final = range(UNPAID + 1)


def batch_of(company: str, month: Month) -> int:
    """With which batch a customer pays the month: most keep their habit, some are late, a few do not pay."""
    habit = Chance("habit", company)
    usual = habit.by_weight((0, 1, 2, 3, UNPAID), (45, 30, 17, 6, 2))
    chance = Chance("payment", company, month)
    return usual if chance.happens(92) else chance.by_weight((1, 2, 3, UNPAID), (40, 30, 20, 10))
