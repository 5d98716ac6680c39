"""A close that works out what is new and what is touched books the very lines of one that works out everything."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, event, given, note, settings
from hypothesis import strategies as st
from tests.support.generated import (
    FIRST,
    currencies,
    exchange,
    histories,
    programs,
    with_partners_of_the_month,
)
from tests.support.in_columns import book
from tests.support.oddities import odd_program, relaxed
from tests.support.told import billed, clause, recognized, terms

from ofrecord.engine.books import folder_of
from ofrecord.engine.carried import SCHEMA, carried_after, keep_carried, read_carried
from ofrecord.engine.columns import BOOK
from ofrecord.engine.compiled.clauses import clause_table
from ofrecord.engine.compiled.exchange import asked_of, currency_table, exchange_table
from ofrecord.engine.compiled.scope import always_whole, reach_of
from ofrecord.engine.earning import earned
from ofrecord.engine.files import file_name, keep_table, keep_written
from ofrecord.engine.flat import FLAT, flat, table_of
from ofrecord.engine.given import Steps
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.running.duck import Duck, duck_engine
from ofrecord.engine.snapshot_index import BY_MONTH, RATES, RECOGNITIONS, TIERS, Index, MonthKept
from ofrecord.engine.snapshots import keep_rates
from ofrecord.engine.steps.dues import Beside, exchanges_asked
from ofrecord.engine.steps.record import on_record
from ofrecord.engine.steps.shapes import KEY
from ofrecord.engine.touched import Plan, Snapshot, everything, what_to_work_out
from ofrecord.engine.types import BilledFact, Credit, History, Laws, RateFact, Receipt
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import (
    FORMER_PARTNER,
    Basis,
    Clause,
    Earned,
    Growth,
    Limit,
    Needs,
    Per,
    Period,
    Scope,
    Unit,
)

HISTORIES = 10
tried = settings(
    deadline=None,
    max_examples=int(os.environ.get("OFRECORD_GENERATED", "2")),
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.shrink],
)


def snapshot_of(root: Path, month: Month, history: History, laws: Laws) -> Snapshot:
    """What was known in the month of all that happened up to its end, kept as a snapshot."""
    tables = flat(
        replace(
            history, facts=[until(fact, month) for fact in history.facts if fact.invoice_day <= month.last]
        )
    )
    of = {row["invoice_line"]: Month.of(row["invoice_day"]) for row in tables["facts"].to_pylist()}
    months = {}
    for each in sorted({*of.values()}):
        files = {}
        for kind in BY_MONTH:
            rows = tables[kind]
            own = rows.filter(
                pa.array([of[line] == each for line in rows["invoice_line"].to_pylist()], pa.bool_())
            )
            own = own.sort_by([("subscription" if kind == "facts" else "invoice_line", "ascending")])
            files[kind] = keep_table(folder_of(root, each), kind, own).sha256
        billed_minor = {row["currency"]: 0 for row in tables["facts"].to_pylist()}
        months[each] = MonthKept(files, 0, billed_minor, ())
    beside = {
        kind: keep_table(folder_of(root, month), kind, tables[kind].sort_by(FLAT[kind].names[0])).sha256
        for kind in (RECOGNITIONS, TIERS)
    }
    beside[RATES] = keep_rates(root, month, [rate for rate in history.rates if rate.day <= month.last])
    shas = tuple(each.sha256 for each in laws.versions)
    return Snapshot(root, Index(month, months, beside, tuple(history.pools), history.currencies, shas, {}))


def until(fact: BilledFact, month: Month) -> BilledFact:
    return replace(
        fact,
        credits=tuple(each for each in fact.credits if each.day <= month.last),
        receipts=tuple(each for each in fact.receipts if each.day <= month.last),
    )


class Closes:
    """Months closed one after the other, each in whole and by what is touched."""

    def __init__(self, engine: Duck, root: Path, laws: Laws) -> None:
        self.engine, self.root, self.laws = engine, root, laws
        self.before: tuple[Snapshot, ibis.Table] | None = None
        self.books: list[ibis.Table] = []

    def close(self, month: Month, facts: Iterable[BilledFact], **beside: Any) -> Plan:
        history = History(list(facts), **beside)
        now = snapshot_of(self.root, month, history, self.laws)
        plan = everything(self.engine, now)
        steps = earned(self.engine, plan.given, self.laws, month.last, since=plan.since)
        lines = self.engine.keep(steps.named["lines"])
        booked = self._book(lines, self._books(), history, month)
        if self.before is not None:
            before, carried = self.before
            plan = what_to_work_out(self.engine, self.laws, before, now, carried)
        if plan.since is not None:
            carried_of_all = self.engine.keep(carried_after(self.engine, steps, lines))
            steps = earned(self.engine, plan.given, self.laws, month.last, since=plan.since)
            lines = self.engine.keep(steps.named["lines"])
            self._require_same(booked, self._book(lines, self._books(plan), history, month))
            self._require_same(carried_of_all, carried_after(self.engine, steps, lines))
        self._keep(month, booked)
        self.before = now, self._carried(month, steps, lines)
        return plan

    def _books(self, plan: Plan | None = None) -> ibis.Table | None:
        if not self.books:
            return None
        found = ibis.union(*self.books, distinct=False) if len(self.books) > 1 else self.books[0]
        return found if plan is None else plan.earlier(found)

    def _book(
        self, lines: ibis.Table, books: ibis.Table | None, history: History, month: Month
    ) -> ibis.Table:
        beside = Beside(
            month.last,
            self.engine.bring(clause_table(self.laws)),
            self.engine.bring(currency_table(history.currencies)) if history.currencies else None,
            None,
            self.engine.keep(on_record(books)) if books is not None else None,
            books,
        )
        asked = asked_of(self.engine.fetch(exchanges_asked(lines, beside)))
        if asked:
            rates = [rate for rate in history.rates if rate.day <= month.last]
            table = self.engine.bring(exchange_table(asked, self.laws, rates))
            beside = replace(beside, exchanges=table)
        return self.engine.keep(book(lines, beside))

    def _require_same(self, one: ibis.Table, other: ibis.Table) -> None:
        for more, less, says in ((one, other, "missing"), (other, one, "too many")):
            rows = self.engine.fetch(ibis.difference(more, less, distinct=False)).to_pylist()
            assert not rows, (says, rows[:2])

    def _carried(self, month: Month, steps: Steps, lines: ibis.Table) -> ibis.Table:
        kept = keep_carried(self.engine, self.root, month, carried_after(self.engine, steps, lines))
        return read_carried(self.engine, self.root, month, kept.sha256)

    def _keep(self, month: Month, booked: ibis.Table) -> None:
        number = ibis.row_number().over(order_by=list(KEY))
        rows = self.engine.fetch(booked.mutate(number=number).select(BOOK.names)).cast(BOOK)
        months = pa.array([str(month)] * rows.num_rows, pa.string())
        self.books.append(self.engine.bring(rows.append_column("month", months)))


@pytest.fixture
def engine() -> Iterator[Duck]:
    with duck_engine() as found:
        yield found


def looking_back(each: Clause, *, is_plain: bool) -> Clause:
    """The clause, made such that not all of the history is to be worked out; a plain one adds nothing up."""
    found = replace(each, needs=None, growth=None)
    if is_plain:
        rate = found.rate if found.bands is None else Fraction(1, 10)
        unit = Unit.SEAT if found.unit in (Unit.SUBSCRIPTION, Unit.CUSTOMER) else found.unit
        return replace(found, rate=rate, bands=None, cap=None, floor=None, unit=unit)
    if found.bands is not None and not found.bands.graduated:
        found = replace(found, bands=replace(found.bands, per=monthly(found.bands.per)))
    if found.floor is not None and found.floor.per.scope is not Scope.LINE:
        found = replace(found, floor=Limit(found.floor.amount, monthly(found.floor.per)))
    if found.cap is not None and found.cap.per.scope is Scope.LINE:
        found = replace(found, cap=Limit(found.cap.amount, replace(found.cap.per, scope=Scope.SUBSCRIPTION)))
    if found.bands is not None and found.bands.graduated and found.bands.per.scope is Scope.LINE:
        found = replace(found, bands=replace(found.bands, per=replace(found.bands.per, scope=Scope.CUSTOMER)))
    return found


def monthly(per: Per) -> Per:
    return replace(per, period=Period.MONTH)


@st.composite
def laws(draw: st.DrawFn) -> Laws:
    def version(sha: str) -> Any:
        found = draw(programs(sha))
        found = replace(found, clauses=tuple(relaxed(draw, each) for each in found.clauses))
        found = draw(odd_program(found)) if is_odd else found
        own = (each for each in found.clauses if each.basis is not Basis.POOLED)
        kept = tuple(looking_back(each, is_plain=is_plain) for each in own)
        return replace(found, clauses=kept)

    is_plain = draw(st.sampled_from([False, False, False, False, True]))
    is_odd = draw(st.booleans())
    first = version("a")
    if not draw(st.booleans()):
        return Laws((first,))
    return Laws(
        (first, replace(version("b"), effective=FIRST.plus(draw(st.integers(1, 6))).first, version="2"))
    )


def suffixed(fact: BilledFact, n: int) -> BilledFact:
    """The fact of another world, in which nothing is known of this one's."""
    return replace(
        fact,
        invoice_line=f"{fact.invoice_line}-{n}",
        invoice=f"{fact.invoice}-{n}",
        subscription=f"{fact.subscription}-{n}",
        customer=f"{fact.customer}-{n}",
        partners=tuple(replace(each, partner=f"{each.partner}-{n}") for each in fact.partners),
        credits=tuple(replace(each, id=f"{each.id}-{n}") for each in fact.credits),
        receipts=tuple(replace(each, id=f"{each.id}-{n}") for each in fact.receipts),
    )


