"""Row-level security of what is written: the office does; a partner adds and withdraws its disputes."""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("statements", "0004_disputes"), ("access", "0002_scope")]
    operations = [
        written_by_office("statements_statement"),
        written_by_office("statements_dispute", but_adds=True, but_changes=True),
    ]
