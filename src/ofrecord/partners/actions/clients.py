"""API clients: made and revoked."""

from collections.abc import Set
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.access.refusals import NotFound
from ofrecord.access.rules import CLIENT_PERMISSIONS
from ofrecord.access.types import Permission, Reader
from ofrecord.journal.actions import record
from ofrecord.kernel.ids import new_secret, secret_hash
from ofrecord.partners.models import ApiClient, of_house
from ofrecord.partners.rules import grantable

TOKEN_PREFIX = "ofr_"


@transaction.atomic
def make_client(*, by: Reader, at: datetime, name: str, permissions: Set[Permission]) -> tuple[UUID, str]:
    """Makes a client of the reader's house with part of the reader's permissions; gives its token, once."""
    granted = grantable(permissions, by.permissions, CLIENT_PERMISSIONS)
    token = TOKEN_PREFIX + new_secret()
    client = ApiClient.objects.create(
        partner_id=by.partner_id,
        name=name.strip(),
        permissions=sorted(permission.value for permission in granted),
        token_hash=secret_hash(token),
        token_start=token[:8],
        made_by=by.actor.id,
        made_at=at,
    )
    record(
        by=by.actor,
        at=at,
        verb="API client made",
        subject=("API client", client.pk),
        partner_id=by.partner_id,
        permissions=client.permissions,
    )
    return client.pk, token


@transaction.atomic
def revoke_client(*, by: Reader, at: datetime, client_id: UUID) -> None:
    """Ends a client of the reader's house; its token opens nothing from now on. Again it changes nothing."""
    client = ApiClient.objects.select_for_update().filter(of_house(by.partner_id), pk=client_id).first()
    if client is None:
        raise NotFound(what="API client")
    if client.revoked_at is None:
        client.revoked_at = at
        client.save(update_fields=["revoked_at"])
        record(
            by=by.actor,
            at=at,
            verb="API client revoked",
            subject=("API client", client.pk),
            partner_id=by.partner_id,
        )