many = st.lists(histories("ab") | histories("ab", odd=True), min_size=HISTORIES, max_size=HISTORIES).map(
    lambda found: [suffixed(fact, n) for n, facts in enumerate(found) for fact in facts]
)
# Something becomes known so many months late; most does not, of what there is little of more than of the rest.
months_late = st.sampled_from([0] * 150 + [1, 2, 3, 5, 9])
months_late_of_few = st.sampled_from([0] * 35 + [1, 2, 3, 5, 9])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[BilledFact], dict[str, int]]:
    facts = draw(many)
    many_names = sorted({name for fact in facts for name in names_of(fact)})
    few_names = sorted({name for fact in facts for name in few_names_of(fact)})
    drawn = [(name, draw(months_late)) for name in many_names]
    drawn += [(name, draw(months_late_of_few)) for name in few_names]
    return facts, {name: late for name, late in drawn if late}


def names_of(fact: BilledFact) -> list[str]:
    """What can be learned late of a line: it, its amount, its credits and payments, how much of one is for it."""
    return [
        fact.invoice_line,
        f"amount {fact.invoice_line}",
        *(each.id for each in (*fact.credits, *fact.receipts)),
        *(f"part {each.id}" for each in fact.receipts),
    ]


def few_names_of(fact: BilledFact) -> list[str]:
    """What can be learned late of a subscription and its partners."""
    return [
        f"change {fact.subscription}",
        f"customer {fact.subscription}",
        *(f"tier {each.partner}" for each in fact.partners),
    ]


