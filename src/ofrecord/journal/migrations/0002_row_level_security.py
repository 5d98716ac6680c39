"""Row-level security: a partner sees its own rows."""

from django.db import migrations

from ofrecord.access.scope import policy


class Migration(migrations.Migration):
    dependencies = [('journal', '0001_initial'), ('access', '0002_scope')]
    operations = [
        policy('journal_entry', 'partner_id = {partner}'),
        policy('journal_answer', "owner like 'partner:' || {partner}::text || '/%'"),
    ]
