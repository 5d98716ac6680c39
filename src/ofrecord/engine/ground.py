"""What all fee lines rest on: what was billed and taken back, how lines are cut, and what the laws bring along."""

from dataclasses import dataclass

import ibis
import pyarrow as pa

from ofrecord.engine.compiled import reaches
from ofrecord.engine.compiled.clauses import is_late_possible, splits_table, uses_shares
from ofrecord.engine.compiled.lengths import lengths_table, time_zones
from ofrecord.engine.compiled.uses import Uses
from ofrecord.engine.given import Steps
from ofrecord.engine.running.engine import Engine
from ofrecord.engine.steps import cases as case_steps
from ofrecord.engine.steps import events as event_steps
from ofrecord.engine.steps import pieces as piece_steps


@dataclass(frozen=True, slots=True)
class Billed:
    """What was billed, with what its versions make of it, and what the laws say of all lines."""

    facts: ibis.Table
    versions: ibis.Table
    reducing: ibis.Table
    stages: ibis.Table | None
    # What is brought along of each of them: chain, now_sha256.
    kinds: pa.Table


@dataclass(frozen=True, slots=True)
class Ground:
    """What a strict and a lenient reading have in common: the lines, how they are cut, and what was brought along."""

    uses: Uses
    billed: Billed
    cutting: ibis.Table
    divided: ibis.Table
    lengths: ibis.Table | None
    tiers: ibis.Table
    splits: ibis.Table | None
    taken: ibis.Table
    negative: bool


def billed(steps: Steps) -> Billed:
    """The lines, for all readings."""
    engine, laws = steps.engine, steps.laws
    versions = engine.bring(reaches.versions_table(laws))
    stages, kinds = _stages(steps)
    facts = event_steps.facts(
        steps.given.facts,
        versions,
        engine.bring(reaches.offers_table(laws)),
        stages,
        reaches.extensions(laws),
        through=steps.through,
    )
    return Billed(
        facts=engine.view(steps.step("facts", facts)),
        versions=versions,
        reducing=engine.bring(reaches.reducing_table(laws)),
        stages=stages,
        kinds=kinds,
    )


def ground(steps: Steps, of: Billed) -> Ground:
    """What the lines rest on, worked out once for all readings."""
    engine, given, laws = steps.engine, steps.given, steps.laws
    uses, facts = Uses(laws), of.facts
    cutting = engine.bring(reaches.cutting_table(laws, of.kinds))
    lengths = _lengths(steps, facts)
    designations = engine.bring(reaches.designations_table(laws, of.kinds)) if uses.designations else None
    divided = piece_steps.divided(
        facts, given.recognitions, cutting, of.stages, lengths, designations=designations
    )
    divided = engine.keep(steps.step("divided lines", divided))
    taken = taken_back(steps, of, lenient=False)
    return Ground(
        uses=uses,
        billed=of,
        cutting=cutting,
        divided=divided,
        lengths=lengths,
        tiers=engine.keep(case_steps.tier_days(facts, given.tiers)),
        splits=engine.bring(splits_table(laws)) if _shares(steps) else None,
        taken=taken,
        negative=uses.caps is not None and _is_negative(steps, facts, taken),
    )


def is_late(steps: Steps, of: Billed) -> bool:
    """Whether anything was taken back after a claw window."""
    if not is_late_possible(steps.laws):
        return False
    given = steps.given
    late = event_steps.late_lines(
        of.facts, given.credits, given.receipts, of.versions, of.reducing, through=steps.through
    )
    return _any(steps.engine, steps.step("late lines", late))


def taken_back(steps: Steps, of: Billed, *, lenient: bool) -> ibis.Table:
    """What was taken back of each line; a lenient reading leaves out what was after the claw window."""
    given = steps.given
    found = event_steps.taken_back(
        of.facts,
        given.credits,
        given.receipts,
        of.versions,
        of.reducing,
        through=steps.through,
        lenient=lenient,
    )
    return steps.engine.keep(steps.step("taken back (lenient)" if lenient else "taken back", found))


def _shares(steps: Steps) -> bool:
    """Whether several may share one piece: as the laws say, or as it is recorded of anyone."""
    recognitions = (steps.whole or steps.given).recognitions
    return uses_shares(steps.laws) or _any(
        steps.engine, recognitions.filter(recognitions.share_numerator.notnull())
    )


def _any(engine: Engine, table: ibis.Table) -> bool:
    return bool(engine.fetch(table.limit(1)).num_rows)


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
