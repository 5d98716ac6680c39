"""The facts that a line rests on, each under the id by which it is stored."""

from collections.abc import Iterator

from ofrecord.engine.types import PAYMENT, POOL, TOP_UP
from ofrecord.kernel.words import day_words
from ofrecord.program.clause_types import DESIGNATION
from ofrecord.statements.subject import Subject
from ofrecord.statements.types import FactRow
from ofrecord.statements.words import capital

CORRECTS = "Corrects"


def facts(subject: Subject) -> tuple[FactRow, ...]:
    """What was billed, paid, taken back or pooled; what was sold to whom; who the partner was; the version."""
    return (*_corrected(subject), *_events(subject), *_sold(subject), *_partner(subject), _version(subject))


def _corrected(subject: Subject) -> Iterator[FactRow]:
    if subject.line.is_correction:
        yield FactRow(CORRECTS, subject.line.corrects, subject.line.corrects)


def _events(subject: Subject) -> Iterator[FactRow]:
    line = subject.line
    if line.source == POOL:
        clause = subject.clause
        yield FactRow("Pool", f"{clause.pool if clause else 'pool'}, {subject.days}", line.event)
        return
    if line.source == TOP_UP:
        yield FactRow("Period", subject.days, line.event)
        return
    yield FactRow("Invoice", line.invoice, line.invoice_line)
    if line.invoice_day is not None:
        yield FactRow("Day of the invoice", line.invoice_day, line.invoice)
    credits = line.facts
    if line.source == PAYMENT:
        payment, *credits_left = line.facts
        credits = tuple(credits_left)
        yield FactRow("Payment", line.event_day, payment)
    for number, credit in enumerate(credits, start=1):
        yield FactRow("Taken back", _credit_words(subject, number, len(credits)), credit)


def _credit_words(subject: Subject, number: int, of: int) -> str:
    """on 3 May 2026; the first of two has a day of its own that the line does not keep."""
    day = subject.line.credited_on
    on = f"on {day_words(day)}" if day is not None and number == of else "before"
    return on if of == 1 else f"{number} of {of}, {on}"


def _sold(subject: Subject) -> Iterator[FactRow]:
    line, names, clause = subject.line, subject.names, subject.clause
    if line.customer:
        yield FactRow("Customer", names.customer, line.customer)
    if line.subscription:
        yield FactRow("Subscription", names.subscription, line.subscription)
    if line.started_on is not None:
        yield FactRow("Started on", line.started_on, line.subscription)
    if line.offer:
        yield FactRow("Offer", names.offer, line.offer)
    if line.way:
        yield FactRow("Way to sell", names.way, line.way)
    if line.region:
        yield FactRow("Region", line.region, line.region)
    if clause is not None and clause.when.segments:
        yield FactRow("Segment", line.segment, line.customer)
    if clause is not None and clause.when.families:
        yield FactRow("Family", line.family, line.offer)
    if clause is not None and clause.when.deals:
        yield FactRow("Deal", line.deal, line.subscription)


def _partner(subject: Subject) -> Iterator[FactRow]:
    line, clause = subject.line, subject.clause
    yield FactRow(f"{capital(line.role)} since", line.recognized_from, line.partner)
    if clause is not None and clause.when.months_from == DESIGNATION:
        yield FactRow("Designated on", line.recognized_from, line.partner)
    if line.tier:
        yield FactRow("Tier on the day of the invoice", line.tier, line.partner)


def _version(subject: Subject) -> FactRow:
    line = subject.line
    return FactRow("Program version", f"{line.program} {line.version}", line.terms_sha256)
