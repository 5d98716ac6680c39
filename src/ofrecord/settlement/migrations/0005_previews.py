"""A run may also be for a preview of all partners, which is kept for the office alone until the next one."""

import django.db.models.deletion
from django.db import migrations, models

from ofrecord.access.scope import policy, written_by_office


class Migration(migrations.Migration):
    dependencies = [("settlement", "0004_carried"), ("access", "0002_scope")]
    operations = [
        migrations.AddField(
            model_name="run",
            name="purpose",
            field=models.CharField(
                choices=[("close", "close"), ("preview", "preview")], default="close", max_length=7
            ),
        ),
        migrations.AlterField(
            model_name="run",
            name="status",
            field=models.CharField(
                choices=[
                    ("running", "running"),
                    ("closed", "closed"),
                    ("stopped", "stopped"),
                    ("done", "done"),
                ],
                max_length=7,
            ),
        ),
        migrations.CreateModel(
            name="MonthPreview",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="settlement.run",
                    ),
                ),
                ("as_of", models.DateField()),
                ("rate_day", models.DateField(null=True)),
                ("figures", models.JSONField()),
            ],
        ),
        policy("settlement_monthpreview", "false"),
        written_by_office("settlement_monthpreview"),
    ]
