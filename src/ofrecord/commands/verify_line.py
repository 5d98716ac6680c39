"""`ofrecord verify-line`: works a line out again, from the book and the program document alone."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ofrecord.commands.options import LineArgument
from ofrecord.commands.program import document_bytes

if TYPE_CHECKING:
    from ofrecord.engine.recompute import Step
    from ofrecord.engine.types import FeeLine
    from ofrecord.flows.verify_line import Verified

EXIT_FALSE = 1

BookOption = Annotated[
    Path,
    typer.Option("--book", help="The book of the line's month, a Parquet file.", show_default=False),
]
DocumentsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--program",
        metavar="DOCUMENT",
        help="The program document that the line cites; several may be given.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For a program to read.")]


def add_to(app: typer.Typer) -> None:
    app.command("verify-line")(verify_line)


def verify_line(
    line: LineArgument, book: BookOption, program: DocumentsOption = None, as_json: JsonOption = False
) -> None:
    """Work a fee line out again, step by step, from the book file and the program document alone.

    For whoever was handed the two files: it needs no database and no data folder. The book must be what its name
    says; of the documents the one is taken whose bytes the line cites. Exit code 1 when a step does not hold.
    """
    from ofrecord.flows import verify_line as flow  # noqa: PLC0415

    documents = [document_bytes(file) for file in program or ()]
    verified = flow.verify_line(book, line, documents)
    if as_json:
        typer.echo(json.dumps(written(verified), indent=2, ensure_ascii=False))
    else:
        for row in told(verified):
            typer.echo(row)
    if not verified.holds:
        raise typer.Exit(EXIT_FALSE)


def told(verified: "Verified") -> list[str]:
    """Each step as stored and as worked out, and at the end the answer."""
    booked = verified.found.booked
    line, terms = booked.line, verified.terms
    named = "as its name says" if verified.found.is_named else "which its name does not state"
    rows = [_shown(step, line) for step in verified.steps]
    widths = [max(len(row[place]) for row in rows) for place in range(2)]
    failed = [step.name for step in verified.steps if not step.holds]
    ending = f"NOT verified: {', '.join(failed)}" if failed else "verified"
    return [
        f"Line {booked.id}, {terms.title} {terms.version}",
        f"Book {verified.found.sha256}, {named}",
        "",
        *(_row(row, widths, step.holds) for row, step in zip(rows, verified.steps, strict=True)),
        "",
        *([f"Taken from the book as it stands: {'; '.join(verified.taken)}."] if verified.taken else []),
        ending,
    ]


def _row(row: tuple[str, str, str], widths: list[int], holds: bool) -> str:
    name, stored, worked_out = row
    mark, sign = ("✓", "=") if holds else ("✗", "≠")
    return f"  {mark} {name:{widths[0]}}  {stored:{widths[1]}}  {sign} {worked_out}"


def _shown(step: "Step", line: "FeeLine") -> tuple[str, str, str]:
    from ofrecord.engine.step_words import value_words  # noqa: PLC0415

    return step.name, value_words(step.name, step.stored, line), value_words(step.name, step.worked_out, line)


def written(verified: "Verified") -> dict[str, object]:
    """The same as JSON values."""
    booked = verified.found.booked
    steps = []
    for step in verified.steps:
        name, stored, worked_out = _shown(step, booked.line)
        steps.append({"step": name, "stored": stored, "worked_out": worked_out, "holds": step.holds})
    return {
        "line": booked.id,
        "verified": verified.holds,
        "book_sha256": verified.found.sha256,
        "program": verified.terms.program,
        "version": verified.terms.version,
        "document_sha256": verified.terms.sha256,
        "fee": {"minor": booked.line.fee_minor, "currency": booked.line.currency},
        "due": {"minor": booked.line.due_minor, "currency": booked.line.due_currency},
        "steps": steps,
        "taken_as_it_stands": list(verified.taken),
    }
