"""The reference page says what the grammar says."""

import re
import tomllib
from pathlib import Path

from ofrecord.flows.check_program import check_program
from ofrecord.program.clause_types import DEALS, ROLES
from ofrecord.program.fee_grammar import FEE
from ofrecord.program.grammar import INSIDE, SECTIONS
from ofrecord.program.reference import with_key_tables
from ofrecord.program.types import CREDITS
from ofrecord.program.unsaid import SAME, SYNONYMS, UNSAID

from .documents import PROGRAMS, RICH, SHIPPED

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "reference" / "program-document.md"
HOW_TO = DOCS / "how-to" / "write-a-program.md"


def test_the_tables_of_the_reference_are_current() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert text == with_key_tables(text), "run bin/program-reference"


def test_every_key_has_an_example_that_is_toml() -> None:
    tables = [*(section.keys for section in SECTIONS), *(keys for _, keys in INSIDE)]
    for key in [key for keys in tables for key in keys]:
        assert key.name in tomllib.loads(f"{key.name} = {key.example}")
        assert key.means.endswith(".")


def test_the_document_of_the_how_to_has_no_fault() -> None:
    blocks = re.findall(r"```toml\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    checked = check_program("\n".join(blocks).encode())
    assert [str(fault) for fault in checked.faults] == []
    assert checked.terms is not None


def test_the_documents_use_every_table() -> None:
    for name in SHIPPED:
        stated = tomllib.loads((PROGRAMS / name).read_text(encoding="utf-8"))
        assert set(stated) | {"payment"} == {section.name for section in SECTIONS}


def test_the_document_with_every_key_has_every_key_of_a_clause() -> None:
    document = tomllib.loads(RICH)
    for section in (section for section in SECTIONS if section.name in ("program", "payment")):
        assert set(document[section.name]) == {key.name for key in section.keys}
    stated = {key for clause in document["fees"].values() for key in clause}
    assert stated == {key.name for key in FEE} - {"title"}


def test_other_words_stand_for_what_there_is() -> None:
    tables = [*(section.keys for section in SECTIONS), *(keys for _, keys in INSIDE)]
    keys = [key for table in tables for key in table]
    names = {key.name for key in keys}
    assert set(SYNONYMS) <= names
    kinds = " ".join(key.kind.says for key in keys) + " ".join(ROLES + DEALS + CREDITS)
    assert [value for value in SAME if value not in kinds] == []
    for says, remedy in UNSAID.values():
        assert says.startswith("The language ")
        assert says.endswith(".")
        assert set(re.findall(r"`([a-z_]+)[^`]*`", remedy)) <= names, remedy
