"""Stories settled in columns and by the judge: what differs, and the smallest program and story in which it does.

To have an engine read a pipeline costs seconds, to have it run milliseconds. So many stories are settled at once, each
with names of its own; and when the smallest one is looked for, all smaller stories are tried at once.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ofrecord.engine.columns import line_table
from ofrecord.engine.flat import flat
from ofrecord.engine.given import Engine, Given
from ofrecord.engine.judging.judge import judge
from ofrecord.engine.steps.shapes import EARNED, KEY
from ofrecord.engine.types import BilledFact, History, Laws, PoolFact
from ofrecord.engine.working import work_out
from ofrecord.kernel.calendar import Month, Span
from ofrecord.kernel.money import Money
from ofrecord.program.clause_types import Applies, Clause, Condition, Earned
from ofrecord.program.types import Terms

Story = Sequence[BilledFact]
Row = dict[str, Any]
# After so many programs the smallest one that was found is told, even if it may not be the smallest.
MOST_TRIES: Final = 60


def drawn(strategy: st.SearchStrategy[Any], count: int, number: int = 0) -> list[Any]:
    """So many examples of the strategy: the same ones for the same number."""
    found: list[Any] = []

    @seed(number)
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(strategy)
    def draw(example: Any) -> None:
        found.append(example)

    draw()
    return found


@dataclass(frozen=True)
class Case:
    """A program, some stories that have nothing in common but its pools, and the day up to which all is known."""

    laws: Laws
    stories: Sequence[Story]
    through: date
    pools: Sequence[PoolFact] = ()

    def history(self) -> History:
        return History([_own(fact, n) for n, story in enumerate(self.stories) for fact in story], self.pools)


def _own(fact: BilledFact, number: int) -> BilledFact:
    """The fact under names that no other story has."""

    def own(each: Any, *names: str) -> Any:
        return replace(each, **{name: f"{getattr(each, name)}~{number}" for name in names})

    return replace(
        own(fact, "invoice_line", "invoice", "subscription", "customer"),
        partners=tuple(own(each, "partner") for each in fact.partners),
        credits=tuple(own(each, "id") for each in fact.credits),
        receipts=tuple(own(each, "id") for each in fact.receipts),
    )


def by_version(story: Story, laws: Laws) -> list[BilledFact]:
    """The story told of the versions at hand: which one a sale was made under is said by a letter."""
    shas = [terms.sha256 for terms in laws.versions]
    return [replace(fact, terms_sha256=shas[ord(fact.terms_sha256[0]) % len(shas)]) for fact in story]


def settled(engine: Engine, case: Case) -> list[Row]:
    """The lines in columns."""
    history = case.history()
    tables = {name: engine.bring(table) for name, table in flat(history).items()}
    given = Given(**tables, pools=history.pools)
    lines = work_out(engine, given, case.laws, case.through).lines
    rows: list[Row] = engine.fetch(lines).select(list(EARNED)).to_pylist()
    return rows


def judged(case: Case) -> list[Row]:
    """The lines of the judge."""
    lines = judge(case.laws, case.history(), case.through)
    rows: list[Row] = line_table(lines, [0] * len(lines)).select(list(EARNED)).to_pylist()
    return rows


def differences(found: Sequence[Row], expected: Sequence[Row]) -> list[str]:
    """What differs, in sentences."""
    ours, theirs = _by_key(found), _by_key(expected)
    twice = [f"{key} is there more than once." for key, rows in ours.items() if len(rows) > 1]
    return twice + [
        said for key in sorted({*ours, *theirs}) for said in _of_key(key, ours.get(key), theirs.get(key))
    ]


def _by_key(rows: Sequence[Row]) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in KEY), []).append(row)
    return found


def _of_key(key: tuple[Any, ...], ours: list[Row] | None, theirs: list[Row] | None) -> Iterator[str]:
    if ours is None or theirs is None:
        which = "in columns" if theirs is None else "by the judge"
        yield f"{_plain(key)} is there only {which}: {_plain((ours or theirs or [{}])[0])}"
        return
    for name in EARNED:
        if ours[0][name] != theirs[0][name]:
            yield f"{_plain(key)} {name}: {_plain(ours[0][name])} in columns, {_plain(theirs[0][name])} by the judge"


def differing(engine: Engine, case: Case) -> list[str]:
    """What differs between the engine and the judge; a computation that fails differs too."""
    expected = judged(case)
    try:
        found = settled(engine, case)
    except Exception as fault:  # whatever it is, it is to be told with the story
        return [f"{type(fault).__name__}: {str(fault)[:600]}"]
    return differences(found, expected)


def check(engine: Engine, case: Case) -> None:
    """Fails with the smallest program and story that are found, where the two differ."""
    said = differing(engine, case)
    if said:
        smallest = shrunk(engine, case)
        first = "\n".join([*differing(engine, smallest), "", "Before anything was left out:", *said][:24])
        raise AssertionError(f"{told(smallest)}\n\n{first}")


# --- The smallest case ---------------------------------------------------------------------------------------------


def shrunk(engine: Engine, case: Case) -> Case:
    """A small case that differs too."""
    tries = 0

    def differs(smaller: Case) -> bool:
        nonlocal tries
        tries += 1
        return tries <= MOST_TRIES and bool(differing(engine, smaller))

    case = _alone(engine, case, differs)
    case = _smaller_story(engine, case)
    case = _smaller_program(case, differs)
    return _smaller_story(engine, case)


def _alone(engine: Engine, case: Case, differs: Callable[[Case], bool]) -> Case:
    """The case with one story, if one alone differs; and without pools if it does without them."""
    plain = replace(case, pools=())
    case = plain if case.pools and differs(plain) else case
    named = _stories_named(differing(engine, case))
    places = [number for number in named if number < len(case.stories)] or [*range(len(case.stories))]
    for place in places[:8]:
        one = replace(case, stories=[case.stories[place]])
        if differs(one):
            return one
    return _halved(case, differs)


def _halved(case: Case, differs: Callable[[Case], bool]) -> Case:
    half = len(case.stories) // 2
    for stories in (case.stories[:half], case.stories[half:]) if half else ():
        if differs(replace(case, stories=stories)):
            return _halved(replace(case, stories=stories), differs)
    return case


def _smaller_story(engine: Engine, case: Case) -> Case:
    """All stories in which a little is missing are tried at once, again and again."""
    while len(case.stories) == 1:
        smaller = [story for story in _smaller_stories(case.stories[0]) if story]
        found = _first_differing(engine, case, smaller)
        if found is None:
            return case
        case = replace(case, stories=[found])
    return case


def _first_differing(engine: Engine, case: Case, stories: Sequence[Story]) -> Story | None:
    if not stories:
        return None
    together = replace(case, stories=stories)
    if case.pools:  # one pool is shared by all of them: each alone then
        alone = (replace(case, stories=[story]) for story in stories[:12])
        return next((each.stories[0] for each in alone if differing(engine, each)), None)
    said = differing(engine, together)
    named = _stories_named(said)
    for number in named or range(len(stories) if said else 0):
        if differing(engine, replace(case, stories=[stories[number]])):
            return stories[number]
    return None


def _stories_named(said: Sequence[str]) -> list[int]:
    """The numbers of the stories in which something differs, by the names of their lines."""
    return sorted({int(number) for each in said for number in re.findall(r"~(\d+)", each)})


def _smaller_stories(story: Story) -> Iterator[Story]:
    """From the ones in which most is missing."""
    facts = list(story)
    for fact in facts:
        yield [fact] if len(facts) > 1 else []
    for subscription in sorted({fact.subscription for fact in facts}):
        rest = [fact for fact in facts if fact.subscription != subscription]
        yield rest
    for place in range(len(facts)):
        yield facts[:place] + facts[place + 1 :]
    for name in ("credits", "receipts", "partners"):
        if any(getattr(fact, name) for fact in facts):
            yield [replace(fact, **{name: ()}) for fact in facts]
    for place, fact in enumerate(facts):
        for name in ("credits", "receipts"):
            for each in getattr(fact, name):
                rest = tuple(other for other in getattr(fact, name) if other is not each)
                yield [*facts[:place], replace(fact, **{name: rest}), *facts[place + 1 :]]
    recognized = {(each.partner, each.role, each.span) for fact in facts for each in fact.partners}
    for name in sorted(recognized, key=str):
        yield [
            replace(fact, partners=tuple(p for p in fact.partners if (p.partner, p.role, p.span) != name))
            for fact in facts
        ]


def _smaller_program(case: Case, differs: Callable[[Case], bool]) -> Case:
    """Versions, clauses and what they state are left out one by one, as long as it differs."""
    found: Case | None = case
    while found is not None:
        case = found
        found = next((each for each in _smaller_programs(case) if differs(each)), None)
    return case


def _smaller_programs(case: Case) -> Iterator[Case]:
    versions = case.laws.versions
    if len(versions) > 1:
        for place in range(len(versions)):
            laws = Laws(versions[:place] + versions[place + 1 :])
            first = laws.versions[0].sha256
            yield replace(
                case,
                laws=laws,
                stories=[
                    [f if f.terms_sha256 in laws.by_sha else replace(f, terms_sha256=first) for f in story]
                    for story in case.stories
                ],
            )
    for place, terms in enumerate(versions):
        for smaller in _smaller_terms(terms):
            yield replace(case, laws=Laws((*versions[:place], smaller, *versions[place + 1 :])))


def _smaller_terms(terms: Terms) -> Iterator[Terms]:
    for place, clause in enumerate(terms.clauses):
        rest = terms.clauses[:place] + terms.clauses[place + 1 :]
        if not any(each.of == clause.name for each in rest):
            yield replace(terms, clauses=rest)
    for place, clause in enumerate(terms.clauses):
        for smaller in _smaller_clauses(clause):
            yield replace(terms, clauses=(*terms.clauses[:place], smaller, *terms.clauses[place + 1 :]))


def _smaller_clauses(clause: Clause) -> Iterator[Clause]:
    plain: Row = {
        "needs": None, "cap": None, "floor": None, "holdback": None, "instead_of": (),
        "applies": Applies.NEW_SUBSCRIPTIONS, "earned": Earned.WHEN_BILLED,
    }  # fmt: skip
    for name, value in plain.items():
        if getattr(clause, name) != value:
            yield replace(clause, **{name: value})
    for part in fields(Condition):
        if getattr(clause.when, part.name) != part.default:
            yield replace(clause, when=replace(clause.when, **{part.name: part.default}))


# --- Told shortly --------------------------------------------------------------------------------------------------


def told(case: Case) -> str:
    """The case as one reads it: every version with its clauses, every fact, and only what is not as usual."""
    said = [f"Known up to {case.through}."]
    for terms in case.laws.versions:
        ways = f"{terms.rounding.value}, {terms.proration.value}, claw window {terms.payment.claw_window}"
        said.append(f"Version {terms.sha256[0]} from {terms.effective}: {ways}")
        said += [f"  {_plain(clause)}" for clause in terms.clauses]
    said += [f"Pool {_plain(pool)}" for pool in case.pools]
    for story in case.stories[:3]:
        said += ["The story:", *(f"  {_plain(replace(f, terms_sha256=f.terms_sha256[0]))}" for f in story)]
    return "\n".join(said)


_PLAIN: Final[dict[type, Callable[[Any], str]]] = {
    date: str,
    Fraction: str,
    Month: str,
    Money: lambda money: f"{money.minor} {money.currency}",
    Span: lambda span: f"{span.first}–{span.until or ''}",
}


def _plain(value: Any) -> str:
    if type(value) in _PLAIN:
        return _PLAIN[type(value)](value)
    if isinstance(value, Enum):
        return str(value.value)
    if is_dataclass(value):
        return f"{type(value).__name__}({', '.join(_stated(value))})"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_plain, value))}]"
    if isinstance(value, dict):
        return (
            f"{{{', '.join(f'{name}: {_plain(each)}' for name, each in value.items() if each or each == 0)}}}"
        )
    return str(value)


def _stated(value: Any) -> Iterator[str]:
    for each in fields(value):
        stated = getattr(value, each.name)
        usual = each.default if each.default is not MISSING else MISSING
        if stated != usual:
            yield f"{each.name}={_plain(stated)}"
