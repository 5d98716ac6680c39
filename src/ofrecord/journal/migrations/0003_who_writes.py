"""Row-level security of what is written: a partner adds to the journal, and its answers are kept for it."""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_row_level_security"), ("access", "0002_scope")]
    operations = [
        written_by_office("journal_entry", but_adds=True),
        written_by_office("journal_answer", but_adds=True, but_changes=True),
    ]
