"""Every fault by its place, its sentence and its remedy."""

import time

import pytest

from ofrecord.flows.check_program import check_program
from ofrecord.program.document import LARGEST_BYTES, check

from .conftest import Changed
from .documents import SMALL

PRICES = 'prices = [{ region = "US", from = 2009-04-01, price = "15.00 USD" }]'
FIRST = 'when = { way = "partner-of-record", month = "1..12" }'
ONGOING = 'when = { way = "partner-of-record", month = "13.." }'
STORY = 'story = { offer = "business-suite", region = "US", seats = 50, months = 36 }'


def prices(*rows: str) -> tuple[str, str]:
    return PRICES, f"prices = [{', '.join('{ ' + row + ' }' for row in rows)}]"


def story(more: str) -> tuple[str, str]:
    return STORY, STORY.replace(" }", f", {more} }}")


# What is changed; the path of the only fault; words of its sentence; words of its remedy.
ONE_FAULT: list[tuple[tuple[str, str], str, str, str]] = [
    (("2009-04-01\nnotice", "9999-04-01\nnotice"), "program.effective", "out of range", "2999"),
    (
        ('"15.00 USD"', '"999999999.00 USD"'),
        "offers.business-suite.prices[1].price",
        "too much",
        "10000000.00 USD",
    ),
    (('"2009.1"', '""'), "program.version", "does not have the form", "2009.1"),
    (('"2009.1"', "2009.1"), "program.version", "2009.1 is a float", "Write a version"),
    (('"2009.1"', "2009"), "program.version", "This is the number 2009.", "Write a version"),
    (('"online-services"', '"Online services"'), "program.id", "does not have the form", "small letters"),
    (('"90 days"', '"3 months"'), "program.notice", "is no number of days", '"90 days"'),
    (('"90 days"', '"٩٠ days"'), "program.notice", "other than plain", '"90 days"'),
    (('rate = "12%"', 'rate = "１２%"'), "fees.first-year.rate", "other than plain", '"12%"'),
    (('"90 days"', '"4000 days"'), "program.notice", "too many", "3650"),
    (
        ("2009-04-01\nnotice", "2009-04-01T00:00:00\nnotice"),
        "program.effective",
        "a time of day",
        "2009-04-01",
    ),
    (
        ("2009-04-01\nnotice", '"2009-04-01"\nnotice'),
        "program.effective",
        "This is the text",
        "without quotes",
    ),
    (('"USD"', '"USX"'), "program.currency", '"USX" is no currency code', "ISO 4217"),
    (('"half up, per line"', '"half-up, per line"'), "program.rounding", "not known", '"half up, per line"'),
    (('"America/New_York"', '"America/New York"'), "program.time_zone", "no time zone", '"America/New_York"'),
    (('"from 1 July"', '"from 31 June"'), "program.year", "no day of every year", '"from 1 July"'),
    (('"from 1 July"', '"from 29 February"'), "program.year", "no day of every year", '"from 1 July"'),
    (("year      =", "yaer      ="), "program.yaer", "This key is unknown.", 'Did you mean "year"?'),
    (("notice    =", "notise    ="), "program.notise", "This key is unknown.", 'Did you mean "notice"?'),
    (("[fees.ongoing]", "[fee.ongoing]"), "fee", "This table is unknown.", 'Did you mean "fees"?'),
    (('bills = "vendor"', 'bills = "reseller"'), "ways.partner-of-record.bills", "not known", '"vendor"'),
    (
        ('bills = "vendor"', 'bills = "partner"'),
        "ways.partner-of-record.bills",
        "billed by the vendor",
        "resale",
    ),
    (("GB = 2009-07-01", "UK = 2009-07-01"), "ways.partner-of-record.open.UK", "country code", '"GB"'),
    (
        ("[offers.", '[ways.franchise]\nbills = "vendor"\nopen = { US = 2009-04-01 }\n[offers.'),
        "ways.franchise",
        "not known",
        "partner-of-record",
    ),
    (('"messaging"]', '"mail"]'), "offers.business-suite.parts[4]", "twice", "Leave one"),
    (('"per seat, monthly"', '"per seat"'), "offers.business-suite.sold", "not known", "per seat, monthly"),
    (('"15.00 USD"', "15.00"), "offers.business-suite.prices[1].price", "15.00 is a float", '"15.00 USD"'),
    (('"15.00 USD"', '"15.001 USD"'), "offers.business-suite.prices[1].price", "decimals of USD", "exact"),
    (('"15.00 USD"', '"15.00 XQZ"'), "offers.business-suite.prices[1].price", "XQZ", "exact"),
    (('"15.00 USD"', '"-1.00 USD"'), "offers.business-suite.prices[1].price", "less than nothing", ""),
    (('rate = "12%"', "rate = 12"), "fees.first-year.rate", "This is the number 12.", '"12%"'),
    (('rate = "12%"', "rate = 0.12"), "fees.first-year.rate", "0.12 is a float", '"12%"'),
    (('rate = "12%"', 'rate = "112%"'), "fees.first-year.rate", "more than the whole", "at most 100%"),
    (('rate = "12%"', 'rate = "0%"'), "fees.first-year.rate", "pays nothing", "[unpaid]"),
    (('rate = "12%"', 'rate = "1/0"'), "fees.first-year.rate", "no exact rate", '"2/3"'),
    (('"1..12"', '"12..1"'), "fees.first-year.when.month", "before they begin", '"1..12"'),
    (('"1..12"', '"0..12"'), "fees.first-year.when.month", "no month 0", "from 1"),
    (('"13.."', '"13..99999"'), "fees.ongoing.when.month", "beyond month 1200", '"13.."'),
    ((FIRST, FIRST.replace('"partner-of-record"', "[]")), "fees.first-year.when.way", "empty list", "Leave"),
    ((FIRST, FIRST.replace("way", "wya")), "fees.first-year.when.wya", "unknown", 'Did you mean "way"?'),
    (
        (FIRST, FIRST.replace('"partner-of-record"', '["partner-of-record", "partner-of-records"]')),
        "fees.first-year.when.way[2]",
        'no way "partner-of-records"',
        'Did you mean "partner-of-record"?',
    ),
    ((FIRST, FIRST.replace(" }", ', tier = "Gold" }')), "fees.first-year.when.tier", "no tier", "none"),
    ((FIRST, FIRST.replace(" }", ', region = "FR" }')), "fees.first-year.when.region", '"FR"', '"US"'),
    (
        (FIRST, FIRST.replace(" }", ', offer = "buisness-suite" }')),
        "fees.first-year.when.offer",
        'no offer "buisness-suite"',
        'Did you mean "business-suite"?',
    ),
    (('rate = "6%"', 'rate = "6%"\ntogether_with = "ongoing"'), "fees.ongoing.together_with", "itself", ""),
    (
        ('rate = "6%"', 'rate = "6%"\ntogether_with = "frist-year"'),
        "fees.ongoing.together_with",
        "no clause",
        "first-year",
    ),
    (
        ('rate = "6%"', 'rate = "6%"\ntogether_with = "first-year"'),
        "fees.ongoing.together_with",
        "never match",
        "",
    ),
    (("[fees.ongoing]", "[fees.Ongoing]"), "fees.Ongoing", "does not have the form", "small letters"),
    ((STORY, STORY.replace("seats = 50", "seats = 0")), "examples[1].story.seats", "out of range", "1 to"),
    ((STORY, STORY.replace("seats = 50", "seats = true")), "examples[1].story.seats", "This is true.", ""),
    ((STORY, STORY.replace('"US"', '"GB"')), "examples[1].story.region", "no price", ""),
    (story('way = "direct"'), "examples[1].story.way", 'no way "direct"', "partner-of-record"),
    (story('tier = "Gold"'), "examples[1].story.tier", "no tier", ""),
    (story("start = 2009-03-31"), "examples[1].story.start", "cannot be sold", "2009-04-01"),
    (story("cancelled_from = 2009-04-01"), "examples[1].story.cancelled_from", "not after the start", ""),
    (story("changes = [{ seats = 5 }]"), "examples[1].story.changes[1]", "`day` or its `month`", ""),
    (story("changes = [{ month = 37, seats = 5 }]"), "examples[1].story.changes[1]", "inside the story", ""),
    (('"year 3" =', '"year 4" ='), 'examples[1].pays."year 4"', "it has no year 4", ""),
    (('"year 3" =', '"third year" ='), 'examples[1].pays."third year"', "names no period", '"year 1"'),
    (
        prices('region = "US", from = 2009-05-01, price = "15.00 USD"'),
        "offers.business-suite.prices[1].from",
        "from 1 April 2009 until 1 May 2009",
        "2009-04-01",
    ),
    (
        prices('region = "US", from = 2009-04-01, until = 2019-01-01, price = "15.00 USD"'),
        "offers.business-suite.prices[1].until",
        "no price from 1 January 2019 on",
        "`until`",
    ),
    (
        prices(
            'region = "US", from = 2009-04-01, until = 2012-06-01, price = "15.00 USD"',
            'region = "US", from = 2012-07-01, price = "16.00 USD"',
        ),
        "offers.business-suite.prices[2].from",
        "no price from 1 June 2012 until 1 July 2012",
        "2012-06-01",
    ),
    (
        prices(
            'region = "US", from = 2009-04-01, until = 2012-07-02, price = "15.00 USD"',
            'region = "US", from = 2012-07-01, price = "16.00 USD"',
        ),
        "offers.business-suite.prices[2].from",
        "two prices hold on 1 July 2012",
        "until = 2012-07-01",
    ),
    (
        prices(
            'region = "US", from = 2009-04-01, price = "15.00 USD"',
            'region = "FR", from = 2009-04-01, price = "15.00 EUR"',
        ),
        "offers.business-suite.prices[2].region",
        "No way to sell is open",
        "US",
    ),
    (
        prices(
            'region = "US", from = 2009-04-01, price = "15.00 USD"',
            'region = "GB", from = 2009-07-01, until = 2009-07-01, price = "15.00 GBP"',
        ),
        "offers.business-suite.prices[2].until",
        "before it has held a day",
        "",
    ),
    (
        (PRICES, f"{PRICES}\nopen = {{ US = 2009-05-01 }}"),
        "offers.business-suite.open.US",
        "before the offer opens on 1 May 2009",
        "first price",
    ),
    ((PRICES, f"{PRICES}\nopen = {{ GB = 2009-05-01 }}"), "offers.business-suite.open.GB", "no price", "row"),
    (
        ("[[examples]]", "[service]\ncustomer_is_told = true\n[[examples]]"),
        "service.customer_is_told",
        "This is true.",
        "fees",
    ),
    (("[[examples]]", '[service]\ntitle = "a\\nb"\n[[examples]]'), "service.title", "line break", "one line"),
    (
        ("[[examples]]", f'[service]\ntitle = "{"x" * 121}"\n[[examples]]'),
        "service.title",
        "121 characters",
        "120",
    ),
]


