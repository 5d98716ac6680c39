"""Events cut where a fact changes that a clause asks for. Few lines are cut: they are found first."""

from functools import reduce
from typing import Any, Final

import ibis

from ofrecord.engine.exact.functions import add_days, add_months, days_between, month_index
from ofrecord.engine.steps.shapes import COUNT, DAY, PIECE, TEXT, shaped
from ofrecord.program.clause_types import FORMER_PARTNER, RENEWAL, UPSELL

_KIND: Final = ("chain", "now_sha256")
# What is known of a line that is cut.
_LINE: Final = (
    "invoice_line",
    "started_on",
    "service_first",
    "service_until",
    "deal",
    "seats",
    "first_seats",
    "commitment_months",
    "asks_deal",
    "time_zone",
)


def divided(
    facts: ibis.Table,
    recognitions: ibis.Table,
    cutting: ibis.Table,
    stages: ibis.Table | None,
    lengths: ibis.Table | None,
    *,
    designations: ibis.Table | None,
) -> ibis.Table:
    """The pieces of the lines that come in more than one; every other line is a piece by itself.

    invoice_line, piece (from 0), piece_first, piece_until, piece_deal, piece_seats, and in each row the weights of all
    pieces of the line. Without `designations` no clause counts months from a designation, without `stages` no sale is
    renewed under another version, without `lengths` none is divided by seconds.
    """
    marked = _marked(facts, cutting)
    starts = [
        _at_months(marked.filter(marked.by_month)),
        _at_commitment(marked.filter(marked.by_commitment)),
        # Where only seats are divided, all of the days are one span.
        _starting(marked.filter(marked.by_deal), marked.service_first),
    ]
    # Each of these goes over all lines by itself: an engine would otherwise keep a copy of them.
    each = _cut_by_days(facts, cutting, "subscription", "invoice_day", "mentions_former")
    starts.append(_at_recognitions(each, recognitions))
    if designations is not None:
        each = _cut_by_days(facts, cutting, "subscription", "invoice_day", *_KIND)
        starts.append(_at_designations(each, recognitions, designations))
    if stages is not None:
        starts.append(_at_stages(_cut_by_days(facts, cutting, "chain", "terms_sha256"), stages))
    return _numbered(_weighed(_by_deal(_spans(_together(starts))), lengths))


def _cut_by_days(facts: ibis.Table, cutting: ibis.Table, *other: str) -> ibis.Table:
    """The lines whose days are divided at all, with no more than the columns named."""
    wanted = {*_LINE, *_KIND, "cuts_days", *other}
    lines = facts.select([name for name in facts.columns if name in wanted])
    found = lines.join(cutting.select([name for name in cutting.columns if name in wanted]), list(_KIND))
    return found.filter(found.cuts_days)


def _marked(facts: ibis.Table, cutting: ibis.Table) -> ibis.Table:
    """The lines that are cut by what they say themselves: `by_month`, `by_commitment` or `by_deal`.

    A day so many months after the start lies inside the service exactly if the months of the subscription in which the
    service begins and ends lie on either side of it.
    """
    found = facts.join(cutting, list(_KIND))
    first = month_index(found.started_on, found.service_first)
    last = month_index(found.started_on, add_days(found.service_until, -1))
    found = found.mutate(first_month=first, last_month=last)
    place = ibis.least(ibis.greatest(found.first_month + 1, 0), found.next_months.length().cast(COUNT) - 1)
    in_commitment = found.asks_deal & (found.first_month <= found.commitment_months)
    more = (found.first_seats > 0) & (found.first_seats < found.seats)
    found = found.mutate(
        by_month=found.cuts_days & (found.next_months[place] < found.last_month),
        by_commitment=found.cuts_days & in_commitment & (found.commitment_months < found.last_month),
        by_deal=in_commitment & (found.deal != UPSELL) & more,
    )
    return found.filter(found.by_month | found.by_commitment | found.by_deal)


def _starting(lines: ibis.Table, day: Any) -> ibis.Table:
    return lines.select(*_LINE, start=day.cast(DAY))


def _inside(starts: ibis.Table) -> ibis.Table:
    return starts.filter(starts.service_first < starts.start, starts.start < starts.service_until)


def _at_months(lines: ibis.Table) -> ibis.Table:
    each = lines.mutate(months=lines.months.unnest())
    return _inside(_starting(each, add_months(each.started_on, each.months)))


def _at_commitment(lines: ibis.Table) -> ibis.Table:
    return _inside(_starting(lines, add_months(lines.started_on, lines.commitment_months)))


