"""Row-level security: a partner sees its own rows."""

from django.db import migrations

from ofrecord.access.scope import policy


class Migration(migrations.Migration):
    dependencies = [('statements', '0001_initial'), ('access', '0002_scope')]
    operations = [
        policy('statements_statement', 'partner_id = {partner}'),
    ]
