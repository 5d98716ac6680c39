"""`ofrecord pool`: what was pooled in a month, to be shared between partners."""

from typing import Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.commands.settle import MonthArgument
from ofrecord.kernel.money import Money, MoneyFault

pool = typer.Typer(
    help="Record what was pooled in a month, and show what the pools hold.", no_args_is_help=True
)


def _amount(text: str) -> Money:
    try:
        return Money.parse(text)
    except MoneyFault as fault:
        raise typer.BadParameter(str(fault)) from fault


PoolArgument = Annotated[str, typer.Argument(help="The pool, as the program names it.", show_default=False)]
AmountArgument = Annotated[
    Money,
    typer.Argument(
        parser=_amount,
        metavar="AMOUNT",
        help='Such as "48000.00 USD"; after -- also a negative one, which takes out.',
        show_default=False,
    ),
]
ReasonOption = Annotated[
    str, typer.Option("--reason", help="Where it comes from, or what it corrects.", show_default=False)
]


def add_to(app: typer.Typer) -> None:
    app.add_typer(pool, name="pool")


@pool.command()
def record(
    name: PoolArgument,
    month: MonthArgument,
    amount: AmountArgument,
    reason: ReasonOption,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Add an amount to a pool of a month. The amounts of a month add up; a negative one takes out again.

    To take out, put -- before the arguments: ofrecord pool record --reason "…" -- advertising 2026-10 "-50.00 USD"
    """
    enter(data)
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows.record_pool import record_amount  # noqa: PLC0415
    from ofrecord.kernel.ids import new_id  # noqa: PLC0415
    from ofrecord.kernel.words import money_words, month_words  # noqa: PLC0415

    with entered(OFFICE):
        holds = record_amount(
            reader=SERVER,
            at=now(),
            amount_id=new_id(),
            pool=name,
            month=month,
            amount=amount,
            reason=reason,
        )
    typer.echo(f"The pool {name} holds {money_words(holds)} of {month_words(month)}.")


@pool.command()
def show(data: DataOption = DEFAULT_DATA) -> None:
    """Show what each pool holds of each month, the latest first."""
    enter(data)
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.kernel.words import money_words  # noqa: PLC0415
    from ofrecord.pools.queries import sums  # noqa: PLC0415

    with entered(OFFICE):
        found = sums(OFFICE)
    for each in found:
        typer.echo(f"{each.month}  {each.pool}  {money_words(each.amount)}")
    if not found:
        typer.echo("Nothing was pooled.")
