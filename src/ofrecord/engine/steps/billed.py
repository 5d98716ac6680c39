"""From what was billed and what was sold to one row for each line, with what it would be at the list price."""

from typing import Any

import ibis

from ofrecord.engine.exact.functions import add_days, add_months, days_between, product, rounded


def billed_lines(lines: ibis.Table, sold: ibis.Table, segments: ibis.Table, prices: ibis.Table) -> ibis.Table:
    """The lines, each with its subscription, the customer's segment on the invoice's day, and the prices of its first
    day prorated as the bill was: null where there is no such price in the currency.
    """
    known = lines.inner_join(sold, "subscription")
    on = [
        known.customer == segments.customer,
        segments.first <= known.invoice_day,
        segments.until.isnull() | (known.invoice_day < segments.until),
    ]
    named = known.left_join(segments, on).select(known, segment=segments.segment.fill_null(""))
    listed = named.left_join(
        prices,
        [
            named.terms_sha256 == prices.terms_sha256,
            named.offer == prices.offer,
            named.region == prices.region,
            prices.first <= named.service_first,
            prices.until.isnull() | (named.service_first < prices.until),
        ],
    )
    return listed.select(
        named,
        list_minor=_prorated(named, prices.list_minor, prices.list_currency, prices.rounding),
        wholesale_minor=_prorated(named, prices.wholesale_minor, prices.wholesale_currency, prices.rounding),
    )


def _prorated(line: ibis.Table, price: Any, currency: Any, rounding: Any) -> Any:
    """So many seats at the monthly price on the days of the line, which lie in one month."""
    month = add_days(line.service_first, 1 - line.service_first.day())
    of = days_between(month, add_months(month, 1))
    days = days_between(line.service_first, line.service_until)
    whole = product(price, line.seats)
    part = ibis.ifelse(days == of, whole.cast("int64"), rounded(product(whole, days), of, rounding))
    return ibis.ifelse(currency == line.currency, part, ibis.null("int64"))
