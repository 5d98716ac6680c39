"""All fee lines worked out and kept: at once, or one portion after the other where the memory holds no more."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import ibis

from ofrecord.engine.book_writer import keep_narrow, numbered
from ofrecord.engine.earning import anything_late, earned
from ofrecord.engine.given import Given, Say, Since, Steps, silent
from ofrecord.engine.portions import Ranges, portions, ranges_of
from ofrecord.engine.running.engine import Engine, InPortions
from ofrecord.engine.steps.narrow import Narrow
from ofrecord.engine.steps.shapes import DRAWN, RANGE
from ofrecord.engine.types import Laws


@dataclass(frozen=True, slots=True)
class Worked:
    """What every partner earned.

    `narrow` are the rows, kept, each with its number and its range; None where some lines are made in another way, and
    not worked out yet. `steps` are those by which they came; of portions there are none that can still be looked at.
    """

    steps: Steps
    ranges: Ranges
    narrow: Narrow | None

    @property
    def lines(self) -> ibis.Table:
        """All lines: where they are kept as rows of few columns, what each is is written down anew."""
        if self.narrow is None:
            return self.steps.named["lines"]
        return self.narrow.widen(self.narrow.table.drop(DRAWN, RANGE))


def work_out(
    engine: Engine, given: Given, laws: Laws, through: date, say: Say = silent, *, since: Since | None = None
) -> Worked:
    """What every partner earned up to and with the day, of all that is given, as `earning.earned`.

    `say` is told which portion is worked out, where there are several.
    """
    ranges, several = ranges_of(engine, given), portions(engine, given, laws)
    if len(several) > 1 and not anything_late(engine, given, laws, through):
        assert isinstance(engine, InPortions), "it says how many lines it holds at once"
        steps = Steps(engine, given, laws, through, say, since)
        return _one_by_one(engine, steps, several, ranges)
    steps = earned(engine, given, laws, through, since=since)
    return Worked(steps, ranges, None if steps.narrow is None else keep_narrow(engine, steps.narrow, ranges))


def _one_by_one(engine: InPortions, of: Steps, several: list[Given], ranges: Ranges) -> Worked:
    made: list[Narrow] = []

    def rows() -> Iterator[ibis.Table]:
        for turn, portion in enumerate(several, 1):
            of.say(f"Working out portion {turn} of {len(several)}")
            # A portion is dealt out before the next one is asked for.
            with engine.for_now():
                steps = earned(engine, portion, of.laws, of.through, since=of.since, whole=of.given)
                assert steps.narrow is not None, "nothing is late, and nothing rests on a whole period"
                made.append(steps.narrow)
                yield numbered(steps.narrow, ranges)

    table = engine.deal(rows(), RANGE)
    return Worked(of, ranges, replace(made[-1], table=table))
