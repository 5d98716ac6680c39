"""A run at work: it says how far it is, and ends where it was asked to stop."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from ofrecord.kernel.calendar import Month
from ofrecord.settlement.actions.runs import note
from ofrecord.settlement.types import Progress, Purpose

Watcher = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Nobody watches."""


@dataclass(slots=True, kw_only=True)
class AtWork:
    """What is worked out of a month, in `steps`. Without a run of its own only who watches this process is told."""

    purpose: Purpose
    month: Month
    steps: int
    run_id: UUID | None = None
    watcher: Watcher = silent
    done: int = -1

    def step(self, says: str) -> None:
        """Begins the next step. Raises RunStopped where the run was asked to stop."""
        self.done += 1
        self.say(says)

    def say(self, says: str) -> None:
        """Says what goes on. Raises RunStopped where the run was asked to stop."""
        if self.run_id is not None:
            note(
                run_id=self.run_id,
                purpose=self.purpose,
                month=self.month,
                done=self.done,
                steps=self.steps,
                says=says,
            )
        self.whisper(says)

    def judging(self, done: int, of: int) -> None:
        """Says how far the judge is. Raises RunStopped where the run was asked to stop."""
        self.say(f"Judged {done:,} of {of:,} invoice lines")

    def whisper(self, says: str) -> None:
        """To who watches this process; from inside a transaction, where a row would not be seen anyway."""
        self.watcher(Progress(self.done, self.steps, says))
