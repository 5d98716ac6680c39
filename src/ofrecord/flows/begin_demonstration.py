"""A demonstration begins: its clock is wound, so that its pages can be served."""

from datetime import date

from ofrecord.flows.found_installation import found
from ofrecord.machine.folder import Mode

_FIRST_DAY = date(2026, 10, 1)


def begin_demonstration() -> list[str]:
    """Begins it once; again it changes nothing. Returns the lines that tell a person how to sign in."""
    found(mode=Mode.DEMONSTRATION.value, day=_FIRST_DAY)
    return []
