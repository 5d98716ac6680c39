"""The one process over all others: starts them, starts them again when they fall, ends them in order."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

from ofrecord.machine.processes import Child, Program, Say
from ofrecord.machine.refusals import ProcessFailed

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_TICK_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 30.0
# A process that ran this long was well; its next fall is a new story.
_WELL_SECONDS = 60.0


class Asked(Exception):
    """Somebody asked us to end (Ctrl-C, SIGTERM, a closed terminal)."""


@dataclass
class _Post:
    """A place that must be filled: the program, who fills it, and how patient we are."""

    program: Program
    child: Child
    pause_seconds: float = 0.5
    again_at: float | None = None


class Supervisor:
    """Use as a context: on leaving it, for whatever reason, every process it started has ended.

    Processes end in the reverse order of their start, so what was started first is there for all others.
    Asked once, it ends them gently; asked again, at once. `heeds_signals` False leaves signals to somebody
    else.
    """

    def __init__(self, *, logs: Path, say: Say, supervised: str, heeds_signals: bool = True) -> None:
        self._heeded = _SIGNALS if heeds_signals else ()
        self._logs = logs
        self._say = say
        self._supervised = supervised
        self._posts: list[_Post] = []
        self._asked = 0
        self._former: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Supervisor":
        for number in self._heeded:
            self._former[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> bool:
        self._end()
        for number, handler in self._former.items():
            signal.signal(number, handler)
        return isinstance(fault, Asked)

    def start(self, program: Program) -> Child:
        """Starts a program that has to stay."""
        child = self._born(program)
        self._posts.append(_Post(program, child))
        return child

    def run(self, program: Program) -> Child:
        """Runs a program that has to come to its end and succeed."""
        post = _Post(program, self._born(program))
        self._posts.append(post)
        self.wait_until(lambda: post.child.exit_code() is not None)
        self._posts.remove(post)
        post.child.bury()
        if post.child.exit_code() != 0:
            raise failed(post.child)
        return post.child

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Waits for something; refuses when a process that was started falls before it is so."""
        while not is_so():
            self.pause()
            fallen = [post.child for post in self._posts if post.child.exit_code() is not None]
            if fallen and not is_so():
                fallen[0].bury()
                raise failed(fallen[0])

    def watch(self) -> None:
        """Keeps every post filled until somebody asks us to end."""
        while True:
            for post in self._posts:
                self._keep(post)
            self.pause()

    def pause(self) -> None:
        """One tick; the only place where a request to end is heeded."""
        if self._asked:
            raise Asked
        time.sleep(_TICK_SECONDS)

    def _born(self, program: Program) -> Child:
        if self._asked:
            raise Asked
        log = self._logs / f"{program.name}.log"
        return Child(program, log=log, say=self._say, supervised=self._supervised)

    def _keep(self, post: _Post) -> None:
        now = time.monotonic()
        if post.child.exit_code() is None:
            return
        if post.again_at is None:
            post.child.bury()
            post.pause_seconds = _next_pause(post, now)
            post.again_at = now + post.pause_seconds
            fell = f"{post.program.name} {post.child.outcome()}"
            self._say(f"{fell}; starting it again in {post.pause_seconds:g} s (see {post.child.log})")
        elif now >= post.again_at:
            post.child, post.again_at = self._born(post.program), None

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1

    def _end(self) -> None:
        children = [post.child for post in reversed(self._posts)]
        self._posts.clear()
        if self._asked and children:
            self._say("Ending, when what has begun is done. Ctrl-C again ends at once.")
        # All but the first go together; the first (the database) goes when nobody uses it any more.
        for group in (children[:-1], children[-1:]):
            self._end_group(group)

    def _end_group(self, children: list[Child]) -> None:
        asked_before = min(self._asked, 1)
        for child in children:
            child.ask(child.program.gentle)
        began = time.monotonic()
        while living := [child for child in children if child.exit_code() is None]:
            for child in living:
                is_late = time.monotonic() - began > child.program.grace_seconds
                if is_late or self._asked > asked_before:
                    child.ask(child.program.harsh)
            time.sleep(_TICK_SECONDS)
        for child in children:
            child.bury()


def failed(child: Child) -> ProcessFailed:
    """The refusal for a process that ended although it had to stay or to succeed."""
    return ProcessFailed(child.program.name, child.outcome(), child.last_lines, child.log)


def _next_pause(post: _Post, now: float) -> float:
    if now - post.child.born > _WELL_SECONDS:
        return 1.0
    return min(post.pause_seconds * 2, _LONGEST_PAUSE_SECONDS)
