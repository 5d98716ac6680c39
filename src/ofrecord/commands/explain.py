"""`ofrecord explain`: why a line pays what it pays."""

from typing import TYPE_CHECKING

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption, LineArgument

if TYPE_CHECKING:
    from ofrecord.statements.types import Explanation


def add_to(app: typer.Typer) -> None:
    app.command()(explain)


def explain(line: LineArgument, data: DataOption = DEFAULT_DATA) -> None:
    """Say why a line of a statement pays what it pays: in words, then its working, then the facts.

    For the vendor's office: it shows the line of any partner.
    """
    from ofrecord.engine.types import parse_line_id  # noqa: PLC0415

    if parse_line_id(line) is None:
        raise typer.BadParameter(
            f'{line!r} names no line; write it like "2026-10/4821193755", with ten digits'
        )
    enter(data)
    from ofrecord.access.refusals import NotFound  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.statements import queries  # noqa: PLC0415

    with entered(OFFICE):
        found = queries.line(line, OFFICE)
        if found is None:
            raise NotFound(what="line")
        explanation = queries.explanation(found)
    for row in told(explanation):
        typer.echo(row)


def told(explanation: "Explanation") -> list[str]:
    """The explanation as lines of text, results to the right."""
    from ofrecord.kernel.money import Money  # noqa: PLC0415
    from ofrecord.kernel.words import money_words  # noqa: PLC0415

    results = [
        money_words(r.result) if isinstance(r.result, Money) else r.result for r in explanation.working
    ]
    label = max(len(row.label) for row in explanation.working)
    says = max(len(row.says) for row in explanation.working)
    result = max(map(len, results))
    fact = max(len(row.label) for row in explanation.facts)
    is_exchanged = explanation.due.currency != explanation.fee.currency
    due = f", {money_words(explanation.due)} due" if is_exchanged else ""
    return [
        f"Line {explanation.line}: {money_words(explanation.fee)}{due}",
        "",
        explanation.words,
        "",
        *(
            f"  {row.label:{label}}  {row.says:{says}}  {text:>{result}}"
            for row, text in zip(explanation.working, results, strict=True)
        ),
        "",
        *(f"  {row.label:{fact}}  {row.says}  ({row.id})" for row in explanation.facts),
    ]
