"""Roles beside the partner of record, and what kind of deal each subscription was when it started."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import ofrecord.kernel.ids
from django.db import migrations, models

# As subscriptions/rules.py decides it at the start, in the order in which the subscriptions came.
DEALS = """
    update subscriptions_subscription s
       set deal = case
         when not exists (select from subscriptions_subscription o where o.customer_id = s.customer_id
           and (o.added_at, o.id) < (s.added_at, s.id) and o.started_on <= s.started_on
           and (o.cancelled_from is null or o.cancelled_from > s.started_on)) then 'new'
         when exists (select from subscriptions_subscription o where o.customer_id = s.customer_id
           and (o.added_at, o.id) < (s.added_at, s.id) and o.started_on <= s.started_on
           and (o.cancelled_from is null or o.cancelled_from > s.started_on) and o.offer = s.offer) then 'upsell'
         else 'cross-sell' end
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_segment'),
        ('orders', '0002_row_level_security'),
        ('partners', '0003_statement_currency'),
        ('program', '0001_initial'),
        ('subscriptions', '0002_row_level_security'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeldRole',
            fields=[
                ('id', models.UUIDField(default=ofrecord.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('role', models.CharField(choices=[('referrer', 'referrer'), ('host', 'host'), ('reseller', 'reseller'), ('distributor', 'distributor'), ('services partner', 'services partner')], max_length=20)),
                ('during', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('share_numerator', models.PositiveBigIntegerField(null=True)),
                ('share_denominator', models.PositiveBigIntegerField(null=True)),
                ('learned_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='subscription',
            name='deal',
            field=models.CharField(choices=[('new', 'new'), ('upsell', 'upsell'), ('cross-sell', 'cross-sell')], default='new', max_length=10),
            preserve_default=False,
        ),
        migrations.RunSQL(DEALS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(('deal__in', ('new', 'upsell', 'cross-sell'))), name='a_deal_of_a_known_kind'),
        ),
        migrations.AddField(
            model_name='heldrole',
            name='partner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partner'),
        ),
        migrations.AddField(
            model_name='heldrole',
            name='subscription',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='subscriptions.subscription'),
        ),
        migrations.AddIndex(
            model_name='heldrole',
            index=models.Index(fields=['partner', 'subscription'], name='subscriptio_partner_5478fe_idx'),
        ),
        migrations.AddConstraint(
            model_name='heldrole',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('subscription', '='), ('partner', '='), ('role', '='), ('during', '&&')], name='a_partner_holds_a_role_once_a_day'),
        ),
        migrations.AddConstraint(
            model_name='heldrole',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ('referrer', 'host', 'reseller', 'distributor', 'services partner'))), name='a_role_that_is_recorded'),
        ),
        migrations.AddConstraint(
            model_name='heldrole',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('share_denominator__isnull', True), ('share_numerator__isnull', True)), models.Q(('share_denominator__gte', models.F('share_numerator')), ('share_numerator__gte', 1)), _connector='OR'), name='a_share_is_a_part_of_the_whole'),
        ),
        migrations.AddConstraint(
            model_name='heldrole',
            constraint=models.CheckConstraint(condition=models.Q(('during__isempty', False)), name='a_role_is_held_on_some_day'),
        ),
    ]
