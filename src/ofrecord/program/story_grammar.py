"""The grammar of worked examples: a sale told in days and months, and what it pays."""

import re
from typing import Any, Final

from ofrecord.kernel.calendar import CalendarFault, Month
from ofrecord.program.clause_types import CROSS_SELL, NEW, PARTNER_OF_RECORD, RECORDED_ROLES, UPSELL
from ofrecord.program.faults import Mistake
from ofrecord.program.fee_kinds import AMOUNT, SHARE
from ofrecord.program.kinds import (
    CODE,
    COUNT,
    DATE,
    LONGEST_NAME,
    MONEY,
    MOST_DAYS,
    PERIOD,
    REGION,
    SEAT_PRICE,
    TITLE,
    by_key,
    choice,
    plain,
    text,
    whole,
)
from ofrecord.program.positions import Path
from ofrecord.program.reading import Key, Kind, Reading, rows_of, table_of
from ofrecord.program.types import CREDITS, WON_BACK

LONGEST_STORY: Final = 240
PAID_AFTER: Final = 30
SAME_CUSTOMER: Final = "the same"


def _read_paid(_reading: Reading, _path: Path, value: Any) -> int | None:
    says = '"30 days after the invoice" or "never"'
    words = plain(value, says)
    if words == "never":
        return None
    match = re.fullmatch(r"(\d{1,4}) days? after the invoice", words)
    if not match or int(match[1]) > MOST_DAYS:
        raise Mistake(f'"{words[:LONGEST_NAME]}" does not say when it is paid.', f"Write {says}.")
    return int(match[1])


def _read_month(_reading: Reading, _path: Path, value: Any) -> str:
    words = plain(value, 'a calendar month, like "2009-04"')
    try:
        return str(Month.parse(words))
    except CalendarFault as fault:
        raise Mistake(
            f'"{words[:LONGEST_NAME]}" is no calendar month.', 'Write it like "2009-04".'
        ) from fault


PAID: Final = Kind('"30 days after the invoice" or "never"', _read_paid)
CALENDAR_MONTH: Final = Kind('a calendar month, like "2009-04"', _read_month)
PART: Final = choice({role: role for role in (PARTNER_OF_RECORD, *RECORDED_ROLES)})

CHANGE: Final = (
    Key(
        "day",
        DATE,
        "The first day with the new number; or else `month`.",
        "2009-06-16",
        default=None,
        default_says="`month`",
    ),
    Key(
        "month",
        whole("a month of the subscription", 2, LONGEST_STORY),
        "The month of the subscription that begins with the new number.",
        "3",
        default=None,
        default_says="`day`",
    ),
    Key("seats", COUNT, "How many seats from then on.", "60"),
)

PARTNER: Final = (
    Key("name", TITLE, "What the partner is called in `pays_to`.", '"Fabrikam"'),
    Key("role", PART, "Its role.", '"partner of record"'),
    Key(
        "from",
        DATE,
        "Its first day in the role.",
        "2009-04-01",
        default=None,
        default_says="the start of the story",
    ),
    Key(
        "until",
        DATE,
        "The first day on which it no longer has the role.",
        "2010-04-01",
        default=None,
        default_says="no end",
    ),
    Key(
        "share",
        SHARE,
        "Its part of what the role is paid, where several hold it together; a partner of record is alone.",
        '"60%"',
        default=None,
        default_says="all of it",
    ),
)

TIER: Final = (
    Key("day", DATE, "The first day with the tier.", "2010-01-01"),
    Key("tier", text("a tier", 60), "The tier.", '"Gold"'),
)

CREDIT: Final = (
    Key("day", DATE, "The day on which it was taken back.", "2009-09-15"),
    Key(
        "month",
        whole("a month of the subscription", 1, LONGEST_STORY),
        "The month of the subscription whose invoice lines it takes from.",
        "3",
    ),
    Key("kind", choice({kind: kind for kind in (*CREDITS, WON_BACK)}), "What happened.", '"refund"'),
    Key("amount", AMOUNT, "How much of them.", '"100.00 USD"', default=None, default_says="all of it"),
)

POOLED: Final = (
    Key("month", CALENDAR_MONTH, "The calendar month.", '"2009-04"'),
    Key("pool", text("a pool", 60), "The pool.", '"advertising"'),
    Key("amount", AMOUNT, "What was pooled in the month.", '"12000.00 USD"'),
)

