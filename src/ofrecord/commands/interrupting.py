"""Ctrl-C is answered by a sentence, and by the number by which a shell knows it."""

import logging
import shlex
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import typer

# As shells say of what Ctrl-C has ended.
EXIT_INTERRUPTED: Final = 128 + signal.SIGINT


def again() -> str:
    """The command as it was typed."""
    return shlex.join(["ofrecord", *sys.argv[1:]])


def _ended() -> str:
    return f"Interrupted. To do it again: {again()}"


@contextmanager
def interruptible(says: Callable[[], str] = _ended) -> Iterator[Callable[[], bool]]:
    """Ctrl-C ends what goes on at once, and is answered by the sentence. Hands what says whether it came.

    Engines report it as a fault of their own, so that it is noted when it comes.
    """
    came: list[int] = []

    def note(number: int, frame: object) -> None:
        came.append(number)
        # What libraries have to say of it is said here, in a sentence.
        logging.disable()
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(came)
    except BaseException as fault:
        if not came and not isinstance(fault, KeyboardInterrupt):
            raise
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        typer.echo(says(), err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from fault
    finally:
        signal.signal(signal.SIGINT, former)
