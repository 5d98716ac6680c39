"""All fee lines of all months from a snapshot, in columns: the same lines as the judge's.

The steps follow one another as in a settlement by hand: what was billed and paid, cut into pieces, with who is
recognized on each; which clauses claim them; what each comes to, within caps and floors; divided and written down.
Each step has a name and can be looked at. What no clause of the laws asks for is left out.
"""

from dataclasses import dataclass, replace
from datetime import date

import ibis
import pyarrow as pa

from ofrecord.engine.compiled.cited import Cited, cited_of, no_clause_key
from ofrecord.engine.compiled.clauses import (
    GROWTH,
    REACHED,
    clause_table,
    is_late_possible,
    needs_clauses,
    numbered,
    pays_collected,
)
from ofrecord.engine.compiled.decisions import decide, pool_claims
from ofrecord.engine.compiled.pools import pools_table
from ofrecord.engine.compiled.profiles import asked_of, profile_columns, profiled
from ofrecord.engine.compiled.uses import depths
from ofrecord.engine.given import Given, Say, Since, Steps, silent
from ofrecord.engine.ground import Ground, billed, ground, is_late, taken_back
from ofrecord.engine.running.engine import Engine
from ofrecord.engine.steps import cases as case_steps
from ofrecord.engine.steps import events as event_steps
from ofrecord.engine.steps import pieces as piece_steps
from ofrecord.engine.steps import totals
from ofrecord.engine.steps.amounts import with_amounts
from ofrecord.engine.steps.claims import claims
from ofrecord.engine.steps.limits import Caps, with_used
from ofrecord.engine.steps.lines import Written
from ofrecord.engine.steps.narrow import Narrow
from ofrecord.engine.steps.once import with_once
from ofrecord.engine.steps.payees import grouped
from ofrecord.engine.steps.periods import top_ups
from ofrecord.engine.steps.pools import pool_lines
from ofrecord.engine.steps.reckon import reckon, with_fees
from ofrecord.engine.steps.retained import retaining
from ofrecord.engine.steps.sold import met, sold
from ofrecord.engine.types import SALE, Laws


def earned(
    engine: Engine,
    given: Given,
    laws: Laws,
    through: date,
    say: Say = silent,
    *,
    since: Since | None = None,
    whole: Given | None = None,
) -> Steps:
    """The steps up to "lines", what every partner earned up to and with the day: EARNED, in no order.

    `say` is told what is worked out before the lines are asked for. With `since` they are what is new, and what is
    worked out anew; the facts given need not be others. Of a portion `whole` is all that is given: the rows of all
    portions have the same columns then, and are widened in the same way.
    """
    steps = Steps(engine, given, laws, through, say, since, whole)
    lines = billed(steps)
    rests_on = ground(steps, lines)
    strict, narrow = _reading(steps, rests_on, lenient=False)
    if is_late(steps, lines):
        kept, _ = _reading(steps, rests_on, lenient=True)
        strict, narrow = retaining(strict, kept), None
    steps.step("lines", strict)
    steps.narrow = narrow
    return steps


def anything_late(engine: Engine, given: Given, laws: Laws, through: date) -> bool:
    """Whether anything was taken back after a claw window: then lines are made of two readings."""
    steps = Steps(engine, given, laws, through)
    return is_late_possible(laws) and is_late(steps, billed(steps))


def _reading(steps: Steps, ground: Ground, *, lenient: bool) -> tuple[ibis.Table, Narrow | None]:
    """All lines of one reading, and what they are widened from if all of them are made of claims.

    A lenient reading leaves out what was taken back after the claw window.
    """
    name = "{} (lenient)" if lenient else "{}"
    given, laws, uses = steps.given, steps.laws, ground.uses
    lines = ground.billed
    taken = taken_back(steps, lines, lenient=True) if lenient else ground.taken
    sales = events = steps.engine.view(event_steps.sale_events(lines.facts, taken))
    if pays_collected(laws):
        paid = event_steps.payment_events(lines.facts, given.receipts, taken, steps.through)
        events = ibis.union(sales, paid, distinct=False)
    if steps.since is not None:
        events = steps.engine.view(steps.since.left(events))
    steps.step(name.format("events"), events)
    pieces = steps.step(
        name.format("pieces"),
        piece_steps.pieces(events, ground.divided, ground.cutting, lines.stages, ground.lengths),
    )
    found = case_steps.cases(
        pieces,
        given.recognitions,
        ground.tiers,
        {terms.sha256: terms.tiers[0] if terms.tiers else "" for terms in laws.versions},
        ground.cutting if uses.former_partners else None,
    )
    needing = needs_clauses(laws)
    if needing:
        found = met(found, steps.step(name.format("sold"), sold(sales, given.recognitions)), sales, needing)
    found = steps.step(name.format("cases"), steps.engine.view(found))
    claimed = _claims(steps, ground, found, name)
    measured = _with_measures(steps, ground, claimed.table, found, events)
    narrow = _fee_lines(steps, ground, measured, claimed)
    written = steps.step(name.format("fee lines"), narrow.widen(narrow.table))
    every = _with_periods(steps, ground, written, found, name)
    return every, narrow if every is written else None


@dataclass(frozen=True, slots=True)
class _Claimed:
    """The claims, what they cite, and whether all of them are of one role."""

    table: ibis.Table
    cited: Cited
    one_role: bool


