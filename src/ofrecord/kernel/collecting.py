"""When the garbage collector looks through all objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

# Of Python's own: so many times as many objects are made before it looks.
_AS_OFTEN: Final = 100


@contextmanager
def collected_seldom() -> Iterator[None]:
    """Long work that makes many objects and keeps them, in the whole process: there the collector looks through all of
    them again and again and finds nothing, an eighth of the time that it takes to close a month of a million lines.

    What nobody holds is freed at once all the same; only cycles wait longer.
    """
    former = gc.get_threshold()
    gc.set_threshold(former[0] * _AS_OFTEN, *former[1:])
    try:
        yield
    finally:
        gc.set_threshold(*former)
