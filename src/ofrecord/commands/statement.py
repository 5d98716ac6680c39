"""`ofrecord statement`: writes a statement as a PDF or a workbook."""

from pathlib import Path
from typing import Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.commands.settle import MonthArgument

FORMS = ("pdf", "xlsx")


def _file(text: str) -> Path:
    path = Path(text)
    if path.suffix.removeprefix(".").lower() not in FORMS:
        raise typer.BadParameter("its name ends in .pdf or .xlsx, which says what is written")
    return path


PartnerArgument = Annotated[
    str,
    typer.Argument(metavar="PARTNER", help="The partner's number, such as P-4F8TW2ZC.", show_default=False),
]
FileArgument = Annotated[
    Path,
    typer.Argument(
        parser=_file, metavar="FILE", help="Where it is written: a .pdf or .xlsx.", show_default=False
    ),
]
CurrencyOption = Annotated[
    str, typer.Option("--currency", help="Of which currency, where the partner has statements in several.")
]


def add_to(app: typer.Typer) -> None:
    app.command()(statement)


def statement(
    partner: PartnerArgument,
    month: MonthArgument,
    file: FileArgument,
    currency: CurrencyOption = "",
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Write a partner's statement of a month as a PDF or as a workbook (XLSX), of any length.

    A file of that name is replaced. For the vendor's office: it writes the statement of any partner.
    """
    enter(data)
    from ofrecord.access.refusals import NotFound  # noqa: PLC0415
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.documents.types import Form  # noqa: PLC0415
    from ofrecord.flows.hand_out_statement import hand_out  # noqa: PLC0415
    from ofrecord.statements.queries import statements  # noqa: PLC0415

    with entered(OFFICE):
        found = statements(OFFICE).filter(partner__number=partner.strip().upper(), month=month.first)
        rows = list(found.filter(currency=currency.upper()) if currency else found)
        if not rows:
            raise NotFound(what="statement")
        if len(rows) > 1:
            choices = ", ".join(sorted(row.currency for row in rows))
            raise typer.BadParameter(f"there is one in each of {choices}; choose by --currency")
        form = Form(file.suffix.removeprefix(".").lower())
        made = hand_out(reader=SERVER, statement_id=rows[0].pk, form=form, is_of_any_length=True)
    part = file.with_name(f"{file.name}.part")
    part.write_bytes(made.content)
    part.replace(file)
    typer.echo(f"{made.name.rpartition('.')[0]} is in {file}.")
