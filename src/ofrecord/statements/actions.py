"""Writes of statements, and of disputes about their lines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from ofrecord.access.many import insert_all
from ofrecord.access.refusals import NotFound
from ofrecord.access.types import Actor
from ofrecord.journal.actions import record
from ofrecord.kernel.calendar import Month
from ofrecord.settlement.types import Figures
from ofrecord.statements.models import Dispute, Statement
from ofrecord.statements.refusals import AlreadyDisputed, DisputeOver, WordsMissing
from ofrecord.statements.types import ANSWERED, OPEN, Outcome

MOST_LETTERS: Final = 4_000


@transaction.atomic
def issue_statements(*, at: datetime, month: Month, figures: Sequence[Figures]) -> int:
    """One statement for each partner and currency of a month that is being closed; says how many.

    The journal has one entry for all of them: that the month was closed.
    """
    issued = [
        Statement(
            partner_id=each.partner,
            closed_id=month.first,
            month=month.first,
            currency=each.currency,
            total_minor=each.earned.minor,
            opening_minor=each.opening.minor,
            new_minor=each.new.minor,
            corrected_minor=each.corrected.minor,
            waived_minor=each.waived.minor,
            held_minor=each.held.minor,
            released_minor=each.released.minor,
            payable_minor=each.payable.minor,
            carried_minor=each.carried.minor,
            lines=each.lines,
            zero_lines=each.zero_lines,
            corrections=each.corrections,
            waiting=each.waiting,
            at=at,
        )
        for each in figures
    ]
    insert_all(issued)
    return len(issued)


@transaction.atomic
def open_dispute(*, by: Actor, at: datetime, partner_id: UUID, line: str, month: Month, reason: str) -> UUID:
    """A partner objects to a line of its own. Raises WordsMissing, AlreadyDisputed."""
    reason = _said(reason, "reason")
    if Dispute.objects.filter(line=line, status=OPEN).exists():
        raise AlreadyDisputed(line=line)
    try:
        with transaction.atomic():
            dispute = Dispute.objects.create(
                partner_id=partner_id,
                line=line,
                month=month.first,
                reason=reason,
                opened_by=by.id,
                opened_at=at,
            )
    except IntegrityError as fault:
        # Somebody else was first, since we looked; PostgreSQL keeps one open dispute a line.
        raise AlreadyDisputed(line=line) from fault
    record(
        by=by,
        at=at,
        verb="line disputed",
        subject=("dispute", dispute.pk),
        partner_id=partner_id,
        line=line,
        reason=reason,
    )
    return dispute.pk


@transaction.atomic
def answer_dispute(*, by: Actor, at: datetime, dispute_id: UUID, outcome: Outcome, answer: str) -> None:
    """Ends a dispute; its partner may withdraw it without a word. Raises NotFound, DisputeOver, WordsMissing."""
    dispute = Dispute.objects.select_for_update().filter(pk=dispute_id).first()
    if dispute is None:
        raise NotFound(what="dispute")
    if dispute.status != OPEN:
        raise DisputeOver(line=dispute.line, outcome=dispute.outcome)
    dispute.answer = answer.strip() if outcome is Outcome.WITHDRAWN else _said(answer, "answer")
    dispute.status, dispute.outcome = ANSWERED, outcome
    dispute.answered_by, dispute.answered_at = by.id, at
    dispute.save(update_fields=["status", "outcome", "answer", "answered_by", "answered_at"])
    record(
        by=by,
        at=at,
        verb="dispute answered",
        subject=("dispute", dispute.pk),
        partner_id=dispute.partner_id,
        line=dispute.line,
        outcome=outcome.value,
        answer=dispute.answer,
    )


def _said(text: str, what: str) -> str:
    said = text.strip()
    if not said or len(said) > MOST_LETTERS:
        raise WordsMissing(what=what, limit=MOST_LETTERS)
    return said
