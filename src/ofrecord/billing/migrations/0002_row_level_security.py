"""Row-level security: a partner sees its own rows."""

from django.db import migrations

from ofrecord.access.scope import policy


class Migration(migrations.Migration):
    dependencies = [('billing', '0001_initial'), ('access', '0002_scope')]
    operations = [
        migrations.RunSQL("create sequence invoice_number", "drop sequence invoice_number"),
        policy('billing_invoice', 'exists (select from subscriptions_partnerofrecord r where r.subscription_id = billing_invoice.subscription_id and r.partner_id = {partner} and r.during && billing_invoice.during)'),
        policy('billing_invoiceline', 'false', besides='exists (select from billing_invoice i where i.id = billing_invoiceline.invoice_id)'),
        policy('billing_payment', 'false', besides='exists (select from billing_invoice i where i.id = billing_payment.invoice_id)'),
    ]
