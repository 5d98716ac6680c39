"""Programs such as other houses publish, written without touching code; and what is said where they cannot be."""

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from ofrecord.engine.recompute import is_sound
from ofrecord.flows.check_program import check_program
from ofrecord.flows.tell_story import tell
from ofrecord.program.guide import guide
from ofrecord.program.guide_markdown import guide_markdown

from .documents import PROGRAMS
from .figures import ADVISER, document

OTHERS: Final = tuple(sorted((Path(__file__).parent / "others").glob("*.toml"), key=lambda path: path.name))


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.stem)
def test_their_figures_come_out_and_their_guide_is_written(path: Path) -> None:
    checked = check_program(path.read_bytes())
    assert checked.faults == ()
    assert checked.terms is not None
    written = guide_markdown(guide(checked.terms, checked.examples))
    assert all(worked.example.says in written for worked in checked.examples)


@pytest.mark.parametrize("path", [*sorted(PROGRAMS.glob("*.toml")), *OTHERS], ids=lambda path: path.stem)
def test_every_line_of_every_example_is_worked_out_again_from_the_line_alone(path: Path) -> None:
    checked = check_program(path.read_bytes())
    assert checked.terms is not None
    for worked in checked.examples:
        for line in tell(checked.terms, worked.example.story):
            booked = replace(line, fee_minor=line.earned_minor, due_minor=line.earned_minor)
            assert is_sound(replace(booked, due_earned_minor=line.earned_minor), checked.terms)


def test_there_are_six() -> None:
    assert len(OTHERS) == 6


def said(clauses: str) -> list[tuple[str, str]]:
    text = document(clauses, {"thing": "100.00"})
    return [(fault.says, fault.remedy) for fault in check_program(text.encode()).faults]


TENTH: Final = ADVISER + 'rate = "10%"\n'
WHEN: Final = "when = {}"

# What published programs say and the language does not, as one would first write it: what the check answers.
UNSAID: Final = {
    "a threshold of trailing months": (
        TENTH.replace(WHEN, f'{WHEN}\nneeds = {{ billed = "25000.00", in = "trailing 12 months" }}'),
        "count over days that move along", "program year",
    ),
    "a part in marketing funds": (TENTH + 'co_op = "40%"\n', "earmark what is paid", "each part"),
    "a registered deal": (TENTH.replace(WHEN, "when = { deal_registration = true }"), "deal was registered", "`way`"),
    "a clawback when the customer leaves": (
        TENTH + 'clawback = "180 days"\n', "because a customer leaves", 'month = "7"'
    ),
    "a clawback as a table": ("[clawback]\ndays = 180\n" + TENTH, "because a customer leaves", "`claw_window`"),
    "the days of a click": (TENTH + 'cookie_days = "90 days"\n', "click or a visit", "referrer"),
    "a term of the contract": (
        TENTH.replace(WHEN, "when = { commitment = 36 }"), "how long a subscription was agreed", "each commitment"
    ),
    "an accelerator": (TENTH + 'accelerator = "1.5"\n', "multiply the rate", "a clause of its own"),
    "growth as a condition": (
        TENTH.replace(WHEN, f'{WHEN}\nneeds = {{ growth = "110%" }}'), "ask for growth as a condition", "`growth`"
    ),
    "a fee that the partner owes": (ADVISER + 'charge = "500.00"\n', "charge a partner", "outside"),
    "an amount by bands": (
        ADVISER + 'bands = [{ up_to = "10 seats", amount = "2.00" }, { amount = "3.00" }]\n'
        'graduated_per = "customer and month"\n',
        "cannot pay an amount by bands", "`seats`",
    ),
    "certified people": (
        TENTH.replace(WHEN, f"{WHEN}\nneeds = {{ certified_people = 2 }}"), "certifications", "`tier`"
    ),
    "a bonus as a table": (
        '[bonuses.spring]\namount = "5.00"\n' + TENTH, "no word of its own for a bonus", "[fees.NAME]"
    ),
    "tiers as tables": ('[tiers.Gold]\nrate = "5%"\n' + TENTH, "no table of tiers", "`tier`"),
    "what is paid once": (TENTH + "once = true\n", "paid once", "new subscription"),
    "a clause that expires": (TENTH + "expires = 2027-01-01\n", "no days of a clause", "`sold`"),
    "payouts by quarter": (TENTH + '[payment]\nfrequency = "quarterly"\n', "when or how money is sent", "[payment]"),
    "a chain of partners": (TENTH + "levels = 3\n", "chain of partners", "`of`"),
    "a quota": (TENTH + 'quota = "100000.00"\n', "target that is set for each partner", "`needs`"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNSAID)
def test_what_cannot_be_said_is_answered_in_a_sentence(name: str) -> None:
    clauses, says, remedy = UNSAID[name]
    answers = [answer for answer in said(clauses) if says in answer[0]]
    assert answers, said(clauses)
    assert answers[0][0].startswith(("The language ", "A band has a rate"))
    assert remedy in answers[0][1]
