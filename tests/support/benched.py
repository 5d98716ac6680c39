"""How many lines of the benchmark's facts tests take, and the month that they are settled through."""

from typing import Final

from bench.settle import data

from ofrecord.kernel.calendar import Month

LINES: Final = 3_000
MONTH: Final = Month.of(data.THROUGH)