@pytest.mark.parametrize(
    ("change", "path", "says", "remedy"), ONE_FAULT, ids=lambda c: c[1][:40] if isinstance(c, tuple) else ""
)
def test_one_mistake_is_one_fault(
    faults_after: Changed, change: tuple[str, str], path: str, says: str, remedy: str
) -> None:
    faults = faults_after(change)
    assert [fault.path for fault in faults] == [path], [str(fault) for fault in faults]
    assert says in faults[0].says
    assert remedy in faults[0].remedy
    assert faults[0].says.endswith((".", "?"))


# The same, where only running the examples shows it.
ONE_WRONG_AMOUNT: list[tuple[tuple[str, str], str, str, str]] = [
    (
        ('"year 3" = "540.00 USD"', '"year 3" = "541.00 USD"'),
        'examples[1].pays."year 3"',
        "pays 540.00 USD, not 541.00 USD: ongoing pays 540.00 USD of 9,000.00 USD",
        '"540.00 USD"',
    ),
    (
        ('"year 3" = "540.00 USD"', '"year 3" = "540.00 EUR"'),
        'examples[1].pays."year 3"',
        "not 540.00 EUR",
        "",
    ),
]


@pytest.mark.parametrize(("change", "path", "says", "remedy"), ONE_WRONG_AMOUNT)
def test_one_wrong_amount_is_one_fault(
    faults_when_run: Changed, change: tuple[str, str], path: str, says: str, remedy: str
) -> None:
    faults = faults_when_run(change)
    assert [fault.path for fault in faults] == [path], [str(fault) for fault in faults]
    assert says in faults[0].says
    assert remedy in faults[0].remedy


