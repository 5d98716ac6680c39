"""Whether the names in a document mean something, and which of its parts can be judged."""

from typing import Any

from ofrecord.program.drafts import Draft, check_known, names_of, opened, stated, tables_of
from ofrecord.program.faults import known_words
from ofrecord.program.fee_references import check_fee_references
from ofrecord.program.fee_shape import check_shapes
from ofrecord.program.positions import Path
from ofrecord.program.price_lists import check_price_lists
from ofrecord.program.reading import MISSING, Reading, is_whole
from ofrecord.program.types import BY_PARTNER, DIRECT, PARTNER_BILLS, REFERRAL, WAYS

# The ways by which the customer's contract is with the vendor.
BILLED_BY_VENDOR = (DIRECT, BY_PARTNER, REFERRAL)


def check_references(reading: Reading, draft: Draft) -> bool:
    """Notes every name that means nothing, and says whether the clauses can be analyzed as a whole.

    They cannot when a part that they depend on could not be read or names something unknown: gaps and
    overlaps found then would be echoes of that fault.
    """
    names_are_known = _check_ways(reading, draft) & _check_clause_names(reading, draft)
    names_are_known &= _check_conditions(reading, draft) & check_shapes(reading, tables_of(draft, "fees"))
    names_are_known &= check_fee_references(reading, draft)
    check_price_lists(reading, draft)
    _check_stories(reading, draft)
    return (
        names_are_known
        and not reading.is_full
        and all(is_whole(draft[name]) for name in draft if name != "examples")
    )


def _known_names(draft: Draft) -> dict[str, list[str]]:
    """What may be named of each fact; a fact is absent when what states it could not be read in full."""
    known = {"way": names_of(draft, "ways"), "offer": names_of(draft, "offers")}
    if is_whole(draft["ways"]):
        known["region"] = list(opened(draft))
    program = draft["program"]
    for fact, key in (("tier", "tiers"), ("segment", "segments"), ("pool", "pools")):
        if program is not MISSING and is_whole(program[key]):
            known[fact] = list(program[key])
    offers = tables_of(draft, "offers").values()
    families = [offer["family"] for offer in offers]
    if is_whole(families) and len(families) == len(names_of(draft, "offers")):
        known["family"] = [family for family in dict.fromkeys(families) if family]
    return known


def _check_ways(reading: Reading, draft: Draft) -> bool:
    unknown = [name for name in names_of(draft, "ways") if name not in WAYS]
    for name in unknown:
        says = "This way to sell is not known."
        reading.fault(("ways", name), says, known_words(name, WAYS), at_key=True)
    for name, way in tables_of(draft, "ways").items():
        if name in BILLED_BY_VENDOR and way["bills"] == PARTNER_BILLS:
            says = f"Orders by way of {name} are billed by the vendor."
            remedy = 'Write `bills = "vendor"`; by way of resale a partner bills.'
            reading.fault(("ways", name, "bills"), says, remedy)
    return not unknown


def _check_clause_names(reading: Reading, draft: Draft) -> bool:
    """A clause is cited by its name alone, so no two may share one."""
    doubled = [name for name in names_of(draft, "unpaid") if name in names_of(draft, "fees")]
    for name in doubled:
        remedy = "Clauses are cited by name: rename one of the two."
        reading.fault(("unpaid", name), f"[fees.{name}] has this name too.", remedy, at_key=True)
    return not doubled


def _check_conditions(reading: Reading, draft: Draft) -> bool:
    """Every value that a clause asks for must be stated elsewhere in the document."""
    before, known = len(reading.faults), _known_names(draft)
    for section in ("fees", "unpaid"):
        for name, clause in tables_of(draft, section).items():
            _check_facts(reading, (section, name, "when"), clause["when"], known)
    for name, clause in tables_of(draft, "fees").items():
        _check_facts(reading, ("fees", name), clause, {k: known[k] for k in ("pool",) if k in known})
    return len(reading.faults) == before


def _check_facts(reading: Reading, path: Path, table: Any, known: dict[str, list[str]]) -> None:
    """The facts that a table names, one or several of each."""
    for fact, names in known.items():
        value = stated(table, fact) if table is not MISSING and fact in table else ()
        values = value if isinstance(value, tuple) else (value,)
        check_known(reading, (*path, fact), values, names, fact)


def _check_stories(reading: Reading, draft: Draft) -> None:
    """The names in the examples' stories."""
    known = _known_names(draft)
    for number, example in enumerate(draft["examples"]):
        story = MISSING if example is MISSING else example["story"]
        if story is not MISSING:
            path: Path = ("examples", number, "story")
            _check_facts(reading, path, story, known)
            for key in ("also", "tiers", "pools"):
                for row, table in enumerate(stated(story, key)):
                    _check_facts(reading, (*path, key, row), table, known)