def known_in(facts: Sequence[BilledFact], late: dict[str, int], month: Month) -> list[BilledFact]:
    def is_known(name: str, day: Any) -> bool:
        return Month.of(day).plus(late.get(name, 0)) <= month

    return [as_known(fact, is_known) for fact in facts if is_known(fact.invoice_line, fact.invoice_day)]


def as_known(fact: BilledFact, is_known: Any) -> BilledFact:
    partners = fact.partners
    if not is_known(f"change {fact.subscription}", fact.started_on):
        first = [
            each for each in partners if each.role != FORMER_PARTNER and each.span.first == fact.started_on
        ]
        partners = tuple(replace(each, span=replace(each.span, until=None)) for each in first)
    partners = tuple(
        each if is_known(f"tier {each.partner}", fact.started_on) else replace(each, tier="")
        for each in partners
    )
    more = 0 if is_known(f"amount {fact.invoice_line}", fact.invoice_day) else 7_00
    is_renamed = is_known(f"customer {fact.subscription}", fact.started_on)
    found = replace(
        fact,
        customer=fact.customer if is_renamed else f"former {fact.customer}",
        billed_minor=fact.billed_minor + more,
        partners=partners,
        credits=tuple(each for each in fact.credits if is_known(each.id, each.day)),
        receipts=tuple(
            each
            if is_known(f"part {each.id}", each.day)
            else replace(each, amount_minor=each.amount_minor + 1_00)
            for each in fact.receipts
            if is_known(each.id, each.day)
        ),
    )
    return with_partners_of_the_month(found)


