"""What could lessen, end or delay what a version pays for a sale, in sentences derived from its clauses."""

from collections.abc import Iterator, Sequence

from ofrecord.kernel.rate import rate_text
from ofrecord.kernel.words import money_words
from ofrecord.program.clause_types import (
    FORMER_PARTNER,
    PARTNER_OF_RECORD,
    Applies,
    Basis,
    Clause,
    Unit,
)
from ofrecord.program.clause_words import clause_title, condition_words, pays_words
from ofrecord.program.types import Terms
from ofrecord.program.words import and_list, count_words

_TAKEN = {
    "refund": "is refunded",
    "credit note": "is credited",
    "chargeback": "is charged back",
    "write-off": "is written off",
}
# Paid once, whatever is given back later, as long as something of the first bill stays.
_ONCE = (Unit.SUBSCRIPTION, Unit.CUSTOMER)


def taken_back(terms: Terms, clauses: Sequence[Clause], tier: str = "") -> Iterator[str]:
    """What could take back, end or change what these clauses of the version pay a partner of record for a sale."""
    paying = [clause for clause in clauses if clause.pays]
    if not paying:
        return
    yield from _credits(terms, paying)
    yield from _window(terms)
    yield "Fewer seats and a cancellation end the fee with the bill: what is not billed earns nothing."
    yield from _another_partner(terms)
    yield from _tiers(terms, paying, tier)
    yield from _needs(terms, paying)
    yield from _versions(terms, paying)
    if terms.payment.minimums:
        least = and_list([money_words(minimum) for minimum in terms.payment.minimums], "or")
        yield f"Less than {least} in all is not paid out, but carried to the next statement."


def _credits(terms: Terms, paying: Sequence[Clause]) -> Iterator[str]:
    kinds = [_TAKEN[kind] for kind in terms.payment.reduced_by]
    if not kinds:
        yield "Nothing that is given back to the customer reduces the fee."
        return
    yield f"What {and_list(kinds, 'or')} is taken out of what the fee is worked out from, and a correction says so."
    left = [name for kind, name in _TAKEN.items() if kind not in terms.payment.reduced_by]
    if left:
        yield f"What {and_list(left, 'or')} does not reduce it."
    once = [clause_title(terms, clause.name) for clause in paying if clause.unit in _ONCE]
    if once:
        yield f"{and_list(once)} is paid once, and is taken back only where the first bill is taken back whole."


def _window(terms: Terms) -> Iterator[str]:
    payment = terms.payment
    if payment.claw_window is None:
        if payment.reduced_by:
            yield "There is no day after which nothing is taken back any more."
    else:
        days = count_words(payment.claw_window, "day")
        yield f"After {days} from what earned it, nothing of a fee is taken back any more."
    if payment.claw_limit < 1:
        share = rate_text(payment.claw_limit)
        yield f"Of what a statement earns, at most {share} is kept for what is taken back; the rest waits."


def _another_partner(terms: Terms) -> Iterator[str]:
    after = [clause for clause in terms.clauses if clause.pays and FORMER_PARTNER in clause.payees]
    yield "If another partner becomes partner of record, the fee ends on that day."
    for clause in after:
        words = f"{pays_words(clause, terms)}{condition_words(clause.when, terms)}"
        yield f"From then on {clause_title(terms, clause.name)} pays the {FORMER_PARTNER} {words}."


def _tiers(terms: Terms, paying: Sequence[Clause], tier: str) -> Iterator[str]:
    asked = [clause for clause in terms.clauses if clause.pays and clause.when.tiers]
    if not any(PARTNER_OF_RECORD in clause.payees for clause in asked):
        return
    held = f", {tier} today" if tier else ""
    yield f"Your tier on the day of each invoice counts{held}: another tier can pay more or less from then on."


def _needs(terms: Terms, paying: Sequence[Clause]) -> Iterator[str]:
    for clause in paying:
        if clause.needs is not None:
            yield (
                f"{clause_title(terms, clause.name)} counts what you sold: a sale of which everything is given back "
                "no longer counts."
            )


def _versions(terms: Terms, paying: Sequence[Clause]) -> Iterator[str]:
    until = [clause_title(terms, each.name) for each in paying if each.applies is Applies.UNTIL_RENEWAL]
    for_all = [clause_title(terms, each.name) for each in paying if each.applies is Applies.ALL]
    if until:
        verb = "applies" if len(until) == 1 else "apply"
        yield (
            f"{and_list(until)} {verb} until the first renewal after a later version of the program took effect; "
            "from then on that version governs."
        )
    if for_all:
        verb = "applies" if len(for_all) == 1 else "apply"
        yield f"{and_list(for_all)} {verb} to this sale as long as this version is in force."
    if any(each.applies is Applies.NEW_SUBSCRIPTIONS for each in paying):
        yield (
            "A later version of the program changes nothing for this sale, unless one of its clauses says that it "
            "applies to all subscriptions."
        )
    if any(each.basis is Basis.POOLED for each in terms.clauses):
        yield "What is shared out of a pool is not foreseen here: nobody knows it before the month is over."
