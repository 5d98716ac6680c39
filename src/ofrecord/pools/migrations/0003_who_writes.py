"""Row-level security of what is written: the office alone does."""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("pools", "0002_row_level_security"), ("access", "0002_scope")]
    operations = [
        written_by_office("pools_poolamount"),
    ]
