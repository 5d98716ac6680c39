"""Row-level security: a partner sees its own rows."""

from django.db import migrations

from ofrecord.access.scope import policy


class Migration(migrations.Migration):
    dependencies = [('customers', '0001_initial'), ('access', '0002_scope')]
    operations = [
        policy('customers_relationship', 'partner_id = {partner}'),
        policy('customers_customer', 'brought_by_id = {partner} or exists (select from customers_relationship r where r.customer_id = customers_customer.id and r.partner_id = {partner})'),
    ]
