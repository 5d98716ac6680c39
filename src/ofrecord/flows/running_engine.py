"""An engine at work for a run: watched, and gone with all that it has put aside, however the run ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from django.db import connection

from ofrecord.engine.choice import DUCKDB, SPARK, Choice
from ofrecord.engine.refusals import EngineUnknown
from ofrecord.engine.running.duck import duck_engine
from ofrecord.engine.running.spark import spark_engine
from ofrecord.engine.scratch import scratch
from ofrecord.engine.storage import Folder
from ofrecord.flows.watching import Say, watched

_ENGINES: Final = (DUCKDB, SPARK)


@contextmanager
def running_engine(name: str, choice: Choice, root: Folder, say: Say) -> Iterator[Any]:
    """The engine, watched. What `say` raises, such as RunStopped, ends what the engine is at, and is raised here.

    Raises EngineUnknown: the judge is no engine that runs.
    """
    if name not in _ENGINES:
        raise EngineUnknown(name=name, known=_ENGINES)
    is_seen = not connection.in_atomic_block
    with scratch(root) as folder:
        made = (
            spark_engine(choice.master, _reached(root, folder))
            if name == SPARK
            else duck_engine(folder, choice.memory)
        )
        with made as engine, watched(engine, say, is_seen=is_seen):
            yield engine


def _reached(root: Folder, folder: Path) -> Folder:
    """Where every machine of a cluster can write to: what they reach of the books, they reach of what is in there."""
    return folder if isinstance(root, Path) else root
