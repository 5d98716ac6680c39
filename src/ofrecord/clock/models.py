"""The one row that says what day it is."""

import pgtrigger
from django.db import models
from django.db.models import Q

from ofrecord.clock.types import DEMONSTRATION, REAL


class Clock(models.Model):
    """`day` is the day that a demonstration plays, since the real instant `set_at`; null where the clock is real.

    `began_on` is the first day of the installation, by its own clock. While `day` is before `history_until`, the
    demonstration's history is being loaded and moves the clock by itself.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    mode = models.CharField(max_length=13, choices=[(REAL, REAL), (DEMONSTRATION, DEMONSTRATION)])
    day = models.DateField(null=True)
    set_at = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=60, default="UTC")
    began_on = models.DateField()
    history_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="one_clock"),
            models.CheckConstraint(
                condition=Q(mode=REAL, day__isnull=True, set_at__isnull=True)
                | Q(mode=DEMONSTRATION, day__isnull=False, set_at__isnull=False),
                name="only_a_demonstration_sets_its_day",
            ),
            models.CheckConstraint(
                condition=Q(history_until__isnull=True) | Q(mode=DEMONSTRATION),
                name="only_a_demonstration_loads_a_history",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="clock_stays", operation=pgtrigger.Delete),
            pgtrigger.Trigger(
                name="forward_only",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=(
                    "if new.mode <> old.mode then raise exception 'the mode of an installation is fixed'; end if; "
                    "if new.day < old.day then raise exception 'the clock goes forward only'; end if; return new;"
                ),
            ),
        ]
