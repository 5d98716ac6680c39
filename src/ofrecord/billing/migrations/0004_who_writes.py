"""Row-level security of what is written: the office alone does."""

from django.db import migrations

from ofrecord.access.scope import written_by_office


class Migration(migrations.Migration):
    dependencies = [("billing", "0003_credits"), ("access", "0002_scope")]
    operations = [
        written_by_office("billing_invoice"),
        written_by_office("billing_invoiceline"),
        written_by_office("billing_payment"),
        written_by_office("billing_credit"),
    ]
