"""Orders, links, views, confirmations, declines, questions."""

from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Q

from ofrecord.access.models import Person
from ofrecord.customers.models import Customer
from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id
from ofrecord.kernel.money import Money
from ofrecord.partners.models import Partner
from ofrecord.program.models import ProgramVersion

OPEN, CONFIRMED, DECLINED, WITHDRAWN = "open", "confirmed", "declined", "withdrawn"
ONCE, MONTHLY = "once", "monthly"


class Order(models.Model):
    """What was composed for one customer, under one program version; a direct order names a partner or none."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=12, unique=True)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, related_name="+")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    version = models.ForeignKey(ProgramVersion, models.PROTECT, related_name="+")
    way = models.CharField(max_length=40)
    region = models.CharField(max_length=20)
    offer = models.CharField(max_length=80)
    offer_title = models.CharField(max_length=200)
    seats = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    commitment_months = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    note = models.TextField(default="")
    status = models.CharField(max_length=9, choices=[(s, s) for s in (OPEN, CONFIRMED, DECLINED, WITHDRAWN)])
    composed_by = models.UUIDField(null=True)
    composed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["partner", "-composed_at"]), models.Index(fields=["-composed_at"])]
        constraints = [models.CheckConstraint(condition=Q(seats__gte=1), name="an_order_has_seats")]

    @property
    def unit_price(self) -> Money:
        """What a seat costs a month."""
        return Money(self.unit_price_minor, self.currency)

    @classmethod
    def of_partner(cls, partner_id: UUID) -> Q:
        return Q(partner_id=partner_id)


def _through_order(partner_id: UUID) -> Q:
    return Q(Exists(Order.objects.filter(pk=OuterRef("order_id")).filter(Order.of_partner(partner_id))))


class PartnerService(models.Model):
    """A service that the partner does and bills itself; on the order as text and price."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    text = models.CharField(max_length=250)
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    billed = models.CharField(max_length=7, choices=[(ONCE, ONCE), (MONTHLY, MONTHLY)])

    class Meta:
        triggers = [append_only()]

    of_partner = classmethod(lambda cls, partner_id: _through_order(partner_id))


class OrderLink(models.Model):
    """A secret address at which the customer finds the order; the latest one of an order counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True)

    of_partner = classmethod(lambda cls, partner_id: _through_order(partner_id))


class LinkView(models.Model):
    """Somebody opened the link; `outcome` is the page that was shown."""

    link = models.ForeignKey(OrderLink, models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=20)

    class Meta:
        indexes = [models.Index(fields=["order", "-at"])]
        triggers = [append_only()]

    of_partner = classmethod(lambda cls, partner_id: _through_order(partner_id))


class Confirmation(models.Model):
    """The customer's recorded yes: who, when, how many seats, and exactly what was shown and accepted."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.OneToOneField(Order, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    form_key = models.UUIDField()
    seats = models.PositiveIntegerField()
    shown = models.JSONField()
    shown_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["form_key"])]
        constraints = [models.CheckConstraint(condition=Q(seats__gte=1), name="a_confirmation_has_seats")]
        triggers = [append_only()]

    of_partner = classmethod(lambda cls, partner_id: _through_order(partner_id))


class Decline(models.Model):
    """The customer's recorded no."""

    order = models.OneToOneField(Order, models.PROTECT, related_name="+")
    reason = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        triggers = [append_only()]

    of_partner = classmethod(lambda cls, partner_id: _through_order(partner_id))


class Question(models.Model):
    """What the customer asked before answering."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        triggers = [append_only()]

    of_partner = classmethod(lambda cls, partner_id: _through_order(partner_id))
