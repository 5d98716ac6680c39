"""Published program versions."""

from django.db import models

from ofrecord.journal.models import append_only
from ofrecord.kernel.ids import new_id


class ProgramVersion(models.Model):
    """A published document: its bytes and their hash, which is what partners accept and books cite."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    program = models.CharField(max_length=80)
    version = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64, unique=True)
    document = models.BinaryField()
    effective = models.DateField()
    published_at = models.DateTimeField()
    published_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["program", "version"], name="a_version_is_published_once"),
        ]
        triggers = [append_only()]
