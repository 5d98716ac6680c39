"""When a version may be published, and which one governs a day."""

from collections.abc import Sequence
from datetime import date, timedelta

from ofrecord.program.refusals import NoticeTooShort
from ofrecord.program.types import Terms


def require_notice(terms: Terms, former: Sequence[date], today: date) -> None:
    """A first version may take effect at any time; a later one after its notice, and after the former."""
    if not former:
        return
    earliest = max(today + timedelta(days=terms.notice_days), max(former) + timedelta(days=1))
    if terms.effective < earliest:
        raise NoticeTooShort(effective=terms.effective, earliest=earliest, notice_days=terms.notice_days)
