"""The reference of the program document, its key tables made from the grammar that documents are read by.

`python -m ofrecord.program.reference FILE` writes the tables into the page, between their marks.
"""

import re
import sys
from pathlib import Path
from typing import Final

from ofrecord.program.grammar import INSIDE, SECTIONS, Section
from ofrecord.program.reading import MISSING, Key

BEGINS: Final = "<!-- The tables below are written by bin/program-reference from the grammar. -->"
ENDS: Final = "<!-- The tables above are written by bin/program-reference from the grammar. -->"


def key_tables() -> str:
    """All tables of the document, in the order in which a document is read."""
    tables = [_section(section) for section in SECTIONS]
    inside = [f"### {title[0].upper()}{title[1:]}\n\n{_table(keys)}" for title, keys in INSIDE]
    return "\n\n".join([*tables, *inside])


def with_key_tables(page: str) -> str:
    """The page with its tables as they are now."""
    marked = re.compile(f"({re.escape(BEGINS)}\n).*?(\n{re.escape(ENDS)})", re.DOTALL)
    assert marked.search(page), "the page has its marks"
    return marked.sub(lambda found: f"{found[1]}\n{key_tables()}\n{found[2]}", page)


def _section(section: Section) -> str:
    header = {"name": f"[{section.name}.NAME]", "list": f"[[{section.name}]]", "": f"[{section.name}]"}[
        section.each
    ]
    often = f" At most {section.most:,}." if section.each else ""
    needed = " Needed." if section.required else ""
    return f"### `{header}`\n\n{section.says}{needed}{often}\n\n{_table(section.keys)}"


def _table(keys: tuple[Key, ...]) -> str:
    rows = ["| key | value | means | when left out |", "| --- | --- | --- | --- |"]
    return "\n".join([*rows, *(_row(key) for key in keys)])


def _row(key: Key) -> str:
    left_out = "a fault" if key.default is MISSING else key.default_says or "anything matches"
    cells = (f"`{key.name}`", f"{key.kind.says}. `{key.example}`", key.means, left_out)
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    written = Path(sys.argv[1])
    written.write_text(with_key_tables(written.read_text(encoding="utf-8")), encoding="utf-8")
