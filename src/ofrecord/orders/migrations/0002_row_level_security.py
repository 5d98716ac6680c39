"""Row-level security: a partner sees its own rows, the holder of a link that one order."""

from django.db import migrations

from ofrecord.access.scope import policy, readable

# The link's table asks the order's policy and the order's asks this, so it looks past the policies, at one row.
ORDER_OF_LINK = migrations.RunSQL(
    """
    create function ofrecord_link_order() returns uuid language sql stable security definer
      set search_path = public, pg_temp as
      $$ select order_id from orders_orderlink where token_hash = ofrecord_scoped('link') $$
    """,
    "drop function ofrecord_link_order()",
)


def through_order(table: str) -> migrations.RunSQL:
    """What hangs on an order is seen by whoever sees the order."""
    seen = f"exists (select from orders_order o where o.id = {table}.order_id)"
    return policy(table, "false", besides=seen)


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("customers", "0002_row_level_security")]
    operations = [
        ORDER_OF_LINK,
        policy("orders_order", "partner_id = {partner}"),
        readable("orders_order", "id = (select ofrecord_link_order())"),
        *[
            through_order(f"orders_{name}")
            for name in (
                "partnerservice",
                "orderlink",
                "linkview",
                "confirmation",
                "decline",
                "question",
            )
        ],
        migrations.RunSQL(
            """
            create policy seen_by_link on customers_customer for select using
              (id = (select customer_id from orders_order where id = (select ofrecord_link_order())));
            create policy seen_by_link on partners_partner for select using
              (id = (select partner_id from orders_order where id = (select ofrecord_link_order())));
            """,
            "drop policy seen_by_link on customers_customer; drop policy seen_by_link on partners_partner",
        ),
    ]