def wanted_in(most: int = HISTORIES) -> st.SearchStrategy[dict[str, str]]:
    """The currencies in which partners of some of the worlds want their statements."""
    of_worlds = st.dictionaries(st.integers(0, HISTORIES), currencies, max_size=most)
    return of_worlds.map(
        lambda found: {f"{partner}-{n}": code for n, some in found.items() for partner, code in some.items()}
    )


# Months may be closed together: the last close was any time ago.
closed = st.lists(st.integers(2, 16), min_size=3, max_size=5, unique=True).map(sorted)


@pytest.mark.slow
@tried
@given(laws(), worlds(), closed, exchange, st.tuples(wanted_in(), wanted_in(most=1)))
def test_what_is_touched_books_what_everything_books(
    version: Laws,
    world: tuple[list[BilledFact], dict[str, int]],
    months: list[int],
    rates: Any,
    wanted: tuple[dict[str, str], dict[str, str]],
) -> None:
    facts, late = world
    at_first, later = wanted
    if len(version.versions) == 1:
        facts = [replace(fact, terms_sha256=version.versions[0].sha256) for fact in facts]
    note("\n".join(str(each) for one in version.versions for each in one.clauses))
    assert always_whole(version) is None
    with duck_engine(threads=1) as engine:
        closes = Closes(engine, engine.scratch / "books", version)
        for number in months:
            month = FIRST.plus(number)
            named = at_first | later if number > months[1] else at_first
            plan = closes.close(month, known_in(facts, late, month), rates=rates, currencies=named)
            anew = [] if plan.since is None else engine.fetch(plan.since.anew).column(0).to_pylist()
            note(f"{month}: {plan.whole or len(anew)}")
            event(f"{how_far(version)}: {plan.whole or ('some anew' if anew else 'only what is new')}")


def how_far(version: Laws) -> str:
    """In a word what is worked out together; which of these are tried is counted."""
    reach = reach_of(version)
    reached = [name for name, is_so in (("customer", reach.by_customer), ("partner", reach.roles)) if is_so]
    found = "line" if reach.by_line else " and ".join(reached) or "subscription"
    return f"{found}, looking back" if reach.looks_back else found


MAY = Month(2010, 5)


def sold(subscription: str, month: Month, **other: Any) -> BilledFact:
    """A month of a subscription that was sold in April 2010."""
    usual = {"invoice_line": f"{subscription}/{month}", "invoice": f"N-{subscription}-{month}"}
    return billed(
        str(month), **(usual | {"subscription": subscription, "customer": f"c-{subscription}"} | other)
    )


def sold_until(month: Month, *subscriptions: str) -> list[BilledFact]:
    months = (Month(2010, 4).plus(n) for n in range(12))
    return [sold(each, one) for one in months if one <= month for each in subscriptions]


def refund(fact: BilledFact, day: str) -> BilledFact:
    return replace(
        fact, credits=(Credit(f"r-{fact.invoice_line}", "refund", date.fromisoformat(day), -100_00),)
    )


def anew(engine: Duck, plan: Plan) -> set[str]:
    assert plan.since is not None
    return set(engine.fetch(plan.since.anew).column(0).to_pylist())


capped = clause("share", "10%", cap=Limit(Money(200_00, "USD"), Per(Scope.SUBSCRIPTION)))


def test_what_caps_had_used_up_is_carried_and_only_what_is_new_is_worked_out(
    engine: Duck, tmp_path: Path
) -> None:
    closes = Closes(engine, tmp_path, Laws((terms(capped),)))
    for month in (MAY, MAY.plus(1)):
        plan = closes.close(month, sold_until(month, "s1", "s2", "s3"))
    assert anew(engine, plan) == set()
    assert engine.fetch(plan.given.facts).num_rows == 3
    assert closes.before is not None
    used = engine.fetch(closes.before[1]).to_pylist()
    assert {(row["scope_id"], row["used_minor"]) for row in used} == {
        ("s1", 200_00),
        ("s2", 200_00),
        ("s3", 200_00),
    }


def test_a_refund_has_its_subscription_worked_out_anew_and_no_other(engine: Duck, tmp_path: Path) -> None:
    closes = Closes(engine, tmp_path, Laws((terms(capped),)))
    closes.close(MAY.plus(1), sold_until(MAY.plus(1), "s1", "s2", "s3"))
    facts = sold_until(MAY.plus(2), "s1", "s2", "s3")
    facts[1] = refund(facts[1], "2010-07-02")
    plan = closes.close(MAY.plus(2), facts)
    assert anew(engine, plan) == {"s2"}
    given_rows = engine.fetch(plan.given.facts).column("invoice_line").to_pylist()
    assert sorted(given_rows) == [
        "s1/2010-07",
        "s2/2010-04",
        "s2/2010-05",
        "s2/2010-06",
        "s2/2010-07",
        "s3/2010-07",
    ]


