"""Reads of the ledger."""

from uuid import UUID

from django.db.models import Sum

from ofrecord.kernel.money import Money
from ofrecord.ledger.models import PostingRow


def balance(account: str, currency: str, partner_id: UUID | None = None) -> Money:
    """What the account holds; for a partner's account, that partner's part."""
    found = PostingRow.objects.filter(account=account, currency=currency)
    if partner_id is not None:
        found = found.filter(partner_id=partner_id)
    return Money(int(found.aggregate(total=Sum("amount_minor"))["total"] or 0), currency)


def posted_under(key_prefix: str, account: str) -> dict[tuple[UUID | None, str], int]:
    """Minor units posted to the account by transfers whose key begins so, by partner and currency."""
    found = (
        PostingRow.objects.filter(account=account, transfer__key__startswith=key_prefix)
        .values_list("partner_id", "currency")
        .annotate(total=Sum("amount_minor"))
    )
    return {(partner_id, currency): int(total) for partner_id, currency, total in found}
