"""Fixtures for documents to check."""

from collections.abc import Callable

import pytest

from ofrecord.flows.check_program import check_program
from ofrecord.program.faults import Fault

from .documents import SMALL

Changed = Callable[..., tuple[Fault, ...]]


@pytest.fixture
def faults_after() -> Changed:
    """The faults of the small document after texts in it were replaced by others."""

    def faults(*changes: tuple[str, str]) -> tuple[Fault, ...]:
        text = SMALL
        for old, new in changes:
            assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
            text = text.replace(old, new)
        return check_program(text.encode()).faults

    return faults
