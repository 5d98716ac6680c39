"""The grammar of what clauses ask for: the facts of a case, and what a partner must have sold."""

from typing import Final

from ofrecord.program.clause_types import DEALS, DESIGNATION, ROLES, START
from ofrecord.program.fee_kinds import AMOUNT, DAY_RANGE, DURING, MONTH_RANGE, SEAT_RANGE
from ofrecord.program.kinds import CODE, MOST_SEATS, REGION, choice, one_or_more, text, whole
from ofrecord.program.reading import Key

ROLE: Final = choice({role: role for role in ROLES})

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
        "segment",
        one_or_more(text("a segment", 60), "a segment, or a list of segments"),
        "The customer's segment.",
        '"midsize"',
        default=(),
    ),
    Key(
        "family",
        one_or_more(CODE, "a product family, or a list of them"),
        "The product family of the offer.",
        '"productivity"',
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
        "deal",
        one_or_more(choice({deal: deal for deal in DEALS}), "a kind of deal, or a list of them"),
        "Whether the customer is new, has renewed, took more of an offer, or another offer.",
        '["new", "cross-sell"]',
        default=(),
    ),
    Key(
        "month",
        MONTH_RANGE,
        "The month of the subscription, counted from its start.",
        '"1..12"',
        default=None,
    ),
    Key(
        "month_from",
        choice({START: START, DESIGNATION: DESIGNATION}),
        "Whether `month` is counted from the start, or from the designation of the partner.",
        '"designation"',
        default=None,
        default_says='"start"',
    ),
    Key("seats", SEAT_RANGE, "The seats of the line that was billed.", '"25..249"', default=None),
    Key(
        "sold",
        DAY_RANGE,
        "The days on which the subscription started, such as those of a campaign.",
        '"2011-02-01..2011-04-01"',
        default=None,
    ),
    Key("billed", DAY_RANGE, "The days of the invoice.", '"2010-07-01.."', default=None),
)

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

_SOLD: Final = whole("a whole number", 1, MOST_SEATS)

NEEDS: Final = (
    Key(
        "new_customers",
        _SOLD,
        "So many new customers of the partner.",
        "3",
        default=None,
        default_says="not asked",
    ),
    Key(
        "seats",
        _SOLD,
        "So many seats in all, as subscriptions started with them.",
        "75",
        default=None,
        default_says="not asked",
    ),
    Key("subscriptions", _SOLD, "So many subscriptions.", "5", default=None, default_says="not asked"),
    Key(
        "billed",
        AMOUNT,
        "So much billed for them.",
        '"10000.00 USD"',
        default=None,
        default_says="not asked",
    ),
    Key(
        "in",
        DURING,
        "When the subscriptions that are counted started: on stated days, or in the same period as the sale.",
        '"2010-07-01..2011-06-30"',
        default=None,
        default_says='"lifetime"',
    ),
    Key(
        "counts",
        choice({"from the day it is met": False, "for the whole period": True}),
        "Whether sales before it was met are paid too, once it is met.",
        '"for the whole period"',
        default=False,
        standin=False,
        default_says='"from the day it is met"',
        in_amounts=True,
    ),
)
