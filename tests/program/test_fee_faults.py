"""Every fault of clauses: keys that do not go together, bands, shares, names, circles, currencies."""

from fractions import Fraction

import pytest

from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import Band, Holdback, Limit, Measure, Per, Period, Scope
from ofrecord.program.document import check
from ofrecord.program.types import Payment

from .conftest import Changed, changed
from .documents import RICH

BANDS = '[{ up_to = "10000.00 USD", rate = "5%" }, { from = "10000.00 USD", rate = "8%" }]'
CUSTOMER_BANDS = '[{ up_to = "10 customers", rate = "2%" }, { from = "11 customers", rate = "3%" }]'
SOLD = 'sold = "2011-02-01..2011-04-01"'
REFERRAL = 'on      = "collected"\nrate    = "1%"'
POOL = 'shared_by = "own revenue"'
LATER = 'rate    = "4%"'

# What is changed; the path of the only fault; words of its sentence; words of its remedy.
ONE_FAULT: list[tuple[tuple[str, str], str, str, str]] = [
    # Who is paid.
    (('pays    = "distributor"\n', ""), "fees.override", "does not say whom it pays", "`pays` or `split`"),
    (
        ('pays    = "reseller"', 'pays = "reseller"\nsplit = { reseller = "50%" }'),
        "fees.margin.split",
        "both say whom it pays",
        "leave the other out",
    ),
    (('"70%"', '"71%"'), "fees.referral.split", "come to 101%", "at most 100%"),
    (('"70%"', '"0%"'), "fees.referral.split.referrer", "nothing", "Leave it out"),
    (("{ referrer =", "{ refferer ="), "fees.referral.split.refferer", "not known", '"referrer"'),
    (('{ referrer = "70%", "services partner" = "30%" }', "{}"), "fees.referral.split", "empty", "roles"),
    (('pays    = "distributor"', 'pays = "distributer"'), "fees.override.pays", "not known", '"distributor"'),
    # How much.
    (('rate    = "10%"\n', ""), "fees.override", "does not say how much", "`rate`, `bands` or `amount`"),
    ((LATER, f'{LATER}\namount = "1.00 USD"\neach = "line"'), "fees.later.amount", "both say how much", ""),
    ((LATER, LATER.replace("4%", "112%")), "fees.later.rate", "more than the whole", "at most 100%"),
    ((LATER, "rate = 0.04"), "fees.later.rate", "is a float", '"12%"'),
    (('each    = "seat"\n', ""), "fees.campaign", "`each` is missing", "each ="),
    (("amount  =", "on = 'collected'\namount  ="), "fees.campaign.on", "no share", "when collected"),
    ((LATER, f'{LATER}\neach = "seat"'), "fees.later.each", "means nothing without `amount`", "leave"),
    (('each    = "seat"', 'each    = "seats"'), "fees.campaign.each", "not known", '"seat"'),
    (('amount  = "2.00 USD"', 'amount  = "0.00 USD"'), "fees.campaign.amount", "is nothing", ""),
    (('amount  = "2.00 USD"', 'amount  = "2%"'), "fees.campaign.amount", "cannot state", "`rate`"),
    (('on      = "list"', 'on      = "gross"'), "fees.grown.on", "not known", '"billed"'),
    (('on      = "list"', 'on      = "profit"'), "fees.grown.on", "not known", '"margin"'),
    (
        ('pays    = "distributor"', 'pays    = "wholesaler"'),
        "fees.override.pays",
        "not known",
        '"distributor"',
    ),
    (('each    = "seat"', 'each    = "user"'), "fees.campaign.each", "not known", '"seat"'),
    ((LATER, f'{LATER}\non = "fee"'), "fees.later", "`of` is missing", 'of = "first-year"'),
    ((LATER, f'{LATER}\nof = "base"'), "fees.later.of", 'without `on = "fee"`', "leave"),
    (('shared_by = "own revenue"\n', ""), "fees.advertising", "`shared_by` is missing", ""),
    (('pool      = "advertising"\n', ""), "fees.advertising", "`pool` is missing", ""),
    ((LATER, f'{LATER}\npool = "advertising"'), "fees.later.pool", 'without `on = "pooled"`', ""),
    (('pool      = "advertising"', 'pool = "adverts"'), "fees.advertising.pool", "no pool", ""),
    (('"own revenue"', '"revenue"'), "fees.advertising.shared_by", "not known", '"own revenue"'),
    # Bands.
    (
        (
            '{ amount = "1.00 USD", per = "customer and program year" }',
            '{ amount = "1.00 USD", per = "line" }',
        ),
        "fees.base.floor.per",
        "may be paid in parts",
        '"subscription and month"',
    ),
    (
        (REFERRAL, f'{REFERRAL}\nfloor = {{ amount = "1.00 USD", per = "line" }}'),
        "fees.referral.floor.per",
        "may be paid in parts",
        '`on = "billed"`',
    ),
    (
        ('rate    = "10%"', 'rate = "10%"\nfloor = { amount = "1.00 USD", per = "line" }'),
        "fees.override.floor.per",
        "may come in parts",
        "whose fee it is",
    ),
    (
        (REFERRAL, f'{REFERRAL}\nfloor = {{ amount = "1.00 USD", per = "customer and month" }}'),
        "fees.referral.floor",
        "between roles",
        "for each role.",
    ),
    (
        (
            f'{BANDS}\ngraduated_per = "partner and program year"',
            '[{ up_to = "10 seats", rate = "5%" }, { rate = "8%" }]\ngraduated_per = "partner and month"',
        ),
        "fees.base.bands",
        "cannot graduate its seats",
        "bands of an amount",
    ),
    ((BANDS, "[]"), "fees.base.bands", "no bands", ""),
    ((BANDS, '[{ rate = "5%" }]'), "fees.base.bands", "One band is a rate", "`rate`"),
    (
        (BANDS, BANDS.replace('from = "10000.00 USD"', 'from = "12000.00 USD"')),
        "fees.base.bands[2].from",
        "no rate from 10,000.00 USD to 12,000.00 USD",
        'from = "10000.00 USD"',
    ),
    (
        (BANDS, BANDS.replace('from = "10000.00 USD"', 'from = "9000.00 USD"')),
        "fees.base.bands[2].from",
        "Two rates hold from 9,000.00 USD to 10,000.00 USD",
        'from = "10000.00 USD"',
    ),
    (
        (BANDS, BANDS.replace("{ up_to", '{ from = "1.00 USD", up_to')),
        "fees.base.bands[1].from",
        "below 1.00 USD",
        "begins at nothing",
    ),
    (
        (BANDS, BANDS.replace('from = "10000.00 USD"', 'up_to = "20000.00 USD"')),
        "fees.base.bands[2].up_to",
        "above 20,000.00 USD",
        "leave its `up_to` out",
    ),
    (
        (BANDS, BANDS.replace("}, {", '}, { up_to = "5000.00 USD", rate = "6%" }, {')),
        "fees.base.bands[2].up_to",
        "ends at 5,000.00 USD, before it begins",
        "from the lowest up",
    ),
    (
        (BANDS, BANDS.replace('up_to = "10000.00 USD", ', "")),
        "fees.base.bands[1]",
        "Only the last band has no end",
        "State `up_to`",
    ),
    (
        (BANDS, BANDS.replace('from = "10000.00 USD"', 'from = "75 seats"')),
        "fees.base.bands[2].from",
        "Bands are in one measure",
        "",
    ),
    (
        (BANDS, BANDS.replace('from = "10000.00 USD"', 'from = "10000.00 EUR"')),
        "fees.base.bands[2].from",
        "Two currencies",
        "",
    ),
    (
        (BANDS, BANDS.replace('"10000.00 USD", rate = "5%"', '"9 units", rate = "5%"')),
        "fees.base.bands[1].up_to",
        '"units"',
        "seats",
    ),
    ((BANDS, BANDS.replace('"8%"', '"108%"')), "fees.base.bands[2].rate", "more than the whole", "100%"),
    ((BANDS, BANDS.replace('"8%"', "0.08")), "fees.base.bands[2].rate", "is a float", '"12%"'),
    ((BANDS, BANDS.replace('"8%"', '"0%"').replace('"5%"', '"0%"')), "fees.base.bands", "No band pays", ""),
    (('graduated_per = "partner and program year"\n', ""), "fees.base", "how its bands are paid", ""),
    (
        ("graduated_per =", 'whole_amount_per = "partner"\ngraduated_per ='),
        "fees.base.whole_amount_per",
        "both say how its bands are paid",
        "",
    ),
    (
        ("whole_amount_per =", "graduated_per ="),
        "fees.margin.graduated_per",
        "there are none of customers",
        "`whole_amount_per`",
    ),
    (
        (CUSTOMER_BANDS, CUSTOMER_BANDS.replace("11", "12")),
        "fees.margin.bands[2].from",
        "no rate from 10 customers to 12 customers",
        'from = "10 customers"',
    ),
    ((LATER, f'{LATER}\ngraduated_per = "line"'), "fees.later.graduated_per", "without `bands`", ""),
    (
        ('"partner and quarter"', '"partner and year"'),
        "fees.margin.whole_amount_per",
        "no scope",
        '"partner and program year"',
    ),
    (('"partner and quarter"', '"district"'), "fees.margin.whole_amount_per", "no scope", '"subscription"'),
    # Limits, growth, holdback.
    (
        ('floor   = { amount = "1.00', 'floor   = { amount = "5000.01'),
        "fees.base.cap.amount",
        "at most 5,000.00 USD and at least 5,000.01 USD per customer and program year",
        "not below the floor",
    ),
    (('"5000.00 USD"', '"10%"'), "fees.base.cap.amount", "cannot state this amount as a share", "`rate`"),
    (('amount = "5000.00 USD"', 'percent = "10%"'), "fees.base.cap.percent", "as a share", "`amount"),
    (('"partner and month", above', '"partner", above'), "fees.grown.growth.per", "none is stated", ""),
    (('"partner and month", above', '"line and month", above'), "fees.grown.growth.per", "billed once", ""),
    (('above = "110%"', 'above = "11000%"'), "fees.grown.growth.above", "out of range", "1000%"),
    (('days = "90 days"', 'days = "3651 days"'), "fees.base.holdback.days", "too many", "3650"),
    (('days = "90 days"', 'days = "0 days"'), "fees.base.holdback.days", "for no days", ""),
    (('share = "20%"', 'share = "120%"'), "fees.base.holdback.share", "more than the whole", "100%"),
    # What could not be computed.
    (
        ('rate    = "4%"', 'rate = "4%"\nfloor = { amount = "1.00 USD", per = "customer" }'),
        "fees.later.floor.per",
        "at the end of its period",
        '"customer and month"',
    ),
    (
        (REFERRAL, f'{REFERRAL}\ncap = {{ amount = "9.00 USD", per = "partner" }}'),
        "fees.referral.cap.per",
        "Several partners",
        "customer",
    ),
    (
        (REFERRAL, f'{REFERRAL}\nfloor = {{ amount = "9.00 USD", per = "customer and month" }}'),
        "fees.referral.floor",
        "cannot divide",
        "each role",
    ),
    (
        (POOL, f'{POOL}\ncap = {{ amount = "9.00 USD", per = "customer" }}'),
        "fees.advertising.cap",
        "no part of a sale",
        "`cap`",
    ),
    ((POOL, f"{POOL}\nearned = 'when collected'"), "fees.advertising.earned", "collected already", ""),
    ((POOL, f"{POOL}\napplies = 'all'"), "fees.advertising.applies", "in force", ""),
    (('on      = "list"', 'on = "collected"'), "fees.grown.growth", "payment by payment", "billed"),
    (
        (
            'rate    = "1%"\ngrowth',
            'bands = [{ up_to = "9.00 USD", rate = "1%" }, { rate = "2%" }]\ngraduated_per = "line"\ngrowth',
        ),
        "fees.grown.growth",
        "in bands",
        "`rate`",
    ),
    (
        (BANDS, BANDS.replace("10000.00 USD", "75 seats")),
        "fees.base.graduated_per",
        "month by month",
        '"partner and month"',
    ),
    (
        (
            'rate    = "10%"',
            'bands = [{ up_to = "9.00 USD", rate = "1%" }, { rate = "2%" }]\nwhole_amount_per = "line"',
        ),
        "fees.override.whole_amount_per",
        "before they are known",
        "`graduated_per`",
    ),
    (
        ('of      = "margin"', 'of = "margin"\nearned = "when collected"'),
        "fees.override.of",
        "margin is earned when billed",
        '"when billed"',
    ),
    (('of      = "margin"', 'of = "advertising"'), "fees.override.of", "share of a pool", ""),
    # Conditions.
    (
        (SOLD, 'sold = "2011-04-01..2011-02-01"'),
        "fees.campaign.when.sold",
        "end on 2011-02-01",
        '"2011-02-01..2011-04-01"',
    ),
    ((SOLD, 'sold = "2011-02-30..2011-04-01"'), "fees.campaign.when.sold", "no date", ""),
    ((SOLD, "sold = 2011-02-01"), "fees.campaign.when.sold", "the date 2011-02-01", "2011-02-01..2011-04-01"),
    ((SOLD, 'sold = "February 2011"'), "fees.campaign.when.sold", "names no days", ""),
    (
        ('seats = "25..249"', 'seats = "249..25"'),
        "fees.campaign.when.seats",
        "before they begin",
        '"25..249"',
    ),
    (('seats = "25..249"', 'seats = ">= 25"'), "fees.campaign.when.seats", "names no seats", '"25.."'),
    (('seats = "25..249"', 'seats = "< 25"'), "fees.campaign.when.seats", "names no seats", '"1..24"'),
    (('seats = "25..249"', 'seats = "25-249"'), "fees.campaign.when.seats", "names no seats", '"25..249"'),
    (('seats = "25..249"', 'seats = "0..24"'), "fees.campaign.when.seats", "fewer than one", "from 1"),
    (('"1..12", month_from', '"1..12", month_form'), "fees.base.when.month_form", "unknown", "month_from"),
    (
        ('tier = "Gold"', 'tier = "Gold", month_from = "start"'),
        "fees.gold.when.month_from",
        "without `month`",
        "",
    ),
    (('segment = "midsize"', 'segment = "midsized"'), "fees.gold.when.segment", "no segment", '"midsize"'),
    (('tier = "Gold"', 'tier = "Golden"'), "fees.gold.when.tier", "no tier", '"Gold"'),
    (('deal = "new"', 'deal = "fresh"'), "fees.gold.when.deal", "not known", '"renewal"'),
    (
        (
            'when    = { way = "partner-of-record", family = "productivity"',
            'when    = { way = "partner-of-record", family = "produce"',
        ),
        "fees.campaign.when.family",
        "family",
        '"productivity"',
    ),
    (
        ("when      = {}", 'when      = { region = "*" }'),
        "fees.advertising.when.region",
        "wildcards",
        "Leave",
    ),
    (("new_customers = 3, seats = 75, in =", "in ="), "fees.campaign.needs", "must have been sold", ""),
    (
        ('in = "2010-07-01..2011-06-30"', 'in = "year"'),
        "fees.campaign.needs.in",
        "no period",
        '"program year"',
    ),
    (('"for the whole period"', '"always"'), "fees.campaign.needs.counts", "not known", ""),
    # Clauses that name clauses.
    (('of      = "margin"', 'of      = "override"'), "fees.override.of", "its own fee", ""),
    (('of      = "margin"', 'of      = "margins"'), "fees.override.of", "no clause", '"margin"'),
    (('of      = "margin"', 'of      = "resale"'), "fees.override.of", "nothing is paid", ""),
    (('instead_of = "later"', 'instead_of = ["later", "gold"]'), "fees.gold.instead_of[2]", "itself", ""),
    (
        ('instead_of = "later"', 'instead_of = ["later", "latter"]'),
        "fees.gold.instead_of[2]",
        "no clause",
        '"later"',
    ),
    (('instead_of = "later"', 'instead_of = ["later", "base"]'), "fees.gold.instead_of", "beside it", ""),
    ((LATER, f'{LATER}\ninstead_of = "gold"'), "fees.later.instead_of", "later, gold, later", "in a circle"),
    # Currencies and margins.
    (
        ('"5000.00 USD"', '"5000.00 EUR"'),
        "fees.base.cap.amount",
        "in EUR, and business-suite is sold in USD in US",
        "regions",
    ),
    (('amount  = "2.00 USD"', 'amount  = "2.00 EUR"'), "fees.campaign.amount", "Two currencies", "currency"),
    (('minimum             = "50.00 USD"', 'minimum = "50.00 EUR"'), "payment.minimum", "sold in EUR", "USD"),
    (
        ('minimum             = "50.00 USD"', 'minimum = ["50.00 USD", "40.00 EUR"]'),
        "payment.minimum[2]",
        "sold in EUR",
        "",
    ),
    (
        ('minimum             = "50.00 USD"', 'minimum = ["50.00 USD", "40.00 USD"]'),
        "payment.minimum[2]",
        "two amounts in USD",
        "one for each",
    ),
    (
        ('minimum             = "50.00 USD"', 'minimum = ["50.00 USD", 40]'),
        "payment.minimum[2]",
        "the number 40",
        "an amount",
    ),
    (('minimum             = "50.00 USD"', "minimum = []"), "payment.minimum", "empty", "Leave the key out"),
    (
        (', wholesale = "3.00 USD"', ""),
        "fees.margin.on",
        "archive has no wholesale price in US",
        "`wholesale`",
    ),
    (
        ('wholesale = "10.00 USD"', 'wholesale = "15.01 USD"'),
        "offers.business-suite.prices[1].wholesale",
        "above the price",
        "margin",
    ),
    (
        ('wholesale = "10.00 USD"', 'wholesale = "10.00 EUR"'),
        "offers.business-suite.prices[1].wholesale",
        "in USD",
        "",
    ),
    (
        ("new_customers = 3", 'billed = "1000.00 EUR"'),
        "fees.campaign.needs.billed",
        "in EUR, and business-suite is sold in USD",
        "currency",
    ),
    (
        (BANDS, BANDS.replace("USD", "EUR")),
        "fees.base.bands[1].up_to",
        "in EUR, and business-suite is sold in USD",
        "currency",
    ),
    # The rest.
    (('claw_limit          = "50%"', 'claw_limit = "150%"'), "payment.claw_limit", "more than the whole", ""),
    (('["refund", "chargeback"]', '["refund", "charge back"]'), "payment.reduced_by[2]", "", '"chargeback"'),
    (('proration = "by days"', 'proration = "daily"'), "program.proration", "not known", ""),
    (('last_day  = "included"', 'last_day  = "include"'), "program.last_day", "not known", '"included"'),
    (('applies = "until renewal"', 'applies = "renewal"'), "fees.base.applies", "not known", ""),
]


