"""Stories: what they may tell, and every fault in them."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ofrecord.kernel.calendar import add_months
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import PARTNER_OF_RECORD, REFERRER
from ofrecord.program.document import check
from ofrecord.program.story_customers import deal_by_itself
from ofrecord.program.story_types import Example, StoryCredit, StoryPartner, StoryTier
from ofrecord.subscriptions.rules import deal_of

from .conftest import changed
from .documents import FULL, RICH


def examples_of(*changes: tuple[str, str]) -> tuple[Example, ...]:
    checked = check(changed(RICH + FULL, *changes))
    assert checked.faults == ()
    return tuple(example for _, example in checked.examples)


def test_a_story_is_what_is_written() -> None:
    (example,) = examples_of()
    story = example.story
    assert (story.segment, story.deal, story.commitment, story.paid_after) == (
        "midsize",
        "cross-sell",
        24,
        45,
    )
    assert (story.price, story.way, story.start) == (
        Money(13_50, "USD"),
        "partner-of-record",
        date(2010, 7, 1),
    )
    change = date(2011, 3, 1)
    assert story.partners == (
        StoryPartner("Fabrikam", PARTNER_OF_RECORD, date(2010, 7, 1), change),
        StoryPartner("Contoso", PARTNER_OF_RECORD, change),
        StoryPartner("Fabrikam", REFERRER, date(2010, 7, 1), None, Fraction(3, 5)),
        StoryPartner("Litware", REFERRER, date(2010, 8, 1), None, Fraction(2, 5)),
    )
    assert (story.tier, story.tiers) == ("Registered", (StoryTier(date(2011, 1, 1), "Gold"),))
    assert story.credits[0] == StoryCredit(date(2010, 10, 15), 3, "refund", Money(100_00, "USD"))
    assert story.credits[1].amount is None
    assert story.pools == (("2010-08", "advertising", Money(12_000_00, "USD")),)
    assert example.pays == (("year 2", Money(1_00, "USD")),)
    assert dict(example.pays_to)["referrer"] == (("month 3", Money(10, "USD")),)


def test_further_sales_have_the_partners_of_the_story_from_their_own_start() -> None:
    (example,) = examples_of()
    first, second, _ = example.story.also
    assert (first.start, first.paid_after, first.tiers) == (date(2010, 7, 1), None, example.story.tiers)
    assert (second.start, second.way, second.segment) == (date(2010, 9, 1), "resale", "small")
    assert [(partner.name, partner.first) for partner in second.partners] == [
        ("Fabrikam", date(2010, 9, 1)),
        ("Contoso", date(2011, 3, 1)),
        ("Fabrikam", date(2010, 9, 1)),
        ("Litware", date(2010, 8, 1)),
    ]
    (example,) = examples_of(("start = 2010-09-01", "start = 2011-03-01"))
    assert [partner.name for partner in example.story.also[1].partners] == ["Contoso", "Fabrikam", "Litware"]
    assert first.also == second.also == ()


def test_a_further_sale_may_have_partners_of_its_own_and_be_to_the_same_customer() -> None:
    (example,) = examples_of(("Fabrikam = {", "Tailspin = {"))
    *others, third = example.story.also
    assert third.partners == (StoryPartner("Tailspin", PARTNER_OF_RECORD, date(2010, 10, 1)),)
    # What is a fact of the customer is that of the story, and archive is another offer than the one it has.
    assert (third.same_customer, third.segment, third.deal) == (True, "midsize", "cross-sell")
    assert [(sale.same_customer, sale.deal) for sale in others] == [(False, "new")] * 2


# A busy machine takes its time.
@settings(deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 20), st.integers(1, 12)), max_size=4),
    st.sampled_from("ab"),
)
def test_a_further_sale_is_the_deal_that_an_order_would_be(
    bought: list[tuple[str, int, int]], offer: str
) -> None:
    (example,) = examples_of()
    first = date(2010, 7, 1)
    before = [
        replace(example.story, offer=code, start=add_months(first, begins), months=months)
        for code, begins, months in bought
    ]
    sale = replace(example.story, offer=offer, start=add_months(first, 10))
    running = [code for code, begins, months in bought if begins <= 10 < begins + months]
    assert deal_by_itself(sale, before) == deal_of(offer, running)


def test_what_is_left_out_is_the_usual() -> None:
    short = '[[examples]]\nsays = "x"\nstory = { offer = "archive", region = "US", seats = 1, months = 1 }\n'
    pays = 'pays_to = { "partner of record" = { total = "0.00 USD" } }\n'
    ((_, example),) = check((RICH + short + pays).encode()).examples
    story = example.story
    assert (story.partners, story.tiers, story.credits, story.also, story.pools) == ((), (), (), (), ())
    assert (story.tier, story.segment, story.deal, story.commitment) == ("Registered", "small", "new", 12)
    assert (story.price, story.paid_after, example.pays) == (None, 30, ())


REFERS = 'name = "Fabrikam", role = "referrer", share = "60%"'
WON = '{ day = 2010-12-15, month = 4, kind = "chargeback won back" }'

ONE_FAULT: list[tuple[tuple[str, str], str, str, str]] = [
    (('segment    = "midsize"', 'segment = "medium"'), "story.segment", "no segment", "small"),
    (('deal       = "cross-sell"', 'deal = "renewal"'), "story.deal", "not known", "new"),
    (("commitment = 24", "commitment = 0"), "story.commitment", "out of range", "1 to"),
    (('"13.50 USD"', '"13.50 EUR"'), "story.price", "Two currencies", "USD"),
    (('"45 days after the invoice"', '"net 45"'), "story.paid", "when it is paid", "never"),
    (
        ('tier = "Gold" }]\npartners', 'tier = "Golden" }]\npartners'),
        "story.tiers[1].tier",
        "no tier",
        "Gold",
    ),
    (
        ('tier = "Gold" }]\npartners', 'tier = "Gold" }, { day = 2010-12-01, tier = "Gold" }]\npartners'),
        "story.tiers[2].day",
        "not after",
        "order",
    ),
    ((REFERS, REFERS.replace(', share = "60%"', "")), "story.partners[4]", "not all by a share", "`share`"),
    ((REFERS, REFERS.replace("60", "61")), "story.partners[4].share", "come to 101%", "at most 100%"),
    (
        ("until = 2011-03-01", "until = 2011-04-01"),
        "story.partners[2]",
        "On 1 March 2011 a sale would have 2 partners of record",
        "`until`",
    ),
    (
        ("until = 2011-03-01", 'until = 2011-03-01, share = "50%"'),
        "story.partners[1].share",
        "alone",
        "`split`",
    ),
    (
        ("until = 2011-03-01", "until = 2010-07-01"),
        "story.partners[1].until",
        "a day in the role",
        "first day",
    ),
    (
        (
            'name = "Litware", role = "referrer"',
            'name = "Litware", role = "former partner of record"',
        ),
        "story.partners[4].role",
        "not known",
        "partner of record",
    ),
    (("month = 3, kind", "month = 25, kind"), "story.credits[1].month", "no month 25", ""),
    (
        ("day = 2010-10-15, month = 3", "day = 2010-08-15, month = 3"),
        "story.credits[1].day",
        "nothing of month 3",
        "2010-09-01",
    ),
    (('kind = "refund"', 'kind = "return"'), "story.credits[1].kind", "not known", "refund"),
    (('amount = "100.00 USD"', 'amount = "100.00 EUR"'), "story.credits[1].amount", "Two currencies", "USD"),
    ((WON, WON.replace("month = 4", "month = 5")), "story.credits[3]", "no chargeback of month 5", "State"),
    (
        ('offer = "archive", region = "US", seats = 25', 'offer = "archives", region = "US", seats = 25'),
        "story.also[1].offer",
        "no offer",
        "archive",
    ),
    (("start = 2010-09-01", "start = 2009-09-01"), "story.also[2].start", "cannot be sold", "2010-07-01"),
    (
        ('customer = "the same"', 'customer = "another"'),
        "story.also[3].customer",
        "not known",
        "the same",
    ),
    (
        ('customer = "the same"', 'customer = "the same", segment = "small"'),
        "story.also[3].segment",
        "The customer of the story has the segment midsize",
        '"midsize"',
    ),
    (
        ('name = "Tailspin", role', 'name = "Tailspin", until = 2010-10-01, role'),
        "story.also[3].partners[1].until",
        "a day in the role",
        "first day",
    ),
    (("start = 2010-09-01", "also = []"), "story.also[2].also", "unknown", ""),
    (('month = "2010-08"', 'month = "August"'), "story.pools[1].month", "no calendar month", "2009-04"),
    (('pool = "advertising", amount', 'pool = "adverts", amount'), "story.pools[1].pool", "no pool", ""),
    (('"year 2" =', '"year 3" ='), 'pays."year 3"', "it has no year 3", ""),
    (("Fabrikam = {", "Fabrikan = {"), "pays_to.Fabrikan", 'no partner "Fabrikan"', "Fabrikam"),
    (('"month 3" =', '"month 30" ='), 'pays_to.referrer."month 30"', "it has no month 30", ""),
    (
        ('[examples.pays]\n"year 2" = "1.00 USD"\n[examples.pays_to]\n', "[examples.received]\n"),
        "received",
        "unknown",
        "",
    ),
]


@pytest.mark.parametrize(
    ("change", "path", "says", "remedy"), ONE_FAULT, ids=lambda c: c if isinstance(c, str) else ""
)
def test_one_mistake_is_one_fault(change: tuple[str, str], path: str, says: str, remedy: str) -> None:
    faults = check(changed(RICH + FULL, change)).faults
    assert [fault.path for fault in faults] == [f"examples[1].{path}"], [str(fault) for fault in faults]
    assert says in faults[0].says
    assert remedy in faults[0].remedy


def test_a_story_with_a_fault_is_not_told() -> None:
    for change, *_ in ONE_FAULT:
        assert check(changed(RICH + FULL, change)).examples == ()


def test_an_example_says_what_is_paid() -> None:
    short = '[[examples]]\nsays = "x"\nstory = { offer = "archive", region = "US", seats = 1, months = 1 }\n'
    (fault,) = check((RICH + short).encode()).faults
    assert (fault.path, fault.says) == ("examples[1]", "The example does not say what is paid.")


def test_the_months_of_all_stories_are_limited() -> None:
    row = '{ offer = "archive", region = "US", seats = 1, months = 240 }'
    story = f'story = {{ offer = "archive", region = "US", seats = 1, months = 240, also = [{", ".join([row] * 49)}] }}'
    example = f'[[examples]]\nsays = "x"\n{story}\npays = {{ total = "0.00 USD" }}\n'
    assert check((RICH + example * 5).encode()).faults == ()
    (fault,) = check((RICH + example * 6).encode()).faults
    assert (fault.path, fault.says) == ("examples[6].story", "The stories up to here tell 72000 months.")
