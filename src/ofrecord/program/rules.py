"""When a version may be published, and which one governs a day."""

from collections.abc import Mapping
from datetime import date, timedelta

from ofrecord.program.refusals import BeforeProgram, NoticeTooShort, VersionTaken
from ofrecord.program.types import Terms


def require_publishable(terms: Terms, former: Mapping[tuple[str, str], date], today: date) -> None:
    """Refuses a version whose name is taken, or which takes effect before the notice that it states is over.

    `former` are all published versions by program and name, each with the day from which it is effective. A first
    one may take effect at any time.
    """
    if (terms.program, terms.version) in former:
        raise VersionTaken(program=terms.program, version=terms.version)
    if not former:
        return
    earliest = max(today + timedelta(days=terms.notice_days), max(former.values()) + timedelta(days=1))
    if terms.effective < earliest:
        raise NoticeTooShort(effective=terms.effective, earliest=earliest, notice_days=terms.notice_days)


def require_in_program(day: date, began: date | None) -> None:
    """Refuses a day before the first program version took effect, on `began`: no version could govern it."""
    if began is None or day < began:
        raise BeforeProgram(day=day, began=began)
