"""All fee lines of all months from a snapshot, in columns: the same lines as the judge's.

The steps follow one another as in a settlement by hand: what was billed and paid, cut into pieces, with who is
recognized on each; which clauses claim them; what each comes to, within caps and floors; divided and written down.
Each step has a name and can be looked at. What no clause of the laws asks for is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Protocol

import ibis
import pyarrow as pa

from ofrecord.engine.compiled import reaches
from ofrecord.engine.compiled.cited import Cited, cited_of, no_clause_key
from ofrecord.engine.compiled.clauses import (
    GROWTH,
    REACHED,
    clause_table,
    is_late_possible,
    needs_clauses,
    numbered,
    pays_collected,
    splits_table,
    uses_shares,
)
from ofrecord.engine.compiled.decisions import asked_of, decide, pool_claims, profile_columns, profiled
from ofrecord.engine.compiled.lengths import lengths_table, time_zones
from ofrecord.engine.compiled.pools import pools_table
from ofrecord.engine.compiled.uses import Uses, depths
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
from ofrecord.engine.types import SALE, Laws, PoolFact

KIND: Final = ("chain", "now_sha256")


class Engine(Protocol):
    """Where steps are carried out."""

    def bring(self, table: pa.Table) -> ibis.Table:
        """A small table from Python."""

    def view(self, table: ibis.Table) -> ibis.Table:
        """The table under a name, worked out anew by each step that reads it."""

    def keep(self, table: ibis.Table) -> ibis.Table:
        """The table worked out now, for steps that read it several times."""

    def fetch(self, table: ibis.Table) -> pa.Table:
        """The rows of a small table."""


Say = Callable[[str], None]


def _silent(says: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Given:
    """A snapshot's tables, of the shapes of `flat.FLAT`, and the pools beside them."""

    facts: ibis.Table
    credits: ibis.Table
    receipts: ibis.Table
    recognitions: ibis.Table
    tiers: ibis.Table
    pools: Sequence[PoolFact] = ()


@dataclass(frozen=True, slots=True)
class Since:
    """What was worked out before: events up to and with the day, but for what is worked out `anew`.

    These are lines or subscriptions, as its one column says. `carried` says what of caps and bands the others had used
    up by then, as `carried.CARRIED`.
    """

    day: date
    anew: ibis.Table
    carried: ibis.Table

    @property
    def by(self) -> str:
        return str(self.anew.columns[0])

    def left(self, events: ibis.Table) -> ibis.Table:
        """The events that are to be worked out."""
        anew = self.anew.select(anew=self.by)
        found = events.left_join(anew, events[self.by] == anew.anew)
        return found.filter((found.event_day > self.day) | found.anew.notnull()).select(*events.columns)


