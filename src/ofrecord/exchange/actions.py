"""Writes of exchange rates."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Max

from ofrecord.access.types import Actor
from ofrecord.exchange.models import ExchangeRate
from ofrecord.exchange.queries import known_rates
from ofrecord.exchange.refusals import RatesDiffer, SourceMissing
from ofrecord.exchange.rules import RateKey, change_of, new_and_changed
from ofrecord.exchange.types import Change, GivenRate, Learned, exact_text
from ofrecord.journal.actions import record

BATCH: Final = 5000
SOURCE_LETTERS: Final = 200
# How many corrections the journal names; each is a row of its own besides.
NAMED: Final = 100


@transaction.atomic
def learn_rates(
    *, by: Actor, at: datetime, rates: Sequence[GivenRate], source: str, correct: bool = False
) -> Learned:
    """Writes the rates that are not known yet; those that are known as they are given add nothing.

    A rate that is known otherwise is written over the former, which stays on the record, if `correct`; else raises
    RatesDiffer with all of them, and nothing is written. The rates are of known currencies and days, each once.
    """
    source = source.strip()
    if not 1 <= len(source) <= SOURCE_LETTERS:
        raise SourceMissing(most=SOURCE_LETTERS)
    if not rates:
        return Learned(0, (), 0)
    _serialize()
    known = _known(rates)
    new, changed = new_and_changed(rates, known)
    changes = tuple(change_of(rate, known) for rate in changed)
    if changes and not correct:
        raise RatesDiffer(changes=changes)
    revisions = _revisions(changed)
    written = [
        ExchangeRate(
            currency=rate.currency,
            day=rate.day,
            revision=revisions.get((rate.currency, rate.day), 0) + 1,
            per_euro=rate.per_euro,
            source=source,
            learned_at=at,
            learned_by=by.id,
        )
        for rate in (*new, *changed)
    ]
    ExchangeRate.objects.bulk_create(written, batch_size=BATCH)
    if written:
        _note(by, at, source, new, changes)
    return Learned(len(new), changes, len(rates) - len(written))


def _serialize() -> None:
    """Two who record rates come one after the other; the second finds what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('exchange rates'))")


def _known(rates: Sequence[GivenRate]) -> "Mapping[RateKey, Any]":
    days = [rate.day for rate in rates]
    return known_rates({rate.currency for rate in rates}, min(days), max(days))


def _revisions(changed: Sequence[GivenRate]) -> dict[RateKey, int]:
    """How often each of the rates that are corrected was written so far."""
    keys = {(rate.currency, rate.day) for rate in changed}
    found = ExchangeRate.objects.filter(
        currency__in={currency for currency, _ in keys}, day__in={day for _, day in keys}
    )
    last = found.values_list("currency", "day").annotate(last=Max("revision"))
    return {(currency, day): number for currency, day, number in last.order_by()}


def _note(by: Actor, at: datetime, source: str, new: Sequence[GivenRate], changes: Sequence[Change]) -> None:
    days = sorted({rate.day for rate in new} | {change.day for change in changes})
    record(
        by=by,
        at=at,
        verb="exchange rates recorded",
        subject=("exchange rates", None),
        source=source,
        added=len(new),
        corrected=len(changes),
        first=str(days[0]),
        last=str(days[-1]),
        corrections=list(_told(changes[:NAMED])),
    )


def _told(changes: Sequence[Change]) -> Iterator[dict[str, str]]:
    for change in changes:
        yield {
            "currency": change.currency,
            "day": str(change.day),
            "former": exact_text(change.known),
            "now": exact_text(change.given),
        }
