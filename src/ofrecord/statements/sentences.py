"""A line in words: full sentences, in the order in which somebody would ask."""

from collections.abc import Iterator

from ofrecord.engine.types import PAYMENT, POOL, SALE, TOP_UP
from ofrecord.kernel.calendar import Span, month_index
from ofrecord.kernel.money import Money
from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import day_words, money_words
from ofrecord.program.clause_types import DESIGNATION, Basis, Clause, Earned, Unit
from ofrecord.program.clause_words import KEY_WORDS, UNIT_WORDS, clause_title, per_words
from ofrecord.program.words import and_list
from ofrecord.statements.subject import Subject
from ofrecord.statements.words import capital, count_words, is_whole_month, ordinal


def sentences(subject: Subject) -> list[str]:
    """What happened, what the clause pays for it, and what became of that."""
    if subject.line.withdrawn:
        return [*_withdrawn(subject), *_payable(subject)]
    told = {SALE: _sale, PAYMENT: _sale, TOP_UP: _topped_up, POOL: _pooled}[subject.line.source](subject)
    return [*told, *_became(subject), *_correction(subject), *_payable(subject)]


def _sale(subject: Subject) -> Iterator[str]:
    line, clause = subject.line, subject.clause
    yield f"{subject.names.partner} is {line.role} since {day_words(line.recognized_from)}."
    if line.source == PAYMENT:
        paid = subject.said(line.billed_minor)
        yield f"{paid} was paid for invoice {line.invoice}, which counts on {day_words(line.event_day)}."
    if clause is None:
        yield f"{capital(_month_phrase(subject))}."
        yield line.reason
        yield "So nothing is paid."
    elif not clause.pays:
        yield f"Clause {subject.names.clause} of version {line.version} pays nothing."
        yield line.reason
    else:
        yield _pays(subject, clause)
        if line.reason:
            yield line.reason
    yield from _divided(subject)


def _pays(subject: Subject, clause: Clause) -> str:
    """October is the seventh month of this subscription, so clause First year of version 1 pays 12% of ..."""
    pays = f"{subject.cited_clause()} pays {_how_much(subject, clause)}."
    grounds = and_list([*_grounds(subject, clause)]) if any(_grounds(subject, clause)) else ""
    return capital(f"{grounds}, so {pays}" if grounds else pays)


def _grounds(subject: Subject, clause: Clause) -> Iterator[str]:
    """The facts that the clause asks for and that change with time, or between customers."""
    line, when = subject.line, clause.when
    if when.months is not None:
        yield _designated_phrase(subject) if when.months_from == DESIGNATION else _month_phrase(subject)
    if when.tiers:
        yield f"{subject.names.partner} held the tier {line.tier} on the day of the invoice"
    if when.deals:
        yield f"this is {'an' if line.deal == 'upsell' else 'a'} {line.deal} sale"
    if when.segments:
        yield f"the customer is in the segment {line.segment}"
    if clause.needs is not None:
        yield f"{subject.names.partner} had sold what the clause asks for"


def _how_much(subject: Subject, clause: Clause) -> str:
    line = subject.line
    if clause.amount is not None:
        return f"{subject.said(line.amount_minor)} {UNIT_WORDS[clause.unit or Unit.LINE]}"
    basis = _basis_words(subject, clause)
    if clause.growth is not None:
        return f"{rate_text(clause.rate or line.rate)} of {basis} as far as it is above the baseline"
    if clause.bands is None:
        return f"{rate_text(line.rate)} of {basis}"
    if clause.bands.graduated:
        return f"each slice of {basis} at its own rate, added up {per_words(clause.bands.per)}"
    return f"{rate_text(line.rate)} of {basis}, the rate that was reached {per_words(clause.bands.per)}"


def _basis_words(subject: Subject, clause: Clause) -> str:
    collected = clause.earned is Earned.WHEN_COLLECTED
    words = {
        Basis.BILLED: "what was paid" if collected else "what was billed",
        Basis.COLLECTED: "what was paid",
        Basis.LIST: "what it would be at the list price",
        Basis.MARGIN: "the margin over the wholesale price",
        Basis.POOLED: "what was pooled",
        Basis.FEE: f"the fee under {clause_title(subject.terms, clause.of)}",
    }[clause.basis]
    return words if len(subject.line.weights) == 1 else f"{words} for these days"


def _month_phrase(subject: Subject) -> str:
    """October is the seventh month of this subscription; 1 to 14 October are in its twelfth month."""
    line = subject.line
    return _in_month(subject, line.month_first, line.month_last, "of this subscription")


def _designated_phrase(subject: Subject) -> str:
    """October is the third month since the partner was designated."""
    line = subject.line
    assert line.service.last is not None, "the days of a bill have an end"
    first, last = (month_index(line.recognized_from, day) for day in (line.service.first, line.service.last))
    return _in_month(subject, first, last, f"since {subject.names.partner} was designated")


def _in_month(subject: Subject, first: int, last: int, of: str) -> str:
    span = subject.line.service
    if first != last:
        return f"{subject.days} {_is(span)} in the {ordinal(first)} and {ordinal(last)} month {of}"
    within = "" if is_whole_month(span) else "in "
    return f"{subject.days} {_is(span)} {within}the {ordinal(first)} month {of}"


