"""What can be sold where and since when, as far as it decides which cases can occur."""

from collections import defaultdict
from datetime import date
from functools import cache
from typing import Final, TypeVar

from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import DEALS, RENEWAL
from ofrecord.program.facts import PLACE, Box, Fact, Piece, bits_of
from ofrecord.program.types import Offer, Terms

# When an offer can be sold: the pieces of the axis of sales from the first until before the second. The third
# is the first piece of the axis of invoices in which it can be billed: not before it is sold.
Window = tuple[int, int, int]

T = TypeVar("T")

IMPOSSIBLE: Final = -1
ONLY_RENEWAL: Final = 1 << DEALS.index(RENEWAL)


class Market:
    """For each way and region a shelf: the windows in which each offer can be sold there.

    Ways with the same shelves in the same regions are the same shop. Shops, shelves and windows are known by
    numbers; the number that an earlier choice led to decides what can be chosen next.
    """

    def __init__(self, terms: Terms, facts: tuple[Fact, ...]) -> None:
        self.sold: tuple[Piece, ...] = facts[PLACE["sold"]].values
        self.billed: tuple[Piece, ...] = facts[PLACE["billed"]].values
        self.windows: list[Window] = []
        self.shelves: list[tuple[int, ...]] = []
        self.shops: list[tuple[int, ...]] = []
        self.window = cache(self._window)
        regions = facts[PLACE["regions"]].values
        priced = {region: tuple(_sales(offer, region) for offer in terms.offers) for region in regions}
        shelf = cache(self._shelf)
        self.shop_of_way: list[int] = []
        for way in terms.ways:
            opened = dict(way.open)
            shop = tuple(shelf(opened.get(region), priced[region]) for region in regions)
            self.shop_of_way.append(_number(self.shops, shop))
        self.regions_by_shelf = [_places(shop) for shop in self.shops]

    def _shelf(self, opened: date | None, sales: tuple[Span | None, ...]) -> int:
        windows = tuple(IMPOSSIBLE if opened is None else self.window(opened, span) for span in sales)
        return IMPOSSIBLE if set(windows) <= {IMPOSSIBLE} else _number(self.shelves, windows)

    def _window(self, opened: date, sales: Span | None) -> int:
        """The number of the window in which what is sold in the span is sold by a way that opened on the day."""
        span = sales.common(Span(opened)) if sales else None
        if span is None:
            return IMPOSSIBLE
        first, until = span.first.toordinal(), span.until.toordinal() if span.until else None
        sold = [n for n, piece in enumerate(self.sold) if _meet(piece, (first, until))]
        billed = next(n for n, piece in enumerate(self.billed) if _meet(piece, (first, None)))
        return _number(self.windows, (sold[0], sold[-1] + 1, billed))

    def signature(self, fact: str, value: int) -> tuple[int, ...]:
        """Where the value can be sold: values with the same signature differ by clauses only."""
        if fact == "ways":
            return (self.shop_of_way[value],)
        if fact == "regions":
            return tuple(shop[value] for shop in self.shops)
        if fact == "offers":
            return tuple(shelf[value] for shelf in self.shelves)
        return (value,) if fact in ("sold", "billed") else ()

    def after(self, fact: str, state: int, value: int) -> int:
        """The state after the value is chosen; impossible where it cannot be sold with what was chosen before."""
        match fact:
            case "ways":
                return self.shop_of_way[value]
            case "regions":
                return self.shops[state][value]
            case "offers":
                return self.shelves[state][value]
            case "sold":
                first, until, billed = self.windows[state]
                return billed if first <= value < until else IMPOSSIBLE
            case "billed":
                return 0 if state <= value else IMPOSSIBLE
        return state

    def sellable(self, box: Box) -> Box | None:
        """The box without the ways, regions and offers that cannot be sold with any other in it; None if none can."""
        ways = regions = offers = 0
        asked_regions, asked_offers = box[PLACE["regions"]], box[PLACE["offers"]]
        sold, billed = box[PLACE["sold"]], box[PLACE["billed"]]
        for way in bits_of(box[PLACE["ways"]]):
            for shelf, there in self.regions_by_shelf[self.shop_of_way[way]].items():
                found = self._offers_of(shelf, asked_offers, sold, billed) if there & asked_regions else 0
                if found:
                    ways, regions, offers = ways | 1 << way, regions | there & asked_regions, offers | found
        if not (ways and all(box)):
            return None
        fitted = list(box)
        fitted[PLACE["ways"]], fitted[PLACE["regions"]], fitted[PLACE["offers"]] = ways, regions, offers
        return tuple(fitted)

    def _offers_of(self, shelf: int, offers: int, sold: int, billed: int) -> int:
        windows = self.shelves[shelf]
        fits = {
            number: self._fits(self.windows[number], sold, billed) for number in set(windows) - {IMPOSSIBLE}
        }
        return sum(1 << offer for offer in bits_of(offers) if fits.get(windows[offer], False))

    def _fits(self, window: Window, sold: int, billed: int) -> bool:
        """Whether a day of sale and a later day of invoice can be chosen in the window."""
        first, until, first_billed = window
        within = sold & ((1 << until) - (1 << first))
        return bool(within) and self.is_billed_after_sale(within, billed >> first_billed << first_billed)

    def is_billed_after_sale(self, sold: int, billed: int) -> bool:
        """Whether any of the days of invoice is not before the first of the days of sale."""
        if not billed:
            return False
        until = self.billed[billed.bit_length() - 1][1]
        return until is None or until > self.sold[next(bits_of(sold))][0]


def can_be(box: Box, market: Market, months: tuple[Piece, ...], designated: tuple[Piece, ...]) -> bool:
    """Whether facts that depend on each other can come together as in the box.

    Nobody is designated before the subscription starts, nothing is billed before it is sold, and nothing is
    renewed in its first month.
    """
    last = months[box[PLACE["months"]].bit_length() - 1][1]
    since = designated[next(bits_of(box[PLACE["designated"]]))][0]
    if last is not None and (since >= last or (box[PLACE["deals"]] == ONLY_RENEWAL and last <= 2)):
        return False
    return market.is_billed_after_sale(box[PLACE["sold"]], box[PLACE["billed"]])


def _sales(offer: Offer, region: str) -> Span | None:
    """From the first until the last day on which the offer has a price in the region, and is open there."""
    spans = [price.span for price in offer.prices if price.region == region]
    if not spans:
        return None
    ends = [span.until for span in spans if span.until is not None]
    until = max(ends) if len(ends) == len(spans) else None
    first = min(span.first for span in spans)
    return Span(first, until).common(Span(dict(offer.open).get(region, first)))


def _meet(one: Piece, other: Piece) -> bool:
    """Whether two pieces have a number in common."""
    return (one[1] is None or other[0] < one[1]) and (other[1] is None or one[0] < other[1])


def _places(shop: tuple[int, ...]) -> dict[int, int]:
    """The regions of each shelf of a shop."""
    found: dict[int, int] = defaultdict(int)
    for region, shelf in enumerate(shop):
        if shelf != IMPOSSIBLE:
            found[shelf] |= 1 << region
    return dict(found)


def _number(known: list[T], value: T) -> int:
    """The place of the value in the list, where it is put if it is new."""
    if value not in known:
        known.append(value)
    return known.index(value)