@pytest.mark.parametrize(
    ("change", "path", "says", "remedy"), ONE_FAULT, ids=lambda c: c[1][:40] if isinstance(c, tuple) else ""
)
def test_one_mistake_is_one_fault(
    rich_faults_after: Changed, change: tuple[str, str], path: str, says: str, remedy: str
) -> None:
    faults = rich_faults_after(change)
    assert [fault.path for fault in faults] == [path], [str(fault) for fault in faults]
    assert says in faults[0].says
    assert remedy in faults[0].says + faults[0].remedy
    assert faults[0].says.endswith(".")


def test_all_faults_of_clauses_are_said_at_once(rich_faults_after: Changed) -> None:
    faults = rich_faults_after(
        (LATER, LATER.replace("4%", "112%")),
        (BANDS, BANDS.replace('from = "10000.00 USD"', 'from = "12000.00 USD"')),
        ('"70%"', '"71%"'),
        ('tier = "Gold"', 'teir = "Gold"'),
        (SOLD, 'sold = "2011-04-01..2011-02-01"'),
        ('"5000.00 USD"', '"5000.00 EUR"'),
        ('share = "20%"', "share = 0.2"),
        ("[fees.override]", "[fees.override]\nformula = 'margin * 2'"),
    )
    assert [fault.path for fault in faults] == [
        "fees.base.bands[2].from",
        "fees.base.cap.amount",
        "fees.base.holdback.share",
        "fees.later.rate",
        "fees.campaign.when.sold",
        "fees.referral.split",
        "fees.gold.when.teir",
        "fees.override.formula",
    ]


