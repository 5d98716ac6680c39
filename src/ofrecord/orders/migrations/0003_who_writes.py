"""Row-level security of what is written: the office does; a partner its orders and their links.

Of a link it is written in its own scope that it was looked at.
"""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_row_level_security"), ("access", "0002_scope")]
    operations = [
        written_by_office("orders_order", but_adds=True, but_changes=True),
        written_by_office("orders_orderlink", but_adds=True, but_changes=True),
        written_by_office("orders_partnerservice", but_adds=True),
        written_by_office("orders_linkview", but_adds=True),
        written_by_office("orders_confirmation"),
        written_by_office("orders_decline"),
        written_by_office("orders_question"),
    ]
