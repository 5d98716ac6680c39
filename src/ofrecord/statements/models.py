"""Statements, and disputes of their lines."""

from uuid import UUID

import pgtrigger
from django.db import models
from django.db.models import F, Q

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.partners.models import Partner
from ofrecord.settlement.models import ClosedMonth
from ofrecord.statements.types import ANSWERED, OPEN, Outcome


class Statement(models.Model):
    """A partner's fees of one closed month in one currency, and what of them is payable.

    `total` is what the lines come to. What came in, by the balance of the month before, by lines and from what
    was held back, is what goes out: held back, payable, or carried to the next month.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    closed = models.ForeignKey(ClosedMonth, models.PROTECT, related_name="+")
    month = models.DateField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    opening_minor = models.BigIntegerField()
    new_minor = models.BigIntegerField()
    corrected_minor = models.BigIntegerField()
    waived_minor = models.BigIntegerField()
    held_minor = models.BigIntegerField()
    released_minor = models.BigIntegerField()
    payable_minor = models.BigIntegerField()
    carried_minor = models.BigIntegerField()
    lines = models.PositiveIntegerField()
    zero_lines = models.PositiveIntegerField()
    corrections = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["partner", "-month"])]
        constraints = [
            models.UniqueConstraint(fields=["partner", "month", "currency"], name="one_statement_a_month"),
            models.CheckConstraint(
                condition=Q(total_minor=F("new_minor") + F("corrected_minor")),
                name="a_statement_sums_its_lines",
            ),
            models.CheckConstraint(
                condition=Q(
                    payable_minor=F("opening_minor")
                    + F("total_minor")
                    + F("waived_minor")
                    - F("held_minor")
                    + F("released_minor")
                    - F("carried_minor")
                ),
                name="a_statement_adds_up",
            ),
            models.CheckConstraint(condition=Q(payable_minor__gte=0), name="nothing_below_zero_is_payable"),
        ]
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)


class Dispute(models.Model):
    """A partner's objection to one line, with its answer once there is one.

    What was said stays: who objected, to what and why never changes, and an answer is final. Whoever still objects
    opens another dispute.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    # The public name of a line; lines live in books, not in tables.
    line = models.CharField(max_length=18)
    month = models.DateField()
    reason = models.TextField()
    opened_by = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=[(s, s) for s in (OPEN, ANSWERED)], default=OPEN)
    outcome = models.CharField(max_length=9, choices=[(o.value, o.value) for o in Outcome], default="")
    answer = models.TextField(default="")
    answered_by = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["partner", "-opened_at"]), models.Index(fields=["line"])]
        constraints = [
            # Two at once would have two answers.
            models.UniqueConstraint(
                fields=["line"], condition=Q(status=OPEN), name="one_open_dispute_a_line"
            ),
            models.CheckConstraint(
                condition=Q(status=OPEN, outcome="", answer="", answered_at__isnull=True)
                | (Q(status=ANSWERED, answered_at__isnull=False) & ~Q(outcome="")),
                name="an_answered_dispute_has_an_outcome",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="an_answer_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__status=ANSWERED),
            ),
            pgtrigger.ReadOnly(
                name="what_was_said_stays",
                fields=["partner", "line", "month", "reason", "opened_by", "opened_at"],
            ),
        ]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)
