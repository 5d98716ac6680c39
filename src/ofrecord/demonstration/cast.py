"""Who plays in the story: the vendor's people, the partners, and the companies that become customers."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from ofrecord.access.types import PartnerRole, Role, VendorRole
from ofrecord.demonstration import words
from ofrecord.demonstration.calendar import business_day
from ofrecord.demonstration.chance import Chance
from ofrecord.demonstration.companies import Company, companies
from ofrecord.demonstration.types import Account, House, Person, Size
from ofrecord.kernel.calendar import Month

VENDOR_DOMAIN = "northwind.example"
FIRST_MONTH = Month(2025, 9)
# The week before the first month: the vendor publishes its program, and the first partners apply.
FOUNDED_ON = date(2025, 8, 25)

CHIEF = Person("Morgan Reyes", f"morgan.reyes@{VENDOR_DOMAIN}", VendorRole.CHANNEL_CHIEF)
STAFF = (
    CHIEF,
    Person("Ingrid Vasquez", f"ingrid.vasquez@{VENDOR_DOMAIN}", VendorRole.ACCOUNT_MANAGER),
    Person("Tobias Lindqvist", f"tobias.lindqvist@{VENDOR_DOMAIN}", VendorRole.FINANCE),
    Person("Renata Okoye", f"renata.okoye@{VENDOR_DOMAIN}", VendorRole.SELLER),
    Person("Desmond Clarke", f"desmond.clarke@{VENDOR_DOMAIN}", VendorRole.ACCOUNT_MANAGER),
)
ACCOUNT_MANAGER, FINANCE, FIELD_SELLER = STAFF[1:4]

_LARGE = (PartnerRole.OWNER, PartnerRole.SELLER, PartnerRole.FINANCE, PartnerRole.SELLER, PartnerRole.SELLER)
_MIDDLE = (PartnerRole.OWNER, PartnerRole.SELLER)
_SMALL = (PartnerRole.OWNER,)
_SHOWN_BOUTIQUE = (PartnerRole.OWNER, PartnerRole.SELLER, PartnerRole.FINANCE)
_LARGE_WEIGHT, _MEDIAN_WEIGHT, _SPREAD = 1200, 100, 0.95
_WAITING = 1


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody. The first of the partners is the large house, the second a boutique: both are shown around in."""

    partners: tuple[House, ...]
    turned_away: tuple[House, ...]
    accounts: tuple[Account, ...]


def cast(seed: int, size: Size) -> Cast:
    """The same people and companies for the same seed and size."""
    domains = count(1)
    partners = tuple(_house(seed, number, size) for number in range(size.partners))
    turned_away = tuple(_turned_away(seed, size, number) for number in range(len(words.REFUSALS) + _WAITING))
    chosen = Chance(seed, "companies").some(companies(), size.customers)
    accounts = tuple(_account(seed, company, next(domains)) for company in chosen)
    return Cast(partners, turned_away, accounts)


def _house(seed: int, number: int, size: Size) -> House:
    chance = Chance(seed, "partner", number)
    weight = _weight(chance, number)
    applies_on = business_day(_applies_on(chance, number, size))
    return _of(chance, number, weight, _roles(number, weight), applies_on, refusal="")


def _turned_away(seed: int, size: Size, index: int) -> House:
    """Those that are refused, and last the one whose application is still waiting."""
    chance = Chance(seed, "turned away", index)
    end = FIRST_MONTH.plus(size.months).first
    is_refused = index < len(words.REFUSALS)
    day = FIRST_MONTH.plus(index * size.months // 4).first if is_refused else end - timedelta(days=4)
    refusal = words.REFUSALS[index] if is_refused else ""
    applies_on = business_day(day + timedelta(days=chance.whole(0, 12) if is_refused else 0))
    return _of(chance, size.partners + index, 0, _SMALL, applies_on, refusal=refusal, is_decided=is_refused)


def _of(
    chance: Chance,
    number: int,
    weight: int,
    roles: tuple[PartnerRole, ...],
    applies_on: date,
    *,
    refusal: str,
    is_decided: bool = True,
) -> House:
    first = words.PARTNER_FIRST[number % len(words.PARTNER_FIRST)]
    last = words.PARTNER_LAST[(number * 7 + number // len(words.PARTNER_FIRST)) % len(words.PARTNER_LAST)]
    domain = f"{_slug(first)}.example"
    is_prompt = number < 2
    return House(
        name=f"{first} {last}",
        website=f"https://{domain}",
        about=words.ABOUT_PARTNER[number % len(words.ABOUT_PARTNER)],
        applies_on=applies_on,
        decides_on=business_day(applies_on + timedelta(days=0 if is_prompt else chance.whole(1, 6)))
        if is_decided
        else None,
        refusal=refusal,
        people=_people(chance, roles, domain),
        weight=weight,
    )


def _people(chance: Chance, roles: tuple[Role, ...], domain: str) -> tuple[Person, ...]:
    names = [
        f"{given} {family}"
        for given, family in zip(
            chance.some(words.GIVEN, len(roles)), chance.some(words.FAMILY, len(roles)), strict=True
        )
    ]
    return tuple(
        Person(name, f"{_slug(name, '.')}@{domain}", role) for name, role in zip(names, roles, strict=True)
    )


def _weight(chance: Chance, number: int) -> int:
    """One large house, many boutiques: log-normal sizes, the first two as they are shown."""
    if number < 2:
        return (_LARGE_WEIGHT, 25)[number]
    return chance.around(_MEDIAN_WEIGHT, _SPREAD)


def _roles(number: int, weight: int) -> tuple[PartnerRole, ...]:
    if number == 1:
        return _SHOWN_BOUTIQUE
    if weight >= 3 * _MEDIAN_WEIGHT:
        return _LARGE
    return _MIDDLE if weight >= _MEDIAN_WEIGHT else _SMALL


def _applies_on(chance: Chance, number: int, size: Size) -> date:
    """Half of the partners come with the program, the others as word gets around; all before the last third."""
    if number < 2:
        return FOUNDED_ON
    if number % 2 == 0:
        return FOUNDED_ON + timedelta(days=chance.whole(0, 10))
    return FIRST_MONTH.first + timedelta(days=chance.whole(5, size.months * 20))


def _account(seed: int, company: Company, number: int) -> Account:
    """The larger the company, the more seats: from some thousands for the first of the list to a dozen."""
    chance = Chance(seed, "account", company.name)
    median = max(8, round(30_000 / company.rank**0.75))
    name = f"{chance.one_of(words.GIVEN)} {chance.one_of(words.FAMILY)}"
    domain = f"{_slug(company.name)[:40].strip('-') or f'company-{number}'}.example"
    seats = chance.around(median, 0.55)
    return Account(company.name, seats, Person(name, f"{_slug(name, '.')}@{domain}"))


def _slug(text: str, between: str = "-") -> str:
    letters = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in text.lower())
    return between.join(letters.split())
