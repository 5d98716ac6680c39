"""`ofrecord preview`: what the open month comes to, before it is closed."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.interrupting import interruptible
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.commands.settle import month_of, watching
from ofrecord.kernel.calendar import Month

if TYPE_CHECKING:
    from ofrecord.flows.preview_month import Preview
    from ofrecord.kernel.money import Money
    from ofrecord.settlement.types import Figures, MonthForeseen

PartnerOption = Annotated[
    str, typer.Option("--partner", metavar="PARTNER", help="Its number, such as P-4F8TW2ZC; all without it.")
]
MonthOption = Annotated[
    Month | None,
    typer.Option(
        "--month",
        parser=month_of,
        metavar="MONTH",
        help="The month, such as 2026-11. Only the one that is closed next has a preview.",
        show_default=False,
    ),
]


def add_to(app: typer.Typer) -> None:
    app.command()(preview)


def preview(partner: PartnerOption = "", month: MonthOption = None, data: DataOption = DEFAULT_DATA) -> None:
    """Show what closing the open month would come to with what is known today. Nothing is posted.

    Invoices that are not written yet are taken as if no seat changed any more; what rests on them is called
    expected. With --partner every line is shown.
    """
    enter(data)
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.flows.preview_month import Preview  # noqa: PLC0415
    from ofrecord.partners.queries import partner_names  # noqa: PLC0415

    found = _of_one(partner, month) if partner else _of_all(month)
    if found is None:
        typer.echo("No month is open: nobody is served yet.")
        return
    with entered(OFFICE):
        names = partner_names({each.partner for each in found.figures}, OFFICE)
    typer.echo(_head(found))
    for figures in sorted(found.figures, key=lambda each: (names[each.partner], each.currency)):
        typer.echo(_row(figures, found.expected_of(figures), names[figures.partner]))
        for row in _lines(found, figures) if isinstance(found, Preview) else ():
            typer.echo(row)
    if not found.figures:
        typer.echo("No partner has a line yet.")


def _of_one(partner: str, month: Month | None) -> "Preview | None":
    from ofrecord.access.refusals import NotFound  # noqa: PLC0415
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows.preview_month import preview  # noqa: PLC0415
    from ofrecord.partners.queries import partner_by_number  # noqa: PLC0415

    with entered(OFFICE):
        one = partner_by_number(partner.strip().upper(), OFFICE)
        if one is None:
            raise NotFound(what="partner")
        with interruptible():
            return preview(reader=SERVER, at=now(), partner_id=one.id, month=month, most_lines=None)


def _of_all(month: Month | None) -> "MonthForeseen | None":
    """Of all partners, in front of who asked: with how far it is, and ended by Ctrl-C."""
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.engine.choice import stated  # noqa: PLC0415
    from ofrecord.flows.at_work import AtWork  # noqa: PLC0415
    from ofrecord.flows.preview_all import STEPS, preview_of_all  # noqa: PLC0415
    from ofrecord.flows.preview_month import open_month  # noqa: PLC0415
    from ofrecord.settlement.types import Purpose  # noqa: PLC0415

    with entered(OFFICE):
        following = open_month(month)
    if following is None:
        return None
    with watching(following) as watch, interruptible():
        work = AtWork(purpose=Purpose.PREVIEW, month=following, steps=STEPS, watcher=watch)
        return preview_of_all(work, now().date(), stated(os.environ))


def _head(found: "Preview | MonthForeseen") -> str:
    from ofrecord.kernel.words import day_words, month_words  # noqa: PLC0415

    return f"{month_words(found.month)}, if it were closed with what is known on {day_words(found.as_of)}:"


def _row(figures: "Figures", expected: "Money", name: str) -> str:
    from ofrecord.kernel.words import money_words  # noqa: PLC0415

    parts = [
        f"payable {money_words(figures.payable)}",
        f"earned {money_words(figures.earned)}"
        + (f" ({money_words(expected)} expected)" if expected else ""),
        f"not taken back {money_words(figures.waived)}" if figures.waived else "",
        f"brought forward {money_words(figures.opening)}" if figures.opening else "",
        f"held back {money_words(figures.held)}" if figures.held else "",
        f"released {money_words(figures.released)}" if figures.released else "",
        f"carried {money_words(figures.carried)}" if figures.carried else "",
        f"{figures.waiting:,} {'line' if figures.waiting == 1 else 'lines'} waiting for a rate"
        if figures.waiting
        else "",
    ]
    return f"{name}: {', '.join(part for part in parts if part)}."


def _lines(found: "Preview", figures: "Figures") -> list[str]:
    from ofrecord.kernel.words import money_words  # noqa: PLC0415

    rows = []
    for named in found.lines_of(figures):
        line = named.booked.line
        told = "expected" if found.is_expected(line) else f"corrects {line.corrects}" if line.corrects else ""
        why = line.cause or line.reason or line.waits
        what = [named.names.customer, named.names.clause or "no clause", money_words(named.due), told, why]
        rows.append(f"  {' · '.join(each for each in what if each)}")
    return rows
