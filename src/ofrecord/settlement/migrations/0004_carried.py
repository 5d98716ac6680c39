"""The hash of what later closes start from is on the record, where no file can reach it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlement", "0003_who_writes")]
    operations = [
        migrations.AddField(
            model_name="closedmonth",
            name="carried_sha256",
            field=models.CharField(default="", max_length=64),
        ),
    ]
