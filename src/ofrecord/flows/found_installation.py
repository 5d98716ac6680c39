"""An installation begins: its clock is wound, and its first channel chief is invited."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.actions import add_person
from ofrecord.access.refusals import AddressTaken
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, VendorRole
from ofrecord.clock.actions import wind
from ofrecord.partners.actions import people
from ofrecord.partners.queries import has_place


@transaction.atomic
def found(*, mode: str, day: date | None = None, history_until: date | None = None) -> None:
    """Winds the clock, once; whether it is a demonstration is fixed from now on."""
    with entered(OFFICE):
        wind(mode=mode, day=day, history_until=history_until)


def invite_first_chief(*, at: datetime, name: str, email: str) -> str:
    """The secret of an invitation for the first channel chief, to be handed over by whoever installed."""
    with entered(OFFICE):
        if has_place(email, OFFICE):
            raise AddressTaken(email=email)
        _, secret = people.invite(
            by=SYSTEM, at=at, partner_id=None, name=name, email=email, role=VendorRole.CHANNEL_CHIEF
        )
    return secret


def add_colleague(*, at: datetime, name: str, email: str, password: str, role: VendorRole) -> UUID:
    """A person of the vendor with a password that is known already. For demonstrations, which tell it."""
    with entered(OFFICE):
        person_id = add_person(name=name, email=email, password=password, at=at)
        people.add_member(by=SYSTEM, at=at, person_id=person_id, partner_id=None, role=role.value)
    return person_id
