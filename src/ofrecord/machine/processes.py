"""One process of ours: started so that it cannot outlive us, its words kept, ended without a rest."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from logging import Formatter, LogRecord, makeLogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from ofrecord.machine import tether

Say = Callable[[str], None]

# Set for every process we start, so that the next start can find those that a killed one left behind.
SUPERVISED = "OFRECORD_SUPERVISED"
_LOG_BYTES = 5_000_000
_LOG_FILES = 3
_LAST_LINES = 40
ALARMS = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL|PANIC)\b")
# The same alarm, its numbers aside, is not repeated on the terminal for so long; the log has every one.
_SAME_ALARM_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to run and how to end it. `alarms` picks the lines worth a person's attention at once.

    What an `is_private` program says is for whoever started it, and is written to no log: it may tell a secret.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    prefix: tuple[str, ...] = ()
    gentle: signal.Signals = signal.SIGTERM
    harsh: signal.Signals = signal.SIGKILL
    grace_seconds: float = 10.0
    alarms: re.Pattern[str] = ALARMS
    is_private: bool = False


class Child:
    """A running program."""

    def __init__(self, program: Program, *, log: Path, say: Say, supervised: str) -> None:
        self.program = program
        self.log = log
        self.born = time.monotonic()
        self._say = say
        self._is_buried = False
        self._alarmed_at: dict[str, float] = {}
        self._last: deque[str] = deque(maxlen=_LAST_LINES)
        # A group of its own: Ctrl-C reaches us alone, and we end the others in good order.
        self._process = subprocess.Popen(
            [*program.prefix, *_tethered(program)],
            env={**os.environ, **program.environment, SUPERVISED: supervised},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def last_lines(self) -> list[str]:
        """What it said at the end, or all it said when that was little."""
        return list(self._last)

    def exit_code(self) -> int | None:
        """None while it runs; negative when a signal ended it."""
        return self._process.poll()

    def outcome(self) -> str:
        """How it ended, in words."""
        code = self.exit_code()
        if code is None:
            return "is still running"
        return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    def ask(self, how: signal.Signals) -> None:
        if self.exit_code() is None:
            self._process.send_signal(how)

    def bury(self) -> None:
        """After the end: whatever it started and left goes too, and its last words are kept."""
        self._process.wait()
        if self._is_buried:
            return
        self._is_buried = True
        # The usual case is that nobody is left in its group.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._listener.join(timeout=2)

    def _listen(self) -> None:
        assert self._process.stdout
        keeper = RotatingFileHandler(self.log, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8")
        keeper.setFormatter(Formatter("%(asctime)s %(name)s | %(message)s"))
        with self._process.stdout as lines:
            for raw in lines:
                line = raw.decode(errors="replace").rstrip()
                self._last.append(line)
                if not self.program.is_private:
                    keeper.handle(_entry(self.program.name, line))
                if self.program.alarms.search(line):
                    self._alarm(line)
        keeper.close()

    def _alarm(self, line: str) -> None:
        same, now = re.sub(r"\d+", "", line), time.monotonic()
        if now - self._alarmed_at.get(same, -_SAME_ALARM_SECONDS) >= _SAME_ALARM_SECONDS:
            self._alarmed_at[same] = now
            self._say(f"{self.program.name} | {line}")


def _tethered(program: Program) -> tuple[str, ...]:
    # Isolated and without site-packages: it starts in 20 ms and reads nothing of ours.
    runner = (sys.executable, "-I", "-S", str(Path(tether.__file__).resolve()))
    return (*runner, str(os.getpid()), str(int(program.gentle)), *program.command)


def _entry(name: str, line: str) -> LogRecord:
    return makeLogRecord({"name": name, "msg": line})