def test_a_fault_stands_where_its_value_stands(faults_after: Changed) -> None:
    (fault,) = faults_after(('"1..12"', '"12..1"'))
    lines = SMALL.replace('"1..12"', '"12..1"').split("\n")
    assert lines[fault.line - 1][fault.column - 1 :].startswith('"12..1"')
    (fault,) = faults_after(("year      =", "yaer      ="))
    assert (fault.line, fault.column) == (11, 1)


def test_all_faults_are_said_at_once(faults_after: Changed) -> None:
    faults = faults_after(
        ('"90 days"', '"90 dys"'),
        ('"15.00 USD"', "15.00"),
        ('rate = "12%"', 'rate = "112%"'),
        (ONGOING, ONGOING.replace('"13.."', '"14.."')),
        ('"year 2" = "540.00 USD"', '"year 2" = 540'),
    )
    assert [fault.path for fault in faults] == [
        "program.notice",
        "offers.business-suite.prices[1].price",
        "fees.first-year.rate",
        'examples[1].pays."year 2"',
    ]


def test_an_unreadable_rate_does_not_hide_a_gap(faults_after: Changed) -> None:
    faults = faults_after(('rate = "12%"', 'rate = "112%"'), (ONGOING, ONGOING.replace('"13.."', '"14.."')))
    assert [fault.says for fault in faults if "No clause" in fault.says] == [
        "No clause covers partner-of-record, US, business-suite, month 13."
    ]