def test_where_nothing_is_added_up_a_refund_has_its_line_worked_out_anew(
    engine: Duck, tmp_path: Path
) -> None:
    closes = Closes(engine, tmp_path, Laws((terms(replace(capped, cap=None)),)))
    closes.close(MAY.plus(1), sold_until(MAY.plus(1), "s1", "s2"))
    facts = sold_until(MAY.plus(2), "s1", "s2")
    facts[1] = refund(facts[1], "2010-07-02")
    plan = closes.close(MAY.plus(2), facts)
    assert anew(engine, plan) == {"s2/2010-04"}
    given_rows = engine.fetch(plan.given.facts).column("invoice_line").to_pylist()
    assert sorted(given_rows) == ["s1/2010-07", "s2/2010-04", "s2/2010-07"]


def test_a_payment_has_its_line_looked_at_and_no_other_month_read(engine: Duck, tmp_path: Path) -> None:
    paid = replace(capped, earned=Earned.WHEN_COLLECTED)
    closes = Closes(engine, tmp_path, Laws((terms(paid),)))
    closes.close(MAY, sold_until(MAY, "s1", "s2"))
    facts = sold_until(MAY.plus(1), "s1", "s2")
    facts[2] = replace(facts[2], receipts=(Receipt("p1", date(2010, 6, 3), 750_00),))
    plan = closes.close(MAY.plus(1), facts)
    assert anew(engine, plan) == set()
    given_rows = engine.fetch(plan.given.facts).column("invoice_line").to_pylist()
    assert sorted(given_rows) == ["s1/2010-05", "s1/2010-06", "s2/2010-06"]


def test_what_is_added_up_for_a_customer_is_worked_out_together(engine: Duck, tmp_path: Path) -> None:
    together = replace(capped, cap=Limit(Money(200_00, "USD"), Per(Scope.CUSTOMER)))
    closes = Closes(engine, tmp_path, Laws((terms(together),)))
    of = {"s1": "c1", "s2": "c1", "s3": "c2"}
    known = [replace(fact, customer=of[fact.subscription]) for fact in sold_until(MAY.plus(1), *of)]
    closes.close(MAY, [fact for fact in known if fact.invoice_day <= MAY.last])
    known[0] = refund(known[0], "2010-06-02")
    assert anew(engine, closes.close(MAY.plus(1), known)) == {"s1", "s2"}


def test_a_tier_that_was_another_touches_what_its_partner_sold(engine: Duck, tmp_path: Path) -> None:
    closes = Closes(engine, tmp_path, Laws((terms(capped, tiers=("Registered", "Gold")),)))
    facts = sold_until(MAY.plus(1), "s1", "s2")
    partners = {"s1": recognized("2010-04-01"), "s2": recognized("2010-04-01", partner="p2")}
    facts = [replace(fact, partners=(partners[fact.subscription],)) for fact in facts]
    closes.close(MAY, facts)
    gold = replace(partners["s2"], tier="Gold")
    facts = [replace(fact, partners=(gold,)) if fact.subscription == "s2" else fact for fact in facts]
    assert anew(engine, closes.close(MAY.plus(1), facts)) == {"s2"}


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (replace(capped, needs=Needs(seats=10)), "Share asks for what a partner has sold in all, so"),
        (
            replace(capped, growth=Growth(Per(Scope.CUSTOMER, Period.YEAR))),
            "Share looks at all that was billed",
        ),
        (
            replace(capped, floor=Limit(Money(1, "USD"), Per(Scope.PARTNER, Period.YEAR))),
            "a whole program year",
        ),
        (replace(capped, floor=Limit(Money(1, "USD"), Per(Scope.PARTNER, Period.MONTH))), None),
        (replace(capped, cap=Limit(Money(1, "USD"), Per(Scope.LINE))), None),
        (
            replace(capped, cap=Limit(Money(1, "USD"), Per(Scope.LINE)), basis=Basis.COLLECTED),
            "Share adds up the payments for each line, so",
        ),
    ],
)
def test_what_looks_further_than_back_is_worked_out_in_whole(found: Clause, says: str | None) -> None:
    whole = always_whole(Laws((terms(found),)))
    assert (says is None and whole is None) or (says is not None and says in (whole or ""))


