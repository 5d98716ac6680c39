"""When the day of a demonstration was set: from then on its time goes forward."""

from django.db import migrations, models
from django.db.models.functions import Now


def begin_now(apps, schema_editor):
    apps.get_model("clock", "Clock").objects.filter(day__isnull=False).update(set_at=Now())


class Migration(migrations.Migration):
    dependencies = [("clock", "0002_history")]

    operations = [
        migrations.AddField(model_name="clock", name="set_at", field=models.DateTimeField(null=True)),
        migrations.RunPython(begin_now, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="clock", name="only_a_demonstration_sets_its_day"),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(day__isnull=True, mode="real", set_at__isnull=True)
                | models.Q(day__isnull=False, mode="demonstration", set_at__isnull=False),
                name="only_a_demonstration_sets_its_day",
            ),
        ),
    ]
