"""Fixtures for documents to check."""

from collections.abc import Callable

import pytest

from ofrecord.flows.check_program import check_program
from ofrecord.program.document import check
from ofrecord.program.faults import Fault

from .documents import RICH, SMALL

Changed = Callable[..., tuple[Fault, ...]]


def changed(text: str, *changes: tuple[str, str]) -> bytes:
    """The text after words in it, each there once, were replaced by others."""
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text.encode()


@pytest.fixture
def faults_after() -> Changed:
    """The faults of the small document after words in it were replaced, its examples not run."""
    return lambda *changes: check(changed(SMALL, *changes)).faults


@pytest.fixture
def rich_faults_after() -> Changed:
    """The faults of the document with every key after words in it were replaced."""
    return lambda *changes: check(changed(RICH, *changes)).faults


@pytest.fixture
def faults_when_run() -> Changed:
    """The faults of the small document after words in it were replaced, with those of what its examples pay."""
    return lambda *changes: check_program(changed(SMALL, *changes)).faults
