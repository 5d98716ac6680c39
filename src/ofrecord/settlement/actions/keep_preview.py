"""What a preview of all partners found is kept until the next one takes its place."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from ofrecord.settlement.actions.runs import end_run
from ofrecord.settlement.models import MonthPreview, Run
from ofrecord.settlement.rules import figures_row
from ofrecord.settlement.types import DONE, RUNNING, MonthForeseen, Purpose


@transaction.atomic
def keep_preview(*, at: datetime, run_id: UUID, found: MonthForeseen, says: str) -> None:
    """Ends the run with what it found; earlier previews and their runs are removed, since nothing rests on them."""
    MonthPreview.objects.create(
        run_id=run_id,
        as_of=found.as_of,
        rate_day=found.rate_day,
        figures=[figures_row(each, found.expected_of(each)) for each in found.figures],
    )
    end_run(at=at, run_id=run_id, status=DONE, says=says)
    earlier = Run.objects.filter(purpose=Purpose.PREVIEW.value).exclude(pk=run_id).exclude(status=RUNNING)
    earlier.delete()
