"""The grammar of clauses: what pays, how much and until where, and what declares a case unpaid."""

from fractions import Fraction
from typing import Final

from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    Applies,
    Basis,
    Earned,
    PoolKey,
    Unit,
)
from ofrecord.program.condition_grammar import NEEDS, ROLE, UNPAID_WHEN, WHEN
from ofrecord.program.fee_kinds import (
    AMOUNT,
    BAND_RATE,
    BASELINE,
    EDGE,
    PER,
    SHARE,
)
from ofrecord.program.kinds import (
    CODE,
    DAYS,
    RATE,
    SENTENCE,
    TITLE,
    by_key,
    choice,
    one_or_more,
    text,
)
from ofrecord.program.reading import Key, rows_of, table_of

BAND: Final = (
    Key(
        "from",
        EDGE,
        "Where the band begins: where the one before ends. It may be left out.",
        '"10000.00 USD"',
        default=None,
        default_says="where the band before ends",
    ),
    Key(
        "up_to",
        EDGE,
        "Where the band ends; all bands in one measure. The last band has no end.",
        '"25000.00 USD"',
        default=None,
        default_says="without end",
    ),
    Key(
        "rate", BAND_RATE, "The share that is paid in the band.", '"5%"', standin=Fraction(0), in_amounts=True
    ),
)

LIMIT: Final = (
    Key("amount", AMOUNT, "The amount.", '"500.00 USD"'),
    Key(
        "per",
        PER,
        "Over what and during what it is added up; without a period for good.",
        '"customer and program year"',
    ),
)

GROWTH: Final = (
    Key(
        "per",
        PER,
        "Over what and in which period it is compared with one year before.",
        '"partner and month"',
    ),
    Key(
        "above",
        BASELINE,
        "The share of the amount of one year before above which is paid.",
        '"110%"',
        default=Fraction(1),
        standin=Fraction(1),
        default_says='"100%"',
    ),
)

HOLDBACK: Final = (
    Key("share", SHARE, "The share of the fee that is kept back.", '"20%"'),
    Key("days", DAYS, "How long after the event that earned it.", '"90 days"'),
)

# What stands in for bands and for an amount that could not be read: the clause pays, nobody looks how much.
_SOME_AMOUNT: Final = Money(0, "USD")
_SOME_BANDS: Final = ({"from": None, "up_to": None, "rate": Fraction(0)},)

_TITLE: Final = Key(
    "title",
    TITLE,
    "What people call the clause.",
    '"First year"',
    default="",
    standin="",
    default_says="the name in words",
)

WHOM: Final = (
    Key(
        "pays",
        ROLE,
        "The role of the partner that is paid; or else `split`.",
        '"partner of record"',
        default=None,
        default_says="`split`",
    ),
    Key(
        "split",
        by_key(ROLE, SHARE, "a table of roles and shares"),
        "The roles that share what the clause pays; their shares are at most 100% together.",
        '{ "partner of record" = "70%", referrer = "30%" }',
        default=None,
        default_says="`pays`",
    ),
)

