"""The clock of a demonstration is set forward."""

from datetime import date, datetime

from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.clock.actions import set_day


def turn(*, reader: Reader, at: datetime, day: date) -> None:
    """It is `day` from now on; what falls due until then is done by the jobs, in order."""
    require(reader, Permission.CLOCK_SET)
    set_day(by=reader.actor, at=at, day=day)
