"""Reads about runs, closed months, and what they leave to later ones."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet, Sum

from ofrecord.access.scope import rows
from ofrecord.access.types import Scope
from ofrecord.engine.books import book_path
from ofrecord.engine.files import seen
from ofrecord.engine.storage import Folder, folder_at
from ofrecord.engine.types import PartnerSum
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.ledger.queries import balances, posted_under
from ofrecord.ledger.types import BALANCE, HELD, PAYABLE
from ofrecord.settlement.models import ClosedMonth, HeldFee, MonthPreview, Run
from ofrecord.settlement.rules import breaks_of, figures_in, first_open, key_of
from ofrecord.settlement.types import (
    DONE,
    Break,
    ClosedCard,
    Figures,
    HeldPart,
    MonthForeseen,
    Posted,
    Purpose,
    RunCard,
)
from ofrecord.subscriptions.facts import first_start


def books_folder() -> Folder:
    """Where snapshots and books are kept: in the data folder, unless another place is named."""
    return folder_at(settings.BOOKS) if settings.BOOKS else Path(settings.DATA) / "books"


def runs(purpose: Purpose = Purpose.CLOSE) -> "QuerySet[Run]":
    """All runs for that purpose, latest first. For the office."""
    return Run.objects.filter(purpose=purpose.value).order_by("-started_at", "-pk")


def run_card(run: Run) -> RunCard:
    return RunCard(
        id=run.pk,
        purpose=Purpose(run.purpose),
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


def latest_preview_run(month: Month) -> RunCard | None:
    """The run for a preview of the month that began last. For the office."""
    found = runs(Purpose.PREVIEW).filter(month=month.first).first()
    return None if found is None else run_card(found)


def previewed(month: Month) -> tuple[RunCard, MonthForeseen] | None:
    """The last preview of all partners, if it is one of that month, and the run that worked it out. For the office."""
    done = MonthPreview.objects.filter(run__status=DONE, run__month=month.first).select_related("run")
    found = done.order_by("-run__ended_at").first()
    if found is None:
        return None
    rows = [figures_in(row) for row in found.figures]
    foreseen = MonthForeseen(
        month=month,
        as_of=found.as_of,
        rate_day=found.rate_day,
        figures=tuple(figures for figures, _ in rows),
        expected={(figures.partner, figures.currency): expected for figures, expected in rows if expected},
    )
    return run_card(found.run), foreseen


def closed_months() -> list[ClosedCard]:
    """The months that are closed, latest first."""
    return [_closed_card(row) for row in ClosedMonth.objects.order_by("-month")]


def require_book_there() -> None:
    """Raises BookMissing where the book of the latest closed month is not in its place; its bytes are not read."""
    for card in closed_months()[:1]:
        seen(book_path(books_folder(), card.month, card.book_sha256))


def booked_months(before: Month | None = None) -> list[tuple[Month, str]]:
    """The closed months with the hashes of their books, the earliest first; those before a month, or all."""
    cards = [card for card in reversed(closed_months()) if before is None or card.month < before]
    return [(card.month, card.book_sha256) for card in cards]


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


def closable(today: date) -> Month | None:
    """The month that can be closed today: the first that is open, once it is over. Needs the office's scope."""
    month = next_to_close()
    return month if month is not None and month.last < today else None


def openings(partner_id: UUID | None = None) -> dict[tuple[UUID, str], Money]:
    """The balances that the next close carries in, by partner and currency, of all or of one partner; those of
    nothing are left out."""
    return {key: Money(-minor, key[1]) for key, minor in balances(BALANCE, partner_id=partner_id).items()}


def released_in(month: Month, partner_id: UUID | None = None) -> dict[tuple[UUID, str], Money]:
    """What closing the month releases of what earlier closes held back, of all or of one partner. Needs the office's
    scope."""
    own = {} if partner_id is None else {"partner_id": partner_id}
    due = _held_fees(HeldFee.objects.filter(release=month.first, **own))
    return {key: Money(minor, key[1]) for key, minor in due.items() if minor}


def _held_fees(found: "QuerySet[HeldFee]") -> dict[tuple[UUID, str], int]:
    sums = found.values_list("partner_id", "currency").annotate(minor=Sum("amount_minor")).order_by()
    return {(partner, code): int(minor) for partner, code, minor in sums}


def held_by(month: Month, scope: Scope) -> list[HeldPart]:
    """What the close of the month held back of fees that the scope may see, the first to be released first."""
    found = rows(HeldFee.objects.all(), scope).filter(closed=month.first).order_by("release", "currency")
    return [
        HeldPart(row.partner_id, Month.of(row.release), Money(row.amount_minor, row.currency))
        for row in found
    ]


def tie_out(month: Month, sums: Sequence[PartnerSum], statements: Sequence[Figures]) -> tuple[Break, ...]:
    """Where book, statements, ledger and what is held back do not say one amount; nothing when they do.

    `sums` is what the month's book comes to. Needs the office's scope, in the transaction that posts or later.
    """
    return breaks_of(sums, statements, _posted(month))


def _posted(month: Month) -> Posted:
    """What was posted for the month. A partner's account gives what the partner gets, so signs are turned."""

    def owed(what: str, *accounts: str) -> dict[tuple[UUID, str], int]:
        return {key: -minor for key, minor in posted_under(key_of(what, month), *accounts).items()}

    def carried(before: date) -> dict[tuple[UUID, str], int]:
        return {key: -minor for key, minor in balances(BALANCE, before=before).items()}

    # Before there were balances, a month's fees were payable at once.
    at_once = owed("fees", PAYABLE)
    paid = owed("payable", PAYABLE)
    return Posted(
        opening=carried(month.first),
        fees=owed("fees", BALANCE, PAYABLE),
        held=owed("held", HELD),
        released=owed("released", BALANCE),
        payable={key: at_once.get(key, 0) + paid.get(key, 0) for key in {*at_once, *paid}},
        carried=carried(month.plus(1).first),
        kept=_held_fees(HeldFee.objects.filter(closed=month.first)),
        due=_held_fees(HeldFee.objects.filter(release=month.first)),
    )


def last_closed() -> ClosedCard | None:
    """The month that was closed last."""
    return max(closed_months(), key=lambda card: card.month, default=None)


def _closed_card(row: ClosedMonth) -> ClosedCard:
    return ClosedCard(
        month=Month.of(row.month),
        run_id=row.run_id,
        snapshot_sha256=row.snapshot_sha256,
        book_sha256=row.book_sha256,
        carried_sha256=row.carried_sha256,
        facts=row.facts,
        lines=row.lines,
        closed_at=row.closed_at,
    )
