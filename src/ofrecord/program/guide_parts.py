"""What the guide is made of: sections with plain texts, lists and tables, without any markup."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Points:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the last column holds amounts."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Points | Grid


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the guide. `anchor` is stable: statements and verdicts link to it."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]
    sections: "tuple[Section, ...]" = ()
