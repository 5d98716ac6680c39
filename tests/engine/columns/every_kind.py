"""A program with a clause of every kind, and sales of any number that all of them claim: the same for the same number.

Each offer has the clauses of one kind, so that every kind claims its part of the lines, however many there are.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import duckdb
from tests.support.told import clause, terms, unpaid

from ofrecord.engine.compiled.clauses import kind_of, numbered
from ofrecord.engine.types import Laws, PoolFact
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money, Rounding
from ofrecord.program.clause_types import (
    DEALS,
    DESIGNATION,
    DISTRIBUTOR,
    FORMER_PARTNER,
    PARTNER_OF_RECORD,
    REFERRER,
    SERVICES,
    Applies,
    Band,
    Bands,
    Basis,
    Clause,
    Condition,
    CountRange,
    Earned,
    Growth,
    Holdback,
    Limit,
    Measure,
    Needs,
    Per,
    Period,
    PoolKey,
    Scope,
    Unit,
)
from ofrecord.program.types import Offer, Payment, Proration, Terms

FIRST: Final = Month(2009, 4)
# So many lines has a subscription that is not cut off; they start during the first year.
LINES_OF_EACH: Final = 15
MONTHS: Final = 12 + LINES_OF_EACH
THROUGH: Final = FIRST.plus(MONTHS - 1).last
# A tenth of the lines are of the clauses of the second version.
SECOND: Final = FIRST.plus(9).first
TIERS: Final = ("Registered", "Silver", "Gold")

_DEFAULT = Condition(ways=("partner-of-record",))


def _usd(minor: int) -> Money:
    return Money(minor, "USD")


def _bands(graduated: bool, measure: Measure, per: Per, *ends: int) -> Bands:
    rates = [Fraction(5 + 2 * place, 100) for place in range(len(ends) + 1)]
    found = [Band(end, rate) for end, rate in zip((*ends, None), rates, strict=True)]
    return Bands(graduated, measure, per, tuple(found))


def _kinds() -> Iterator[list[Clause]]:
    """The clauses of each kind, of which each takes an offer of its own."""
    month = Per(Scope.PARTNER, Period.MONTH)
    yield [
        clause("base", "12%", when=Condition(months=CountRange(1, 6))),
        clause(
            "base-gold", "1/7", when=Condition(tiers=("Gold",), months=CountRange(1, 6)), instead_of=("base",)
        ),
        clause("base-later", "7.5%", when=Condition(months=CountRange(7))),
        clause("override", "10%", role=DISTRIBUTOR, basis=Basis.FEE, of="base"),
        clause("over-override", "1/3", role=REFERRER, basis=Basis.FEE, of="override"),
    ]
    for scope in Scope:
        per = Per(scope, Period.LIFETIME if scope is Scope.LINE else Period.QUARTER)
        yield [clause(f"graduated-{scope.value}", bands=_bands(True, Measure.AMOUNT, per, 9_000, 40_000))]
    yield [clause("graduated-seats", bands=_bands(True, Measure.SEATS, month, 10, 40))]
    for measure in Measure:
        ends = (20_000, 90_000) if measure is Measure.AMOUNT else (3, 12)
        yield [clause(f"whole-{measure.value}", bands=_bands(False, measure, month, *ends))]
    for unit in Unit:
        yield [clause(f"each-{unit.value.replace(' ', '-')}", amount=_usd(125), unit=unit)]
    for scope, period in (
        (Scope.LINE, Period.LIFETIME),
        (Scope.CUSTOMER, Period.YEAR),
        (Scope.PARTNER, Period.MONTH),
    ):
        yield [clause(f"capped-{scope.value}", "20%", cap=Limit(_usd(4_000), Per(scope, period)))]
        yield [clause(f"floored-{scope.value}", "2%", floor=Limit(_usd(900), Per(scope, period)))]
    yield [
        clause(
            "capped-bands", bands=_bands(True, Measure.AMOUNT, month, 30_000), cap=Limit(_usd(9_000), month)
        ),
        clause(
            "beside", "1%", together_with=("capped-bands",), cap=Limit(_usd(500), Per(Scope.SUBSCRIPTION))
        ),
    ]
    for key in PoolKey:
        yield [clause(f"pooled-{key.name.lower()}", "1/7", basis=Basis.POOLED, pool="ads", pool_key=key)]
    yield [clause("growth", "10%", growth=Growth(Per(Scope.PARTNER, Period.QUARTER), Fraction(11, 10)))]
    yield [
        clause("campaign", "12%", needs=Needs(new_customers=2, seats=9, period=Period.QUARTER, for_all=True)),
        clause(
            "campaign-from",
            "3%",
            needs=Needs(billed=_usd(20_000), period=Period.YEAR),
            together_with=("campaign",),
        ),
    ]
    split = ((PARTNER_OF_RECORD, Fraction(2, 3)), (REFERRER, Fraction(1, 4)))
    yield [clause("split", "20%", role="", split=split)]
    yield [clause("referred", "6%", role=REFERRER), clause("served", "5%", role=SERVICES)]
    run_off = Condition(months=CountRange(1, 6), months_from=DESIGNATION)
    yield [
        clause("designated", "9%", when=run_off),
        clause("run-off", "3%", role=FORMER_PARTNER, when=run_off),
        unpaid(
            "over",
            "It is over.",
            when=Condition(roles=(FORMER_PARTNER,), months=CountRange(7), months_from=DESIGNATION),
        ),
    ]
    yield [clause("on-payments", "12%", basis=Basis.COLLECTED, holdback=Holdback(Fraction(1, 5), 60))]
    yield [clause("once-paid", "1/3", earned=Earned.WHEN_COLLECTED, cap=Limit(_usd(6_000), month))]
    yield [
        clause("on-list", "8%", basis=Basis.LIST),
        clause("on-margin", "30%", role=REFERRER, basis=Basis.MARGIN),
    ]
    yield [
        clause("by-seats", "8%", when=Condition(seats=CountRange(4))),
        unpaid("few", "Too few.", when=Condition(seats=CountRange(1, 3))),
    ]
    yield [
        clause(f"deal-{deal}", f"{3 + n}%", when=Condition(deals=(deal,), regions=("US",)))
        for n, deal in enumerate(DEALS)
    ]
    yield [clause("for-all", "11%", applies=Applies.ALL)]
    yield [clause("until-renewal", "13%", applies=Applies.UNTIL_RENEWAL)]


def _version(sha: str, version: str, effective: date, **other: Any) -> Terms:
    offers, clauses = [], []
    for number, kind in enumerate(_kinds()):
        code = f"offer-{number:02}"
        offers.append(Offer(code, code.capitalize(), (), (), family=f"family-{number % 3}"))
        clauses += [replace(each, when=replace(each.when, offers=(code,))) for each in kind]
    usual = terms(
        *clauses, sha=sha, tiers=TIERS, pools=("ads",), offers=tuple(offers), segments=("business", "public")
    )
    return replace(usual, version=version, effective=effective, **other)


def laws() -> Laws:
    """Two versions, one after the other, with other roundings and other ways to divide a line."""
    first = _version("a", "1", date(2009, 4, 1), payment=Payment(claw_window=60))
    second = _version(
        "b", "2", SECOND, rounding=Rounding.HALF_EVEN, proration=Proration.BY_SECONDS,
        time_zone="America/New_York", year_from=(7, 1),
    )  # fmt: skip
    return Laws((first, second))


def ways(names: Collection[str]) -> set[tuple[str, str, str]]:
    """In which ways the clauses of these names pay: their kinds, of which amount, for each of what."""
    return {
        (kind_of(each.clause), each.clause.basis.value, str(each.clause.unit))
        for each in numbered(laws())
        if each.clause.name in names
    }


def offers() -> int:
    return sum(1 for _ in _kinds())


def pools() -> list[PoolFact]:
    months = [FIRST.plus(number) for number in range(0, MONTHS, 2)]
    return [
        PoolFact(f"ads/{each}", "ads", each, 1_000_03 + 7 * number, "USD")
        for number, each in enumerate(months)
    ]


_PICK: Final = """CREATE MACRO pick(n, salt, upto) AS
    ((((n + 1) * 2654435761 + salt::BIGINT * 40503977) % 4294967291) * 48271 % 2147483647) % upto"""

_SUBSCRIPTIONS: Final = """CREATE TABLE subscriptions AS
    SELECT n, 's' || n AS subscription, ($first + to_months(pick(n, 1, 12)::INTEGER))::DATE AS month,
        CASE WHEN pick(n, 2, 2) = 0 THEN month ELSE month + pick(n, 3, day(last_day(month)))::INTEGER END AS started_on,
        'c' || pick(n, 4, 1 + $subscriptions // 2) AS customer,
        'offer-' || lpad((n % $offers)::VARCHAR, 2, '0') AS offer,
        CASE WHEN pick(n, 5, 4) = 0 THEN 'resale' ELSE 'partner-of-record' END AS way,
        CASE WHEN pick(n, 6, 3) = 0 THEN 'GB' ELSE 'US' END AS region,
        ['', 'public'][1 + pick(n, 7, 2)] AS segment, 1 + pick(n, 8, 9) AS first_seats,
        ['new', 'renewal', 'upsell', 'cross-sell'][1 + pick(n, 9, 4)] AS deal,
        (1 + pick(n, 10, 12))::INTEGER AS commitment_months,
        repeat(CASE WHEN started_on < $second THEN 'a' ELSE 'b' END, 64) AS terms_sha256,
        pick(n, 11, $partners) AS one, (one + 1 + pick(n, 12, $partners - 1)) % $partners AS other,
        CASE WHEN pick(n, 13, 3) = 0 THEN started_on + 5 + pick(n, 14, 250)::INTEGER END AS change
    FROM range($subscriptions) AS numbers(n)"""

_LINES: Final = """CREATE TABLE lines AS
    WITH billed AS (
        SELECT *, n * $each + turn AS line, (month + to_months(turn::INTEGER))::DATE AS during,
            (first_seats + pick(line, 21, 4))::INTEGER AS seats
        FROM subscriptions, range($each) AS turns(turn) WHERE n * $each + turn < $lines
    )
    SELECT *, last_day(during) AS invoice_day, greatest(started_on, during) AS service_first,
        last_day(during) + 1 AS service_until, pick(line, 22, 15001)::BIGINT AS billed_minor,
        'l' || line AS invoice_line
    FROM billed"""

_TABLES: Final = {
    "facts": """SELECT invoice_line,
            'N-' || during || '-' || customer AS invoice, invoice_day, subscription, started_on,
            customer, offer, way, region, segment, 'USD' AS currency, seats, 1500::BIGINT AS unit_price_minor,
            billed_minor, service_first, service_until, terms_sha256,
            billed_minor + pick(line, 23, 5000)::BIGINT AS list_minor,
            (billed_minor * 2 // 3)::BIGINT AS wholesale_minor,
            first_seats::INTEGER AS first_seats, deal, commitment_months
        FROM lines""",
    "credits": """WITH taken AS (SELECT *, unnest([0, 1][:1 + pick(line, 32, 2)]) AS part FROM lines
            WHERE pick(line, 31, 9) = 0 AND billed_minor > 1)
        SELECT invoice_line || '/c' || part AS id, invoice_line,
            ['refund', 'credit note', 'chargeback', 'write-off'][1 + pick(line, 33 + part, 4)] AS kind,
            invoice_day + pick(line, 35 + part, 150)::INTEGER AS day,
            -CASE WHEN pick(line, 37, 6) = 0 THEN billed_minor // 2 ELSE 1 + pick(line, 38 + part, billed_minor // 2)
                END::BIGINT AS amount_minor
        FROM taken""",
    "receipts": """WITH paid AS (SELECT *, 1 + pick(line, 42, 2) AS parts FROM lines
            WHERE pick(line, 41, 4) > 0 AND billed_minor > 1), parts_of AS (
            SELECT *, unnest([0, 1][:parts]) AS part FROM paid)
        SELECT invoice_line || '/r' || part AS id, invoice_line,
            invoice_day + pick(line, 43 + part, 70)::INTEGER AS day,
            CASE WHEN parts = 1 THEN billed_minor WHEN part = 0 THEN billed_minor // 3
                ELSE billed_minor - billed_minor // 3 END::BIGINT AS amount_minor
        FROM parts_of""",
    "recognitions": """WITH every AS (
            SELECT *, unnest([
                {'of': one, 'role': 'partner of record', 'first': started_on, 'until': change, 'share': NULL},
                {'of': other, 'role': 'partner of record', 'first': change, 'until': NULL::DATE, 'share': NULL},
                {'of': one, 'role': 'former partner of record', 'first': change, 'until': NULL::DATE, 'share': NULL},
                {'of': one, 'role': 'distributor', 'first': started_on, 'until': NULL::DATE, 'share': NULL},
                {'of': other, 'role': 'referrer', 'first': started_on, 'until': NULL::DATE, 'share': 2},
                {'of': one, 'role': 'referrer', 'first': started_on, 'until': NULL::DATE, 'share': 2},
                {'of': other, 'role': 'services partner', 'first': started_on + 40,
                    'until': started_on + 150, 'share': NULL}
            ]) AS held, unnest(range(7)) AS place FROM subscriptions
        )
        SELECT subscription, 'p' || held.of AS partner, held.role AS role, held.first AS first, held.until AS until,
            held.share::BIGINT AS share_numerator,
            CASE WHEN held.share IS NOT NULL THEN 5::BIGINT END AS share_denominator
        FROM every WHERE held.first IS NOT NULL AND (place IN (0, 1, 2) OR pick(n, 50 + place // 2, 3) = 0)""",
    "tiers": """WITH spans AS (
            SELECT n, unnest([0, 1]) AS place, ($first + pick(n, 61, 500)::INTEGER)::DATE AS change
            FROM range($partners) AS partners(n) WHERE n % 5 > 0
        )
        SELECT 'p' || n AS partner, CASE place WHEN 0 THEN DATE '2000-01-01' ELSE change END AS first,
            CASE place WHEN 0 THEN change END AS until,
            ['Registered', 'Silver', 'Gold'][1 + pick(n, 62 + place, 3)] AS tier
        FROM spans""",
}


def write(folder: Path, lines: int) -> dict[str, Path]:
    """Writes the flat tables of so many lines; where each is."""
    subscriptions = -(-lines // LINES_OF_EACH)
    of_all = {
        "first": FIRST.first, "second": SECOND, "lines": lines, "each": LINES_OF_EACH,
        "subscriptions": subscriptions, "partners": max(7, subscriptions // 20), "offers": offers(),
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    found = {name: folder / f"{name}.parquet" for name in _TABLES}
    with duckdb.connect() as made:
        made.execute(_PICK)
        for statement in (_SUBSCRIPTIONS, _LINES):
            _run(made, statement, of_all)
        for name, query in _TABLES.items():
            _run(made, f"COPY ({query}) TO '{found[name]}' (FORMAT parquet)", of_all)
    return found


def _run(made: duckdb.DuckDBPyConnection, statement: str, of_all: dict[str, object]) -> None:
    made.execute(statement, {name: value for name, value in of_all.items() if f"${name}" in statement})
