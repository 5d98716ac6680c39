"""The functions by which row-level security reads the scope."""

from django.db import migrations

from ofrecord.access.scope import FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [('access', '0001_initial')]
    operations = [
        FUNCTIONS,
    ]
