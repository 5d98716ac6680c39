"""What does not go smoothly, and what comes beside: roles, tiers, currencies, credits, corrections, disputes."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import Final

from ofrecord.billing.types import CreditKind
from ofrecord.demonstration.calendar import business_day, last_business_day
from ofrecord.demonstration.cast import FIRST_MONTH, Cast
from ofrecord.demonstration.paying import ANY, AT_ONCE, NEVER
from ofrecord.demonstration.sales import Sale, Sales
from ofrecord.demonstration.types import (
    Accept,
    AnswerDispute,
    ChangePartner,
    Confirm,
    Deed,
    House,
    ImportRates,
    OpenDispute,
    OrderDirect,
    PayPart,
    Publish,
    RecordPool,
    RecordRate,
    RecordRole,
    Scene,
    SetCurrency,
    SetSegment,
    SetTier,
    Size,
    TakeBack,
)
from ofrecord.kernel.calendar import Month
from ofrecord.program.clause_types import DISTRIBUTOR, REFERRER, SERVICES
from ofrecord.statements.types import Outcome

SECOND_VERSION: Final = "online-services-2026.toml"
_PUBLISHED_ON: Final = date(2026, 3, 16)
_EFFECTIVE_ON: Final = date(2026, 7, 1)
_SEGMENTS: Final = ((1000, "enterprise"), (250, "midsize"))
# Houses that are there from the start, by their place in the cast.
_IN_EUROS, _IN_POUNDS, _WRONG_GOLD, _GOLD, _REFERS = 4, 6, 2, 8, 10


def incidents(players: Cast, life: Sequence[Scene], size: Size) -> Iterator[Scene]:
    """All of it, for as long as the story goes; what needs a house or a sale that is not there is left out."""
    sales = Sales(life)
    return chain(
        _second_version(players),
        _segments(life),
        _tiers(players),
        _currencies(players),
        _rates(size),
        _pools(size),
        _roles(players, sales),
        _disputed(players, sales),
        _taken_back(players, sales),
        _moved(players, sales),
        _rescinded(players, sales),
        _paid_in_parts(players, sales),
    )


def _second_version(players: Cast) -> Iterator[Scene]:
    """Published with the notice that the first one grants; every partner accepts it on the day it takes effect."""
    yield Scene(_PUBLISHED_ON, 9 * 60, Publish(SECOND_VERSION))
    for number, house in enumerate(players.partners):
        if house.decides_on is not None and house.decides_on < _EFFECTIVE_ON:
            yield Scene(_EFFECTIVE_ON, 7 * 60 + number, Accept(house.owner))


def _segments(life: Sequence[Scene]) -> Iterator[Scene]:
    """Large customers are put into their segment on the day on which they order; the others are small ones."""
    known = set()
    for scene in life:
        if not isinstance(scene.deed, Confirm | OrderDirect):
            continue
        bid = scene.deed.bid
        seats = scene.deed.seats if isinstance(scene.deed, Confirm) else bid.seats
        segment = next((name for least, name in _SEGMENTS if seats >= least), "")
        if segment and bid.company not in known:
            known.add(bid.company)
            yield Scene(scene.day, 17 * 60 + 40, SetSegment(bid, segment))


def _tiers(players: Cast) -> Iterator[Scene]:
    """A boutique that earns Gold and is given it late, a house that is given it by mistake, and some in between."""
    large, boutique = players.partners[:2]
    yield _at(date(2025, 12, 3), SetTier(large, "Certified", date(2025, 12, 1)))
    yield _at(date(2026, 1, 7), SetTier(boutique, "Certified", date(2026, 1, 1)))
    late = "Its exams were passed in February; the list came to us in May."
    yield _at(date(2026, 5, 20), SetTier(boutique, "Gold", date(2026, 3, 1), late))
    if wrong := _house(players, _WRONG_GOLD):
        yield _at(date(2025, 11, 5), SetTier(wrong, "Gold", date(2025, 11, 1)))
        why = "Gold was recorded by mistake: two certified people are missing to it."
        yield _at(date(2026, 2, 17), SetTier(wrong, "Certified", date(2025, 11, 1), why))
    if gold := _house(players, _GOLD):
        yield _at(date(2026, 2, 4), SetTier(gold, "Gold", date(2026, 2, 1)))


def _currencies(players: Cast) -> Iterator[Scene]:
    """Two houses that are paid in Europe."""
    for index, currency in ((_IN_EUROS, "EUR"), (_IN_POUNDS, "GBP")):
        house = _house(players, index)
        if house is not None and house.decides_on is not None:
            yield Scene(house.decides_on, 16 * 60, SetCurrency(house, currency))


def _rates(size: Size) -> Iterator[Scene]:
    """Rates are recorded as each month ends. Twice the pound was not quoted; one of them is learned late."""
    for index in range(size.months):
        day = last_business_day(FIRST_MONTH.plus(index))
        yield Scene(day, 17 * 60 + 30, ImportRates(day))
    source = "rate of our bank, agreed with the partner"
    yield _at(date(2026, 1, 20), RecordRate("GBP", date(2025, 12, 31), "0.8641", source))


def _pools(size: Size) -> Iterator[Scene]:
    """What advertising on the portal brought; a part of it was counted twice."""
    for index in range(size.months):
        month = FIRST_MONTH.plus(index)
        day = business_day(month.plus(1).first + timedelta(days=3))
        report = f"Report of the portal for {month.first:%B %Y}"
        yield Scene(day, 10 * 60, RecordPool(month, f"{9000 + 600 * index}.00 USD", report))
    yield _at(date(2026, 6, 3), RecordPool(Month(2026, 4), "-1200.00 USD", "One campaign was counted twice"))


def _roles(players: Cast, sales: Sales) -> Iterator[Scene]:
    """Several partners and one customer: who found it, who supplies its partner, who introduces the service."""
    large, boutique = players.partners[:2]
    refers, wrong = _house(players, _REFERS), _house(players, _WRONG_GOLD)
    wanted = (
        (boutique, Month(2025, 11), ((large, DISTRIBUTOR, ""),)),
        (large, Month(2025, 12), ((boutique, SERVICES, ""),)),
        (large, Month(2026, 1), ((wrong, REFERRER, ""),)),
        (large, Month(2026, 3), ((boutique, SERVICES, ""), (refers, REFERRER, ""))),
        (large, Month(2026, 4), ((wrong, REFERRER, "60%"), (refers, REFERRER, "40%"))),
    )
    for seller, month, holders in wanted:
        sale = sales.take(seller, month)
        for number, (house, role, share) in enumerate(holders):
            if sale is not None and house is not None:
                day = business_day(max(sale.started_on, sale.sold_on) + timedelta(days=1))
                yield Scene(day, 14 * 60 + number, RecordRole(sale.bid, house, role, share))


def _taken_back(players: Cast, sales: Sales) -> Iterator[Scene]:
    """Refunds, a credit note, a chargeback, and what will never be paid."""
    large, boutique = players.partners[:2]
    gold = _house(players, _GOLD)
    refund, note = CreditKind.REFUND, CreditKind.CREDIT_NOTE
    lost, written_off = CreditKind.CHARGEBACK, CreditKind.WRITE_OFF
    outage, late = "The portal was down for a week.", "Conferencing was ready ten days late."
    counted = "Twelve seats of people who had left were counted."
    wanted = (
        (
            large,
            Month(2026, 1),
            AT_ONCE,
            date(2026, 3, 18),
            refund,
            "The order was meant for a sister company.",
            None,
        ),
        (boutique, Month(2026, 3), AT_ONCE, date(2026, 5, 12), refund, outage, 25),
        (large, Month(2026, 4), AT_ONCE, date(2026, 6, 10), refund, late, 30),
        (
            gold,
            Month(2026, 3),
            AT_ONCE,
            date(2026, 5, 5),
            lost,
            "The card's holder did not know the payment.",
            None,
        ),
        (large, Month(2026, 6), AT_ONCE, date(2026, 8, 4), note, counted, 8),
        (large, Month(2026, 2), NEVER, date(2026, 6, 24), written_off, "The customer is insolvent.", None),
        (large, Month(2025, 12), NEVER, date(2026, 8, 5), written_off, "The customer is insolvent.", None),
        (boutique, Month(2026, 8), AT_ONCE, date(2026, 9, 22), refund, outage, 25),
        (large, Month(2026, 8), AT_ONCE, date(2026, 9, 24), note, counted, 10),
    )
    for house, month, batches, day, kind, reason, percent in wanted:
        sale = sales.take(house, month, batches=batches)
        if sale is not None:
            yield _at(day, TakeBack(sale.bid, month, kind, reason, percent))


def _disputed(players: Cast, sales: Sales) -> Iterator[Scene]:
    """One that is upheld and corrected, one that is rejected, one that waits for its answer."""
    large, boutique = players.partners[:2]
    if sale := sales.take(large, Month(2026, 5)):
        yield from _won_back(large, sale)
    if sale := sales.take(large, Month(2026, 6), direct=True, batches=ANY):
        yield from _rejected(large, sale)
    if sale := sales.take(boutique, Month(2026, 9), batches=ANY):
        reason = (
            "The customer asked for eight more seats from 14 September on, and our letter of that day passed it on. "
            "The line counts the seats of before."
        )
        yield _at(date(2026, 10, 26), OpenDispute(boutique.people[2], sale.bid, Month(2026, 9), reason))


def _won_back(house: House, sale: Sale) -> Iterator[Scene]:
    month = Month(2026, 5)
    contested = "The customer's bank took the payment back."
    yield _at(date(2026, 7, 8), TakeBack(sale.bid, month, CreditKind.CHARGEBACK, contested))
    reason = "The bank has decided for you: the customer sent us its letter of 10 August. The fee of May is due again."
    dispute = OpenDispute(house.people[2], sale.bid, month, reason)
    yield _at(date(2026, 8, 12), dispute)
    given = "The customer's bank gave the payment back."
    yield Scene(date(2026, 9, 9), 14 * 60, TakeBack(sale.bid, month, CreditKind.WON_BACK, given))
    answer = "You are right, and the payment is with us again. The statement of September corrects the line."
    yield Scene(date(2026, 9, 9), 14 * 60 + 10, AnswerDispute(dispute, Outcome.UPHELD, answer))


def _rejected(house: House, sale: Sale) -> Iterator[Scene]:
    reason = "We have advised this customer for years, and it named us in its order. We ask for the fee."
    dispute = OpenDispute(house.people[2], sale.bid, Month(2026, 6), reason)
    yield _at(date(2026, 7, 20), dispute)
    answer = (
        "The customer ordered on our page. The clause Direct orders pays nothing for such an order, whoever is named "
        "in it. An order that you prepare for this customer is paid."
    )
    yield _at(date(2026, 7, 28), AnswerDispute(dispute, Outcome.REJECTED, answer))


def _moved(players: Cast, sales: Sales) -> Iterator[Scene]:
    """A customer goes from the large house to the boutique, and its letter is found late."""
    large, boutique = players.partners[:2]
    if sale := sales.take(large, Month(2026, 5), quiet=True):
        reason = "The customer named Harbor Lane in its letter of 28 May, which came to us in August."
        yield _at(date(2026, 8, 19), ChangePartner(sale.bid, boutique, date(2026, 6, 1), reason))


def _rescinded(players: Cast, sales: Sales) -> Iterator[Scene]:
    """A house so small that what it has to give back is more than it earns: the rest is carried."""
    months = [Month(2026, 5), Month(2026, 6), Month(2026, 7)]
    reason = "The order was rescinded: conferencing never worked behind the customer's firewall."
    if sale := _of_any(sales, sorted(players.partners, key=lambda house: house.weight), months[0], AT_ONCE):
        for number, month in enumerate(months):
            yield Scene(
                date(2026, 9, 16), 10 * 60 + number, TakeBack(sale.bid, month, CreditKind.CREDIT_NOTE, reason)
            )


def _paid_in_parts(players: Cast, sales: Sales) -> Iterator[Scene]:
    """Who would not pay, pays a part; some of them the rest, later."""
    for month, rest in (
        (Month(2025, 11), 60),
        (Month(2026, 2), 0),
        (Month(2026, 5), 60),
        (Month(2026, 8), 0),
    ):
        if sale := _of_any(sales, players.partners, month, NEVER):
            first = month.plus(1).first
            yield _at(business_day(first + timedelta(days=28)), PayPart(sale.bid, month, 40))
            if rest:
                yield _at(business_day(first + timedelta(days=59)), PayPart(sale.bid, month, rest))


def _of_any(sales: Sales, houses: Sequence[House], month: Month, batches: Iterable[int]) -> Sale | None:
    """The first sale that fits, of the first house that has one."""
    found = (sales.take(house, month, batches=batches) for house in houses)
    return next((sale for sale in found if sale is not None), None)


def _house(players: Cast, index: int) -> House | None:
    return players.partners[index] if index < len(players.partners) else None


def _at(day: date, deed: Deed) -> Scene:
    return Scene(day, 14 * 60, deed)