def test_a_circle_is_one_fault_and_others_are_found_beside_it(rich_faults_after: Changed) -> None:
    faults = rich_faults_after(
        (LATER, f'{LATER}\non = "fee"\nof = "grown"'),
        ('on      = "list"', 'on = "fee"\nof = "later"'),
        ("[fees.margin]", '[fees.margin]\ninstead_of = "override"'),
        ("[fees.override]", '[fees.override]\ninstead_of = "margin"'),
    )
    assert [(fault.path, fault.says) for fault in faults if "circle" in fault.says] == [
        ("fees.later.of", "later, grown, later: each is a share of the fee of the next, in a circle."),
        ("fees.margin.instead_of", "margin, override, margin: each pays instead of the next, in a circle."),
    ]


# A key that a program might well have, and what is said of it.
CANNOT = [
    ("formula = 'x * 2'", "cannot compute with a formula", "`bands`"),
    ("expression = 'x * 2'", "cannot compute with a formula", "`rate`"),
    ("priority = 1", "cannot rank clauses", "`instead_of`"),
    ("accelerator = '2x'", "cannot multiply", "`needs`"),
    ("spiff = '100.00 USD'", "no word of its own for a bonus", "new subscription"),
    ("bonus = '5%'", "no word of its own for a bonus", "`sold`"),
    ("draw = '500.00 USD'", "cannot pay what was not earned", "`floor`"),
    ("quota = '100 seats'", "attainment", "`growth`"),
    ("levels = 3", "chain of partners", '`on = "fee"`'),
    ("customers = ['Contoso']", "cannot name a single partner or customer", "segment"),
    ("certifications = 2", "cannot ask for points", "tier"),
    ("discount = '10%'", "cannot ask for the discount", '"list"'),
    ("payment_terms = 'net 30'", "how money is sent", "[payment]"),
    ("exchange_rate = '1.10'", "cannot fix an exchange rate", "`exchange_rates_last`"),
    ("retroactive = true", "counts backward", "whole period"),
    ("metered = true", "measured use", "seats"),
    ("condition = 'seats > 5'", "cannot ask in an expression", "`when`"),
]