def test_everything_is_worked_out_when_a_version_is_new(engine: Duck, tmp_path: Path) -> None:
    first = terms(capped)
    closes = Closes(engine, tmp_path, Laws((first,)))
    closes.close(MAY, sold_until(MAY, "s1"))
    closes.laws = Laws((first, replace(terms(capped, sha="b"), effective=MAY.plus(1).first, version="2")))
    plan = closes.close(MAY.plus(1), sold_until(MAY.plus(1), "s1"))
    assert plan.whole == "The program has another version than at the last close."


@pytest.mark.parametrize(
    ("later", "says"),
    [
        ([("EUR", 5, 2), ("EUR", 6, 3)], None),
        ([("EUR", 5, 2), ("GBP", 5, 1)], None),
        ([("EUR", 5, 3)], "An exchange rate of an earlier month is another than at the last close."),
        (
            [("EUR", 4, 2), ("EUR", 5, 2)],
            "An exchange rate of an earlier month is another than at the last close.",
        ),
    ],
)
def test_everything_is_worked_out_when_an_earlier_rate_is_another(
    engine: Duck, tmp_path: Path, later: list[tuple[str, int, int]], says: str | None
) -> None:
    """Also where nobody wants another currency any more: what was due in one stays due in it."""

    def rates(told: list[tuple[str, int, int]]) -> list[RateFact]:
        return [RateFact(currency, date(2010, month, 3), Fraction(rate)) for currency, month, rate in told]

    closes = Closes(engine, tmp_path, Laws((terms(capped),)))
    closes.close(MAY, sold_until(MAY, "s1"), rates=rates([("EUR", 5, 2)]))
    plan = closes.close(MAY.plus(1), sold_until(MAY.plus(1), "s1"), rates=rates(later))
    assert plan.whole == says


@pytest.mark.parametrize(
    ("wanted", "later", "says"),
    [
        (
            {"acme": "EUR"},
            [("USD", 5, 2)],
            "An exchange rate of an earlier month is another than at the last close.",
        ),
        ({"acme": "EUR"}, [("USD", 6, 2)], None),
        ({"acme": "EUR"}, [("GBP", 5, 2)], None),
        ({}, [("USD", 5, 2)], None),
    ],
)
def test_lines_that_wait_for_the_first_rate_of_a_currency_are_worked_out_when_it_is_known(
    engine: Duck, tmp_path: Path, wanted: dict[str, str], later: list[tuple[str, int, int]], says: str | None
) -> None:
    rates = [
        RateFact(currency, date(2010, month, 31 if month == 5 else 30), Fraction(rate))
        for currency, month, rate in later
    ]
    closes = Closes(engine, tmp_path, Laws((terms(capped),)))
    closes.close(MAY, sold_until(MAY, "s1"), currencies=wanted)
    plan = closes.close(MAY.plus(1), sold_until(MAY.plus(1), "s1"), rates=rates, currencies=wanted)
    assert plan.whole == says


@pytest.mark.parametrize("shorter", [Period.MONTH, Period.QUARTER])
def test_periods_that_begin_on_one_day_are_added_up_apart(
    engine: Duck, tmp_path: Path, shorter: Period
) -> None:
    """The year, the quarter and the month of April begin on its first day; a later version counts over another one."""
    by_month, by_year = (
        clause("share", "10%", cap=Limit(Money(most, "USD"), Per(Scope.PARTNER, period)))
        for most, period in ((500_00, shorter), (100_00, Period.YEAR))
    )
    later = replace(terms(by_year, sha="b", year_from=(4, 1)), effective=date(2010, 4, 1), version="2")
    laws = Laws((terms(by_month, sha="a", year_from=(4, 1)), later))
    closes = Closes(engine, tmp_path, laws)
    facts = [
        sold(name, Month(2010, 4).plus(n), terms_sha256=sha * 64)
        for n in range(3)
        for name, sha in (("s1", "a"), ("s2", "b"))
    ]
    for n in range(3):
        month = Month(2010, 4).plus(n)
        plan = closes.close(month, [fact for fact in facts if fact.invoice_day <= month.last])
        assert plan.whole is None
    judged = judge(laws, History(facts), Month(2010, 6).last)
    paid = [(line.subscription, line.earned_minor, line.cap_used_minor) for line in judged]
    # 75.00 a month each: of the year's 100.00 only what the second version itself has paid is used up.
    assert [earned for name, earned, _ in paid if name == "s2"] == [75_00, 25_00, 0]
    assert [used for name, _, used in paid if name == "s2"] == [0, 75_00, 100_00]


