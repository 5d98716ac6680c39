"""`ofrecord tie-out`: holds book, statements and ledger of closed months against each other."""

from typing import TYPE_CHECKING, Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.commands.settle import month_of
from ofrecord.kernel.calendar import Month

if TYPE_CHECKING:
    from ofrecord.flows.check_month import Checked

EXIT_BROKEN = 1

MonthsArgument = Annotated[
    Month | None,
    typer.Argument(
        parser=month_of,
        metavar="MONTH",
        help="The month, such as 2026-10; every closed month without it.",
        show_default=False,
    ),
]


def add_to(app: typer.Typer) -> None:
    app.command("tie-out")(tie_out)


def tie_out(month: MonthsArgument = None, data: DataOption = DEFAULT_DATA) -> None:
    """Check that what was earned, what statements say and what the ledger holds are one amount, to the cent.

    Every line of the month's book is worked out again and summed by partner; each sum is held against the
    partner's statement and against the transfers. Nothing is changed. Exit code 1 when anything differs.
    """
    enter(data)
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.flows.check_month import check_month  # noqa: PLC0415
    from ofrecord.settlement.queries import closed_months  # noqa: PLC0415

    is_broken = False
    with entered(OFFICE):
        months = [month] if month else [card.month for card in reversed(closed_months())]
        for each in months:
            checked = check_month(reader=SERVER, month=each, most_lines=None)
            is_broken = is_broken or not checked.ties_out
            for row in told(checked):
                typer.echo(row)
        if not months:
            typer.echo("No month is closed yet.")
    if is_broken:
        raise typer.Exit(EXIT_BROKEN)


def told(checked: "Checked") -> list[str]:
    """What the check found, a line for the month and one for each break."""
    from ofrecord.kernel.money import sum_money  # noqa: PLC0415
    from ofrecord.kernel.words import money_words, month_words  # noqa: PLC0415
    from ofrecord.settlement.refusals import TieOutBroken  # noqa: PLC0415

    month, statements = checked.closed.month, checked.statements
    named = month_words(month)
    if not checked.ties_out:
        broken = TieOutBroken(month=month, breaks=checked.breaks, is_closed=True)
        return [f"{named} does not tie out:", *(f"  {row}" for row in broken.report())]
    payable = [
        money_words(sum_money((each.payable for each in statements if each.currency == code), code))
        for code in sorted({each.currency for each in statements})
    ]
    count = len(statements)
    noun = "statement" if count == 1 else "statements"
    return [f"{named} ties out: {count:,} {noun}, payable {', '.join(payable) or 'nothing'}."]
