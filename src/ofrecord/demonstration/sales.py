"""What was sold in the story: whom something can happen to later."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ofrecord.demonstration.paying import AT_ONCE, batch_of
from ofrecord.demonstration.types import Bid, Cancel, ChangeSeats, Confirm, House, OrderDirect, Scene
from ofrecord.kernel.calendar import Month


@dataclass(frozen=True, slots=True)
class Sale:
    """A confirmed order: since when it is served, with how many seats at first, and what is said of it last."""

    bid: Bid
    sold_on: date
    started_on: date
    seats: int
    quiet_from: date
    ends_on: date | None

    def is_served(self, month: Month) -> bool:
        """Whether it is served on all days of the month."""
        return self.started_on <= month.first and (self.ends_on is None or self.ends_on > month.last)


class Sales:
    """All sales of the story, the earliest first. Each is given to one incident at most."""

    def __init__(self, told: Sequence[Scene]) -> None:
        said: dict[tuple[str, date], list[Scene]] = {}
        for scene in told:
            if isinstance(scene.deed, Confirm | OrderDirect | ChangeSeats | Cancel):
                said.setdefault((scene.deed.bid.company, scene.deed.bid.composed_on), []).append(scene)
        found = [_sale(scenes) for scenes in said.values()]
        self.all = sorted(found, key=lambda sale: (sale.sold_on, sale.bid.company))
        self._taken: set[str] = set()

    def take(
        self,
        house: House | None,
        month: Month,
        *,
        batches: Iterable[int] = AT_ONCE,
        quiet: bool = False,
        direct: bool = False,
    ) -> Sale | None:
        """The first sale of the house that is served in the month, of a customer that pays with those batches.

        `quiet` asks that nobody changes it from the month on, `direct` that the customer named the house itself.
        """
        if house is None:
            return None
        for sale in self.all:
            if (
                sale.bid.house == house.name
                and sale.bid.company not in self._taken
                and direct == (sale.bid.seller is None)
                and sale.is_served(month)
                and batch_of(sale.bid.company, month) in batches
                and (not quiet or sale.quiet_from <= month.first)
            ):
                self._taken.add(sale.bid.company)
                return sale
        return None


def _sale(scenes: Sequence[Scene]) -> Sale:
    first, last = scenes[0], scenes[-1]
    bid = first.deed.bid  # type: ignore[union-attr]  # chosen by their kinds
    return Sale(
        bid=bid,
        sold_on=first.day,
        started_on=max(bid.starts_on, first.day),
        seats=first.deed.seats if isinstance(first.deed, Confirm) else bid.seats,
        quiet_from=last.day,
        ends_on=last.deed.day if isinstance(last.deed, Cancel) else None,
    )
