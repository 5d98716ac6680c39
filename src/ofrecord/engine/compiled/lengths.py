"""When each day begins, for programs that divide by seconds: a day is longer or shorter where the clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from ofrecord.engine.types import Laws
from ofrecord.program.types import Proration

LENGTHS: Final = pa.schema(
    [
        pa.field("time_zone", pa.string()),
        pa.field("day", pa.date32()),
        # The seconds since 1 January 1970 at midnight, where the day begins.
        pa.field("second", pa.int64()),
    ]
)


def time_zones(laws: Laws) -> tuple[str, ...]:
    """The time zones by whose seconds any version divides; of none no step needs to know when a day begins."""
    return tuple(
        sorted(
            {terms.time_zone for terms in laws.versions if terms.proration is Proration.BY_SECONDS},
        )
    )


def lengths_table(laws: Laws, first: date, last: date) -> pa.Table:
    """When the days from `first` to `last`, both included, begin in each of the time zones."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    zones = [(name, ZoneInfo(name)) for name in time_zones(laws)]
    rows = [(name, day, _midnight(day, zone)) for name, zone in zones for day in days]
    columns = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, LENGTHS, strict=True)], schema=LENGTHS
    )


def _midnight(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).astimezone(UTC).timestamp())
