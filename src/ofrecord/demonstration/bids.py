"""What becomes of each order: answered or not, and then the life of the subscription that it starts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from enum import Enum, auto
from itertools import takewhile

from ofrecord.access.types import PartnerRole
from ofrecord.demonstration import words
from ofrecord.demonstration.calendar import business_day, last_business_day, minute
from ofrecord.demonstration.cast import FIRST_MONTH, Cast
from ofrecord.demonstration.chance import Chance
from ofrecord.demonstration.types import (
    Account,
    Ask,
    Bid,
    Cancel,
    ChangeSeats,
    Compose,
    Confirm,
    Decline,
    Deed,
    House,
    Look,
    OrderDirect,
    Person,
    Renew,
    Scene,
    Size,
    Withdraw,
)
from ofrecord.kernel.calendar import add_months

# How busy each month of a year is, from January: the fiscal year begins in July, summer and December are quiet.
_SEASON = (9, 9, 11, 9, 9, 12, 6, 6, 12, 12, 11, 6)
# The program is new: its first months bring more than their season says.
_LAUNCH = (2, 2, 1)
_LINK_DAYS = 30
_LONGEST_MONTHS = 36
# What the customers of the last week do with their open links.
_SHOWN = (Look, Ask, Look, Ask)
_FOUNDING = 3


class Fate(Enum):
    """What becomes of an order that a partner composed."""

    CONFIRMED = auto()
    CONFIRMED_LATE = auto()
    DECLINED = auto()
    LEFT = auto()
    WITHDRAWN = auto()


# Of a hundred orders, in the order of the fates.
_FATES = (76, 6, 5, 8, 5)


def life_of(seed: int, players: Cast, size: Size) -> Iterator[Scene]:
    """The orders of all companies but those that are kept for the last week."""
    weights = [house.weight for house in players.partners]
    for account in players.accounts[_FOUNDING : -len(_SHOWN)]:
        chance = Chance(seed, "life", account.name)
        house = chance.by_weight(players.partners, weights)
        way = chance.by_weight(("partner", "named", "direct"), (88, 5, 7))
        if way == "partner":
            yield from _partnership(chance, account, house, size)
        else:
            yield from _direct(chance, account, house if way == "named" else None, size)


def founding(seed: int, players: Cast, size: Size) -> Iterator[Scene]:
    """The boutique that is shown brings its first customers in the first month, so that it has seen both fees."""
    for account in players.accounts[:_FOUNDING]:
        chance = Chance(seed, "life", account.name)
        yield from _partnership(chance, account, players.partners[1], replace(size, months=1))


def shown_bids(players: Cast, size: Size) -> tuple[Bid, ...]:
    """What the two partners that are shown compose in the last week, so that its links are open at the end."""
    end = FIRST_MONTH.plus(size.months).first
    return tuple(
        Bid(
            company=account.name,
            contact=account.contact,
            house=players.partners[number // 2].name,
            seller=players.partners[number // 2].people[1],
            seats=account.seats,
            commitment_months=12,
            composed_on=business_day(end - timedelta(days=6)),
            starts_on=end + timedelta(days=14),
            note=words.NOTES[number],
            services=words.SERVICES[number : number + 1],
        )
        for number, account in enumerate(players.accounts[-len(_SHOWN) :])
    )


def showcase(players: Cast, size: Size) -> Iterator[Scene]:
    """The last week: composed, opened, here and there asked about, and left open."""
    for number, (bid, deed) in enumerate(zip(shown_bids(players, size), _SHOWN, strict=True)):
        opened_on = business_day(bid.composed_on + timedelta(days=1))
        yield Scene(bid.composed_on, 10 * 60 + number, Compose(bid))
        yield Scene(opened_on, 11 * 60 + number, Look(bid))
        if deed is Ask:
            yield Scene(opened_on, 11 * 60 + 5 + number, Ask(bid, words.QUESTIONS[number]))


def _partnership(chance: Chance, account: Account, house: House, size: Size) -> Iterator[Scene]:
    """The first order of the company, and sometimes another one for a second part of it."""
    assert house.decides_on is not None, "partners are taken on"
    ready_on = business_day(house.decides_on + timedelta(days=1))
    bid = _bid(chance, account, house, _day_of_interest(chance, ready_on, size))
    yield from _composed(chance, bid)
    if chance.happens(6):
        later = business_day(bid.composed_on + timedelta(days=chance.whole(60, 200)))
        yield from _composed(chance, _bid(chance, account, house, later))


def _day_of_interest(chance: Chance, earliest: date, size: Size) -> date:
    """A workday of the history, as the seasons go."""
    months = [FIRST_MONTH.plus(index) for index in range(size.months)]
    open_months = [month for month in months if month.last >= earliest] or months[-1:]
    weights = [
        _SEASON[month.number - 1] * (_LAUNCH[index] if index < len(_LAUNCH) else 1)
        for index, month in enumerate(months)
        if month in open_months
    ]
    month = chance.by_weight(open_months, weights)
    day = business_day(max(earliest, month.first + timedelta(days=chance.whole(0, month.span.days - 1))))
    # A weekend at the end leads to a Monday after it.
    return min(day, last_business_day(months[-1]))


def _bid(chance: Chance, account: Account, house: House, composed_on: date) -> Bid:
    return Bid(
        company=account.name,
        contact=account.contact,
        house=house.name,
        seller=_seller(chance, house),
        seats=account.seats,
        commitment_months=_commitment(chance),
        composed_on=composed_on,
        starts_on=_start(chance, composed_on),
        note=chance.one_of(words.NOTES),
        services=tuple(chance.some(words.SERVICES, chance.by_weight((0, 1, 2), (45, 35, 20)))),
    )


def _seller(chance: Chance, house: House) -> Person:
    """Who composes: a seller that was there from the start, or the owner."""
    sellers = [
        person for person in house.people[:3] if person.role in (PartnerRole.SELLER, PartnerRole.OWNER)
    ]
    return chance.one_of(sellers)


def _commitment(chance: Chance) -> int:
    return chance.by_weight((12, 1, 24, 36), (68, 16, 10, 6))


def _start(chance: Chance, day: date) -> date:
    """At once, some days later, or with the next month."""
    if chance.happens(20):
        return day
    if chance.happens(45):
        return day + timedelta(days=chance.whole(5, 25))
    return add_months(day.replace(day=1), 1)


def _composed(chance: Chance, bid: Bid) -> Iterator[Scene]:
    yield _scene(chance, bid.composed_on, Compose(bid))
    fate = chance.by_weight(tuple(Fate), _FATES)
    if fate is Fate.CONFIRMED:
        yield from _confirmed(chance, bid, bid.composed_on)
    elif fate is Fate.CONFIRMED_LATE:
        yield from _confirmed_late(chance, bid)
    elif fate is Fate.DECLINED:
        day = _later(chance, bid.composed_on, 1, 20)
        yield Scene(day, 10 * 60, Look(bid))
        yield Scene(day, 10 * 60 + 4, Decline(bid, chance.one_of(words.DECLINES)))
    elif fate is Fate.WITHDRAWN:
        yield Scene(_later(chance, bid.composed_on, 1, 20), 10 * 60, Withdraw(bid))
        if chance.happens(40):
            yield _scene(chance, _later(chance, bid.composed_on, 22, 40), Look(bid))
    elif chance.happens(60):
        yield _scene(chance, _later(chance, bid.composed_on, 1, 12), Look(bid))
        yield _scene(chance, _later(chance, bid.composed_on, _LINK_DAYS + 1, 60), Look(bid))


def _confirmed_late(chance: Chance, bid: Bid) -> Iterator[Scene]:
    """The customer comes when the link has expired, asks for another one, and confirms."""
    found_on = _later(chance, bid.composed_on, _LINK_DAYS + 1, 36)
    renewed_on = _later(chance, found_on, 1, 3)
    yield _scene(chance, found_on, Look(bid))
    yield Scene(renewed_on, 9 * 60, Renew(bid))
    yield from _confirmed(chance, bid, renewed_on)


def _confirmed(chance: Chance, bid: Bid, sent_on: date) -> Iterator[Scene]:
    """Opened once or twice, perhaps asked about, then confirmed, often with another number of seats."""
    answered_on = _later(chance, sent_on, 1, 8 if chance.happens(70) else 25)
    first_look = _later(chance, sent_on, 1, 2)
    if first_look < answered_on:
        yield _scene(chance, first_look, Look(bid))
        if chance.happens(15):
            yield Scene(first_look, 17 * 60, Ask(bid, chance.one_of(words.QUESTIONS)))
    at = minute(chance, 9, 17)
    seats = _changed(chance, bid.seats) if chance.happens(20) else bid.seats
    yield Scene(answered_on, at, Look(bid))
    yield Scene(answered_on, at + 3, Confirm(bid, seats))
    yield from _served(chance, bid, seats, max(bid.starts_on, answered_on))


def _direct(chance: Chance, account: Account, house: House | None, size: Size) -> Iterator[Scene]:
    """The company orders on the vendor's public page."""
    ready_on = house.decides_on if house and house.decides_on else FIRST_MONTH.first
    day = _day_of_interest(chance, business_day(ready_on + timedelta(days=1)), size)
    bid = Bid(
        company=account.name,
        contact=account.contact,
        house=house.name if house else "",
        seller=None,
        seats=account.seats,
        commitment_months=_commitment(chance),
        composed_on=day,
        starts_on=_start(chance, day),
    )
    yield _scene(chance, day, OrderDirect(bid))
    yield from _served(chance, bid, bid.seats, bid.starts_on)


