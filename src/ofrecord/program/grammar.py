"""The grammar: every table of a program document, its keys, and what each means.

This is the only list of keys there is: documents are read by it and the reference page is made from it.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ofrecord.kernel.money import Rounding
from ofrecord.program.kinds import (
    CODE,
    CURRENCY,
    DATE,
    DAYS,
    LONG_TEXT,
    MONTH_RANGE,
    RATE,
    REGION,
    ROUNDING,
    SEAT_PRICE,
    SENTENCE,
    TIME_ZONE,
    TITLE,
    VERSION_NAME,
    YEAR,
    by_key,
    choice,
    list_of,
    one_or_more,
    text,
)
from ofrecord.program.reading import Key, rows_of, table_of
from ofrecord.program.story_grammar import CHANGE, EXAMPLE, STORY
from ofrecord.program.types import (
    BILLED,
    BY_PARTNER,
    DIRECT,
    PER_SEAT_MONTHLY,
    ROLES,
    VENDOR_BILLS,
)

WAYS: Final = (DIRECT, BY_PARTNER)


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
        choice({VENDOR_BILLS: VENDOR_BILLS}),
        "Who bills the customer.",
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

WHEN: Final = (
    Key(
        "way",
        one_or_more(CODE, "a way, or a list of ways"),
        "The way to sell.",
        '"partner-of-record"',
        default=(),
    ),
    Key(
        "tier",
        one_or_more(text("a tier", 60), "a tier, or a list of tiers"),
        "The partner's tier on the day of the invoice.",
        '"Gold"',
        default=(),
    ),
    Key(
        "region",
        one_or_more(REGION, "a country code, or a list of them"),
        "The customer's country.",
        '["US", "GB"]',
        default=(),
    ),
    Key(
        "offer",
        one_or_more(CODE, "an offer, or a list of offers"),
        "The offer.",
        '"business-suite"',
        default=(),
    ),
    Key(
        "month",
        MONTH_RANGE,
        "The month of the subscription, counted from its start.",
        '"1..12"',
        default=None,
    ),
)

ROLE: Final = choice({role: role for role in ROLES})

UNPAID_WHEN: Final = (
    Key(
        "role",
        one_or_more(ROLE, "a role, or a list of roles"),
        "The partner's role.",
        '"partner of record"',
        default=(),
    ),
    *WHEN,
)

FEE: Final = (
    Key(
        "title",
        TITLE,
        "What people call the clause.",
        '"First year"',
        default="",
        standin="",
        default_says="the name in words",
    ),
    Key("pays", ROLE, "The role of the partner that is paid.", '"partner of record"'),
    Key(
        "on",
        choice({BILLED: BILLED}),
        "What the rate is a share of: the amount billed for the service.",
        '"billed"',
        standin=BILLED,
    ),
    Key(
        "when",
        table_of(WHEN, "a table of facts"),
        "The facts that must all match; of a list any one. A fact that is left out may be anything, and "
        "`{}` matches every case.",
        '{ way = "partner-of-record", month = "1..12" }',
    ),
    Key("rate", RATE, "The share, exactly.", '"12%"', standin=Fraction(0), in_amounts=True),
    Key(
        "together_with",
        one_or_more(CODE, "a clause, or a list of clauses"),
        "Clauses that pay beside this one when both match: each its own line, and the rates add up. Without "
        "it no two clauses may match the same case.",
        '"first-year"',
        default=(),
        default_says="no other clause",
    ),
)

UNPAID: Final = (
    Key(
        "title",
        TITLE,
        "What people call the clause.",
        '"Direct orders"',
        default="",
        standin="",
        default_says="the name in words",
    ),
    Key(
        "when",
        table_of(UNPAID_WHEN, "a table of facts"),
        "The facts that must all match, as for a fee.",
        '{ way = "direct" }',
    ),
    Key(
        "because",
        SENTENCE,
        "Why nothing is paid, in a sentence that partners read on their statements.",
        '"Orders placed directly with the vendor earn no fee."',
        standin="—",
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


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the document. `each` says that it is repeated: by "name", as [ways.NAME], or as a "list"."""

    name: str
    keys: tuple[Key, ...]
    says: str
    each: str = ""
    most: int = 1
    required: bool = False


SECTIONS: Final = (
    Section("program", PROGRAM, "What the program is, and what holds for all of it.", required=True),
    Section("ways", WAY, "A way to sell: `direct` or `partner-of-record`.", "name", 20, required=True),
    Section("offers", OFFER, "What can be ordered, and its price list.", "name", 1_000, required=True),
    Section("fees", FEE, "A clause that pays. Its name is cited wherever it pays.", "name", 500),
    Section("unpaid", UNPAID, "A clause that declares a case unpaid, and says why.", "name", 500),
    Section("service", SERVICE, "What a customer is told and accepts."),
    Section("examples", EXAMPLE, "A worked example. It is executed by the rules that pay.", "list", 200),
)

# The tables written inside a key, for the reference.
INSIDE: Final = (
    ("a row of `prices`", PRICE),
    ("`when` of a fee", WHEN),
    ("`when` of an unpaid case", UNPAID_WHEN),
    ("`story` of an example", STORY),
    ("a row of a story's `changes`", CHANGE),
)