@pytest.mark.parametrize(("key", "says", "remedy"), CANNOT, ids=lambda v: v[:12])
def test_what_the_language_cannot_say_is_a_sentence(
    rich_faults_after: Changed, key: str, says: str, remedy: str
) -> None:
    (fault,) = rich_faults_after(("[fees.later]", f"[fees.later]\n{key}"))
    assert fault.path == f"fees.later.{key.split(' ', maxsplit=1)[0]}"
    assert says in fault.says
    assert fault.says.startswith("The language ")
    assert remedy in fault.remedy


@pytest.mark.parametrize(
    ("key", "says", "remedy"),
    [
        ("not_region = 'US'", "cannot ask in an expression", "`instead_of`"),
        ("amount = '100.00 USD'", "cannot ask for the amount of one sale", '`whole_amount_per = "line"`'),
        ("partner = 'Contoso'", "cannot name a single partner", "tier"),
        ("commitment = 36", "how long a subscription was agreed for", "`offer`"),
    ],
)
def test_what_the_language_cannot_ask_is_a_sentence(
    rich_faults_after: Changed, key: str, says: str, remedy: str
) -> None:
    (fault,) = rich_faults_after(('tier = "Gold", ', f'tier = "Gold", {key}, '))
    assert fault.path == f"fees.gold.when.{key.split(' ', maxsplit=1)[0]}"
    assert says in fault.says
    assert remedy in fault.remedy