HOW_MUCH: Final = (
    Key(
        "on",
        choice({basis.value: basis for basis in Basis}),
        "What the rate is a share of: what was billed, what the customer has paid, what it would be at the list "
        "price, the margin over the wholesale price, what was pooled, or the fee of another clause.",
        '"billed"',
        default=Basis.BILLED,
        standin=Basis.BILLED,
        default_says='"billed"',
        in_amounts=True,
    ),
    Key(
        "of",
        CODE,
        'The clause whose fee it is a share of; only and always with `on = "fee"`.',
        '"first-year"',
        default=None,
        default_says="no clause",
    ),
    Key(
        "rate",
        RATE,
        "The share, exactly; or else `bands` or `amount`.",
        '"12%"',
        default=None,
        standin=Fraction(0),
        default_says="`bands` or `amount`",
        in_amounts=True,
    ),
    Key(
        "bands",
        rows_of(BAND, "a list of bands", 50),
        "Rates by how much there is, from the lowest band up.",
        '[{ up_to = "10000.00 USD", rate = "5%" }, { from = "10000.00 USD", rate = "8%" }]',
        default=None,
        standin=_SOME_BANDS,
        default_says="`rate` or `amount`",
        in_amounts=True,
    ),
    Key(
        "graduated_per",
        PER,
        "With bands: over what and during what it is added up, each slice paid at its own rate.",
        '"partner and program year"',
        default=None,
        default_says="`whole_amount_per`",
    ),
    Key(
        "whole_amount_per",
        PER,
        "With bands: over what and during what it is added up, all of it paid at the rate that is reached.",
        '"partner and month"',
        default=None,
        default_says="`graduated_per`",
    ),
    Key(
        "amount",
        AMOUNT,
        "A fixed amount, paid for each of `each`.",
        '"2.00 USD"',
        default=None,
        standin=_SOME_AMOUNT,
        default_says="`rate` or `bands`",
        in_amounts=True,
    ),
    Key(
        "each",
        choice({unit.value: unit for unit in Unit}),
        "What the amount is paid for: each seat for a month or each month of a subscription (both by days), each "
        "line billed, each new subscription, each new customer.",
        '"new customer"',
        default=None,
        standin=Unit.LINE,
        default_says="no amount",
        in_amounts=True,
    ),
    Key(
        "growth",
        table_of(GROWTH, "a table of a baseline"),
        "Pays only what is above the same period one year before.",
        '{ per = "partner and month", above = "110%" }',
        default=None,
        standin=None,
        default_says="all of it",
        in_amounts=True,
    ),
    Key(
        "cap",
        table_of(LIMIT, "a table of an amount and a scope"),
        "The most that the clause pays.",
        '{ amount = "500.00 USD", per = "customer and program year" }',
        default=None,
        standin=None,
        default_says="no cap",
        in_amounts=True,
    ),
    Key(
        "floor",
        table_of(LIMIT, "a table of an amount and a scope"),
        "The least that the clause pays where it pays.",
        '{ amount = "25.00 USD", per = "subscription and month" }',
        default=None,
        standin=None,
        default_says="no floor",
        in_amounts=True,
    ),
    Key(
        "pool",
        text("a pool", 60),
        'What is shared; only and always with `on = "pooled"`.',
        '"advertising"',
        default=None,
        default_says="no pool",
    ),
    Key(
        "shared_by",
        choice({key.value: key for key in PoolKey}),
        "By what a pool is shared between the partners paid.",
        '"own revenue"',
        default=None,
        standin=PoolKey.EQUALLY,
        default_says="no pool",
        in_amounts=True,
    ),
)

UNTIL_WHERE: Final = (
    Key(
        "needs",
        table_of(NEEDS, "a table of what must be sold first"),
        "What the partner must have sold for the clause to pay: all of it.",
        "{ new_customers = 3, seats = 75 }",
        default=None,
        default_says="nothing",
    ),
    Key(
        "holdback",
        table_of(HOLDBACK, "a table of a share and days"),
        "A part of the fee that is kept back for a time.",
        '{ share = "20%", days = "90 days" }',
        default=None,
        standin=None,
        default_says="nothing",
    ),
    Key(
        "earned",
        choice({earned.value: earned for earned in Earned}),
        "Whether the fee is earned with the invoice, or as far as the customer has paid it.",
        '"when collected"',
        default=Earned.WHEN_BILLED,
        standin=Earned.WHEN_BILLED,
        default_says='"when billed"',
        in_amounts=True,
    ),
    Key(
        "applies",
        choice({applies.value: applies for applies in Applies}),
        "Which sales it reaches: those made under this version; from its first day all, also those made under "
        "earlier versions; or those made under it until their first renewal after the next version took effect.",
        '"until renewal"',
        default=Applies.NEW_SUBSCRIPTIONS,
        standin=Applies.NEW_SUBSCRIPTIONS,
        default_says='"new subscriptions"',
    ),
    Key(
        "together_with",
        one_or_more(CODE, "a clause, or a list of clauses"),
        "Clauses that pay beside this one when both match: each its own line, and the rates add up. Without "
        "it no two clauses may match the same case.",
        '"first-year"',
        default=(),
        default_says="no other clause",
    ),
    Key(
        "instead_of",
        one_or_more(CODE, "a clause, or a list of clauses"),
        "Clauses that do not pay where this one does.",
        '"ongoing"',
        default=(),
        default_says="no other clause",
    ),
)

FEE: Final = (
    _TITLE,
    *WHOM,
    Key(
        "when",
        table_of(WHEN, "a table of facts"),
        "The facts that must all match; of a list any one. A fact that is left out may be anything, and "
        "`{}` matches every case.",
        '{ way = "partner-of-record", month = "1..12" }',
    ),
    *HOW_MUCH,
    *UNTIL_WHERE,
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