def _at_recognitions(lines: ibis.Table, recognitions: ibis.Table) -> ibis.Table:
    """Where a partner's days begin or end, if the partner is recognized in the month of the invoice."""
    some = _recognized(recognitions)
    ends = some.filter(some.recognized_until.notnull())
    begun = some.mutate(bound=some.recognized_first.cast(DAY))
    bounds = begun.union(ends.mutate(bound=ends.recognized_until.cast(DAY)))
    found = lines.join(
        bounds,
        [
            lines.subscription == bounds.of_subscription,
            lines.service_first < bounds.bound,
            bounds.bound < lines.service_until,
        ],
    )
    found = found.filter(found.mentions_former | (found.role != FORMER_PARTNER), _in_invoice_month(found))
    return _starting(found, found.bound)


def _recognized(recognitions: ibis.Table) -> ibis.Table:
    some = recognitions.filter(recognitions.until.isnull() | (recognitions.first < recognitions.until))
    return some.select(
        of_subscription="subscription", role="role", recognized_first="first", recognized_until="until"
    )


def _in_invoice_month(found: ibis.Table) -> Any:
    """Whether a day of the span is in the calendar month of the invoice: only then the line names the partner."""
    month = found.invoice_day.truncate("M").cast(DAY)
    ends_before = found.recognized_until.notnull() & (found.recognized_until <= month)
    return (found.recognized_first < add_months(month, 1)) & ~ends_before


def _at_designations(lines: ibis.Table, recognitions: ibis.Table, designations: ibis.Table) -> ibis.Table:
    named = designations.select(
        of_chain="chain", of_now="now_sha256", named_role="role", after_months="months"
    )
    some = _recognized(recognitions).semi_join(named, [("role", "named_role")])
    found = lines.join(some, lines.subscription == some.of_subscription)
    found = found.filter(_in_invoice_month(found))
    found = found.join(
        named,
        [found.chain == named.of_chain, found.now_sha256 == named.of_now, found.role == named.named_role],
    )
    return _inside(_starting(found, add_months(found.recognized_first, found.after_months)))


def _at_stages(lines: ibis.Table, stages: ibis.Table) -> ibis.Table:
    """Where a sale is renewed under another version."""
    renewals = stages.select(
        of_terms="terms_sha256",
        of_start="started_on",
        of_commitment="commitment_months",
        renewed_on="first",
    )
    renewed = lines.filter(lines.chain != lines.terms_sha256)
    found = renewed.join(
        renewals,
        [
            renewed.terms_sha256 == renewals.of_terms,
            renewed.started_on == renewals.of_start,
            renewed.commitment_months == renewals.of_commitment,
            renewed.service_first < renewals.renewed_on,
            renewals.renewed_on < renewed.service_until,
        ],
    )
    return _starting(found, found.renewed_on)


def _together(tables: list[ibis.Table]) -> ibis.Table:
    return reduce(lambda one, other: one.union(other), tables)


def _spans(starts: ibis.Table) -> ibis.Table:
    """From each start to the next, and from the beginning of the service to the first."""
    every = starts.union(starts.mutate(start=starts.service_first.cast(DAY))).distinct()
    following = every.start.lead().over(ibis.window(group_by="invoice_line", order_by="start"))
    return every.mutate(until=ibis.coalesce(following, every.service_until))


def _by_deal(spans: ibis.Table) -> ibis.Table:
    """Where a clause asks for it, what kind of deal: renewed after the commitment; above the first seats an upsell."""
    renewed = spans.asks_deal & _is_renewed(spans, spans.start)
    divides = (
        spans.asks_deal
        & ~renewed
        & (spans.deal != UPSELL)
        & (spans.first_seats > 0)
        & (spans.first_seats < spans.seats)
    )
    first = spans.mutate(
        place=ibis.literal(0),
        piece_deal=renewed.ifelse(RENEWAL, spans.deal).cast(TEXT),
        piece_seats=divides.ifelse(spans.first_seats, spans.seats).cast(COUNT),
    )
    more = spans.filter(divides)
    more = more.mutate(
        place=ibis.literal(1),
        piece_deal=ibis.literal(UPSELL).cast(TEXT),
        piece_seats=(more.seats - more.first_seats).cast(COUNT),
    )
    return first.union(more.select(first.columns))


def _is_renewed(table: ibis.Table, day: Any) -> Any:
    return day >= add_months(table.started_on, table.commitment_months)