def test_names_stated_twice(faults_after: Changed) -> None:
    twice = faults_after(
        ('"90 days"', '"90 days"\nnotice = "1 day"'), ("[fees.ongoing]", "[fees.first-year]")
    )
    assert [(fault.path, fault.line) for fault in twice if "stated before" in fault.says] == [
        ("program.notice", 8),
        ("fees.first-year", 31),
    ]


def test_a_clause_that_pays_and_one_that_does_not_share_no_name(faults_after: Changed) -> None:
    (fault,) = faults_after(
        ("[[examples]]", '[unpaid.ongoing]\nwhen = { month = "7" }\nbecause = "x."\n[[examples]]')
    )
    assert (fault.path, fault.says) == ("unpaid.ongoing", "[fees.ongoing] has this name too.")


@pytest.mark.parametrize(
    "missing",
    ["id", "version", "title", "vendor", "effective", "notice", "currency", "rounding", "time_zone"],
)
def test_a_missing_key_is_said_with_an_example(missing: str) -> None:
    lines = [
        line
        for line in SMALL.split("\n")
        if not line.startswith(f"{missing} ") or "Partner of" in line or "Business" in line
    ]
    (fault,) = [
        fault for fault in check(("\n".join(lines)).encode()).faults if fault.path == f"program.{missing}"
    ]
    assert fault.says == f"`{missing}` is missing."
    assert fault.remedy.startswith(f"Write it like `{missing} = ")


