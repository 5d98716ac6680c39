"""Words that people write into programs and that are no keys here: what to write instead, or that nothing can be."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from ofrecord.program.faults import known_words, nearest

# A known key that is this much like the word was meant, whatever else the word may mean.
SURELY: Final = 0.85

# The same thing under another name, where the table has a key for it.
SYNONYMS: Final[Mapping[str, tuple[str, ...]]] = {
    "rate": ("percent", "percentage", "pct", "commission", "share", "fee"),
    "pays": ("role", "payee", "recipient", "partner", "who", "to"),
    "on": ("basis", "base", "based_on"),
    "when": ("if", "condition", "conditions", "applies_to", "where", "match", "criteria"),
    "needs": ("requires", "requirement", "requirements", "threshold", "thresholds", "qualification"),
    "cap": ("maximum", "max", "limit", "ceiling", "at_most"),
    "floor": ("minimum", "min", "at_least", "guaranteed"),
    "minimum": ("min", "minimum_payout", "threshold", "payout_minimum"),
    "claw_window": ("clawback", "claw_back", "clawback_window", "window"),
    "claw_limit": ("clawback_limit", "limit", "maximum", "cap"),
    "exchange_rates_last": ("rate_days", "exchange", "exchange_rates"),
    "split": ("splits", "shares", "divided"),
    "bands": ("tiered", "steps", "brackets", "slabs", "sliding", "scale", "slices", "tiers"),
    "together_with": ("stacks_with", "stacks", "and", "plus", "combines_with", "also"),
    "instead_of": ("overrides", "replaces", "supersedes", "unless", "priority_over"),
    "applies": ("grandfathering", "grandfathered", "existing", "transition"),
    "earned": ("earned_when", "recognized", "vests", "vesting"),
    "holdback": ("reserve", "retention", "retained", "withheld"),
    "each": ("per", "unit", "for_each"),
    "per": ("scope", "each"),
    "amount": ("fixed", "flat", "flat_fee", "bounty", "sum", "value"),
    "region": ("country", "countries", "market", "territory", "geo", "regions"),
    "offer": ("product", "products", "sku", "item", "offers"),
    "family": ("category", "product_family", "line_of_business", "families"),
    "segment": ("industry", "vertical", "class", "customer_size", "segments"),
    "way": ("route", "channel", "ways", "motion"),
    "deal": ("deal_type", "deal_kind", "kind", "type", "deals"),
    "month": ("months", "duration", "year", "years", "term", "during", "lifetime", "expires"),
    "month_from": ("from", "counted_from", "months_from"),
    "seats": ("quantity", "users", "licenses", "headcount"),
    "sold": ("date", "dates", "start", "started", "campaign", "promotion"),
    "billed": ("invoiced", "invoice_date", "valid", "valid_from", "valid_until"),
    "in": ("during", "period", "within", "window"),
    "counts": ("retroactive", "from_when"),
    "new_customers": ("customers", "new_accounts", "logos"),
    "reduced_by": ("refunds", "refund", "returns"),
    "wholesale": ("cost", "buy_price", "partner_price", "discounted"),
    "tiers": ("levels", "tier"),
    "rounding": ("round", "rounds"),
    "because": ("reason", "why"),
    "up_to": ("to", "until", "max", "upper", "below", "ends"),
    "from": ("min", "above", "over", "lower", "starts", "begins"),
    "price": ("amount", "list_price", "unit_price"),
    "start": ("from", "starts", "begins", "started"),
    "paid": ("payment", "payments", "paid_after"),
    "credits": ("refunds", "refund", "returns", "chargebacks"),
    "cancelled_from": ("cancelled", "canceled", "cancel", "ends", "until"),
    "pays_to": ("pays_partner", "pays_partners", "pays_role"),
}

# The same value under another name, where it is one of those that can be chosen.
SAME: Final[Mapping[str, tuple[str, ...]]] = {
    "billed": (
        "net",
        "gross",
        "invoiced",
        "invoice",
        "revenue",
        "net revenue",
        "sales",
        "subtotal",
        "arr",
        "mrr",
        "acv",
    ),
    "collected": ("paid", "cash", "received", "payments", "receipts"),
    "list": ("list price", "msrp", "rrp", "retail"),
    "margin": ("profit", "gross margin", "gross profit", "spread"),
    "pooled": ("pool",),
    "fee": ("commission", "override"),
    "partner of record": ("partner", "advisor", "agent", "por"),
    "former partner of record": ("former partner", "previous partner"),
    "referrer": ("affiliate", "referral partner", "influencer", "referral"),
    "host": ("hosting partner", "hoster"),
    "reseller": ("var", "dealer", "retailer"),
    "distributor": ("wholesaler", "master", "aggregator"),
    "services partner": ("implementer", "integrator", "consultant", "service partner"),
    "seat": ("user", "license", "user per month"),
    "line": ("invoice", "invoice line", "event"),
    "new subscription": ("sale", "deal", "order", "subscription", "contract"),
    "new customer": ("customer", "account", "logo"),
    "when billed": ("on invoice", "on billing", "booking", "accrual"),
    "when collected": ("on payment", "when paid", "on collection", "cash"),
    "new subscriptions": ("new", "new sales", "new only"),
    "all": ("everything", "existing", "existing and new"),
    "until renewal": ("renewal", "until the renewal", "next renewal"),
    "renewal": ("renewals", "renewed"),
    "upsell": ("expansion", "upgrade", "add-on", "addon"),
    "write-off": ("bad debt", "written off"),
    "credit note": ("credit", "credit memo"),
    "refund": ("return",),
    "chargeback": ("dispute",),
    "own revenue": ("revenue", "sales"),
    "equally": ("equal", "evenly", "per head"),
    "designation": ("assignment", "appointment", "transfer"),
    "as of the first day": ("none", "no proration", "full month"),
    "excluded": ("exclusive",),
    "included": ("inclusive",),
}


_FORMULA: Final = (
    "The language cannot compute with a formula: what a clause pays is a rate, bands or an amount.",
    "See `rate`, `bands` and `amount`: write a clause for each case, each with exact figures.",
)
_CONDITION: Final = (
    "The language cannot ask in an expression: a condition is a match on named facts.",
    "See `when`: state the facts there, and exceptions in a clause of their own with `instead_of`.",
)
_PRIORITY: Final = (
    "The language cannot rank clauses: no order and no number decides between two of them.",
    "See `instead_of` and `together_with`: the clause says beside or instead of which others it pays.",
)
_MULTIPLIER: Final = (
    "The language cannot multiply the rate of another clause.",
    "See `together_with` and `instead_of`: write the rate that is added, or the higher one that replaces it, "
    "in a clause of its own; what must be sold first stands in `needs`.",
)
_BOUNTY: Final = (
    "The language has no word of its own for a bonus: it is a clause like any other.",
    'Write [fees.NAME] with `amount` and `each = "new subscription"` or "new customer", and the days of the '
    "campaign as `sold` in `when`.",
)
_ADVANCE: Final = (
    "The language cannot pay what was not earned, such as a draw or an advance.",
    "Leave it out and pay it outside of the program; the least that a clause pays is a `floor`.",
)
_QUOTA: Final = (
    "The language cannot ask for the attainment of a target that is set for each partner.",
    "See `needs` for what every partner must have sold, `growth` for a baseline that is its own past, and "
    "`bands` for rates by how much was sold.",
)
_LEVELS: Final = (
    "The language cannot pay along a chain of partners of any length.",
    'See `on = "fee"` and `of`: a clause pays one further role, such as "distributor", a share of another fee.',
)
_PERSONS: Final = (
    "The language cannot name a single partner or customer: a program is the same for all.",
    "Give the partner a tier or the customer a segment, and ask for it in `when`.",
)
_SKILLS: Final = (
    "The language cannot ask for points, scores, certifications or surveys in a clause.",
    "Ask for the tier that they lead to: `tier` in `when`.",
)
_DISCOUNT: Final = (
    "The language cannot ask for the discount of a sale.",
    'Let the fee follow the price: `on = "billed"` pays less of a discounted sale, `on = "list"` does not.',
)
_MONEY_OUT: Final = (
    "The language cannot say when or how money is sent, or what tax is on it.",
    "See [payment] for what becomes payable; dates of payouts and taxes belong to the agreement with the partner.",
)
_EXCHANGE: Final = (
    "The language cannot fix an exchange rate: fees are in the currency of the sale.",
    "See `exchange_rates_last` in [payment]; the rates themselves are recorded as they are published.",
)
_RETROACTIVE: Final = (
    "The language has no word of its own for what counts backward.",
    'See `counts = "for the whole period"` in `needs`, and `whole_amount_per` for bands.',
)
_USAGE: Final = (
    "The language cannot price or pay by measured use: what is sold is seats by the month.",
    "State the use as an offer with seats, or leave it out.",
)
_SHARE_OF_FEE: Final = (
    "The language cannot state this as a share.",
    'Write an amount, such as `amount = "500.00 USD"`; a smaller share is a lower `rate`.',
)
_AMOUNT: Final = (
    "The language cannot ask for the amount of one sale.",
    'See `bands`: with `whole_amount_per = "line"` or "subscription" the rate follows the amount.',
)
_COMMITMENT: Final = (
    "The language cannot ask how long a subscription was agreed for.",
    "State an offer for each commitment, and ask for it with `offer` in `when`.",
)
_REGISTERED: Final = (
    "The language cannot ask whether a deal was registered.",
    "Sell what is registered by a way of its own, such as referral, and ask for it with `way` in `when`.",
)
_LEAVING: Final = (
    "The language cannot take a fee back because a customer leaves.",
    'Let it be earned later: ask in `when` for the month that must be reached, like `month = "7"`. What is refunded is '
    "taken back by itself; how long stands in [payment] as `claw_window`.",
)
_EARMARKED: Final = (
    "The language cannot earmark what is paid, such as for marketing.",
    "Write a clause for each part: statements show them line by line.",
)
_CLICKS: Final = (
    "The language cannot attribute a sale to a click or a visit.",
    'Who found a customer is recorded with the subscription: pay the role "referrer".',
)
_CHARGED: Final = (
    "The language cannot charge a partner: a clause pays, or says why nothing is paid.",
    "Write what is left to the partner as its rate, or bill it outside of the program.",
)
_GROWN: Final = (
    "The language cannot ask for growth as a condition.",
    "See `growth` of a clause: it pays for what is above the same period one year before.",
)
_ONCE: Final = (
    "The language has no word of its own for what is paid once.",
    'Write `each = "new subscription"` or "new customer"; for seats, ask for `month = "1"` in `when`.',
)
_DAYS: Final = (
    "The language has no days of a clause of its own.",
    "See `sold` and `billed` in `when`: the days of the sale, or of the invoice.",
)
_TIERS: Final = (
    "The language has no table of tiers: they are a list in [program].",
    "Write a clause for each, and ask for it with `tier` in `when`.",
)
_AMOUNT_OF_BAND: Final = (
    "A band has a rate: the language cannot pay an amount by bands.",
    "Write a clause for each amount, and ask for `seats` in `when`, or in `needs` for what was sold.",
)

# "not_region", "exclude_offers": a match has no negation.
NEGATIONS: Final = ("not_", "no_", "exclude_", "excluding_", "except_", "without_")

UNSAID: Final[Mapping[str, tuple[str, str]]] = {
    word: said
    for words, said in (
        ("formula expression calculation calculate compute function script equation", _FORMULA),
        ("if condition unless else not except exclude excluding and or any all expr filter", _CONDITION),
        ("priority precedence order rank weight specificity sequence", _PRIORITY),
        ("accelerator decelerator multiplier booster kicker uplift factor override_rate", _MULTIPLIER),
        ("spiff spif bonus bonuses bounty incentive campaign promotion reward contest", _BOUNTY),
        ("draw advance guarantee salary recoverable retainer prepaid", _ADVANCE),
        ("quota target goal attainment achievement", _QUOTA),
        ("upline downline level levels generations matrix hierarchy parent", _LEVELS),
        ("partner partners customer customers account accounts employee person team", _PERSONS),
        ("points score scores certification certified competency exam survey nps active status", _SKILLS),
        ("discount discounts markup coupon", _DISCOUNT),
        ("payout payouts payment_terms pay_on schedule frequency every interval", _MONEY_OUT),
        ("tax taxes vat withholding interest", _MONEY_OUT),
        ("exchange_rate fx fx_rate conversion", _EXCHANGE),
        ("retroactive retro backdated rebate", _RETROACTIVE),
        ("usage metered consumption overage hours", _USAGE),
        ("percent percentage pct share rate ratio", _SHARE_OF_FEE),
        ("amount price value order_value deal_size revenue acv arr mrr tcv", _AMOUNT),
        ("commitment agreed_for contract_length billing_cycle", _COMMITMENT),
        ("registered registration deal_registration lead leads opportunity protected", _REGISTERED),
        (
            "clawback claw_back chargeback vests churn cancelled canceled cancellation retention lock_in",
            _LEAVING,
        ),
        ("coop co_op mdf earmark earmarked paid_as marketing", _EARMARKED),
        ("cookie attribution lookback click clicks", _CLICKS),
        ("charge charges deduct deduction owes royalty royalties penalty", _CHARGED),
        ("growth", _GROWN),
        ("once one_time onetime", _ONCE),
        ("expires expiry ends starts begins until valid valid_from valid_until", _DAYS),
        ("tiers", _TIERS),
    )
    for word in words.split()
}

# What a part of a longer word names by itself.
OF_THEIR_OWN: Final = (_BOUNTY, _QUOTA, _SKILLS, _REGISTERED, _LEAVING, _EARMARKED, _CLICKS, _MULTIPLIER)


@dataclass(frozen=True, slots=True)
class Unknown:
    """What is said of an unknown key, the remedy, and the known key that it stands for, if any."""

    says: str
    remedy: str
    meant: str | None = None


def unknown_key(word: str, unstated: Sequence[str], known: Sequence[str]) -> Unknown:
    """What is said of a key that the table does not have; `unstated` are those of the `known` that are left out.

    A known key that it surely misspells comes first, then one that means the same, then that the language
    cannot say it, then any known key that is like it.
    """
    plain = word.casefold().replace("-", "_").replace(" ", "_")
    names = list(unstated or known)
    near = nearest(word, names)
    if near is None or SequenceMatcher(None, word.casefold(), near).ratio() < SURELY:
        same = next((name for name, words in SYNONYMS.items() if plain in words and name in names), None)
        if same is not None:
            return Unknown("This key is unknown.", f"Write `{same}`.", same)
        said = _said_of(plain)
        if said is _AMOUNT and "up_to" in known:
            return Unknown(*_AMOUNT_OF_BAND, meant="rate")
        if said is _SHARE_OF_FEE and "amount" in names:
            return Unknown(*said, meant="amount")
        if said is not None and said is not _SHARE_OF_FEE:
            return Unknown(*said)
    return Unknown("This key is unknown.", known_words(word, names), near)


def _said_of(plain: str) -> tuple[str, str] | None:
    """Of the word, or of a part that names a thing of its own: "chargeback_days", "certified_people"."""
    if plain.startswith(NEGATIONS):
        return _CONDITION
    said = UNSAID.get(plain) or UNSAID.get(plain.removesuffix("s"))
    if said is not None or "_" not in plain:
        return said
    parts = (UNSAID.get(part) for part in plain.split("_"))
    return next((part for part in parts if part in OF_THEIR_OWN), None)


def value_meant(word: str, known: Iterable[str]) -> str | None:
    """The known value that means the same as the word, if any does."""
    plain = word.casefold().strip()
    return next((value for value in known if plain in SAME.get(value, ())), None)
