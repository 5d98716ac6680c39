"""Row-level security of what is written: the office does; a partner adds a customer that it brings."""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_segments_have_days"), ("access", "0002_scope")]
    operations = [
        written_by_office("customers_customer", but_adds=True),
        written_by_office("customers_relationship", but_adds=True),
        written_by_office("customers_segmentspan"),
    ]
