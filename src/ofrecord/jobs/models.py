"""Which due jobs were done."""

from django.db import models


class DoneJob(models.Model):
    """A job of the calendar that was done for the day on which it fell due."""

    name = models.CharField(max_length=60)
    due_on = models.DateField()
    done_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "due_on"], name="a_due_job_is_done_once")]
