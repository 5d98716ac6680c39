"""Who is recognized on each piece, in which tier: the cases that clauses look at."""

from collections.abc import Mapping

import ibis
from ibis import _

from ofrecord.engine.exact.functions import add_months, month_start
from ofrecord.engine.steps.shapes import CASE, MINOR, shaped
from ofrecord.program.clause_types import FORMER_PARTNER


def tier_days(facts: ibis.Table, tiers: ibis.Table) -> ibis.Table:
    """The tier of each partner on each day on which something was billed: (partner, tier_day, tier)."""
    days = facts.select(tier_day=facts.invoice_day).distinct()
    held = (tiers.first <= days.tier_day) & (tiers.until.isnull() | (days.tier_day < tiers.until))
    return days.join(tiers, held).select("partner", "tier_day", "tier")


def recognized(recognitions: ibis.Table) -> ibis.Table:
    """The recognitions under names of their own, so that they join to pieces."""
    return recognitions.select(
        of_subscription="subscription",
        partner="partner",
        role="role",
        recognized_from="first",
        recognized_until="until",
        share_numerator=recognitions.share_numerator.cast(MINOR),
        share_denominator=recognitions.share_denominator.cast(MINOR),
    )


def cases(
    pieces: ibis.Table,
    recognitions: ibis.Table,
    tiers: ibis.Table,
    lowest: Mapping[str, str],
    cutting: ibis.Table | None,
) -> ibis.Table:
    """Each piece with each partner recognized on its first day: CASE.

    `tiers` is as `tier_days` gives it; a partner without a tier has the `lowest` of the sale's version. A former
    partner of record is heard only where a clause that reaches the sale names that role: `cutting` says where
    (chain, now_sha256, mentions_former); None: nowhere.
    """
    who = recognized(recognitions)
    if cutting is None:
        who = who.filter(_.role != FORMER_PARTNER)
    month = month_start(pieces.invoice_day)
    found = pieces.mutate(invoice_month=month).join(
        who,
        [
            pieces.subscription == who.of_subscription,
            who.recognized_from <= pieces.piece_first,
            who.recognized_until.isnull() | (pieces.piece_first < who.recognized_until),
        ],
    )
    found = found.filter(
        found.recognized_from < add_months(found.invoice_month, 1),
        found.recognized_until.isnull() | (found.invoice_month < found.recognized_until),
    )
    if cutting is not None:
        found = found.inner_join(
            cutting.select("chain", "now_sha256", "mentions_former"), ["chain", "now_sha256"]
        )
        found = found.filter((found.role != FORMER_PARTNER) | found.mentions_former)
    held = tiers.select(tier_of="partner", tier_day="tier_day", tier="tier")
    found = found.left_join(held, [found.partner == held.tier_of, found.invoice_day == held.tier_day])
    return shaped(found.mutate(tier=ibis.coalesce(found.tier.nullif(""), lowest_tier(found, lowest))), CASE)


def lowest_tier(table: ibis.Table, lowest: Mapping[str, str]) -> ibis.Value:
    """The first tier of the sale's version."""
    if len(set(lowest.values())) == 1:
        return ibis.literal(next(iter(lowest.values())))
    return table.terms_sha256.cases(*lowest.items(), else_="")
