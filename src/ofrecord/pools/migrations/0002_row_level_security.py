"""Row-level security: the office alone."""

from django.db import migrations

from ofrecord.access.scope import policy


class Migration(migrations.Migration):
    dependencies = [("pools", "0001_initial"), ("access", "0002_scope")]
    operations = [policy("pools_poolamount", "false")]
