"""What subscriptions testify to settlement, as SQL over their own tables: for whoever reads all of it as columns."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from ofrecord.kernel.calendar import Span
from ofrecord.program.clause_types import PARTNER_OF_RECORD
from ofrecord.subscriptions.rules import former_partners
from ofrecord.subscriptions.types import RecordSpan

# One row a subscription. The seats of its first day are those of the latest change up to it, of two the later learned;
# most have one change in all, and to sort the changes of all costs more than to look up those of the others.
SOLD_SQL = """
select s.id::text as subscription, s.started_on, s.customer_id::text as customer, s.offer, s.way, s.region,
       v.sha256 as terms_sha256,
       case when b.changes = 1 and b.day <= s.started_on then b.seats else (
           select c.seats from subscriptions_seatchange c
            where c.subscription_id = s.id and c.day <= s.started_on order by c.day desc, c.id desc limit 1
       ) end as first_seats,
       s.deal, s.commitment_months
  from subscriptions_subscription s
  join program_programversion v on v.id = s.version_id
  left join (
    select subscription_id, count(*) as changes, min(day) as day, min(seats) as seats
      from subscriptions_seatchange group by subscription_id
  ) b on b.subscription_id = s.id
"""


def recognitions_sql(during: Span) -> str:
    """Who is partner of record, or holds a role that was recorded, on a day of the span: whole spans."""
    return f"""
    select subscription_id::text as subscription, partner_id::text as partner, '{PARTNER_OF_RECORD}' as role,
           lower(during) as first, upper(during) as until,
           null::bigint as share_numerator, null::bigint as share_denominator
      from subscriptions_partnerofrecord where during && {_range(during)}
    union all
    select subscription_id::text, partner_id::text, role, lower(during), upper(during),
           share_numerator / gcd(share_numerator, share_denominator),
           share_denominator / gcd(share_numerator, share_denominator)
      from subscriptions_heldrole where during && {_range(during)}
    """


def followed_sql(until: date) -> str:
    """The records before the day of the subscriptions that have had a partner of record followed by another."""
    known = f"during && daterange(null, date '{until}')"
    return f"""
    select subscription_id::text, partner_id::text, lower(during), upper(during)
      from subscriptions_partnerofrecord
     where {known} and subscription_id in (
           select subscription_id from subscriptions_partnerofrecord where {known} and upper(during) < date '{until}')
     order by subscription_id, during
    """


def former_rows(records: Iterable[tuple[Any, ...]], during: Span) -> Iterator[dict[str, Any]]:
    """The former partners of record on a day of the span, in the same columns, from the rows of `followed_sql`."""
    found: dict[str, list[RecordSpan]] = defaultdict(list)
    for subscription, partner, first, until in records:
        found[subscription].append(RecordSpan(UUID(partner), Span(first, until)))
    for subscription, spans in found.items():
        for each in former_partners(spans):
            if each.span.common(during):
                yield {
                    "subscription": subscription,
                    "partner": str(each.partner_id),
                    "role": each.role,
                    "first": each.span.first,
                    "until": each.span.until,
                    "share_numerator": None,
                    "share_denominator": None,
                }


def marks_sql(through: date) -> dict[str, str]:
    """By what is told of: a row for each day, with how many rows there are of it and a hash of all.

    `sold` by the day of the start, `seats` by the day from which they hold, records and roles by their first day. The
    hash of a column is the seed of the next: that costs half of hashing the row as one value.
    """
    version = (
        "uuid_hash_extended(version_id, hashint8extended(started_on - date '2000-01-01', commitment_months))"
    )
    place = f"hashtextextended(region, hashtextextended(deal, {version}))"
    words = f"hashtextextended(offer, hashtextextended(way, {place}))"
    share = "hashint8extended(coalesce(share_numerator, 0), coalesce(share_denominator, 0))"
    return {
        "sold": f"""
            select started_on, count(*), bit_xor(uuid_hash_extended(id, uuid_hash_extended(customer_id, {words})))
              from subscriptions_subscription where started_on <= date '{through}' group by 1""",
        "records": f"""
            select lower(during), count(*), bit_xor(uuid_hash_extended(subscription_id, uuid_hash_extended(partner_id,
                   hash_range_extended(during, 0))))
              from subscriptions_partnerofrecord where lower(during) <= date '{through}' group by 1""",
        "seats": f"""
            select day, count(*), bit_xor(uuid_hash_extended(subscription_id, hashint8extended(seats, id)))
              from subscriptions_seatchange where day <= date '{through}' group by 1""",
        "roles": f"""
            select lower(during), count(*), bit_xor(uuid_hash_extended(subscription_id, uuid_hash_extended(partner_id,
                   hashtextextended(role, hash_range_extended(during, {share})))))
              from subscriptions_heldrole where lower(during) <= date '{through}' group by 1""",
    }


def _range(span: Span) -> str:
    return f"daterange(date '{span.first}', date '{span.until}')"
