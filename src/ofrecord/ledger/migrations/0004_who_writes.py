"""Row-level security of what is written: the office alone does."""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_transfers_balance"), ("access", "0002_scope")]
    operations = [
        written_by_office("ledger_transfer"),
        written_by_office("ledger_posting"),
    ]
