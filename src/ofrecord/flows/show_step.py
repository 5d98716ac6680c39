"""What a step of a closed month's settlement gives, worked out again from the month's snapshot, within a memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.engine.closing import Closing, booking
from ofrecord.engine.compiled.limits import needs_judge
from ofrecord.engine.looking import Asked, LookedAt, Shown
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.scratch import scratch
from ofrecord.engine.snapshots import read_index
from ofrecord.flows.gather_history import laws
from ofrecord.kernel.calendar import Month
from ofrecord.settlement.queries import booked_months, books_folder, closed
from ofrecord.settlement.refusals import MonthNotClosed, SnapshotTooOld, StepsNotInColumns
from ofrecord.subscriptions.facts import denominators_shared


def listed(month: Month, memory: str) -> list[str]:
    """The names of the steps, in their order. Raises MonthNotClosed, SnapshotTooOld, StepsNotInColumns."""
    with _looking(month, memory) as looked:
        return looked.names()


def shown(month: Month, memory: str, asked: Asked, most: int) -> Shown:
    """The first rows of the step, as a table in text. Raises StepUnknown, ColumnUnknown, and what `listed` raises."""
    with _looking(month, memory) as looked:
        return looked.rows(asked, most)


def written(month: Month, memory: str, asked: Asked, to: Path) -> int:
    """Writes all rows of the step as Parquet; how many. Raises what `shown` raises."""
    with _looking(month, memory) as looked:
        return looked.write(asked, to)


@contextmanager
def _looking(month: Month, memory: str) -> Iterator[LookedAt]:
    with entered(OFFICE):
        card = closed(month)
        if card is None:
            raise MonthNotClosed(month=month)
        root = books_folder()
        index = read_index(root, month, card.snapshot_sha256)
        if index is None:
            raise SnapshotTooOld(month=month)
        known = laws(only=index.program_versions)
        why = needs_judge(known, denominators_shared())
        if why is not None:
            raise StepsNotInColumns(month=month, why=why)
        closing = Closing(root, index, card.snapshot_sha256, known, booked_months(before=month))
    with scratch() as folder, duck_engine(folder, memory) as engine:
        steps = closing.steps(engine)
        yield LookedAt(engine, steps, booking(engine, closing, steps))
