"""Row-level security of what is written: the office does; a partner changes seats, and ends a subscription."""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0004_roles_are_guarded"), ("access", "0002_scope")]
    operations = [
        written_by_office("subscriptions_subscription", but_changes=True),
        written_by_office("subscriptions_seatchange", but_adds=True),
        written_by_office("subscriptions_partnerofrecord"),
        written_by_office("subscriptions_heldrole"),
    ]
