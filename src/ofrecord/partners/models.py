"""Partners, memberships, invitations, acceptances, tiers, API clients."""

from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from ofrecord.access.models import Person
from ofrecord.access.types import PartnerRole, VendorRole
from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.program.models import ProgramVersion

APPLIED, APPROVED, REFUSED = "applied", "approved", "refused"


class Partner(models.Model):
    """An organization that sells under the program.

    Without a `statement_currency` its statements are in the currency of each line.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=200)
    region = models.CharField(max_length=20)
    website = models.CharField(max_length=200, default="")
    about = models.TextField(default="")
    statement_currency = models.CharField(max_length=3, default="", blank=True)
    status = models.CharField(max_length=8, choices=[(s, s) for s in (APPLIED, APPROVED, REFUSED)])
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="+")
    applied_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.TextField(default="")

    class Meta:
        indexes = [models.Index(fields=["name"]), models.Index(fields=["-applied_at"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=REFUSED) | ~Q(reason=""), name="a_refusal_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(statement_currency__regex=r"^([A-Z]{3})?$"), name="a_currency_has_three_letters"
            ),
        ]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(pk=partner_id)


def of_house(partner_id: UUID | None) -> Q:
    """What belongs to a partner's house, or to the vendor's where `partner_id` is None."""
    return Q(partner__isnull=True) if partner_id is None else Q(partner_id=partner_id)


class Member(models.Model):
    """A person's one place: at a partner, or at the vendor's office where `partner` is null."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.OneToOneField(Person, models.PROTECT, related_name="+")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=20)
    since = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(partner__isnull=True, role__in=[r.value for r in VendorRole])
                | Q(partner__isnull=False, role__in=[r.value for r in PartnerRole]),
                name="a_role_of_the_right_house",
            )
        ]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)


class Invitation(models.Model):
    """A colleague asked by e-mail; the link's secret is stored as a hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    role = models.CharField(max_length=20)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.UUIDField(null=True)
    invited_at = models.DateTimeField()
    expires_on = models.DateField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)


class Acceptance(models.Model):
    """A partner took a program version: on which day, by whom, under which hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    person_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    day = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["partner", "version"], name="a_version_is_accepted_once"),
        ]
        triggers = [append_only()]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)


class TierSpan(models.Model):
    """The tier that a partner holds on the days of `during`; without one it holds the program's first."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+")
    tier = models.CharField(max_length=60)
    during = DateRangeField()
    learned_at = models.DateTimeField()

    class Meta:
        constraints = [
            # A partner holds one tier on one day.
            ExclusionConstraint(
                name="one_tier_a_day",
                expressions=[("partner", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
            )
        ]

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)


class ApiClient(models.Model):
    """A program that speaks for a partner, or for the vendor where `partner` is null; its token is stored as a hash."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=120)
    permissions = ArrayField(models.CharField(max_length=40))
    token_hash = models.CharField(max_length=64, unique=True)
    token_start = models.CharField(max_length=8)
    made_by = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)
