"""Finance records what a euro was worth: from a file of the European Central Bank, or rate by rate."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from ofrecord.access.rules import require
from ofrecord.access.types import Permission, Reader
from ofrecord.exchange.actions import learn_rates
from ofrecord.exchange.published_file import read_file
from ofrecord.exchange.reading import Reading
from ofrecord.exchange.types import Learned

NAME_LETTERS = 100


class StatedRate(NamedTuple):
    """A rate as somebody states it: the units of the currency for one euro, as text."""

    currency: str
    day: date
    per_euro: str


@transaction.atomic
def import_file(
    *,
    reader: Reader,
    at: datetime,
    name: str,
    content: bytes,
    correct: bool = False,
    through: date | None = None,
) -> Learned:
    """Records every rate of the file through that day; the same file again adds nothing.

    Raises RatesFaulty with every fault, RatesDiffer with every rate that is known otherwise unless they are to be
    corrected. Nothing is recorded by halves.
    """
    require(reader, Permission.RATES_WRITE)
    read = read_file(content, today=at.date(), through=through)
    source = f"file {_printable(name)[:NAME_LETTERS]}"
    learned = learn_rates(by=reader.actor, at=at, rates=read.rates, source=source, correct=correct)
    return replace(learned, left_out=read.left_out)


def _printable(name: str) -> str:
    """A file may be called anything, even what no text can hold."""
    return "".join(letter if letter.isprintable() else "?" for letter in name)


@transaction.atomic
def record_rates(
    *, reader: Reader, at: datetime, rates: Sequence[StatedRate], source: str, correct: bool = False
) -> Learned:
    """Records rates one by one, under the same refusals as a file."""
    require(reader, Permission.RATES_WRITE)
    reading = Reading(at.date())
    for number, (currency, day, per_euro) in enumerate(rates, start=1):
        place = f"rate {number}"
        known_day = reading.day(number, day.isoformat(), place)
        if reading.currency(number, currency, place) and known_day is not None:
            reading.take(number, place, currency, known_day, per_euro)
    return learn_rates(by=reader.actor, at=at, rates=reading.whole(), source=source, correct=correct)
