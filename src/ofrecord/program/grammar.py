"""The grammar: every table of a program document, its keys, and what each means.

This is the only list of keys there is: documents are read by it and the reference page is made from it.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ofrecord.kernel.money import Rounding
from ofrecord.program.condition_grammar import NEEDS, UNPAID_WHEN, WHEN
from ofrecord.program.fee_grammar import BAND, FEE, GROWTH, HOLDBACK, LIMIT, UNPAID
from ofrecord.program.fee_kinds import AMOUNTS, SHARE_OR_NONE
from ofrecord.program.kinds import (
    CODE,
    CURRENCY,
    DATE,
    DAYS,
    LONG_TEXT,
    REGION,
    ROUNDING,
    SEAT_PRICE,
    TIME_ZONE,
    TITLE,
    VERSION_NAME,
    YEAR,
    by_key,
    choice,
    list_of,
    text,
)
from ofrecord.program.reading import Key, rows_of
from ofrecord.program.story_grammar import CHANGE, CREDIT, EXAMPLE, OF_ITS_OWN, PARTNER, POOLED, STORY, TIER
from ofrecord.program.types import (
    CREDITS,
    PARTNER_BILLS,
    PER_SEAT_MONTHLY,
    VENDOR_BILLS,
    WAYS,
    Proration,
)

PROGRAM: Final = (
    Key(
        "id",
        CODE,
        "The program's name in addresses and citations; the same in all of its versions.",
        '"online-services"',
        standin="program",
    ),
    Key(
        "version",
        VERSION_NAME,
        "The name of this version. A version never changes once it is published.",
        '"2009.1"',
        standin="0",
    ),
    Key("title", TITLE, "What people call the program.", '"Online Services Partner Program"', standin="—"),
    Key("vendor", TITLE, "Who publishes the program and owes the fees.", '"Northwind Online"', standin="—"),
    Key("effective", DATE, "The first day on which orders fall under this version.", "2009-04-01"),
    Key(
        "notice",
        DAYS,
        "How long a later version must be known before it may take effect.",
        '"90 days"',
        standin=0,
    ),
    Key(
        "currency",
        CURRENCY,
        "The currency of every amount in the document that names none.",
        '"USD"',
        standin="USD",
        in_amounts=True,
    ),
    Key(
        "rounding",
        ROUNDING,
        "How an exact amount becomes whole cents: once for each line billed and each fee. "
        "Half up is half away from zero.",
        '"half up, per line"',
        standin=Rounding.HALF_UP,
        in_amounts=True,
    ),
    Key(
        "time_zone", TIME_ZONE, "Where the program's days begin and end.", '"America/New_York"', standin="UTC"
    ),
    Key(
        "year",
        YEAR,
        "The day on which the program's year begins.",
        '"from 1 July"',
        default=(1, 1),
        standin=(1, 1),
        default_says='"from 1 January"',
    ),
    Key(
        "tiers",
        list_of(text("a tier", 60), "a list of tiers", 20),
        "The tiers a partner can have, lowest first. A partner that was given none has the first.",
        '["Registered", "Gold"]',
        default=(),
        default_says="no tiers",
    ),
    Key(
        "segments",
        list_of(text("a segment", 60), "a list of segments", 50),
        "The segments of customers. A customer that was given none has the first.",
        '["small", "midsize", "enterprise"]',
        default=(),
        default_says="no segments",
    ),
    Key(
        "pools",
        list_of(text("a pool", 60), "a list of pools", 50),
        "What is pooled month by month and shared between partners, such as advertising revenue.",
        '["advertising"]',
        default=(),
        default_says="no pools",
    ),
    Key(
        "proration",
        choice({proration.value: proration for proration in Proration}),
        "How an amount billed is divided where a fact that a clause asks for changes inside its days: by days, by "
        "seconds, or not at all: what held on the first day holds for the whole.",
        '"by days"',
        default=Proration.BY_DAYS,
        standin=Proration.BY_DAYS,
        default_says='"by days"',
        in_amounts=True,
    ),
    Key(
        "last_day",
        choice({"included": True, "excluded": False}),
        'Whether a range of days, such as "2011-02-01..2011-04-01", has its last day inside.',
        '"included"',
        default=True,
        standin=True,
        default_says='"included"',
        in_amounts=True,
    ),
)

WAY: Final = (
    Key(
        "title",
        TITLE,
        "What people call it.",
        '"Partner of record"',
        default="",
        standin="",
        default_says="the name in words",
    ),
    Key(
        "bills",
        choice({VENDOR_BILLS: VENDOR_BILLS, PARTNER_BILLS: PARTNER_BILLS}),
        "Who bills the customer: the vendor, or the partner, which owns the paper.",
        '"vendor"',
        standin=VENDOR_BILLS,
    ),
    Key(
        "open",
        by_key(REGION, DATE, "a table of countries and first days"),
        "The countries where it is open, each with its first day.",
        "{ US = 2009-04-01, GB = 2009-07-01 }",
    ),
)

PRICE: Final = (
    Key("region", REGION, "The country where the price holds.", '"US"'),
    Key("from", DATE, "Its first day.", "2009-04-01"),
    Key(
        "until",
        DATE,
        "The first day on which it no longer holds: the first day of the next price.",
        "2010-04-01",
        default=None,
        default_says="no end",
    ),
    Key("price", SEAT_PRICE, "What one seat costs a month.", '"15.00 USD"'),
    Key(
        "wholesale",
        SEAT_PRICE,
        "What a partner that bills the customer itself pays the vendor for it; what is left is its margin.",
        '"10.00 USD"',
        default=None,
        standin=None,
        default_says="no wholesale price",
        in_amounts=True,
    ),
)

OFFER: Final = (
    Key(
        "title",
        TITLE,
        "What people call it.",
        '"Business productivity suite"',
        default="",
        standin="",
        default_says="the name in words",
    ),
    Key(
        "parts",
        list_of(text("a part", 60), "a list of parts", 50),
        "The services in the bundle.",
        '["mail", "portal"]',
        default=(),
        standin=(),
        default_says="no parts",
    ),
    Key(
        "family",
        CODE,
        "The product family that it belongs to, so that clauses can ask for all of a family.",
        '"productivity"',
        default="",
        default_says="no family",
    ),
    Key(
        "sold",
        choice({PER_SEAT_MONTHLY: PER_SEAT_MONTHLY}),
        "What a price is for.",
        '"per seat, monthly"',
        default=PER_SEAT_MONTHLY,
        standin=PER_SEAT_MONTHLY,
        default_says='"per seat, monthly"',
    ),
    Key(
        "prices",
        rows_of(PRICE, "a list of prices", 5_000),
        "The price list, a row for each country and time. Where it has no row the offer is not sold.",
        '[{ region = "US", from = 2009-04-01, price = "15.00 USD" }]',
    ),
    Key(
        "open",
        by_key(REGION, DATE, "a table of countries and first days"),
        "Countries where the offer opens later than the ways that sell it, each with its first day.",
        "{ US = 2010-03-01 }",
        default=(),
        default_says="when the first way opens",
    ),
)

TOLD: Final = {"that the partner earns a fee": True, "nothing about fees": False}

SERVICE: Final = (
    Key(
        "title",
        TITLE,
        "The title of the conditions of service.",
        '"Conditions of service"',
        default="Conditions of service",
        standin="",
        default_says='"Conditions of service"',
    ),
    Key(
        "conditions",
        LONG_TEXT,
        "What a customer accepts when confirming an order.",
        '"""The service is billed monthly in arrears."""',
        default="",
        standin="",
        default_says="none",
    ),
    Key(
        "customer_is_told",
        choice(TOLD),
        "Whether a customer reads on the order that the partner is paid.",
        '"that the partner earns a fee"',
        default=True,
        standin=True,
        default_says='"that the partner earns a fee"',
    ),
    Key(
        "links_last",
        DAYS,
        "How long an order link can be confirmed.",
        '"30 days"',
        default=30,
        standin=30,
        default_says='"30 days"',
    ),
)


PAYMENT: Final = (
    Key(
        "minimum",
        AMOUNTS,
        "The least that is paid: a smaller total is carried to the next statement. A list states one for each "
        "currency; a statement in a currency without one pays every total.",
        '["50.00 USD", "40.00 GBP"]',
        default=(),
        standin=(),
        default_says="no minimum",
    ),
    Key(
        "claw_window",
        DAYS,
        "How long after the event that earned a fee it may be taken back.",
        '"180 days"',
        default=None,
        standin=None,
        default_says="without end",
    ),
    Key(
        "claw_limit",
        SHARE_OR_NONE,
        "The most of what was earned on a statement that is kept for what is taken back; the rest is carried.",
        '"50%"',
        default=Fraction(1),
        standin=Fraction(1),
        default_says='"100%"',
    ),
    Key(
        "reduced_by",
        list_of(choice({credit: credit for credit in CREDITS}), "a list of what takes back", len(CREDITS)),
        "What reduces a fee when it takes back what was billed.",
        '["refund", "credit note", "chargeback", "write-off"]',
        default=CREDITS,
        standin=CREDITS,
        default_says="all four",
        in_amounts=True,
    ),
    Key(
        "exchange_rates_last",
        DAYS,
        "How old an exchange rate may be on the day that earns a fee; without one the line waits.",
        '"7 days"',
        default=7,
        standin=7,
        default_says='"7 days"',
    ),
)


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the document. `each` says that it is repeated: by "name", as [ways.NAME], or as a "list"."""

    name: str
    keys: tuple[Key, ...]
    says: str
    each: str = ""
    most: int = 1
    required: bool = False


