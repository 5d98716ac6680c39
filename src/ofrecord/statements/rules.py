"""Why a line pays what it pays. Nothing is told a second time: each figure is one of the line's working."""

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from ofrecord.engine.types import BookedLine, FeeLine
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money, sum_money
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import amount_words, day_words
from ofrecord.program.types import Clause, Terms
from ofrecord.statements.refusals import LineUnsound
from ofrecord.statements.types import ClauseTotal, Explanation, FactRow, NamedLine, Names, WorkingRow
from ofrecord.statements.words import count_words, days_words, exact_words, factor_words, ordinal


def explain(booked: BookedLine, terms: Terms, names: Names) -> Explanation:
    """The line in words, its working and the facts it rests on; `terms` is the version that the line cites.

    Raises LineUnsound when the stored fee is not what the working gives, or when the version does not state
    the rate and the rounding by which it was paid.
    """
    line, clause = booked.line, terms.clause(booked.line.clause)
    if not (_adds_up(line) and _is_stated(line, clause, terms)):
        raise LineUnsound(line=booked.id)
    return Explanation(
        line=booked.id,
        words=_words(line, clause, names),
        working=_working(line, names),
        facts=_facts(line, names),
        fee=line.recomputed(),
        clause=line.clause,
        version=line.version,
        reason=line.reason,
    )


def by_clause(lines: Sequence[NamedLine]) -> tuple[ClauseTotal, ...]:
    """What each clause paid, the most first. The lines are of one currency."""
    found: dict[tuple[str, str], list[NamedLine]] = defaultdict(list)
    for named in lines:
        found[named.booked.line.terms_sha256, named.booked.line.clause].append(named)
    totals = [_clause_total(group) for group in found.values()]
    return tuple(sorted(totals, key=lambda total: (-total.fee.minor, total.version, total.clause)))


def _clause_total(lines: Sequence[NamedLine]) -> ClauseTotal:
    first = lines[0].booked.line
    return ClauseTotal(
        clause=first.clause,
        title=lines[0].names.clause,
        version=first.version,
        rate=first.rate,
        fee=sum_money((named.fee for named in lines), first.currency),
        lines=len(lines),
        subscriptions=len({named.booked.line.subscription for named in lines}),
    )


def _adds_up(line: FeeLine) -> bool:
    """Whether every stored figure is what the ones before it give."""
    return line.exact == line.basis_minor * line.rate and line.recomputed() == line.fee


def _is_stated(line: FeeLine, clause: Clause | None, terms: Terms) -> bool:
    """Whether the version is the one that the line cites, and states what the line was paid by."""
    stated = clause.rate if clause is not None and clause.rate is not None else Fraction(0)
    known = clause is not None or not line.clause
    paid_by = (line.terms_sha256, line.rate, line.rounding)
    return known and paid_by == (terms.sha256, stated, terms.rounding.value)


def _words(line: FeeLine, clause: Clause | None, names: Names) -> str:
    sentences = [f"{names.partner} is {line.role} since {day_words(line.recognized_from)}."]
    if clause is None:
        sentences += [f"{_capital(_month_phrase(line))}.", line.reason, "So nothing is paid."]
    elif clause.rate is None:
        sentences += [f"Clause {names.clause} of version {line.version} pays nothing.", line.reason]
    else:
        sentences += [_pays(line, clause, names)]
    if len(line.piece_days) > 1:
        billed, paid = count_words(line.line_days, "day"), count_words(line.days, "day")
        days = days_words(line.service)
        sentences += [f"What was billed for {billed} is shared by days; this line is for {paid}: {days}."]
    return " ".join(sentences)


def _pays(line: FeeLine, clause: Clause, names: Names) -> str:
    """October is the seventh month of this subscription, so clause First year of version 1 pays 12% of ..."""
    basis = "what was billed" if len(line.piece_days) == 1 else "what was billed for these days"
    pays = f"clause {names.clause} of version {line.version} pays {rate_text(line.rate)} of {basis}."
    grounds = []
    if clause.when.months is not None:
        grounds.append(_month_phrase(line))
    if clause.when.tiers:
        grounds.append(f"{names.partner} held the tier {line.tier} on the day of the invoice")
    return _capital(f"{' and '.join(grounds)}, so {pays}" if grounds else pays)


def _month_phrase(line: FeeLine) -> str:
    """October is the seventh month of this subscription; 1 to 14 October are in its twelfth month."""
    days, first, last = days_words(line.service), ordinal(line.month_first), ordinal(line.month_last)
    whole = line.service == Month.of(line.service.first).span
    if first != last:
        return f"{days} {_is(line.service)} in the {first} and {last} month of this subscription"
    within = "" if whole else "in "
    return f"{days} {_is(line.service)} {within}the {first} month of this subscription"


def _is(span: Span) -> str:
    return "is" if span.days == 1 or span == Month.of(span.first).span else "are"


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _working(line: FeeLine, names: Names) -> tuple[WorkingRow, ...]:
    basis = Money(line.basis_minor, line.currency)
    share = WorkingRow(
        "Share", f"{line.days} of the {line.line_days} days, {days_words(line.service)}", basis
    )
    rate = f"{rate_text(line.rate)}, {names.clause}" if line.rate else "nothing is paid"
    return (
        WorkingRow("Billed", _billed(line), Money(line.billed_minor, line.currency)),
        *([share] if len(line.piece_days) > 1 else []),
        WorkingRow("Rate", rate, factor_words(line.rate)),
        WorkingRow("Exact", "before rounding", exact_words(line.exact, line.currency)),
        WorkingRow("Fee", f"rounded {line.rounding}, per line", line.recomputed()),
    )


def _billed(line: FeeLine) -> str:
    """invoice N-2026-000188: 180 seats × 15.00 × 18/31 of a month"""
    price = amount_words(Money(line.unit_price_minor, line.currency))
    says = f"invoice {line.invoice}: {count_words(line.seats, 'seat')} × {price}"
    of_month = Month.of(line.service.first).span.days
    return says if line.line_days == of_month else f"{says} × {line.line_days}/{of_month} days of the month"


def _facts(line: FeeLine, names: Names) -> tuple[FactRow, ...]:
    tier = [FactRow("Tier on the day of the invoice", line.tier, line.partner)] if line.tier else []
    return (
        FactRow("Invoice", line.invoice, line.invoice_line),
        FactRow("Customer", names.customer, line.customer),
        FactRow("Subscription", names.subscription, line.subscription),
        FactRow("Started on", line.started_on, line.subscription),
        FactRow("Offer", names.offer, line.offer),
        FactRow("Way to sell", names.way, line.way),
        FactRow("Region", line.region, line.region),
        FactRow(f"{_capital(line.role)} since", line.recognized_from, line.partner),
        *tier,
        FactRow("Program version", f"{line.program} {line.version}", line.terms_sha256),
    )
