"""What partners testify to settlement, as SQL over their own tables: for whoever reads all of it as columns."""

from ofrecord.kernel.calendar import Span


def tiers_sql(during: Span) -> str:
    """The tiers that partners hold on days of the span: whole spans."""
    return f"""
    select partner_id::text as partner, lower(during) as first, upper(during) as until, tier
      from partners_tierspan where during && daterange(date '{during.first}', date '{during.until}')
    """