def test_an_empty_document_lacks_its_tables() -> None:
    assert [fault.path for fault in check(b"").faults] == ["offers", "program", "ways"]


@pytest.mark.parametrize(
    ("document", "line", "says"),
    [
        (b"[program]\nid = \n", 2, "This is no TOML: invalid value."),
        (b"[program\n", 1, "This is no TOML"),
        (b'a = """\nnever closed\n', 3, "This is no TOML"),
        (b"a = 2009-02-30\n", 1, "This is no TOML: invalid date"),
        (b"a = 1\nb = '\xff'\n", 2, "The document is not UTF-8 text."),
        (b"\xef\xbb\xbfa = 1", 1, "This is no TOML"),
        (b"a = " + b"[" * 50_000, 1, "The document is nested too deeply."),
        (b"#" * (LARGEST_BYTES + 1), 1, "The document has 1048577 bytes."),
        (b"a = " + b"9" * 5000, 1, "This is no TOML"),
    ],
)
def test_what_is_no_document_is_one_fault_with_a_remedy(document: bytes, line: int, says: str) -> None:
    (fault,) = check(document).faults
    assert fault.line == line
    assert fault.says.startswith(says)
    assert fault.remedy


def test_a_document_with_a_fault_has_no_terms() -> None:
    checked = check_program(SMALL.replace('"1080.00 USD"', '"1.00 USD"').encode())
    assert checked.terms is None
    assert checked.examples[0].periods[0].paid.decimal_text() == "1080.00"


def test_amounts_and_days_at_their_limits_are_computed() -> None:
    text = SMALL.replace("2009-04-01", "2999-12-31").replace("2009-07-01", "2999-12-31")
    text = text.replace('"1..12"', '"1..1199"').replace('"13.."', '"1200.."')
    text = text.replace('"15.00 USD"', '"10000000.00 USD"')
    text = text.replace("seats = 50, months = 36", "seats = 100000, months = 240, start = 2999-12-31")
    text = text.replace('"year 1" = "1080.00 USD"', '"total" = "0.00 USD"')
    (worked,) = check_program(text.encode()).examples
    assert worked.periods[0].paid.minor > 10**15


def test_faults_beyond_count_end_with_a_word() -> None:
    began = time.process_time()
    text = "".join(f"k{n} = 1\n" for n in range(20_000)) + SMALL
    assert len(check(text.encode()).faults) == 1_001
    text = SMALL.replace("[ways.", "".join(f"k{n} = 1\n" for n in range(20_000)) + "[ways.")
    faults = check(text.encode()).faults
    assert len(faults) == 1_001
    assert faults[-1].says == "There may be more faults than these."
    unknown = ", ".join(f'"o{n}"' for n in range(900))
    clauses = (f"[unpaid.u{n}]\nwhen = {{ offer = [{unknown}] }}\nbecause = 'x.'\n" for n in range(90))
    assert len(check((SMALL + "".join(clauses)).encode()).faults) == 1_001
    assert check(f"x = [{', '.join(['1', chr(233)] * 20_000)}]".encode()).faults
    assert check(("x = [" + '"é", ' * 100_000 + "]").encode()).faults
    assert time.process_time() - began < 30


def test_nothing_inside_the_document_can_be_of_a_wrong_shape() -> None:
    shapes = ("1", "1.5", '"text"', "2009-04-01", "[]", "[1]", "{}", "{ a = 1 }", "[{ a = 1 }]", "true")
    for name in ("program", "ways", "offers", "fees", "unpaid", "service", "examples"):
        for shape in shapes:
            assert check(f"{name} = {shape}\n".encode()).faults
    for line in SMALL.split("\n"):
        if " = " in line:
            key = line.split(" = ")[0]
            for shape in shapes:
                check(SMALL.replace(line, f"{key} = {shape}").encode())