def _is(span: Span) -> str:
    return "is" if span.days == 1 or is_whole_month(span) else "are"


def _divided(subject: Subject) -> Iterator[str]:
    """How what was billed is shared between the days and seats of its pieces."""
    line = subject.line
    if len(line.weights) == 1:
        return
    what = "paid" if line.source == PAYMENT else "billed"
    if line.weights[line.piece] == line.days:
        whole, own = count_words(sum(line.weights), "day"), count_words(line.days, "day")
        yield f"What was {what} for {whole} is shared by days; this line is for {own}: {subject.days}."
    else:
        own = count_words(line.seats, "seat")
        yield f"What was {what} is shared in proportion to its parts; this line is for {own}, {subject.days}."


def _topped_up(subject: Subject) -> Iterator[str]:
    line, clause = subject.line, subject.clause
    assert clause is not None, "only a clause tops up"
    assert clause.floor is not None, "it has a floor"
    least = money_words(clause.floor.amount)
    yield f"{capital(subject.cited_clause())} pays at least {least} {per_words(clause.floor.per)}."
    yield f"For {subject.days} it had paid {subject.said(line.reached_minor)}; this line adds what was missing."


def _pooled(subject: Subject) -> Iterator[str]:
    """The partner's part of the pool; nothing of who has the rest."""
    line, clause = subject.line, subject.clause
    assert clause is not None, "only a clause shares a pool"
    key = f", {KEY_WORDS[clause.pool_key]}" if clause.pool_key else ""
    yield f"{subject.said(line.source_minor)} was pooled as {clause.pool} in {subject.days}."
    yield f"{capital(subject.cited_clause())} shares {rate_text(line.rate)} of it between partners{key}."
    yield f"The part of {subject.names.partner} is {rate_text(line.part)}."


def _became(subject: Subject) -> Iterator[str]:
    """What was taken back, what cap and shares leave, and whether it waits."""
    line, clause = subject.line, subject.clause
    if line.credited_minor:
        until = f" until {day_words(line.credited_on)}" if line.credited_on else ""
        yield (
            f"Of the {subject.said(line.billed_minor)} that was {'paid' if line.source == PAYMENT else 'billed'}, "
            f"{subject.said(-line.credited_minor)} was taken back{until}."
        )
    if clause is not None and clause.cap is not None and line.cap_minor is not None:
        cap, used = subject.said(line.cap_minor), subject.said(line.cap_used_minor)
        yield f"It pays at most {cap} {per_words(clause.cap.per)}, of which {used} was used before."
    if line.part != 1 and line.source != POOL:
        yield f"The part of {subject.names.partner} is {rate_text(line.part)}."
    if subject.is_exchanged and line.exchange_day is not None and line.due_earned_minor:
        yield f"It is due in {line.due_currency}, at the exchange rate of {day_words(line.exchange_day)}."
    if line.waits:
        yield f"{line.waits} It is earned, and due as soon as the rate is known."


def _correction(subject: Subject) -> Iterator[str]:
    """Which line is corrected, why, and by how much."""
    line = subject.line
    if not line.is_correction:
        return
    yield f"This line corrects line {line.corrects}."
    yield line.cause
    yield _difference(subject)


def _difference(subject: Subject) -> str:
    """What is earned in all and what was booked; in the statement's currency where only that has changed."""
    line = subject.line
    if line.fee_minor or not subject.is_exchanged:
        in_all, booked, added = subject.money(line.earned_minor), subject.money(line.booked_minor), line.fee
    else:
        in_all, booked, added = (
            subject.due(line.due_earned_minor),
            subject.due(line.due_booked_minor),
            line.due,
        )
    earned = f"In all {money_words(in_all)} is earned and {money_words(booked)} was booked before"
    return f"{earned}, so {_added(added)}."


def _added(amount: Money) -> str:
    if not amount:
        return "nothing is added"
    return f"{money_words(amount)} is added" if amount.minor > 0 else f"{money_words(-amount)} is taken back"


def _withdrawn(subject: Subject) -> Iterator[str]:
    line = subject.line
    yield f"This line withdraws what line {line.corrects} and its corrections had booked."
    yield line.cause or line.reason
    yield _difference(subject)


def _payable(subject: Subject) -> Iterator[str]:
    """What of it is kept back for now, and what is not taken back any more."""
    line = subject.line
    if line.held_minor > 0:
        until = f" until {day_words(line.release_on)}" if line.release_on else ""
        yield f"Of what is due, {money_words(subject.due(line.held_minor))} is held back{until}."
    elif line.held_minor < 0:
        yield f"{money_words(subject.due(-line.held_minor))} less is held back than before."
    if line.waived_minor > 0:
        waived = money_words(subject.due(line.waived_minor))
        yield f"The claw window was over, so {waived} of it is not taken back from the partner."
    elif line.waived_minor < 0:
        kept = money_words(subject.due(-line.waived_minor))
        yield f"{kept} of it was not taken back before, and so is not paid again."
