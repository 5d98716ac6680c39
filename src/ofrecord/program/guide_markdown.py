"""The guide as Markdown. Text of the document is escaped: it can say anything and mark up nothing."""

import re

from ofrecord.program.guide_parts import Block, Grid, Paragraph, Points, Section


def guide_markdown(guide: Section) -> str:
    """The guide as one Markdown page, with an anchor before every section."""
    return "\n\n".join(_section(guide, 1)) + "\n"


def _section(section: Section, level: int) -> list[str]:
    title = f'<a id="{section.anchor}"></a>\n\n{"#" * level} {_escaped(section.title)}'
    inner = [text for part in section.sections for text in _section(part, level + 1)]
    return [title, *(_block(block) for block in section.blocks), *inner]


def _block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return _escaped(text)
        case Points(items):
            return "\n".join(f"- {_escaped(item)}" for item in items)
        case Grid(head, rows):
            rule = [*["---"] * (len(head) - 1), "---:"]
            return "\n".join(_row(cells) for cells in (_texts(head), rule, *map(_texts, rows)))


def _texts(cells: tuple[str, ...]) -> list[str]:
    return [_escaped(cell) for cell in cells]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escaped(text: str) -> str:
    """Backslashes before all that Markdown reads as markup, anywhere or at the start of a line."""
    inline = re.sub(r"([\\`*_{}\[\]<>|~&])", r"\\\1", text.strip())
    no_list = re.sub(r"^(\d+)([.)])(?=\s|$)", r"\1\\\2", inline)
    return re.sub(r"^([#+\-=])", r"\\\1", no_list)
