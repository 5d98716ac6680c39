"""A history that was judged up to a day before: what is left of it to judge, and what it leaves behind."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from ofrecord.engine.judging.events import Event
from ofrecord.engine.judging.measures import AddedUp


@dataclass(frozen=True, slots=True)
class Begun:
    """Events before the day `since` were judged, but for those of the subscriptions `whole`.

    `capped` is how much of each cap they used; no cap that an event of `whole` counts for is among them. It holds only
    under laws of which `engine.reach` says that they look back.
    """

    since: date = date.min
    whole: Collection[str] = frozenset()
    capped: Mapping[AddedUp, int] = field(default_factory=dict)

    def is_open(self, event: Event) -> bool:
        """Whether the event is still to be judged."""
        return event.day >= self.since or event.fact.subscription in self.whole


ANEW = Begun()
