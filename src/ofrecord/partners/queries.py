"""Reads about partners and the people of both houses."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from ofrecord.access.queries import addresses
from ofrecord.access.rules import permissions_of
from ofrecord.access.scope import rows
from ofrecord.access.types import (
    OFFICE,
    Actor,
    ActorKind,
    PartnerRole,
    Permission,
    Reader,
    Role,
    Scope,
    VendorRole,
)
from ofrecord.kernel.ids import secret_hash
from ofrecord.partners.models import (
    Acceptance,
    ApiClient,
    Invitation,
    Member,
    Partner,
    TierSpan,
    of_house,
)
from ofrecord.partners.rules import require_open
from ofrecord.partners.types import AcceptanceCard, InvitationCard, PartnerCard


def reader_of(person_id: UUID) -> Reader | None:
    """Where the person belongs and what it may; None when it left. Asks for no scope but its own memberships."""
    member = (
        Member.objects.select_related("person", "partner")
        .filter(person_id=person_id, ended_at__isnull=True)
        .first()
    )
    if member is None or not member.person.is_active:
        return None
    role = PartnerRole(member.role) if member.partner_id else VendorRole(member.role)
    return Reader(
        actor=Actor(ActorKind.PERSON, person_id),
        scope=Scope.partner(member.partner_id) if member.partner_id else OFFICE,
        partner_id=member.partner_id,
        permissions=permissions_of(role),
        name=member.person.name,
        house=member.partner.name if member.partner else "",
        role=role.value,
    )


def client_reader(token_hash: str) -> Reader | None:
    """The reader that an API token speaks for; None when it is unknown or revoked. Needs the scope of that token."""
    client = ApiClient.objects.filter(token_hash=token_hash, revoked_at__isnull=True).first()
    if client is None:
        return None
    # Whatever a row says: no token does more than the head of its house may.
    most = permissions_of(PartnerRole.OWNER if client.partner_id else VendorRole.CHANNEL_CHIEF)
    return Reader(
        actor=Actor(ActorKind.CLIENT, client.pk),
        scope=Scope.partner(client.partner_id) if client.partner_id else OFFICE,
        partner_id=client.partner_id,
        permissions=most.intersection(map(Permission, client.permissions)),
        name=client.name,
    )


def card(partner: Partner) -> PartnerCard:
    return PartnerCard(
        partner.pk, partner.number, partner.name, partner.region, partner.status, partner.applicant_id
    )


def partners(scope: Scope) -> "QuerySet[Partner]":
    """The partners that the scope may see."""
    return rows(Partner.objects.all(), scope)


def regions(scope: Scope) -> list[str]:
    """The regions in which there are partners."""
    return list(partners(scope).order_by("region").values_list("region", flat=True).distinct())


def partner_card(partner_id: UUID, scope: Scope) -> PartnerCard | None:
    found = partners(scope).filter(pk=partner_id).first()
    return card(found) if found else None


def partner_by_number(number: str, scope: Scope) -> PartnerCard | None:
    found = partners(scope).filter(number=number.strip().upper()).first()
    return card(found) if found else None


def partner_names(partner_ids: Iterable[UUID], scope: Scope) -> dict[UUID, str]:
    """Names of those of the partners that the scope may see, in one query."""
    return dict(partners(scope).filter(pk__in=set(partner_ids)).values_list("pk", "name"))


def acceptances(partner_id: UUID, scope: Scope) -> list[AcceptanceCard]:
    """What the partner accepted, latest first."""
    found = rows(Acceptance.objects.all(), scope).filter(partner_id=partner_id).order_by("-at")
    return [AcceptanceCard(a.version_id, a.sha256, a.day, a.at, a.person_id) for a in found]


def members(scope: Scope, partner_id: UUID | None) -> "QuerySet[Member]":
    """The people of one house, those who left too."""
    return rows(Member.objects.select_related("person"), scope).filter(of_house(partner_id)).order_by("since")


def has_place(email: str, scope: Scope) -> bool:
    """Whether the address signs in, or did, at a house that the scope may see: a partner learns it of its own alone."""
    return rows(Member.objects.all(), scope).filter(person__login=email.strip().lower()).exists()


def invitations(scope: Scope, partner_id: UUID | None) -> "QuerySet[Invitation]":
    return rows(Invitation.objects.all(), scope).filter(of_house(partner_id)).order_by("-invited_at")


def clients(scope: Scope, partner_id: UUID | None) -> "QuerySet[ApiClient]":
    return rows(ApiClient.objects.all(), scope).filter(of_house(partner_id)).order_by("-made_at")


def addresses_of(partner_id: UUID) -> list[str]:
    """Where to write to a partner: its owners and sellers that have not left."""
    people = Member.objects.filter(
        partner_id=partner_id, ended_at__isnull=True, role__in=[PartnerRole.OWNER, PartnerRole.SELLER]
    ).values_list("person_id", flat=True)
    return addresses(people)


def addresses_in(partner_id: UUID | None, roles: Iterable[Role]) -> list[str]:
    """Where to write to the people of a house (None is the vendor) who have these roles and have not left."""
    found = Member.objects.filter(of_house(partner_id), ended_at__isnull=True, role__in=list(roles))
    return addresses(found.values_list("person_id", flat=True))


def tier_spans(scope: Scope) -> "QuerySet[TierSpan]":
    return rows(TierSpan.objects.order_by("partner", "during"), scope)


def invitation_by_secret(secret: str, at: datetime) -> InvitationCard | None:
    """The open invitation behind a link, None when it leads to none. Raises InvitationOver. Needs the link's scope."""
    found = Invitation.objects.select_related("partner").filter(token_hash=secret_hash(secret)).first()
    if found is None:
        return None
    require_open(found.accepted_at, found.revoked_at, found.expires_on, at)
    return InvitationCard(found.name, found.email, found.role, found.partner.name if found.partner else "")


def accepted(version_id: UUID, scope: Scope) -> "QuerySet[Acceptance]":
    """Who accepted the version, latest first."""
    found = Acceptance.objects.select_related("partner").filter(version_id=version_id)
    return rows(found, scope).order_by("-at")


def acceptance_counts(scope: Scope) -> dict[UUID, int]:
    """How many partners accepted each version, in one query."""
    found = rows(Acceptance.objects.order_by(), scope).values_list("version_id")
    return dict(found.annotate(count=Count("pk")))