# Another word for a key: whatever the key is, nothing else is said to be missing.
OTHER_WORDS = [
    (LATER, "percent = '4%'", "fees.later.percent", "`rate`"),
    ('bands   = [{ up_to = "10000', 'tiered = [{ up_to = "10000', "fees.base.tiered", "`bands`"),
    ("split   =", "shares =", "fees.referral.shares", "`split`"),
    ("needs   =", "requires =", "fees.campaign.requires", "`needs`"),
    ('segment = "midsize"', 'industry = "midsize"', "fees.gold.when.industry", "`segment`"),
    ('from = "11 customers"', 'above = "11 customers"', "fees.margin.bands[2].above", "`from`"),
    ("claw_window ", "clawback ", "payment.clawback", "`claw_window`"),
    ("[payment]", "[payments]", "payments", '"payment"'),
]


@pytest.mark.parametrize(("old", "new", "path", "remedy"), OTHER_WORDS)
def test_another_word_for_a_key_names_the_key(
    rich_faults_after: Changed, old: str, new: str, path: str, remedy: str
) -> None:
    (fault,) = rich_faults_after((old, new))
    assert (fault.path, remedy in fault.remedy) == (path, True), str(fault)


def test_the_last_day_of_a_range_is_inside_only_if_the_program_says_so() -> None:
    def last_day(*changes: tuple[str, str]) -> object:
        terms = check(changed(RICH, *changes)).terms
        assert terms is not None
        campaign = terms.clause("campaign")
        assert campaign is not None
        assert campaign.when.sold is not None
        return campaign.when.sold.last

    assert str(last_day()) == "2011-04-01"
    assert str(last_day(('last_day  = "included"', 'last_day = "excluded"'))) == "2011-03-31"
    one_day = (SOLD, 'sold = "2011-02-01..2011-02-01"')
    assert str(last_day(one_day)) == "2011-02-01"
    (fault,) = check(changed(RICH, one_day, ('last_day  = "included"', 'last_day = "excluded"'))).faults
    assert (fault.path, "2011-02-01..2011-02-02" in fault.remedy) == ("fees.campaign.when.sold", True)


