"""The first day of an installation, and the day up to which a demonstration has a history."""

import datetime

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clock", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="clock",
            name="began_on",
            field=models.DateField(default=datetime.date.today),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="clock",
            name="history_until",
            field=models.DateField(null=True),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(("history_until__isnull", True), ("mode", "demonstration"), _connector="OR"),
                name="only_a_demonstration_loads_a_history",
            ),
        ),
    ]
