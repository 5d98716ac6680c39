"""Whether the facts that a line stores are those that its clause asks for."""

from collections.abc import Iterable, Iterator

from ofrecord.engine.judging.claims import range_words
from ofrecord.engine.judging.events import source_of
from ofrecord.engine.types import PAYMENT, SALE, FeeLine
from ofrecord.kernel.calendar import month_index
from ofrecord.program.clause_types import DESIGNATION, Clause

# A fact by its name: what the line stores, and what the clause asks for where that is not it.
Asked = tuple[str, object, object]


def asked_of(line: FeeLine, clause: Clause | None) -> Iterator[Asked]:
    """Each fact that is asked for; where the line's own is accepted, both are the same.

    A pool or a period rests on many sales: of those only the role is held against the clause.
    """
    if line.source in (SALE, PAYMENT):
        yield from _months(line)
    if clause is None or line.withdrawn:
        return
    if clause.payees or clause.when.roles:
        yield _one_of("role", line.role, clause.payees or clause.when.roles)
    if line.source in (SALE, PAYMENT):
        yield ("earned by", line.source, source_of(clause) if clause.pays else SALE)
        yield from _listed(line, clause)
        yield from _ranges(line, clause)


def _months(line: FeeLine) -> Iterator[Asked]:
    """The months of the subscription that the days touch, counted again."""
    if line.started_on is not None and line.service.last is not None:
        first, last = (month_index(line.started_on, day) for day in (line.service.first, line.service.last))
        yield ("months of the subscription", (line.month_first, line.month_last), (first, last))


def _listed(line: FeeLine, clause: Clause) -> Iterator[Asked]:
    when = clause.when
    named = (
        ("way to sell", line.way, when.ways),
        ("region", line.region, when.regions),
        ("segment", line.segment, when.segments),
        ("family", line.family, when.families),
        ("offer", line.offer, when.offers),
        ("tier", line.tier, when.tiers),
        ("deal", line.deal, when.deals),
    )
    return (_one_of(*each) for each in named if each[2])


def _one_of(name: str, found: str, asked: Iterable[str]) -> Asked:
    return (name, found, found if found in asked else " or ".join(asked))


def _ranges(line: FeeLine, clause: Clause) -> Iterator[Asked]:
    when = clause.when
    month = line.month_first
    if when.months_from == DESIGNATION:
        month = month_index(line.recognized_from, line.service.first)
    if when.months is not None:
        range_asked = range_words(when.months.first, when.months.last)
        yield ("month that counts", month, month if when.months.has(month) else range_asked)
    for name, day, span in (
        ("sold on", line.started_on, when.sold),
        ("billed on", line.invoice_day, when.billed),
    ):
        if span is not None and day is not None:
            yield (name, day, day if span.has(day) else range_words(span.first, span.last))
