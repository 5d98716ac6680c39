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

# One row a subscription. The seats of its first day are those of the latest change up to it, of two the later learned.
SOLD_SQL = """
select s.id::text as subscription, s.started_on, s.customer_id::text as customer, s.offer, s.way, s.region,
       v.sha256 as terms_sha256, b.seats as first_seats, s.deal, s.commitment_months
  from subscriptions_subscription s
  join program_programversion v on v.id = s.version_id
  left join (
    select distinct on (c.subscription_id) c.subscription_id, c.seats
      from subscriptions_seatchange c
      join subscriptions_subscription o on o.id = c.subscription_id and c.day <= o.started_on
     order by c.subscription_id, c.day desc, c.id desc
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

    `sold` by the day of the start, `seats` by the day from which they hold, `recognitions` by their first day.
    """
    return {
        "sold": f"""
            select started_on, count(*), bit_xor(hash_record_extended(
                   row(id, started_on, customer_id, version_id, offer, way, region, deal, commitment_months), 0))
              from subscriptions_subscription where started_on <= date '{through}' group by 1""",
        "seats": f"""
            select day, count(*), bit_xor(hash_record_extended(row(id, subscription_id, day, seats), 0))
              from subscriptions_seatchange where day <= date '{through}' group by 1""",
        "records": f"""
            select lower(during), count(*), bit_xor(hash_record_extended(row(subscription_id, partner_id, during), 0))
              from subscriptions_partnerofrecord where lower(during) <= date '{through}' group by 1""",
        "roles": f"""
            select lower(during), count(*), bit_xor(hash_record_extended(
                   row(subscription_id, partner_id, role, during, share_numerator, share_denominator), 0))
              from subscriptions_heldrole where lower(during) <= date '{through}' group by 1""",
    }


def _range(span: Span) -> str:
    return f"daterange(date '{span.first}', date '{span.until}')"
