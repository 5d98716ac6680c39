"""A history that was judged up to a day before: what is left of it to judge, and what it leaves behind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from ofrecord.engine.judging.events import Event
from ofrecord.engine.judging.measures import AddedUp
from ofrecord.engine.types import BilledFact


@dataclass(frozen=True, slots=True)
class Used:
    """What a line of the books used up of the cap of its clause, and what it would have if nothing was taken back after
    the claw window.
    """

    clause: str
    subscription: str
    customer: str
    partner: str
    currency: str
    event_day: date
    fee_minor: int
    kept_minor: int


@dataclass(frozen=True, slots=True)
class Begun:
    """Events before the day `since` were judged, those of the subscriptions `earlier` before another day.

    `capped` is how much of each cap they used, `kept` the same if nothing is taken back after the claw window. With
    `counts` those of them that are in the history use up bands and growth as they did. `sold` are facts that are not
    in it: one for all that a subscription was billed before, less what was taken back. All of it holds only under
    laws of which `engine.reach` says that they look back.
    """

    since: date = date.min
    earlier: Mapping[str, date] = field(default_factory=dict)
    capped: Mapping[AddedUp, int] = field(default_factory=dict)
    kept: Mapping[AddedUp, int] = field(default_factory=dict)
    counts: bool = False
    sold: Sequence[BilledFact] = ()

    def since_of(self, subscription: str) -> date:
        """The first day of which the events of the subscription are still to be judged."""
        return self.earlier.get(subscription, self.since)

    def is_open(self, event: Event) -> bool:
        """Whether the event is still to be judged."""
        return event.day >= self.since_of(event.fact.subscription)


ANEW = Begun()
