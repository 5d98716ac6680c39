"""When the garbage collector looks through all objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Final

# Of Python's own: so many times as many objects are made before it looks.
_AS_OFTEN: Final = 100
_lock = Lock()
_formers: list[tuple[int, int, int]] = []


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Long work that makes many objects and keeps them, in the whole process: there the collector looks through all of
    them again and again and finds nothing, an eighth of the time that it takes to close a month of a million lines.

    What nobody holds is freed at once all the same; only cycles wait longer. Of several threads the last to end has it
    look as often as before the first began.
    """
    with _lock:
        _formers.append(gc.get_threshold())
        first, *others = _formers[0]
        gc.set_threshold(first * _AS_OFTEN, *others)
    try:
        yield
    finally:
        with _lock:
            former = _formers[0]
            _formers.pop()
            if not _formers:
                gc.set_threshold(*former)
