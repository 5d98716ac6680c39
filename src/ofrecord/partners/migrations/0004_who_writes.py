"""Row-level security of what is written: the office does; a partner its people, its API clients, that it accepts."""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_statement_currency"), ("access", "0002_scope")]
    operations = [
        written_by_office("partners_partner"),
        written_by_office("partners_tierspan"),
        written_by_office("partners_member", but_changes=True),
        written_by_office("partners_invitation", but_adds=True, but_changes=True),
        written_by_office("partners_apiclient", but_adds=True, but_changes=True),
        written_by_office("partners_acceptance", but_adds=True),
    ]
