"""The grammar of worked examples: a sale told in days and months, and what it pays."""

from typing import Final

from ofrecord.program.kinds import CODE, COUNT, DATE, MONEY, PERIOD, REGION, TITLE, by_key, text, whole
from ofrecord.program.reading import Key, rows_of, table_of

LONGEST_STORY: Final = 240

CHANGE: Final = (
    Key("day", DATE, "The first day with the new number; or else `month`.", "2009-06-16", default=None),
    Key(
        "month",
        whole("a month of the subscription", 2, LONGEST_STORY),
        "The month of the subscription that begins with the new number.",
        "3",
        default=None,
    ),
    Key("seats", COUNT, "How many seats from then on.", "60"),
)

STORY: Final = (
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
        default_says="the first day on which it can be sold",
    ),
    Key(
        "tier",
        text("a tier", 60),
        "The partner's tier.",
        '"Gold"',
        default=None,
        default_says="the first tier",
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
        "cancelled_from",
        DATE,
        "The first day without service.",
        "2010-02-15",
        default=None,
        default_says="not cancelled",
    ),
)

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
        by_key(PERIOD, MONEY, "a table of periods and amounts"),
        "What the sale pays, exactly: in a year or month of the subscription, by the invoice of a calendar "
        "month, or in total.",
        '{ "year 1" = "1080.00 USD", "total" = "2160.00 USD" }',
    ),
)
