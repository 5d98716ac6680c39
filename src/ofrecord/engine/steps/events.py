"""What was billed and paid, with what is left of it after all that was taken back: the events that can earn a fee."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import ibis

from ofrecord.engine.compiled.reaches import NEVER, Extension
from ofrecord.engine.exact.functions import WIDE, add_days, no_items, total
from ofrecord.engine.steps.shapes import EVENT, FACT, MINOR, shaped
from ofrecord.engine.types import PAYMENT, SALE
from ofrecord.program.types import CHARGEBACK, WON_BACK

_SALE_KEY: Final = ("terms_sha256", "started_on", "commitment_months")


def facts(
    billed: ibis.Table,
    versions: ibis.Table,
    offers: ibis.Table,
    stages: ibis.Table | None,
    extensions: Sequence[Extension],
    *,
    through: date,
) -> ibis.Table:
    """The lines that were billed up to and with the day, each with what its own version makes of it: FACT.

    Without `stages` no sale is ever renewed under another version.
    """
    known = billed.filter(billed.invoice_day <= through)
    own = versions.select(of_terms="terms_sha256", first_segment="first_segment")
    listed = offers.select(offered_under="terms_sha256", offered="offer", family="family")
    found = known.left_join(own, known.terms_sha256 == own.of_terms)
    found = found.left_join(
        listed, [found.terms_sha256 == listed.offered_under, found.offer == listed.offered]
    )
    found = found.mutate(
        segment=(found.segment == "").ifelse(found.first_segment, found.segment),
        segment_recorded=found.segment,
        family=ibis.coalesce(found.family, ""),
        now_sha256=_in_force(found, extensions),
    )
    return shaped(_with_chain(found, stages), FACT)


def _in_force(found: ibis.Table, extensions: Sequence[Extension]) -> Any:
    """The version that says something to all sales on the day of the invoice, where that is not the sale's own."""
    days = found.invoice_day
    branches = [
        (
            (each.first <= days)
            & (ibis.literal(True) if each.until == NEVER else days < each.until)
            & (found.terms_sha256 != each.terms_sha256),
            each.terms_sha256,
        )
        for each in extensions
    ]
    return ibis.cases(*branches, else_="") if branches else ibis.literal("")


def _with_chain(found: ibis.Table, stages: ibis.Table | None) -> ibis.Table:
    if stages is None:
        return found.mutate(chain=found.terms_sha256)
    chains = stages.select(*_SALE_KEY, "chain").distinct()
    return found.left_join(chains, list(_SALE_KEY))


def taken_back(
    facts: ibis.Table,
    credits: ibis.Table,
    receipts: ibis.Table,
    versions: ibis.Table,
    reducing: ibis.Table,
    *,
    through: date,
    lenient: bool,
) -> ibis.Table:
    """What was taken back up to and with the day, one row for each line of which something was.

    invoice_line, credited_minor (negative), credited_on (the day of the last), credit_ids in the order of their days,
    money_back_minor. A lenient reading leaves out what was taken back after the claw window; of a line of which nothing
    was, it is the strict one.
    """
    found = _reductions(facts, credits, reducing, through)
    if lenient:
        found = _in_time(_with_lateness(found, receipts, versions, through))
    entry = ibis.struct({"day": found.day, "id": found.id})
    return found.group_by("invoice_line").agg(
        credited_minor=total(found.amount_minor),
        credited_on=found.day.max(),
        credit_ids=entry.collect().sort().map(lambda each: each.id),
        money_back_minor=total(found.is_money_back.ifelse(found.amount_minor, 0)),
    )


def late_lines(
    facts: ibis.Table,
    credits: ibis.Table,
    receipts: ibis.Table,
    versions: ibis.Table,
    reducing: ibis.Table,
    *,
    through: date,
) -> ibis.Table:
    """The lines (invoice_line) of which something that counts was taken back after the claw window.

    There is none where no version has a claw window.
    """
    windows = versions.filter(versions.claw_window.notnull())
    found = _reductions(facts, credits, reducing, through).semi_join(windows, "terms_sha256")
    return _touched_late(_with_lateness(found, receipts, versions, through))


