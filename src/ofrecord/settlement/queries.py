"""Reads about runs and closed months."""

from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from ofrecord.kernel.calendar import Month
from ofrecord.ledger.queries import posted_under
from ofrecord.ledger.types import PAYABLE
from ofrecord.settlement.models import ClosedMonth, Run
from ofrecord.settlement.rules import fee_key, first_open
from ofrecord.settlement.types import ClosedCard, RunCard
from ofrecord.subscriptions.facts import first_start


def books_folder() -> Path:
    """Where snapshots and books are kept."""
    return Path(settings.DATA) / "books"


def runs() -> "QuerySet[Run]":
    """All runs, latest first. For the office."""
    return Run.objects.order_by("-started_at", "-pk")


def run_card(run: Run) -> RunCard:
    return RunCard(
        id=run.pk,
        month=Month.of(run.month),
        status=run.status,
        started_by=run.started_by,
        started_at=run.started_at,
        ended_at=run.ended_at,
        done=run.done,
        steps=run.steps,
        says=run.says,
        stop_asked=run.stop_asked,
    )


def run(run_id: UUID) -> RunCard | None:
    """One run, for whoever watches it."""
    found = Run.objects.filter(pk=run_id).first()
    return run_card(found) if found else None


def closed_months() -> list[ClosedCard]:
    """The months that are closed, latest first."""
    return [_closed_card(row) for row in ClosedMonth.objects.order_by("-month")]


def closed(month: Month) -> ClosedCard | None:
    """The month if it is closed."""
    row = ClosedMonth.objects.filter(month=month.first).first()
    return _closed_card(row) if row else None


def first_served() -> Month | None:
    """The month in which the first subscription started. Needs the office's scope."""
    first = first_start()
    return None if first is None else Month.of(first)


def next_to_close() -> Month | None:
    """The month that is to be closed next, over or not; None before anybody was served. Needs the office's scope."""
    return first_open(first_served(), {card.month for card in closed_months()})


def owed_for(month: Month) -> dict[tuple[UUID, str], int]:
    """What the ledger says is owed for the month's fees, in minor units by partner and currency."""
    posted = posted_under(fee_key(month), PAYABLE)
    return {(partner, currency): -minor for (partner, currency), minor in posted.items() if partner}


def _closed_card(row: ClosedMonth) -> ClosedCard:
    return ClosedCard(
        month=Month.of(row.month),
        run_id=row.run_id,
        snapshot_sha256=row.snapshot_sha256,
        book_sha256=row.book_sha256,
        facts=row.facts,
        lines=row.lines,
        closed_at=row.closed_at,
    )
