"""The whole story, scene by scene, in the order in which it is played."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain, groupby

from ofrecord.demonstration.bids import founding, life_of, showcase
from ofrecord.demonstration.calendar import business_day, minute
from ofrecord.demonstration.cast import CHIEF, FIRST_MONTH, FOUNDED_ON, STAFF, Cast, cast
from ofrecord.demonstration.chance import Chance
from ofrecord.demonstration.incidents import incidents
from ofrecord.demonstration.paying import COLLECTED_AFTER
from ofrecord.demonstration.types import (
    Accept,
    Apply,
    Close,
    Collect,
    Decide,
    House,
    Invite,
    Join,
    Person,
    Scene,
    Size,
)

SEED = 2009
_CLOSING_DAY = 5


@dataclass(frozen=True, slots=True)
class Script:
    """A story from its first day to its last, with the scenes of each day."""

    cast: Cast
    first: date
    until: date
    scenes: dict[date, tuple[Scene, ...]]


def script(seed: int = SEED, size: Size | None = None) -> Script:
    """The story. It ends on the first workday after the last month, which is billed by then and not yet closed."""
    size = size or Size()
    players = cast(seed, size)
    until = business_day(FIRST_MONTH.plus(size.months).first + timedelta(days=1))
    life = [*founding(seed, players, size), *life_of(seed, players, size)]
    everything = chain(
        _staff(),
        *(_house(seed, house) for house in (*players.partners, *players.turned_away)),
        life,
        showcase(players, size),
        _finance(size),
        incidents(players, life, size),
    )
    scenes = [scene for scene in everything if scene.day < until]
    # Sorting keeps the order of scenes of one minute: what was written first is played first.
    scenes.sort(key=lambda scene: (scene.day, scene.minute))
    by_day = {day: tuple(played) for day, played in groupby(scenes, lambda scene: scene.day)}
    return Script(players, FOUNDED_ON, until, by_day)


def _staff() -> Iterator[Scene]:
    """The channel chief is there from the start and gives the others their places."""
    for number, person in enumerate(STAFF):
        if person is not CHIEF:
            yield Scene(FOUNDED_ON, 7 * 60 + number, Invite(CHIEF, person))
            yield Scene(FOUNDED_ON, 7 * 60 + 20 + number, Join(person))


def _house(seed: int, house: House) -> Iterator[Scene]:
    """It applies, is decided on, joins, accepts the program, and brings its people."""
    chance = Chance(seed, "house", house.name)
    yield Scene(house.applies_on, minute(chance, 8, 10), Apply(house))
    if house.decides_on is None:
        return
    yield Scene(house.decides_on, minute(chance, 11, 12), Decide(house))
    if house.refusal:
        return
    yield Scene(house.decides_on, 13 * 60, Join(house.owner))
    yield Scene(house.decides_on, 13 * 60 + 10, Accept(house.owner))
    for number, colleague in enumerate(house.people[1:]):
        yield from _colleague(house.owner, colleague, house.decides_on, number)


def _colleague(owner: Person, colleague: Person, day: date, number: int) -> Iterator[Scene]:
    """The first two come at once, the others over the year."""
    if number >= 2:
        day = business_day(day + timedelta(days=60 * (number - 1)))
    yield Scene(day, 13 * 60 + 20 + number, Invite(owner, colleague))
    yield Scene(day, 13 * 60 + 40 + number, Join(colleague))


def _finance(size: Size) -> Iterator[Scene]:
    """Invoices are marked paid in batches; months are closed in order, the last one is left open."""
    for index in range(size.months):
        month = FIRST_MONTH.plus(index)
        after = month.plus(1).first
        for batch, days in enumerate(COLLECTED_AFTER):
            yield Scene(business_day(after + timedelta(days=days)), 15 * 60, Collect(month, batch))
        if index < size.months - 1:
            yield Scene(business_day(after + timedelta(days=_CLOSING_DAY)), 16 * 60, Close(month))