def _reductions(facts: ibis.Table, credits: ibis.Table, reducing: ibis.Table, through: date) -> ibis.Table:
    """What counts of that which was taken back, with the day and the version of the line."""
    known = credits.filter(credits.day <= through)
    lines = facts.select(line="invoice_line", invoice_day="invoice_day", terms_sha256="terms_sha256")
    counted = reducing.select(under="terms_sha256", reduces="kind", is_money_back="is_money_back")
    found = known.join(lines, known.invoice_line == lines.line)
    found = found.join(counted, [found.terms_sha256 == counted.under, found.kind == counted.reduces])
    return found.select(
        "invoice_line", "invoice_day", "terms_sha256", "id", "kind", "day", "amount_minor", "is_money_back"
    )


def _with_lateness(
    found: ibis.Table, receipts: ibis.Table, versions: ibis.Table, through: date
) -> ibis.Table:
    """Whether it was after the claw window, counted from the bill or from the last payment for it: `is_late`."""
    windows = versions.select(
        of_terms="terms_sha256",
        pays_collected="pays_collected",
        window_days=versions.claw_window - versions.last_day_included.ifelse(0, 1),
    )
    found = found.join(windows, found.terms_sha256 == windows.of_terms)
    waiting = found.filter(found.pays_collected).select("invoice_line").distinct()
    paid = receipts.filter(receipts.day <= through).semi_join(waiting, "invoice_line")
    last = paid.group_by(paid_line=paid.invoice_line).agg(paid_on=paid.day.max())
    found = found.left_join(last, found.invoice_line == last.paid_line)
    until = add_days(ibis.coalesce(found.paid_on, found.invoice_day), found.window_days)
    return found.mutate(is_late=ibis.coalesce(found.day > until, False)).drop(
        "of_terms", "pays_collected", "window_days", "paid_line", "paid_on"
    )


def _touched_late(found: ibis.Table) -> ibis.Table:
    """The lines (invoice_line) of which something was taken back after the claw window."""
    return found.filter(found.is_late, found.amount_minor < 0).select("invoice_line").distinct()


def _in_time(found: ibis.Table) -> ibis.Table:
    """Of lines that were touched late what was taken back in the window, and what of that was won back, whenever that
    was; of the others everything, as what is won back may be known before what was taken.
    """
    touched = _touched_late(found)
    others = found.anti_join(touched, "invoice_line")
    found = found.semi_join(touched, "invoice_line")
    won = found.filter(found.kind == WON_BACK).select("invoice_line").distinct()
    plain = found.filter(~found.is_late).anti_join(won, "invoice_line")
    contested = found.filter(~found.is_late | (found.kind == WON_BACK)).semi_join(won, "invoice_line")
    moves = contested.kind.isin((CHARGEBACK, WON_BACK))
    level = _running_level(contested.mutate(taken=moves.ifelse(contested.amount_minor, 0), start=0))
    returned = (level.kind == WON_BACK).ifelse(level.before - level.after, level.amount_minor)
    level = level.mutate(amount_minor=returned.cast(MINOR)).select(plain.columns)
    return ibis.union(
        *(each.mutate(amount_minor=each.amount_minor.cast(MINOR)) for each in (others, plain)), level
    )


def _running_level(table: ibis.Table) -> ibis.Table:
    """A level that begins for each line at `start`, which is not negative, and goes down by each `taken`, in turn.

    It never goes below nothing; a negative `taken` raises it. `before` and `after` are the level around each row. What
    cannot be taken is what the lowest of the sums would lack: no row needs to know the level of the one before.
    """
    order = {"group_by": "invoice_line", "order_by": ["day", "id"]}
    running = ibis.cumulative_window(**order)
    sums = table.mutate(sunk=table.start - _narrow(table.taken.sum().over(running)))
    lowest = sums.sunk.min().over(running)
    after = sums.mutate(after=sums.sunk - ibis.least(lowest, 0))
    before = after.after.lag().over(ibis.window(**order))
    return after.mutate(before=ibis.coalesce(before, after.start))


