"""Row-level security: a partner sees its own rows."""

from django.db import migrations

from ofrecord.access.scope import policy


class Migration(migrations.Migration):
    dependencies = [('ledger', '0001_initial'), ('access', '0002_scope')]
    operations = [
        policy('ledger_posting', 'partner_id = {partner}'),
        policy('ledger_transfer', 'exists (select from ledger_posting p where p.transfer_id = ledger_transfer.id)'),
    ]