def test_a_second_currency_is_refused_where_amounts_meet_it_and_only_there() -> None:
    both = (
        ("{ US = 2010-07-01 }\n\n[ways.resale]", "{ US = 2010-07-01, GB = 2010-07-01 }\n\n[ways.resale]"),
        (
            'wholesale = "10.00 USD" }]',
            'wholesale = "10.00 USD" }, { region = "GB", from = 2010-07-01, price = "9.00 GBP" }]',
        ),
    )
    faults = check(changed(RICH, *both)).faults
    said = "Two currencies: this is in USD, and business-suite is sold in GBP in GB."
    where = ("cap.amount", "floor.amount", "bands[1].up_to")
    paths = [*(f"fees.base.{key}" for key in where), "fees.campaign.amount"]
    found = {fault.path: fault.says for fault in faults if "currencies" in fault.says}
    assert found == dict.fromkeys(paths, said)


def test_each_currency_that_is_sold_in_may_have_a_minimum() -> None:
    written = 'minimum             = "50.00 USD"'
    offered = (
        ("{ US = 2010-07-01 }\n\n[ways.resale]", "{ US = 2010-07-01, GB = 2010-07-01 }\n\n[ways.resale]"),
        (
            'wholesale = "10.00 USD" }]',
            'wholesale = "10.00 USD" }, { region = "GB", from = 2010-07-01, price = "9.00 GBP" }]',
        ),
    )
    faults = check(changed(RICH, *offered, (written, 'minimum = ["50.00 USD", "40.00 GBP"]'))).faults
    assert not [fault for fault in faults if fault.path.startswith("payment")]
    terms = check(changed(RICH, (written, 'minimum = ["50.00"]'))).terms
    assert terms is not None
    assert terms.payment.minimums == (Money(50_00, "USD"),)
    assert (terms.payment.minimum("USD"), terms.payment.minimum("GBP")) == (Money(50_00, "USD"), None)


