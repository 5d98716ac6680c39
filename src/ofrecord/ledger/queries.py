"""Reads of the ledger."""

from datetime import date
from uuid import UUID

from django.db.models import QuerySet, Sum

from ofrecord.kernel.money import Money
from ofrecord.ledger.models import PostingRow

# Minor units by partner and currency.
Amounts = dict[tuple[UUID, str], int]


def balance(account: str, currency: str, partner_id: UUID | None = None) -> Money:
    """What the account holds; for a partner's account, that partner's part."""
    found = PostingRow.objects.filter(account=account, currency=currency)
    if partner_id is not None:
        found = found.filter(partner_id=partner_id)
    return Money(int(found.aggregate(total=Sum("amount_minor"))["total"] or 0), currency)


def balances(account: str, *, before: date | None = None, partner_id: UUID | None = None) -> Amounts:
    """What the account holds for each partner, or for one, in one query; `before` counts transfers of earlier days
    alone."""
    found = PostingRow.objects.filter(account=account, partner_id__isnull=False)
    if partner_id is not None:
        found = found.filter(partner_id=partner_id)
    if before is not None:
        found = found.filter(transfer__day__lt=before)
    return {key: minor for key, minor in _sums(found).items() if minor}


def posted_under(key_prefix: str, *accounts: str) -> Amounts:
    """What transfers whose key begins so posted to the partners' parts of the accounts."""
    found = PostingRow.objects.filter(account__in=accounts, transfer__key__startswith=key_prefix)
    return _sums(found.filter(partner_id__isnull=False))


def _sums(found: "QuerySet[PostingRow]") -> Amounts:
    sums = found.values_list("partner_id", "currency").annotate(total=Sum("amount_minor")).order_by()
    return {(partner_id, currency): int(total) for partner_id, currency, total in sums if partner_id}
