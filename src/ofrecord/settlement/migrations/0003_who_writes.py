"""Row-level security of what is written: the office alone does."""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("settlement", "0002_held_fees"), ("access", "0002_scope")]
    operations = [
        written_by_office("settlement_heldfee"),
    ]
