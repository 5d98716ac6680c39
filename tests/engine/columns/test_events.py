"""What the columns make of lines, credits and payments is what the judge makes of them."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import ibis
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.generated import FIRST, histories, programs
from tests.support.in_columns import Columns, sales_of, sql_of, table
from tests.support.told import clause, terms

from ofrecord.engine.compiled.reaches import (
    NEVER,
    Extension,
    extensions,
    parse_chain,
    parse_stage,
    renews,
    stages_table,
    staying,
)
from ofrecord.engine.judging.events import Event, events_of, is_touched_late
from ofrecord.engine.judging.laws import Reach, reaches
from ofrecord.engine.steps.events import facts, late_lines, payment_events, sale_events, taken_back
from ofrecord.engine.types import BilledFact, Credit, Laws, Receipt
from ofrecord.program.clause_types import Applies
from ofrecord.program.types import CHARGEBACK, CREDIT_NOTE, REFUND, WON_BACK, WRITE_OFF, Payment, Terms

tried = settings(
    deadline=None,
    max_examples=int(os.environ.get("OFRECORD_GENERATED", "60")),
    suppress_health_check=[HealthCheck.too_slow],
)
COLUMNS = Columns()


@st.composite
def several_versions(draw: st.DrawFn, shas: str = "abc") -> Laws:
    """Versions that follow one another after some months."""
    found: list[Terms] = []
    months = 0
    for sha in shas:
        version = draw(programs(sha))
        payment = replace(
            version.payment,
            reduced_by=draw(st.sampled_from([Payment().reduced_by, (CHARGEBACK, REFUND), (WRITE_OFF,)])),
        )
        if draw(st.booleans()):
            ending = replace(version.clauses[0], applies=Applies.UNTIL_RENEWAL)
            version = replace(version, clauses=(ending, *version.clauses[1:]))
        version = replace(
            version,
            payment=payment,
            version=str(len(found) + 1),
            last_day_included=draw(st.booleans()),
            segments=draw(st.sampled_from([("Small", "Large"), ("Large",)])),
            offers=tuple(replace(offer, family="suites") for offer in version.offers),
        )
        found.append(replace(version, effective=FIRST.plus(months).first) if found else version)
        months += draw(st.integers(1, 4))
    return Laws(tuple(found))


laws_and_histories = st.sampled_from(["a", "ab", "abc"]).flatmap(
    lambda shas: st.tuples(several_versions(shas), histories(shas))
)


@st.composite
def won_back(draw: st.DrawFn) -> tuple[list[Credit], list[Receipt]]:
    """Credits and payments of one line in any order, with chargebacks that were won back."""
    days = st.integers(0, 40).map(lambda n: date(2009, 5, 1 + n % 28))
    kinds = st.sampled_from([REFUND, CREDIT_NOTE, CHARGEBACK, CHARGEBACK, WON_BACK, WON_BACK, WRITE_OFF])
    credits = draw(st.lists(st.tuples(kinds, days, st.integers(1, 40_00)), max_size=6))
    receipts = draw(st.lists(st.tuples(days, st.integers(-20_00, 90_00)), max_size=4))
    return (
        [
            Credit(f"c{n}", kind, day, minor if kind == WON_BACK else -minor)
            for n, (kind, day, minor) in enumerate(credits)
        ],
        [Receipt(f"r{n}", day, minor) for n, (day, minor) in enumerate(receipts) if minor],
    )


def _facts(extensions: tuple[Extension, ...], through: date, *, is_staged: bool) -> ibis.Table:
    dimensions = (table("facts"), table("versions"), table("offers"))
    return facts(*dimensions, table("stages") if is_staged else None, extensions, through=through)


def _taking(through: date, *, is_staged: bool) -> tuple[ibis.Table, ...]:
    names = ("credits", "receipts", "versions", "reducing")
    return (_facts((), through, is_staged=is_staged), *map(table, names))


@cache
def events_sql(through: date, *, is_staged: bool, lenient: bool) -> str:
    taking = _taking(through, is_staged=is_staged)
    taken = taken_back(*taking, through=through, lenient=lenient)
    paid = payment_events(taking[0], table("receipts"), taken, through)
    return sql_of(sale_events(taking[0], taken).union(paid))


@cache
def late_sql(through: date, *, is_staged: bool) -> str:
    return sql_of(late_lines(*_taking(through, is_staged=is_staged), through=through))


def told(event: Event) -> tuple[Any, ...]:
    fact = event.fact
    return (
        *(event.source, event.id, event.day, fact.invoice_line, event.gross_minor, event.net_minor),
        *(event.credited_on, event.facts),
    )


def found(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("source", "event", "event_day", "invoice_line", "gross_minor", "net_minor", "credited_on")
    return (*(row[name] for name in names), tuple(row["facts"]))


def assert_same(laws: Laws, history: Sequence[BilledFact], through: date) -> None:
    COLUMNS.hold(laws, history)
    is_staged = renews(laws)
    own = {fact.invoice_line: laws.by_sha[fact.terms_sha256] for fact in history}
    for lenient in (False, True):
        judged = [
            told(event)
            for fact in history
            for event in events_of(fact, own[fact.invoice_line], through, lenient)
        ]
        rows = COLUMNS.rows(events_sql(through, is_staged=is_staged, lenient=lenient))
        assert Counter(map(found, rows)) == Counter(judged)
    late = {
        fact.invoice_line
        for fact in history
        if fact.invoice_day <= through and is_touched_late(fact, own[fact.invoice_line], through)
    }
    rows = COLUMNS.rows(late_sql(through, is_staged=is_staged))
    assert sorted(row["invoice_line"] for row in rows) == sorted(late)


@tried
@given(laws_and_histories, st.sampled_from([FIRST.plus(months).last for months in (0, 3, 6, 18)]))
def test_events_are_those_of_the_judge(pair: tuple[Laws, list[BilledFact]], through: date) -> None:
    assert_same(*pair, through)


@tried
@given(several_versions("a"), histories(), won_back(), st.integers(0, 30))
def test_events_are_those_of_the_judge_whatever_is_won_back(
    laws: Laws, history: list[BilledFact], of_line: tuple[list[Credit], list[Receipt]], window: int
) -> None:
    credits, receipts = map(tuple, of_line)
    one = replace(history[0], invoice_day=date(2009, 5, 1), credits=credits, receipts=receipts)
    payment = replace(laws.versions[0].payment, claw_window=window)
    for through in (date(2009, 5, 15), date(2009, 6, 30)):
        assert_same(Laws((replace(laws.versions[0], payment=payment),)), [one, *history[1:]], through)


@settings(tried, max_examples=30)
@given(laws_and_histories)
def test_facts_say_which_version_reaches_all_sales_on_the_day_of_the_invoice(
    pair: tuple[Laws, list[BilledFact]],
) -> None:
    laws, history = pair
    COLUMNS.hold(laws, history)
    asked = _facts(extensions(laws), date(2011, 1, 1), is_staged=renews(laws))
    rows = {row["invoice_line"]: row for row in COLUMNS.rows(sql_of(asked))}
    assert len(rows) == len(history)
    chains = {row["chain"] for row in stages_table(laws, sales_of(history)).to_pylist()}
    for fact in history:
        row, own, now = (
            rows[fact.invoice_line],
            laws.by_sha[fact.terms_sha256],
            laws.in_force(fact.invoice_day),
        )
        extended = now is not None and now != own and any(c.applies is Applies.ALL for c in now.clauses)
        assert row["now_sha256"] == (now.sha256 if now is not None and extended else "")
        assert row["segment"] == (fact.segment or own.segments[0])
        assert row["family"] == "suites"
        assert row["billed_minor"] == fact.billed_minor
        assert row["chain"] in chains
        assert row["chain"].startswith(fact.terms_sha256)


def heard_on(laws: Laws, stage: str) -> list[Any]:
    """The clauses of a stage, version by version, as they are heard."""
    return [
        staying(laws.by_sha[sha256]) if stays else laws.by_sha[sha256].clauses
        for sha256, stays in parse_stage(stage)
    ]


@tried
@given(laws_and_histories)
def test_stages_are_the_reaches_of_the_judge(pair: tuple[Laws, list[BilledFact]]) -> None:
    laws, history = pair
    rows = stages_table(laws, sales_of(history)).to_pylist()
    for fact in history:
        mine = [
            row
            for row in rows
            if (row["terms_sha256"], row["started_on"], row["commitment_months"])
            == (fact.terms_sha256, fact.started_on, fact.commitment_months)
        ]
        own = _own_reaches(laws, fact)
        for row in mine:
            for day in (row["first"], row["until"] - timedelta(days=1)):
                assert heard_on(laws, row["stage"]) == [r.clauses for r in own if r.span.has(day)]
        assert mine[0]["first"] == date.min
        assert mine[-1]["until"] == NEVER
        assert [row["first"] for row in mine[1:]] == [row["until"] for row in mine[:-1]]
        assert {*parse_chain(mine[0]["chain"])} == {reach.terms.sha256 for reach in own}
        if not renews(laws):
            assert [(row["chain"], row["stage"]) for row in mine] == [(fact.terms_sha256,) * 2]


def _own_reaches(laws: Laws, fact: BilledFact) -> list[Reach]:
    """Those of the judge without what the version in force says to all sales, which comes first."""
    found = reaches(laws, fact)
    return [*(found if found[0].terms.sha256 == fact.terms_sha256 else found[1:])]


def test_the_later_of_two_versions_with_the_same_day_is_in_force() -> None:
    everywhere = clause("everywhere", "5%", applies=Applies.ALL)
    first, second, third = (
        terms(everywhere, sha=sha, effective=day)
        for sha, day in (("a", date(2009, 1, 1)), ("b", date(2009, 5, 1)), ("c", date(2009, 5, 1)))
    )
    assert extensions(Laws((first, second, third))) == (
        Extension(first.sha256, date(2009, 1, 1), date(2009, 5, 1)),
        Extension(third.sha256, date(2009, 5, 1), NEVER),
    )


@pytest.mark.parametrize("lenient", [False, True])
def test_events_can_be_said_to_spark(lenient: bool) -> None:
    through = date(2010, 1, 1)
    taking = _taking(through, is_staged=True)
    taken = taken_back(*taking, through=through, lenient=lenient)
    paid = payment_events(taking[0], table("receipts"), taken, through)
    assert "SELECT" in ibis.to_sql(sale_events(taking[0], taken).union(paid), dialect="pyspark")
    assert "SELECT" in ibis.to_sql(late_lines(*taking, through=through), dialect="pyspark")