def _weighed(parts: ibis.Table, lengths: ibis.Table | None) -> ibis.Table:
    """Each part with its weight: its days, or its seconds, for each seat where seats are divided."""
    found = _with_length(parts, parts.start, parts.until, lengths)
    return found.mutate(weight=_weight(found, found.piece_seats))


def _weight(found: ibis.Table, seats: Any) -> Any:
    return found.length * found.asks_deal.ifelse(seats, 1)


def _with_length(table: ibis.Table, first: Any, until: Any, lengths: ibis.Table | None) -> ibis.Table:
    if lengths is None:
        return table.mutate(length=days_between(first, until))
    begins = lengths.select(begins_zone="time_zone", begins_on="day", begins_second="second")
    ends = lengths.select(ends_zone="time_zone", ends_on="day", ends_second="second")
    found = table.mutate(from_day=first, until_day=until)
    found = found.left_join(
        begins, [found.time_zone == begins.begins_zone, found.from_day == begins.begins_on]
    )
    found = found.left_join(ends, [found.time_zone == ends.ends_zone, found.until_day == ends.ends_on])
    days = days_between(found.from_day, found.until_day)
    by_days = found.time_zone == ""
    return found.mutate(length=by_days.ifelse(days, found.ends_second - found.begins_second))


def _numbered(parts: ibis.Table) -> ibis.Table:
    order = ibis.window(group_by="invoice_line", order_by=["start", "place"])
    numbered = parts.mutate(piece=ibis.row_number().over(order))
    each = ibis.struct({"piece": numbered.piece, "weight": numbered.weight})
    weights = numbered.group_by(weighed_line=numbered.invoice_line).agg(
        weights=each.collect().sort().map(lambda one: one.weight)
    )
    found = numbered.join(weights, numbered.invoice_line == weights.weighed_line)
    return found.select(
        "invoice_line",
        "piece",
        piece_first="start",
        piece_until="until",
        piece_deal="piece_deal",
        piece_seats="piece_seats",
        weights="weights",
    )


def pieces(
    events: ibis.Table,
    divided: ibis.Table,
    cutting: ibis.Table,
    stages: ibis.Table | None,
    lengths: ibis.Table | None,
) -> ibis.Table:
    """The events in their pieces: PIECE. An event that is not divided is one piece."""
    kinds = cutting.select(
        of_chain="chain", of_now="now_sha256", asks_deal="asks_deal", time_zone="time_zone"
    )
    found = events.left_join(kinds, [events.chain == kinds.of_chain, events.now_sha256 == kinds.of_now])
    found = _with_length(found, found.service_first, found.service_until, lengths)
    cut = divided.rename(cut_line="invoice_line", cut_first="piece_first", cut_until="piece_until").rename(
        cut_piece="piece", cut_deal="piece_deal", cut_seats="piece_seats", cut_weights="weights"
    )
    found = found.left_join(cut, found.invoice_line == cut.cut_line)
    deal = (found.asks_deal & _is_renewed(found, found.service_first)).ifelse(RENEWAL, found.deal)
    found = found.mutate(
        piece=ibis.coalesce(found.cut_piece, 0),
        piece_first=ibis.coalesce(found.cut_first, found.service_first),
        piece_until=ibis.coalesce(found.cut_until, found.service_until),
        piece_deal=ibis.coalesce(found.cut_deal, deal),
        piece_seats=ibis.coalesce(found.cut_seats, found.seats),
        weights=found.cut_weights,
        weight=_weight(found, found.seats),
    )
    found = found.mutate(
        month_first=month_index(found.started_on, found.piece_first),
        month_last=month_index(found.started_on, add_days(found.piece_until, -1)),
    )
    return shaped(_with_stage(found, stages), PIECE)


def _with_stage(pieces: ibis.Table, stages: ibis.Table | None) -> ibis.Table:
    """The stage of the first day: nothing that a clause asks for changes on the others."""
    if stages is None:
        return pieces.mutate(stage=pieces.terms_sha256)
    each = stages.select(
        of_terms="terms_sha256",
        of_start="started_on",
        of_commitment="commitment_months",
        stage="stage",
        stage_first="first",
        stage_until="until",
    )
    return pieces.left_join(
        each,
        [
            pieces.terms_sha256 == each.of_terms,
            pieces.started_on == each.of_start,
            pieces.commitment_months == each.of_commitment,
            each.stage_first <= pieces.piece_first,
            pieces.piece_first < each.stage_until,
        ],
    )