def test_shares_of_the_whole_above_the_whole_are_one_fault() -> None:
    faults = check(changed(RICH, ('"70%"', '"71%"'), (REFERRAL, 'rate = "100%"'))).faults
    assert [(fault.path, fault.says) for fault in faults] == [
        ("fees.referral.split", "The shares come to 101%.")
    ]


def test_clauses_mean_what_is_written() -> None:
    terms = check(RICH.encode()).terms
    assert terms is not None
    base, margin, referral = (terms.clause(name) for name in ("base", "margin", "referral"))
    assert base is not None
    assert base.bands is not None
    assert (base.bands.graduated, str(base.bands.per)) == (True, "partner and program year")
    assert base.bands.bands == (Band(10_000_00, Fraction(5, 100)), Band(None, Fraction(8, 100)))
    assert base.cap == Limit(Money(5_000_00, "USD"), Per(Scope.CUSTOMER, Period.YEAR))
    assert base.holdback == Holdback(Fraction(1, 5), 90)
    assert margin is not None
    assert margin.bands is not None
    assert (margin.bands.graduated, margin.bands.measure) == (False, Measure.CUSTOMERS)
    assert margin.bands.bands[0].up_to == 10
    assert referral is not None
    assert referral.split == (("referrer", Fraction(7, 10)), ("services partner", Fraction(3, 10)))
    assert terms.payment == Payment((Money(50_00, "USD"),), 180, Fraction(1, 2), ("refund", "chargeback"), 3)
    assert (terms.segments, terms.pools) == (("small", "midsize"), ("advertising",))
    assert [(offer.code, offer.family) for offer in terms.offers] == [
        ("business-suite", "productivity"),
        ("archive", "records"),
    ]
