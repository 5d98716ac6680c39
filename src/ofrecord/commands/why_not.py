"""`ofrecord why-not`: which clauses were considered for a sale, and what each of them lacked first."""

from typing import TYPE_CHECKING, Annotated

import typer

from ofrecord.commands.installation import enter
from ofrecord.commands.options import DEFAULT_DATA, DataOption
from ofrecord.commands.settle import month_of
from ofrecord.kernel.calendar import Month

if TYPE_CHECKING:
    from ofrecord.flows.why_not import WhyNot

SubscriptionArgument = Annotated[
    str,
    typer.Argument(
        metavar="SUBSCRIPTION", help="The subscription's number, such as S-4F8TW2ZC.", show_default=False
    ),
]
PartnerOption = Annotated[
    str, typer.Option("--partner", help="The partner's number, such as P-7KQ2M9XA.", show_default=False)
]
MonthOption = Annotated[
    Month | None,
    typer.Option(
        "--month",
        parser=month_of,
        metavar="MONTH",
        help="The month that was billed, such as 2026-10; the latest one without it.",
        show_default=False,
    ),
]


def add_to(app: typer.Typer) -> None:
    app.command("why-not")(why_not)


def why_not(
    subscription: SubscriptionArgument,
    partner: PartnerOption,
    month: MonthOption = None,
    data: DataOption = DEFAULT_DATA,
) -> None:
    """Say why a sale pays a partner nothing, or not more: each clause, and the condition that failed first.

    For the vendor's office: it answers for any partner.
    """
    enter(data)
    from ofrecord.access.refusals import NotFound  # noqa: PLC0415
    from ofrecord.access.rules import SERVER  # noqa: PLC0415
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows import why_not as flow  # noqa: PLC0415
    from ofrecord.partners.queries import partner_by_number  # noqa: PLC0415
    from ofrecord.subscriptions.queries import subscriptions  # noqa: PLC0415

    with entered(OFFICE):
        found = subscriptions(OFFICE, now().date()).filter(number=subscription.upper()).first()
        if found is None:
            raise NotFound(what="subscription")
        card = partner_by_number(partner.upper(), OFFICE)
        if card is None:
            raise NotFound(what="partner")
        answer = flow.why_not(reader=SERVER, subscription_id=found.pk, partner_id=card.id, month=month)
    for row in told(answer):
        typer.echo(row)


def told(answer: "WhyNot") -> list[str]:
    """The answer, then case by case each clause with its sentence."""
    from ofrecord.kernel.words import month_words  # noqa: PLC0415

    rows = [
        f"{answer.partner}, {answer.customer}, {answer.subscription}, {month_words(answer.month)}",
        answer.says,
    ]
    for case in answer.cases:
        what = "payment for invoice" if case.is_payment else "invoice"
        rows += ["", f"{case.days}, {what} {case.invoice}, as {case.role}:"]
        rows += [f"  {'✓' if each.claims else '✗'} {each.says}" for each in case.clauses]
    return rows
