"""Which engine works out a close: the judge for few lines, columns for many; and why, in a sentence."""

from dataclasses import dataclass
from typing import Final

from ofrecord.engine.compiled.limits import needs_judge
from ofrecord.engine.types import Laws

AUTO, JUDGE, DUCKDB, SPARK = "auto", "judge", "duckdb", "spark"
NAMES: Final = (AUTO, JUDGE, DUCKDB, SPARK)
# Up to here the judge is done before an engine has begun: to put its steps into words takes it seconds.
JUDGED_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that was asked for; on Spark also the master, None for one in this process."""

    name: str = AUTO
    master: str | None = None
    memory: str = "2GB"


USUAL: Final = Choice()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The engine that works out the close, and why it is that one; empty where it is the one that was asked for."""

    name: str
    why: str = ""


def choose(choice: Choice, laws: Laws, lines: int) -> Chosen:
    """The same lines come from every engine. What columns cannot do the judge does, whatever was asked for."""
    if choice.name == JUDGE:
        return Chosen(JUDGE)
    why = needs_judge(laws)
    if why is not None:
        return Chosen(JUDGE, f"The judge works it out. {why}")
    if choice.name == AUTO and lines <= JUDGED_AT_ONCE:
        return Chosen(JUDGE, f"{lines:,} invoice lines are few: the judge works them out.")
    return Chosen(DUCKDB if choice.name == AUTO else choice.name)
