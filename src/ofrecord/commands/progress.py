"""What a terminal shows while something takes seconds; on standard error, and nothing anywhere else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


def progress_bar() -> "Bar":
    """On standard error, so that standard output holds the result alone; shown on a terminal only."""
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    # In words last: where the terminal is narrow they end early, and what moves is still seen to move.
    words = TextColumn("{task.description}", table_column=Column(no_wrap=True, overflow="ellipsis"))
    columns = (TimeElapsedColumn(), BarColumn(bar_width=20), words)
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def working(says: str) -> Iterator[None]:
    """Says on standard error what takes seconds, on a terminal only."""
    with progress_bar() as bar:
        bar.add_task(says, total=None)
        yield