def _narrow(column: Any) -> Any:
    return column.cast(WIDE).cast(MINOR)


def sale_events(facts: ibis.Table, taken_back: ibis.Table) -> ibis.Table:
    """Each line as an event on the day of its invoice, with what is left of it: EVENT."""
    taken = taken_back.rename(taken_line="invoice_line")
    found = facts.left_join(taken, facts.invoice_line == taken.taken_line)
    events = found.mutate(
        source=ibis.literal(SALE),
        event=found.invoice_line,
        event_day=found.invoice_day,
        gross_minor=found.billed_minor,
        net_minor=found.billed_minor + ibis.coalesce(found.credited_minor, 0),
        facts=ibis.coalesce(found.credit_ids, no_items(EVENT["facts"])),
    )
    return shaped(events, EVENT)


def payment_events(
    facts: ibis.Table, receipts: ibis.Table, taken_back: ibis.Table, through: date
) -> ibis.Table:
    """Each payment up to and with the day as an event, with what is left of it: EVENT.

    Money that went back, or that is no longer owed, is of the latest payments.
    """
    known = receipts.filter(receipts.day <= through)
    paid = known.select(receipt="id", paid_line="invoice_line", paid_on="day", paid_minor="amount_minor")
    taken = taken_back.select(taken_line="invoice_line", last_credit="credited_on", credit_ids="credit_ids")
    cut = _cut_payments(facts, known, taken_back)
    found = paid.join(facts, paid.paid_line == facts.invoice_line)
    found = found.left_join(taken, found.invoice_line == taken.taken_line)
    found = found.left_join(cut, found.receipt == cut.cut_receipt)
    is_cut = found.cut_receipt.notnull()
    ids = ibis.coalesce(is_cut.ifelse(found.credit_ids, ibis.null("array<string>")), no_items(EVENT["facts"]))
    events = found.mutate(
        source=ibis.literal(PAYMENT),
        event=found.receipt,
        event_day=ibis.greatest(found.paid_on, found.invoice_day),
        gross_minor=found.paid_minor,
        net_minor=ibis.coalesce(found.kept_minor, found.paid_minor),
        credited_on=is_cut.ifelse(found.last_credit, ibis.null("date")),
        facts=ibis.array([found.receipt]).concat(ids),
    )
    return shaped(events, EVENT)


def _cut_payments(facts: ibis.Table, receipts: ibis.Table, taken_back: ibis.Table) -> ibis.Table:
    """The payments of which not all is left: cut_receipt, kept_minor."""
    sums = receipts.group_by("invoice_line").agg(
        paid_minor=total(receipts.amount_minor), most_minor=total(ibis.greatest(receipts.amount_minor, 0))
    )
    lines = facts.select(line="invoice_line", billed_minor="billed_minor")
    taken = taken_back.select(
        taken_line="invoice_line", credited_minor="credited_minor", money_back_minor="money_back_minor"
    )
    found = sums.join(lines, sums.invoice_line == lines.line)
    found = found.left_join(taken, found.invoice_line == taken.taken_line)
    owed = found.billed_minor + ibis.coalesce(found.credited_minor, 0)
    found = found.mutate(
        start=ibis.greatest(0, ibis.least(found.paid_minor + ibis.coalesce(found.money_back_minor, 0), owed))
    )
    short = found.filter(found.start < found.most_minor).select(short_line="invoice_line", start="start")
    level = receipts.join(short, receipts.invoice_line == short.short_line)
    level = _running_level(level.mutate(taken=level.amount_minor))
    level = level.mutate(kept_minor=level.before - level.after)
    kept = level.filter(level.kept_minor < level.amount_minor)
    return kept.select(cut_receipt="id", kept_minor="kept_minor")
