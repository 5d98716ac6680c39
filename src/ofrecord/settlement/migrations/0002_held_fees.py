"""What a close holds back of fees for a later one. A partner sees its own."""

import django.db.models.deletion
import ofrecord.kernel.ids
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from ofrecord.access.scope import policy


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0002_scope'),
        ('partners', '0002_row_level_security'),
        ('settlement', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='HeldFee',
            fields=[
                ('id', models.UUIDField(default=ofrecord.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('release', models.DateField()),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('closed', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.closedmonth')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['release'], name='settlement__release_7e2b7e_idx')],
                'constraints': [models.UniqueConstraint(fields=('partner', 'currency', 'closed', 'release'), name='held_back_once_a_close'), models.CheckConstraint(condition=models.Q(('release__gt', models.F('closed'))), name='released_by_a_later_close')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='heldfee',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='04d06e235c439ce7dff4c1484f8716812a3a0d07', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f5749', table='settlement_heldfee', when='BEFORE')),
        ),
        policy('settlement_heldfee', 'partner_id = {partner}'),
    ]
