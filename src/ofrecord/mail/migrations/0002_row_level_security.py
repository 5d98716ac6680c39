"""Row-level security: a partner sees its own rows."""

from django.db import migrations

from ofrecord.access.scope import policy


class Migration(migrations.Migration):
    dependencies = [('mail', '0001_initial'), ('access', '0002_scope')]
    operations = [
        policy('mail_message', 'false'),
    ]
