"""Reads about people."""

from collections.abc import Iterable
from uuid import UUID

from ofrecord.access.models import Person


def names_of(person_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of people, in one query; an erased person is absent."""
    wanted = set(person_ids)
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}


def address_of(person_id: UUID) -> tuple[str, str] | None:
    """Name and e-mail address, None when the person is unknown."""
    return Person.objects.filter(pk=person_id).values_list("name", "email").first()


def addresses(person_ids: Iterable[UUID]) -> list[str]:
    """The e-mail addresses of those of the people who sign in."""
    people = Person.objects.filter(pk__in=list(person_ids), is_active=True)
    return list(people.order_by("email").values_list("email", flat=True))


def person_with_login(email: str) -> UUID | None:
    """Who signs in with the address."""
    return Person.objects.filter(login=email.strip().lower()).values_list("pk", flat=True).first()
