"""The lines of a statement in the groups in which desk and portal show them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ofrecord.access.types import Scope
from ofrecord.engine.types import POOL, TOP_UP
from ofrecord.kernel.money import Money, sum_money
from ofrecord.program.queries import in_force
from ofrecord.settlement.queries import held_by
from ofrecord.statements.types import NamedLine, StatementCard
from ofrecord.web import words
from ofrecord.web.figures import carried_words, figure_table, paid_words
from ofrecord.web.parts import Linked, Working

Leads = Callable[[NamedLine], str]
Explains = Callable[[NamedLine], Working]

# What a line is about that rests on no invoice line.
_WITHOUT_CUSTOMER = {POOL: "Share of a pool", TOP_UP: "Top-up to the least that the clause pays"}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A line of a group: what it is about, why it stands there, what it adds, and its explanation."""

    line: Linked
    subject: str
    says: str
    corrects: Linked | None
    amount: Money
    working: Working


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines that are not of the usual kind, with the sentence that says of which they are; `sum` where they add."""

    title: str
    words: str
    rows: Sequence[GroupRow]
    sum: Money | None


def told_of(card: StatementCard, lines: Sequence[NamedLine], scope: Scope, *, pays: str) -> dict[str, object]:
    """What a statement's page begins with: the sentence, what belongs to it, and the figures."""
    parts = [
        part
        for part in held_by(card.month, scope)
        if (part.partner, part.amount.currency) == (card.partner_id, card.figures.currency)
    ]
    minimum = in_force(card.month.last).terms.payment.minimum(card.figures.currency)
    return {
        "statement": card,
        "sentence": paid_words(card.figures, parts, card.month, pays),
        "lines_words": lines_words(lines),
        "carried_words": carried_words(card.figures, card.month, minimum),
        "table": figure_table(card.figures),
    }


def subject(named: NamedLine) -> str:
    """What a line is about: its customer, or what it is where it has none."""
    return named.names.customer or _WITHOUT_CUSTOMER.get(named.booked.line.source, named.names.clause)


def question(named: NamedLine) -> str:
    """What is pressed to open a line's explanation: why 46.80?, why nothing?; why not yet? of what waits for a rate."""
    if named.due:
        return f"why {words.amount_text(named.due)}?"
    return "why not yet?" if named.waits else "why nothing?"


def billed_currency(lines: Sequence[NamedLine], otherwise: str) -> str:
    """The currency in which all of them were billed, for a heading to state; empty where there are several."""
    currencies = {named.billed.currency for named in lines} or {otherwise}
    return currencies.pop() if len(currencies) == 1 else ""


def ordinary(lines: Sequence[NamedLine]) -> list[NamedLine]:
    """The lines that neither correct nor wait."""
    return [named for named in lines if not named.is_correction and not named.waits]


def corrections(
    lines: Sequence[NamedLine],
    currency: str,
    leads: Leads,
    explains: Explains,
    named_page: Callable[[str], str],
) -> LineGroup:
    """The lines that correct earlier ones; `named_page` gives the page of a line by its public name."""
    own = [named for named in lines if named.is_correction]
    rows = [
        GroupRow(
            line=Linked(named.id, leads(named)),
            subject=subject(named),
            says=named.booked.line.cause or named.waits,
            corrects=Linked(named.booked.line.corrects, named_page(named.booked.line.corrects)),
            amount=named.due,
            working=explains(named),
        )
        for named in own
    ]
    return LineGroup(
        "Corrections",
        "What became known later, and what it changes. The line that is corrected stays as it was.",
        rows,
        sum_money((row.amount for row in rows), currency),
    )


def waiting(lines: Sequence[NamedLine], leads: Leads, explains: Explains) -> LineGroup:
    """The lines that wait for an exchange rate; each amount is in the currency of its sale."""
    own = [named for named in lines if named.waits and not named.is_correction]
    rows = [
        GroupRow(
            line=Linked(named.id, leads(named)),
            subject=subject(named),
            says=named.waits,
            corrects=None,
            amount=named.fee,
            working=explains(named),
        )
        for named in own
    ]
    return LineGroup(
        "Waiting for an exchange rate",
        "These are earned and not due yet. They come on a statement once their rate is known.",
        rows,
        None,
    )


def lines_words(lines: Sequence[NamedLine]) -> str:
    """3 lines; 1 pays nothing, and says why; 2 correct earlier lines."""
    nothing = sum(not named.due and not named.waits for named in ordinary(lines))
    corrected = sum(named.is_correction for named in lines)
    waits = sum(bool(named.waits) and not named.is_correction for named in lines)
    told = [
        f"{len(lines):,} {'line' if len(lines) == 1 else 'lines'}",
        f"{nothing:,} {'pays' if nothing == 1 else 'pay'} nothing, and {'says' if nothing == 1 else 'say'} why",
        f"{corrected:,} {'corrects an earlier line' if corrected == 1 else 'correct earlier lines'}",
        f"{waits:,} {'waits' if waits == 1 else 'wait'} for an exchange rate",
    ]
    counts = (1, nothing, corrected, waits)
    return f"{'; '.join(says for says, count in zip(told, counts, strict=True) if count)}."
