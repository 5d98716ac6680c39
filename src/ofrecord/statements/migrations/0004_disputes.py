"""Disputes: what a partner objects to, and the answer. A partner sees its own."""

import django.db.models.deletion
import ofrecord.kernel.ids
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from ofrecord.access.scope import policy


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0002_row_level_security'),
        ('statements', '0003_figures'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(default=ofrecord.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('line', models.CharField(max_length=18)),
                ('month', models.DateField()),
                ('reason', models.TextField()),
                ('opened_by', models.UUIDField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('status', models.CharField(choices=[('open', 'open'), ('answered', 'answered')], default='open', max_length=8)),
                ('outcome', models.CharField(choices=[('upheld', 'upheld'), ('rejected', 'rejected'), ('withdrawn', 'withdrawn')], default='', max_length=9)),
                ('answer', models.TextField(default='')),
                ('answered_by', models.UUIDField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['partner', '-opened_at'], name='statements__partner_72d727_idx'), models.Index(fields=['line'], name='statements__line_5922ca_idx')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('line',), name='one_open_dispute_a_line'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('outcome', ''), ('status', 'open')), models.Q(('answered_at__isnull', False), ('status', 'answered'), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='an_answered_dispute_has_an_outcome')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dispute',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='4715fbc65b1e216fd3d887ad4416decf0c9e76ce', operation='DELETE', pgid='pgtrigger_never_deleted_5ca65', table='statements_dispute', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dispute',
            trigger=pgtrigger.compiler.Trigger(name='an_answer_is_final', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."status" = \'answered\')', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4f4372f502bfcaefb33e5f54bdbf3047b7006e91', operation='UPDATE', pgid='pgtrigger_an_answer_is_final_f4137', table='statements_dispute', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='dispute',
            trigger=pgtrigger.compiler.Trigger(name='what_was_said_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."partner_id" IS DISTINCT FROM (NEW."partner_id") OR OLD."line" IS DISTINCT FROM (NEW."line") OR OLD."month" IS DISTINCT FROM (NEW."month") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."opened_by" IS DISTINCT FROM (NEW."opened_by") OR OLD."opened_at" IS DISTINCT FROM (NEW."opened_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='f3981c7059b33da58fd1416a2ceb39c0fd05a06d', operation='UPDATE', pgid='pgtrigger_what_was_said_stays_464bf', table='statements_dispute', when='BEFORE')),
        ),
        policy('statements_dispute', 'partner_id = {partner}'),
    ]