_LISTED: Final = ", ".join(f"`{way}`" for way in WAYS[:-1])

SECTIONS: Final = (
    Section("program", PROGRAM, "What the program is, and what holds for all of it.", required=True),
    Section(
        "ways",
        WAY,
        f"A way to sell: {', '.join(f'`{w}`' for w in WAYS[:-1])} or `{WAYS[-1]}`.",
        "name",
        20,
        required=True,
    ),
    Section("offers", OFFER, "What can be ordered, and its price list.", "name", 1_000, required=True),
    Section("fees", FEE, "A clause that pays. Its name is cited wherever it pays.", "name", 500),
    Section("unpaid", UNPAID, "A clause that declares a case unpaid, and says why.", "name", 500),
    Section("payment", PAYMENT, "How what was earned becomes payable. It never changes what was earned."),
    Section("service", SERVICE, "What a customer is told and accepts."),
    Section("examples", EXAMPLE, "A worked example. It is executed by the rules that pay.", "list", 200),
)

# The tables written inside a key, for the reference.
INSIDE: Final = (
    ("a row of `prices`", PRICE),
    ("`when` of a fee", WHEN),
    ("`when` of an unpaid case", UNPAID_WHEN),
    ("`needs` of a fee", NEEDS),
    ("a row of `bands`", BAND),
    ("`cap` and `floor` of a fee", LIMIT),
    ("`growth` of a fee", GROWTH),
    ("`holdback` of a fee", HOLDBACK),
    ("`story` of an example", STORY),
    ("a row of a story's `changes`", CHANGE),
    ("a row of a story's `partners`", PARTNER),
    ("a row of a story's `tiers`", TIER),
    ("a row of a story's `credits`", CREDIT),
    ("a row of a story's `pools`", POOLED),
    ("what a row of a story's `also` may say besides", OF_ITS_OWN),
)
