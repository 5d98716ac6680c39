"""Which engine works out a close: the judge for few lines, columns for many; and why, in a sentence."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib.util import find_spec
from typing import Final

from ofrecord.engine.compiled.limits import needs_judge
from ofrecord.engine.refusals import EngineUnknown, MasterUnclear, MemoryUnclear, SparkMissing
from ofrecord.engine.types import Laws

AUTO, JUDGE, DUCKDB, SPARK = "auto", "judge", "duckdb", "spark"
NAMES: Final = (AUTO, JUDGE, DUCKDB, SPARK)
# As sentences name those that work something out.
SPOKEN: Final = {JUDGE: "The judge", DUCKDB: "DuckDB", SPARK: "Spark"}
# Up to here the judge is done before an engine has begun: to put its steps into words takes it seconds.
JUDGED_AT_ONCE: Final = 10_000
# Within less an engine may have no room for what it keeps of a program of many clauses beside a few lines: how much
# that is hangs on how its threads happen to go.
LEAST_MEGABYTES: Final = 512
_MASTERS: Final = re.compile(r"(local|yarn|spark://.+|k8s://.+|local(-cluster)?\[.+\])")
_MEMORY: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) ?([KMGT])(i?)B", re.IGNORECASE | re.ASCII)
_POWERS: Final = {"K": 1, "M": 2, "G": 3, "T": 4}


def _is_enough(memory: str) -> bool:
    said = _MEMORY.fullmatch(memory)
    if said is None:
        return False
    number, unit, is_binary = said.groups()
    unit_bytes: int = (1024 if is_binary else 1000) ** _POWERS[unit.upper()]
    return Fraction(number) * unit_bytes >= LEAST_MEGABYTES * 10**6


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that was asked for; on Spark also the master, None for one in this process.

    Raises EngineUnknown, MasterUnclear and MemoryUnclear: what an engine makes of other words nobody has asked for.
    """

    name: str = AUTO
    master: str | None = None
    memory: str = "2GB"

    def __post_init__(self) -> None:
        if self.name not in NAMES:
            raise EngineUnknown(name=self.name, known=NAMES)
        if self.name == SPARK and self.master is not None and not _MASTERS.fullmatch(self.master):
            raise MasterUnclear(master=self.master)
        if not _is_enough(self.memory):
            raise MemoryUnclear(memory=self.memory, least=f"{LEAST_MEGABYTES}MB")


USUAL: Final = Choice()


def stated(environment: Mapping[str, str]) -> Choice:
    """What the environment asks for, where months are closed for the desk and the API. Raises what Choice raises."""
    return Choice(
        environment.get("OFRECORD_ENGINE") or USUAL.name,
        environment.get("OFRECORD_SPARK_MASTER") or None,
        environment.get("OFRECORD_ENGINE_MEMORY") or USUAL.memory,
    )


def require_installed(choice: Choice) -> None:
    """Refuses an engine that is not there, before anything waits for it. Raises SparkMissing."""
    if choice.name == SPARK and find_spec("pyspark") is None:
        raise SparkMissing


@dataclass(frozen=True, slots=True)
class Chosen:
    """The engine that works out the close, and why it is that one; empty where it is the one that was asked for."""

    name: str
    why: str = ""


def choose(choice: Choice, laws: Laws, lines: int, shared: Collection[Collection[int]]) -> Chosen:
    """The same lines come from every engine. What columns cannot do the judge does, whatever was asked for.

    `shared` are the denominators of the shares on the record, of all that share a sale together.
    """
    if choice.name == JUDGE:
        return Chosen(JUDGE)
    why = needs_judge(laws, shared)
    if why is not None:
        return Chosen(JUDGE, f"The judge works it out. {why}")
    if choice.name == AUTO and lines <= JUDGED_AT_ONCE:
        return Chosen(JUDGE, f"{lines:,} invoice lines are few: the judge works them out.")
    return Chosen(DUCKDB if choice.name == AUTO else choice.name)
