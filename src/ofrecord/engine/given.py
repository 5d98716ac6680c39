"""What a computation of fee lines is given, and its steps by their names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import ibis

from ofrecord.engine.running.engine import Engine
from ofrecord.engine.steps.narrow import Narrow
from ofrecord.engine.types import Laws, PoolFact

Say = Callable[[str], None]


def silent(says: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Given:
    """A snapshot's tables, of the shapes of `flat.FLAT`, and the pools beside them."""

    facts: ibis.Table
    credits: ibis.Table
    receipts: ibis.Table
    recognitions: ibis.Table
    tiers: ibis.Table
    pools: Sequence[PoolFact] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """What was worked out before: events up to and with the day, but for what is worked out `anew`.

    These are lines or subscriptions, as its one column says. `carried` says what of caps and bands the others had used
    up by then, as `carried.CARRIED`.
    """

    day: date
    anew: ibis.Table
    carried: ibis.Table

    @property
    def by(self) -> str:
        return str(self.anew.columns[0])

    def left(self, events: ibis.Table) -> ibis.Table:
        """The events that are to be worked out."""
        anew = self.anew.select(anew=self.by)
        found = events.left_join(anew, events[self.by] == anew.anew)
        return found.filter((found.event_day > self.day) | found.anew.notnull()).select(*events.columns)


@dataclass(slots=True)
class Steps:
    """The steps of one computation by their names, in their order; nothing is worked out before it is asked for.

    `whole` is all that is given, where `given` is a portion of it. `narrow` is the step "lines" before its working is
    written down; None where some lines are made in another way.
    """

    engine: Engine
    given: Given
    laws: Laws
    through: date
    say: Say = silent
    since: Since | None = None
    whole: Given | None = None
    named: dict[str, ibis.Table] = field(default_factory=dict)
    narrow: Narrow | None = None

    @property
    def carried(self) -> ibis.Table | None:
        return None if self.since is None else self.since.carried

    def step(self, name: str, table: ibis.Table) -> ibis.Table:
        self.named[name] = table
        return table