def _claims(steps: Steps, ground: Ground, cases: ibis.Table, name: str) -> _Claimed:
    """The clauses that claim each case, worked out once for each combination of facts that occurs."""
    asked = asked_of(steps.laws)
    columns = profile_columns(asked)
    found = steps.engine.view(profiled(cases, asked))
    steps.say("Finding which combinations of facts occur")
    profiles = steps.engine.fetch(found.select(*columns).distinct())
    decided, cited = _with_cited(steps, decide(steps.laws, asked, profiles))
    decisions = steps.step(name.format("decisions"), steps.engine.bring(decided))
    claimed = claims(found, columns, decisions, cited)
    claimed = claimed if ground.splits is None else grouped(claimed, ground.splits)
    claimed = steps.step(name.format("claims"), with_amounts(claimed, ground.uses.bases))
    return _Claimed(claimed, cited, one_role=len(decided.column("role").unique()) == 1)


def _with_cited(steps: Steps, decided: pa.Table) -> tuple[pa.Table, Cited]:
    """The decisions with a number of its own for "no clause holds", by the version of the sale; and what they cite."""
    laws = steps.laws
    law_of = {terms.sha256: law for law, terms in enumerate(laws.versions)}
    own = decided.column("terms_sha256").to_pylist() if "terms_sha256" in decided.column_names else None
    keys = [
        no_clause_key(law_of[own[place]] if own else 0) if key is None else key
        for place, key in enumerate(decided.column("clause_key").to_pylist())
    ]
    # In another portion other clauses may pay.
    cited = cited_of(laws, keys if steps.whole is None else None)
    place = decided.column_names.index("clause_key")
    decided = decided.set_column(place, "clause_key", pa.array(keys, pa.int32()))
    places = pa.array([cited.places[key] for key in keys], pa.int32())
    return decided.append_column("cited_at", places), cited


def _with_measures(
    steps: Steps, ground: Ground, claimed: ibis.Table, cases: ibis.Table, events: ibis.Table
) -> ibis.Table:
    """What whole-amount bands, growth and what is paid once look at, where any clause asks for it."""
    found, uses = claimed, ground.uses
    if REACHED in uses.kinds:
        found = totals.with_reached(found, totals.reached(found, uses.measures))
    if GROWTH in uses.kinds:
        growing = [
            (each.key, each.terms, each.clause)
            for each in numbered(steps.laws)
            if each.clause.growth is not None
        ]
        found = totals.with_baselines(found, totals.baselines(cases, growing))
    return with_once(found, events, steps.carried) if uses.once else found


def _fee_lines(steps: Steps, ground: Ground, claims: ibis.Table, of: _Claimed) -> Narrow:
    """The lines of all claims: those on other clauses' fees after those."""
    uses, sales_only = ground.uses, not pays_collected(steps.laws)
    counted = {
        what: replace(each, shares=ground.splits is not None, sales_only=sales_only, one_role=of.one_role)
        for what, each in (("cap", uses.caps), ("bands", uses.bands), ("growth", uses.growth))
        if each is not None
    }
    caps = Caps(counted["cap"], ground.negative, uses.caps_vary, steps.carried) if "cap" in counted else None
    floors = uses.line_floors
    written = Written(of.cited, uses.kinds, uses.bases, caps is not None, floors, sales_only)

    def reckoned(some: ibis.Table) -> Narrow:
        found = with_used(reckon(some, uses.kinds, counted, steps.carried), caps, has_floors=floors)
        return Narrow(found, written.lines, written.key, written.order)

    every = [*depths(steps.laws)]
    if len(every) == 1:
        return reckoned(claims)
    claims = steps.engine.keep(claims)
    levels: list[ibis.Table] = []
    for depth in every:
        found = claims.filter(claims.depth == depth)
        found = with_fees(found, [written.whole(each) for each in levels]) if levels else found
        # Every later level reads all earlier ones.
        levels.append(steps.engine.keep(reckoned(found).of("piece", "payee", "payees")))
    names = [name for name in levels[0].columns if all(name in each.columns for each in levels)]
    union = ibis.union(*(each.select(names) for each in levels), distinct=False)
    return Narrow(union, written.lines, written.key, written.order)


def _with_periods(
    steps: Steps, ground: Ground, written: ibis.Table, cases: ibis.Table, name: str
) -> ibis.Table:
    """The lines with those that rest on a whole period: floors that were not reached, and pools that are shared."""
    found, laws, engine = [written], steps.laws, steps.engine
    if ground.uses.period_floors:
        clauses = engine.bring(clause_table(laws))
        topped = top_ups(written, clauses, steps.through)
        found.append(steps.step(name.format("top-ups"), topped.mutate(retained_minor=topped.earned_minor)))
    pools = pools_table(laws, steps.given.pools, steps.through)
    if pools.num_rows:
        asked = asked_of(laws)
        columns = profile_columns(asked)
        sold = profiled(cases.filter(cases.source == SALE, cases.net_minor > 0), asked)
        claiming = pool_claims(laws, asked, engine.fetch(sold.select(*columns).distinct()))
        claimed = sold.inner_join(engine.bring(claiming), list(columns))
        claimed = claimed.select(*cases.columns, "clause_key")
        pooled = pool_lines(claimed, engine.bring(pools))
        found.append(steps.step(name.format("pools"), pooled.mutate(retained_minor=pooled.earned_minor)))
    return ibis.union(*found, distinct=False) if len(found) > 1 else found[0]