def _served(chance: Chance, bid: Bid, seats: int, start: date) -> Iterator[Scene]:
    """Seats come and go; some subscriptions end when their commitment is over."""
    notice_on, end = _ending(chance, bid, start)
    for day in takewhile(lambda day: notice_on is None or day < notice_on, _months_after(chance, start)):
        if chance.happens(9):
            seats = _changed(chance, seats)
            yield _scene(chance, day, ChangeSeats(bid, seats))
    if notice_on is not None and end is not None:
        yield _scene(chance, notice_on, Cancel(bid, end))


def _months_after(chance: Chance, start: date) -> Iterator[date]:
    """One day in each month of service."""
    for index in range(_LONGEST_MONTHS):
        yield business_day(add_months(start, index) + timedelta(days=chance.whole(1, 26)))


def _ending(chance: Chance, bid: Bid, start: date) -> tuple[date | None, date | None]:
    """The day on which the customer says so and the first day without service; neither where it stays."""
    stays = chance.happens(65 if bid.commitment_months == 1 else 88)
    if stays:
        return None, None
    commitment_ends_on = add_months(start, bid.commitment_months)
    end = commitment_ends_on + timedelta(days=chance.whole(0, 150 if bid.commitment_months == 1 else 20))
    return max(business_day(start + timedelta(days=1)), end - timedelta(days=chance.whole(3, 28))), end


def _changed(chance: Chance, seats: int) -> int:
    """More seats mostly, sometimes fewer; never the same and never none."""
    percent = chance.whole(104, 130) if chance.happens(78) else chance.whole(70, 95)
    changed = max(1, seats * percent // 100)
    return changed if changed != seats else seats + 1


def _later(chance: Chance, day: date, least: int, most: int) -> date:
    return business_day(day + timedelta(days=chance.whole(least, most)))


def _scene(chance: Chance, day: date, deed: Deed) -> Scene:
    return Scene(day, minute(chance, 9, 17), deed)
