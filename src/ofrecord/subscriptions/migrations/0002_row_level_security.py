"""Row-level security: a partner sees its own rows."""

from django.db import migrations

from ofrecord.access.scope import policy


class Migration(migrations.Migration):
    dependencies = [('subscriptions', '0001_initial'), ('access', '0002_scope')]
    operations = [
        policy('subscriptions_partnerofrecord', 'partner_id = {partner}'),
        policy('subscriptions_subscription', 'exists (select from subscriptions_partnerofrecord r where r.subscription_id = subscriptions_subscription.id and r.partner_id = {partner})'),
        policy('subscriptions_seatchange', 'false', besides='exists (select from subscriptions_subscription s where s.id = subscriptions_seatchange.subscription_id)'),
    ]