SALE: Final = (
    Key("offer", CODE, "What is ordered.", '"business-suite"'),
    Key("region", REGION, "The customer's country.", '"US"'),
    Key("seats", COUNT, "How many seats at the start.", "50"),
    Key("months", whole("a whole number of months", 1, LONGEST_STORY), "How many months are billed.", "36"),
    Key(
        "way",
        CODE,
        "The way to sell.",
        '"direct"',
        default=None,
        default_says="`partner-of-record`, or the only way",
    ),
    Key(
        "start",
        DATE,
        "The first day of the subscription.",
        "2009-04-01",
        default=None,
        default_says="the first day on which it can be sold; in `also` the start of the story",
    ),
    Key(
        "segment",
        text("a segment", 60),
        "The customer's segment.",
        '"midsize"',
        default=None,
        default_says="the first segment",
    ),
    Key(
        "deal",
        choice({deal: deal for deal in (NEW, UPSELL, CROSS_SELL)}),
        "The kind of deal; it is a renewal by itself once the commitment is over.",
        '"upsell"',
        default=None,
        default_says='"new"; for a further sale to the same customer what it is by what that customer has',
    ),
    Key(
        "commitment",
        whole("a whole number of months", 1, LONGEST_STORY),
        "For how many months it is agreed; after them it has been renewed.",
        "12",
        default=12,
        default_says="12",
    ),
    Key(
        "price",
        SEAT_PRICE,
        "What a seat is billed at, where that is not the list price.",
        '"13.50 USD"',
        default=None,
        default_says="the list price",
    ),
    Key(
        "paid",
        PAID,
        "When the customer pays each invoice in full.",
        '"never"',
        default=PAID_AFTER,
        default_says=f'"{PAID_AFTER} days after the invoice"',
    ),
    Key(
        "changes",
        rows_of(CHANGE, "a list of changes of seats", 100),
        "Changes of the number of seats.",
        "[{ month = 3, seats = 60 }]",
        default=(),
        default_says="none",
    ),
    Key(
        "credits",
        rows_of(CREDIT, "a list of what was taken back", 100),
        "What was taken back of the invoices: refunds, credit notes, chargebacks, what was written off.",
        '[{ day = 2009-09-15, month = 3, kind = "refund", amount = "100.00 USD" }]',
        default=(),
        default_says="nothing",
    ),
    Key(
        "cancelled_from",
        DATE,
        "The first day without service.",
        "2010-02-15",
        default=None,
        default_says="not cancelled",
    ),
)

OF_ITS_OWN: Final = (
    Key(
        "partners",
        rows_of(PARTNER, "a list of partners", 50),
        "The partners of this sale, where they are not those of the story.",
        '[{ name = "Litware", role = "partner of record" }]',
        default=(),
        default_says="the partners of the story",
    ),
    Key(
        "customer",
        choice({SAME_CUSTOMER: True}),
        "Who buys, where it is the customer of the story.",
        f'"{SAME_CUSTOMER}"',
        default=False,
        default_says="another customer",
    ),
)

ALSO: Final = (*SALE, *OF_ITS_OWN)

STORY: Final = (
    *SALE,
    Key(
        "tier",
        text("a tier", 60),
        "The partner's tier.",
        '"Gold"',
        default=None,
        default_says="the first tier",
    ),
    Key(
        "tiers",
        rows_of(TIER, "a list of days and tiers", 100),
        "Later tiers of the partner.",
        '[{ day = 2010-01-01, tier = "Gold" }]',
        default=(),
        default_says="none",
    ),
    Key(
        "partners",
        rows_of(PARTNER, "a list of partners", 50),
        "The partners of the sale, each in its role and for its days.",
        '[{ name = "Fabrikam", role = "partner of record" }, { name = "Contoso", role = "referrer" }]',
        default=(),
        default_says="one partner of record",
    ),
    Key(
        "also",
        rows_of(ALSO, "a list of further sales", 50),
        "Further sales, each with the keys above `tier`: by the same partners to a customer of its own, unless it says "
        "otherwise.",
        '[{ offer = "business-suite", region = "US", seats = 25, months = 12, customer = "the same" }]',
        default=(),
        default_says="none",
    ),
    Key(
        "pools",
        rows_of(POOLED, "a list of what was pooled", 100),
        "What was pooled.",
        '[{ month = "2009-04", pool = "advertising", amount = "12000.00 USD" }]',
        default=(),
        default_says="nothing",
    ),
)

_AMOUNTS: Final = by_key(PERIOD, MONEY, "a table of periods and amounts")

EXAMPLE: Final = (
    Key("says", TITLE, "The example in a few words.", '"Fifty users for three years"'),
    Key(
        "story",
        table_of(STORY, "a table that tells a sale"),
        "The sale, told in days and months.",
        '{ offer = "business-suite", region = "US", seats = 50, months = 36 }',
    ),
    Key(
        "pays",
        _AMOUNTS,
        "What the sale pays to all partners, exactly: in a year or month of the subscription, by the invoice or the "
        "payment of a calendar month, or in total. Sales in `also` are not in it.",
        '{ "year 1" = "1080.00 USD", "total" = "2160.00 USD" }',
        default=(),
        default_says="`pays_to`",
    ),
    Key(
        "pays_to",
        by_key(TITLE, _AMOUNTS, "a table of partners or roles and what they are paid"),
        "What each named partner, or all partners in a role, are paid, exactly, for all that the story tells.",
        '{ "Fabrikam" = { "total" = "864.00 USD" }, "referrer" = { "total" = "216.00 USD" } }',
        default=(),
        default_says="`pays`",
    ),
)
