"""The first page of the desk: what waits for this reader, what happened, and in a demonstration the clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ofrecord.access.types import Permission, Reader
from ofrecord.billing.queries import invoices, totals_of
from ofrecord.clock.queries import now
from ofrecord.mail.queries import messages
from ofrecord.orders.queries import expiring
from ofrecord.partners.queries import partners
from ofrecord.program.queries import in_force
from ofrecord.program.refusals import NoProgram
from ofrecord.settlement.queries import closable
from ofrecord.subscriptions.queries import valued_subscriptions
from ofrecord.web import words
from ofrecord.web.desk.happenings import recent
from ofrecord.web.desk.settlement import waiting
from ofrecord.web.readers import desk, reader_in

SOON_DAYS = 7
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits: a few words for the sentence, what to do about it, and where."""

    words: str
    says: str
    does: str
    url: str


@desk()
def today(request: HttpRequest) -> HttpResponse:
    """What waits for the reader today."""
    reader, day = reader_in(request), now().date()
    tasks = list(_tasks(reader, day))
    context = {
        "tasks": tasks,
        "sentence": sentence(tasks),
        "applications": _applications(reader),
        "expiring": _expiring(reader, day),
        "happenings": recent(reader),
        "today": day,
    }
    return render(request, "desk/today.html", context)


def sentence(tasks: list[Task]) -> str:
    """The answer to "what waits for me?"."""
    if not tasks:
        return "Nothing waits for you"
    said = [task.words for task in tasks[:3]]
    joined = words.joined(said)
    return joined[:1].upper() + joined[1:]


def _tasks(reader: Reader, day: date) -> Iterator[Task]:
    """What waits, the most pressing first; only what the reader may do something about."""
    if reader.may(Permission.PROGRAM_PUBLISH):
        yield from _no_program(day)
    if reader.may(Permission.PARTNERS_DECIDE):
        yield from _applied(reader)
    if reader.may(Permission.SETTLEMENT_CLOSE):
        yield from _to_close(day)
    if reader.may(Permission.INVOICES_WRITE):
        yield from _unpaid(reader)
    yield from _soon_over(reader, day)
    if reader.may(Permission.SUBSCRIPTIONS_WRITE):
        yield from _ending(reader, day)
    if reader.may(Permission.MAIL_READ):
        yield from _unsent(reader)


def _count(count: int, one: str, many: str) -> str:
    return f"{words.count_text(count)} {one if count == 1 else many}"


def _no_program(day: date) -> Iterator[Task]:
    try:
        in_force(day)
    except NoProgram as refusal:
        yield Task(
            "no program is in force", refusal.sentence(), "Publish a version", reverse("desk:program-new")
        )


def _applied(reader: Reader) -> Iterator[Task]:
    count = partners(reader.scope).filter(status="applied").count()
    if count:
        waits = _count(count, "application waits", "applications wait")
        says = "An organization wants to become a partner and hears of your decision by e-mail."
        yield Task(waits, says, "Decide", f"{reverse('desk:partners')}?state=applied")


def _to_close(day: date) -> Iterator[Task]:
    month, count = closable(day), waiting(day)
    if month is not None:
        name = words.month_text(month)
        can = f"{name} can be closed" if count == 1 else f"{count} months can be closed"
        says = f"Months are closed in order; {name} comes next. Partners then get their statements."
        yield Task(can, says, f"Close {name}", reverse("desk:month", args=[str(month)]))


def _unpaid(reader: Reader) -> Iterator[Task]:
    open_ones = [total for total in totals_of(invoices(reader.scope)) if total.unpaid]
    if open_ones:
        sums = words.joined([words.money_text(total.unpaid_amount) for total in open_ones])
        count = _count(sum(total.unpaid for total in open_ones), "invoice is", "invoices are")
        says = f"{count} not marked as paid."
        yield Task(f"{sums} is unpaid", says, "See open invoices", f"{reverse('desk:invoices')}?state=False")


def _soon_over(reader: Reader, day: date) -> Iterator[Task]:
    until = day + timedelta(days=SOON_DAYS)
    count = expiring(reader.scope, day, until).count()
    if count:
        says = f"Their links are open until {words.day_text(until)} or earlier; no customer has answered."
        url = f"{reverse('desk:orders')}?state=open&until-from={day}&until-to={until}"
        yield Task(_count(count, "open order expires", "open orders expire") + " soon", says, "See them", url)


def _ending(reader: Reader, day: date) -> Iterator[Task]:
    count = valued_subscriptions(reader.scope, day).filter(state="ending").count()
    if count:
        says = "They were cancelled and still run."
        url = f"{reverse('desk:subscriptions')}?state=ending"
        yield Task(_count(count, "subscription ends", "subscriptions end"), says, "See them", url)


def _unsent(reader: Reader) -> Iterator[Task]:
    count = messages(reader.scope).filter(status="failed").count()
    if count:
        says = "The mail server did not take them; they are tried again."
        url = f"{reverse('desk:mail')}?state=failed"
        yield Task(_count(count, "message was not sent", "messages were not sent"), says, "See them", url)


def _applications(reader: Reader) -> object:
    if not reader.may(Permission.PARTNERS_DECIDE):
        return ()
    return partners(reader.scope).filter(status="applied").order_by("applied_at")[:SHOWN]


def _expiring(reader: Reader, day: date) -> object:
    return expiring(reader.scope, day, day + timedelta(days=SOON_DAYS))[:SHOWN]
