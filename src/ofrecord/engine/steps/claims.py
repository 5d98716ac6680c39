"""Which clauses claim each case, with all that each of them states."""

from collections.abc import Collection, Sequence

import ibis

from ofrecord.engine.compiled.cited import Cited
from ofrecord.engine.steps.shapes import CASE


def claims(profiled: ibis.Table, columns: Sequence[str], decisions: ibis.Table, cited: Cited) -> ibis.Table:
    """The cases joined to what was decided for their profiles, which `columns` name, with what that cites.

    A case that several clauses claim is there several times; one that pays nothing and leaves no trace is not there.
    """
    found = profiled.inner_join(decisions, list(columns)).drop(*_beside_case(profiled, columns))
    return found.mutate(**cited.at(found.cited_at))


def _beside_case(profiled: ibis.Table, columns: Collection[str]) -> list[str]:
    """The columns of the profile alone; those that cases have too are needed still."""
    return [name for name in profiled.columns if name not in CASE]