class Metered:
    """An engine that says how many bytes its queries read from files."""

    def __init__(self, engine: Duck, folder: Path) -> None:
        self._engine, self._path = engine, folder / "profile.json"
        self.bytes = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def keep(self, table: ibis.Table) -> ibis.Table:
        self._engine.connection.execute("PRAGMA enable_profiling = 'json'")
        self._engine.connection.execute(f"SET profiling_output = '{self._path}'")
        found = self._engine.keep(table)
        self._engine.connection.execute("PRAGMA disable_profiling")
        self.bytes += json.loads(self._path.read_text())["io"]["total_bytes_read"]
        return found


def test_a_correction_reads_the_rows_of_its_subscription_and_not_the_others(
    engine: Duck, tmp_path: Path
) -> None:
    """Files of many groups of rows, sorted by subscription, as large ones are."""
    months = [Month(2010, 4).plus(n) for n in range(12)]
    before, size = _large(tmp_path, months, engine, None)
    now, _ = _large(tmp_path, [*months, months[-1].plus(1)], engine, "line-2010-06-00777")
    metered = Metered(engine, tmp_path)
    carried = engine.bring(SCHEMA.empty_table())
    plan = what_to_work_out(metered, Laws((terms(capped),)), before, now, carried)
    assert anew(engine, plan) == {"s-00777"}
    assert engine.fetch(plan.given.facts).num_rows == SOLD + 12
    assert 0 < metered.bytes < size / 8


SOLD = 20_000


def _large(root: Path, months: list[Month], engine: Duck, refunded: str | None) -> tuple[Snapshot, int]:
    """A snapshot of many subscriptions billed each month, and how many bytes its lines have."""
    kept, size = {}, 0
    for month in months:
        facts = engine.connection.sql(f"""
            select 'line-{month}-' || lpad(i::varchar, 5, '0') as invoice_line, sha256(i || '{month}') as invoice,
                   date '{month.last}' as invoice_day, 's-' || lpad(i::varchar, 5, '0') as subscription,
                   date '2010-04-01' as started_on, sha256('c' || i) as customer, 'business-suite' as offer,
                   'partner-of-record' as way, 'US' as region, '' as segment, 'USD' as currency, 50 as seats,
                   1500 as unit_price_minor, 75000 + hash(i) % 1000 as billed_minor,
                   date '{month.first}' as service_first, date '{month.plus(1).first}' as service_until,
                   '{"a" * 64}' as terms_sha256, null as list_minor, null as wholesale_minor, 50 as first_seats,
                   'new' as deal, 12 as commitment_months
              from range({SOLD}) rows(i) order by subscription""").to_arrow_table()
        credits = [
            {
                "id": "r",
                "invoice_line": line,
                "kind": "refund",
                "day": months[-1].first,
                "amount_minor": -100_00,
            }
            for line in (refunded,)
            if line is not None and f"-{month}-" in line
        ]
        tables = {"facts": facts.cast(FLAT["facts"]), "credits": table_of(FLAT["credits"], credits)}
        tables["receipts"] = FLAT["receipts"].empty_table()
        files = {kind: _kept_in_groups(folder_of(root, month), kind, rows) for kind, rows in tables.items()}
        kept[month] = MonthKept(files, SOLD, {}, ())
        size += (folder_of(root, month) / file_name("facts", files["facts"])).stat().st_size
    beside = {
        kind: keep_table(folder_of(root, months[-1]), kind, FLAT[kind].empty_table()).sha256 for kind in FLAT
    }
    beside[RATES] = keep_rates(root, months[-1], [])
    return Snapshot(root, Index(months[-1], kept, beside, (), {}, ("a" * 64,), {})), size


def _kept_in_groups(folder: Path, kind: str, rows: pa.Table) -> str:
    def write(path: Path) -> int:
        pq.write_table(rows, path, row_group_size=1_000, compression="zstd")
        return int(rows.num_rows)

    return keep_written(folder, kind, write).sha256
