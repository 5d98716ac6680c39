"""The guide as HTML: a fragment to stand in a page of ours, and a page of its own."""

from html import escape
from typing import Final

from ofrecord.program.guide_parts import Block, Grid, Paragraph, Points, Section

PAGE: Final = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.55 Georgia, serif; }}
table {{ border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }}
th, td {{ padding: 0.35rem 0.6rem; border-bottom: 1px solid #8886; text-align: left; vertical-align: top; }}
.num {{ text-align: right; white-space: nowrap; }}
</style>
</head>
<body>
{fragment}
</body>
</html>
"""


def guide_page(guide: Section) -> str:
    """The guide as a page that needs nothing beside it."""
    return PAGE.format(title=escape(guide.title), fragment=guide_html(guide))


def guide_html(guide: Section, level: int = 1) -> str:
    """The guide as an `article`, its title a heading of the level. No style and no script; every text is escaped."""
    return f'<article class="guide">\n{_section(guide, level)}\n</article>'


def _section(section: Section, level: int) -> str:
    heading = min(level, 6)
    title = f"<h{heading}>{escape(section.title)}</h{heading}>"
    blocks = [_block(block) for block in section.blocks]
    inner = [_section(part, level + 1) for part in section.sections]
    return "\n".join([f'<section id="{escape(section.anchor)}">', title, *blocks, *inner, "</section>"])


def _block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Points(items):
            return "<ul>\n" + "\n".join(f"<li>{escape(item)}</li>" for item in items) + "\n</ul>"
        case Grid(head, rows):
            header = "".join(
                f'<th scope="col"{_side(n, head)}>{escape(name)}</th>' for n, name in enumerate(head)
            )
            body = "\n".join(_row(head, row) for row in rows)
            return f"<table>\n<thead>\n<tr>{header}</tr>\n</thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _row(head: tuple[str, ...], row: tuple[str, ...]) -> str:
    """Each cell names its column too: on a phone a row is shown as an entry of its own."""
    cells = [
        f'<td data-label="{escape(name)}"{_side(number, head)}>{escape(text)}</td>'
        for number, (name, text) in enumerate(zip(head, row, strict=True))
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _side(number: int, head: tuple[str, ...]) -> str:
    """The last column holds amounts."""
    return ' class="num"' if number == len(head) - 1 else ""