@dataclass(slots=True)
class Steps:
    """The steps of one computation by their names, in their order; nothing is worked out before it is asked for.

    `narrow` is the step "lines" before its working is written down; None where some lines are made in another way.
    """

    engine: Engine
    given: Given
    laws: Laws
    through: date
    say: Say = _silent
    since: Since | None = None
    named: dict[str, ibis.Table] = field(default_factory=dict)
    narrow: Narrow | None = None

    @property
    def carried(self) -> ibis.Table | None:
        return None if self.since is None else self.since.carried

    def step(self, name: str, table: ibis.Table) -> ibis.Table:
        self.named[name] = table
        return table


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a strict and a lenient reading have in common: the lines, how they are cut, and what was brought along."""

    uses: Uses
    facts: ibis.Table
    versions: ibis.Table
    reducing: ibis.Table
    cutting: ibis.Table
    divided: ibis.Table
    stages: ibis.Table | None
    lengths: ibis.Table | None
    tiers: ibis.Table
    splits: ibis.Table | None
    taken: ibis.Table
    negative: bool


def earned(
    engine: Engine,
    given: Given,
    laws: Laws,
    through: date,
    say: Say = _silent,
    *,
    since: Since | None = None,
) -> Steps:
    """The steps up to "lines", what every partner earned up to and with the day: EARNED, in no order.

    `say` is told what is worked out before the lines are asked for. With `since` they are what is new, and what is
    worked out anew; the facts given need not be others.
    """
    steps = Steps(engine, given, laws, through, say, since)
    ground = _ground(steps)
    strict, narrow = _reading(steps, ground, lenient=False)
    if _is_late(steps, ground):
        kept, _ = _reading(steps, ground, lenient=True)
        strict, narrow = retaining(strict, kept), None
    steps.step("lines", strict)
    steps.narrow = narrow
    return steps


def _is_late(steps: Steps, ground: _Ground) -> bool:
    """Whether anything was taken back after a claw window."""
    if not is_late_possible(steps.laws):
        return False
    given = steps.given
    late = event_steps.late_lines(
        ground.facts, given.credits, given.receipts, ground.versions, ground.reducing, through=steps.through
    )
    return bool(steps.engine.fetch(steps.step("late lines", late).limit(1)).num_rows)


def _ground(steps: Steps) -> _Ground:
    engine, given, laws = steps.engine, steps.given, steps.laws
    uses = Uses(laws)
    versions, reducing = (
        engine.bring(reaches.versions_table(laws)),
        engine.bring(reaches.reducing_table(laws)),
    )
    stages, kinds = _stages(steps)
    facts = event_steps.facts(
        given.facts,
        versions,
        engine.bring(reaches.offers_table(laws)),
        stages,
        reaches.extensions(laws),
        through=steps.through,
    )
    facts = engine.view(steps.step("facts", facts))
    cutting = engine.bring(reaches.cutting_table(laws, kinds))
    lengths = _lengths(steps, facts)
    designations = engine.bring(reaches.designations_table(laws, kinds)) if uses.designations else None
    divided = piece_steps.divided(
        facts, given.recognitions, cutting, stages, lengths, designations=designations
    )
    divided = engine.keep(steps.step("divided lines", divided))
    taken = _taken_back(steps, facts, versions, reducing, lenient=False)
    shares = uses_shares(laws) or _any(
        engine, given.recognitions.filter(given.recognitions.share_numerator.notnull())
    )
    return _Ground(
        uses=uses,
        facts=facts,
        versions=versions,
        reducing=reducing,
        cutting=cutting,
        divided=divided,
        stages=stages,
        lengths=lengths,
        tiers=engine.keep(case_steps.tier_days(facts, given.tiers)),
        splits=engine.bring(splits_table(laws)) if shares else None,
        taken=taken,
        negative=uses.caps is not None and _is_negative(steps, facts, taken),
    )


def _any(engine: Engine, table: ibis.Table) -> bool:
    return bool(engine.fetch(table.limit(1)).num_rows)


def _taken_back(
    steps: Steps, facts: ibis.Table, versions: ibis.Table, reducing: ibis.Table, *, lenient: bool
) -> ibis.Table:
    given = steps.given
    found = event_steps.taken_back(
        facts, given.credits, given.receipts, versions, reducing, through=steps.through, lenient=lenient
    )
    return steps.engine.keep(steps.step("taken back (lenient)" if lenient else "taken back", found))


def _is_negative(steps: Steps, facts: ibis.Table, taken: ibis.Table) -> bool:
    """Whether more was taken back of a line than was billed, or less than nothing billed."""
    left = taken.join(facts, "invoice_line")
    return _any(steps.engine, facts.filter(facts.billed_minor < 0).select("invoice_line")) or _any(
        steps.engine, left.filter(left.billed_minor + left.credited_minor < 0).select("invoice_line")
    )


def _stages(steps: Steps) -> tuple[ibis.Table | None, pa.Table]:
    """The stages of all sales, if any is ever renewed under another version, and the kinds of line."""
    laws, facts = steps.laws, steps.given.facts
    chains = [terms.sha256 for terms in laws.versions]
    found = None
    if reaches.renews(laws):
        sales = facts.filter(facts.invoice_day <= steps.through)
        sales = sales.select("terms_sha256", "started_on", "commitment_months").distinct()
        stages = reaches.stages_table(laws, steps.engine.fetch(sales))
        chains = sorted(set(stages.column("chain").to_pylist()))
        found = steps.engine.bring(stages)
    nows = ["", *(each.terms_sha256 for each in reaches.extensions(laws))]
    kinds = [{"chain": chain, "now_sha256": now} for chain in chains for now in nows]
    return found, pa.Table.from_pylist(
        kinds, pa.schema([("chain", pa.string()), ("now_sha256", pa.string())])
    )


def _lengths(steps: Steps, facts: ibis.Table) -> ibis.Table | None:
    """When each day of the lines begins, where a version divides by seconds."""
    if not time_zones(steps.laws):
        return None
    days = facts.aggregate(first=facts.service_first.min(), last=facts.service_until.max())
    (row,) = steps.engine.fetch(days).to_pylist()
    first, last = row["first"] or steps.through, row["last"] or steps.through
    return steps.engine.bring(lengths_table(steps.laws, first, last))


def _reading(steps: Steps, ground: _Ground, *, lenient: bool) -> tuple[ibis.Table, Narrow | None]:
    """All lines of one reading, and what they are widened from if all of them are made of claims.

    A lenient reading leaves out what was taken back after the claw window.
    """
    name = "{} (lenient)" if lenient else "{}"
    given, laws, uses = steps.given, steps.laws, ground.uses
    taken = ground.taken
    if lenient:
        taken = _taken_back(steps, ground.facts, ground.versions, ground.reducing, lenient=True)
    sales = events = steps.engine.view(event_steps.sale_events(ground.facts, taken))
    if pays_collected(laws):
        paid = event_steps.payment_events(ground.facts, given.receipts, taken, steps.through)
        events = ibis.union(sales, paid, distinct=False)
    if steps.since is not None:
        events = steps.engine.view(steps.since.left(events))
    steps.step(name.format("events"), events)
    pieces = steps.step(
        name.format("pieces"),
        piece_steps.pieces(events, ground.divided, ground.cutting, ground.stages, ground.lengths),
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
    steps.step(name.format("cases"), found)
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


def _claims(steps: Steps, ground: _Ground, cases: ibis.Table, name: str) -> _Claimed:
    """The clauses that claim each case, worked out once for each combination of facts that occurs."""
    asked = asked_of(steps.laws)
    columns = profile_columns(asked)
    found = steps.engine.view(profiled(cases, asked))
    steps.say("Finding which combinations of facts occur")
    profiles = steps.engine.fetch(found.select(*columns).distinct())
    decided, cited = _with_cited(steps.laws, decide(steps.laws, asked, profiles))
    decisions = steps.step(name.format("decisions"), steps.engine.bring(decided))
    claimed = claims(found, columns, decisions, cited)
    claimed = claimed if ground.splits is None else grouped(claimed, ground.splits)
    claimed = steps.step(name.format("claims"), with_amounts(claimed, ground.uses.bases))
    return _Claimed(claimed, cited, one_role=len(decided.column("role").unique()) == 1)


def _with_cited(laws: Laws, decided: pa.Table) -> tuple[pa.Table, Cited]:
    """The decisions with a number of its own for "no clause holds", by the version of the sale; and what they cite."""
    law_of = {terms.sha256: law for law, terms in enumerate(laws.versions)}
    own = decided.column("terms_sha256").to_pylist() if "terms_sha256" in decided.column_names else None
    keys = [
        no_clause_key(law_of[own[place]] if own else 0) if key is None else key
        for place, key in enumerate(decided.column("clause_key").to_pylist())
    ]
    cited = cited_of(laws, keys)
    place = decided.column_names.index("clause_key")
    decided = decided.set_column(place, "clause_key", pa.array(keys, pa.int32()))
    places = pa.array([cited.places[key] for key in keys], pa.int32())
    return decided.append_column("cited_at", places), cited


def _with_measures(
    steps: Steps, ground: _Ground, claimed: ibis.Table, cases: ibis.Table, events: ibis.Table
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


def _fee_lines(steps: Steps, ground: _Ground, claims: ibis.Table, of: _Claimed) -> Narrow:
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
    steps: Steps, ground: _Ground, written: ibis.Table, cases: ibis.Table, name: str
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
