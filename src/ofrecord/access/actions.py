"""Writes about people."""

from datetime import datetime
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction

from ofrecord.access.models import Person
from ofrecord.access.refusals import AddressTaken


@transaction.atomic
def add_contact(*, name: str, email: str, at: datetime) -> UUID:
    """A person who does not sign in: who confirmed, declined or asked."""
    person = Person(name=name.strip(), email=email.strip(), created_at=at, is_active=False)
    person.set_unusable_password()
    person.save()
    return person.id


@transaction.atomic
def add_person(*, name: str, email: str, password: str, at: datetime) -> UUID:
    """A person who signs in with a verified address: they followed a link that was sent to it."""
    email = email.strip().lower()
    if Person.objects.filter(login=email).exists():
        raise AddressTaken(email=email)
    person = Person(name=name.strip(), email=email, login=email, is_active=True, created_at=at)
    person.set_password(password)
    person.save()
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person.id
