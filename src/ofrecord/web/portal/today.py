"""The portal's first page: what was earned, and what to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ofrecord.access.types import Permission, Reader
from ofrecord.clock.queries import now
from ofrecord.flows import compose_order
from ofrecord.journal.queries import latest
from ofrecord.kernel.refusal import Refusal
from ofrecord.orders.queries import expiring, open_questions, orders_on
from ofrecord.program.queries import in_force
from ofrecord.statements.queries import card, statements
from ofrecord.statements.types import StatementCard
from ofrecord.subscriptions.queries import worth_by_partner
from ofrecord.subscriptions.types import Worth
from ofrecord.web import words
from ofrecord.web.parts import Way
from ofrecord.web.portal.customers import monthly_words
from ofrecord.web.portal.happenings import told
from ofrecord.web.portal.ways import compose_way, page
from ofrecord.web.readers import portal, reader_in

SOON_DAYS, HAPPENINGS = 7, 12
# What keeps a partner from selling, as against what keeps one person from it.
_HINDRANCES = ("partner-not-approved", "program-not-accepted", "no-program")


@dataclass(frozen=True, slots=True)
class Answer:
    """The sentence that the page begins with, what belongs to it, and what to do next."""

    sentence: str
    words: str
    next: Way | None = None


@portal()
def today(request: HttpRequest) -> HttpResponse:
    """What a person of a partner wants to know first."""
    reader, at = reader_in(request), now()
    day = at.date()
    orders: Any = orders_on(reader.scope, day)
    waiting = orders.filter(state="open").count()
    earned = _last_statements(reader)
    worth = _worth(reader, day)
    answer = _hindered(reader, at) or _answer(reader, earned, waiting, worth)
    context = {
        "answer": answer,
        "earned": earned,
        "waiting": waiting,
        "expired": orders.filter(state="expired").count(),
        "expiring": expiring(reader.scope, day, day + timedelta(days=SOON_DAYS)),
        "questions": open_questions(reader.scope),
        "worth": worth,
        "monthly": monthly_words(worth),
        "happenings": told(latest(reader.scope, HAPPENINGS), reader, day),
        "can_compose": reader.may(Permission.ORDERS_WRITE),
    }
    return render(request, "portal/today.html", context)


def _last_statements(reader: Reader) -> Sequence[StatementCard]:
    """The statements of the last month that was closed, one a currency; none for who may not read them."""
    if not reader.may(Permission.STATEMENTS_READ):
        return ()
    found = statements(reader.scope)
    last = found.order_by("-month").values_list("month", flat=True).first()
    return [card(row) for row in found.filter(month=last).order_by("currency")] if last else ()


def _worth(reader: Reader, day: date) -> Worth:
    assert reader.partner_id is not None, "the portal's readers belong to a partner"
    return worth_by_partner([reader.partner_id], reader.scope, day).get(reader.partner_id, Worth(0, ()))


def _hindered(reader: Reader, at: datetime) -> Answer | None:
    """What keeps the partner from selling, and who does something about it."""
    refusal = compose_order.hindrance(reader=reader, at=at)
    if refusal is None or refusal.code not in _HINDRANCES:
        return None
    if refusal.code != "program-not-accepted":
        return Answer(refusal.sentence(), refusal.remedy())
    return _to_accept(reader, at, refusal)


def _to_accept(reader: Reader, at: datetime, refusal: Refusal) -> Answer:
    version = in_force(at.date()).terms.version
    if not reader.may(Permission.PROGRAM_ACCEPT):
        return Answer(refusal.sentence(), refusal.remedy(), Way("Read it", page("program")))
    return Answer(
        f"Accept version {version} of the program, and you can sell",
        "It says what you are paid, for what and when. Until it is accepted, no order can be composed.",
        Way("Read and accept it", page("program")),
    )


def _answer(reader: Reader, earned: Sequence[StatementCard], waiting: int, worth: Worth) -> Answer:
    """What was earned for who may know it; else what waits; else where to begin."""
    compose = compose_way(reader)
    if earned:
        amounts = words.joined([words.money_text(statement.total) for statement in earned])
        return Answer(
            f"You earned {amounts} in {words.month_text(earned[0].month)}", f"{_waits(waiting)}.", compose
        )
    if waiting:
        return Answer(
            _waits(waiting), "An order waits until its customer answers or its link expires.", compose
        )
    if worth.subscriptions:
        bills = f"The vendor bills {monthly_words(worth)} a month on them. No order waits for an answer."
        return Answer(f"{_count(worth.subscriptions, 'subscription')} of yours run", bills, compose)
    return Answer(
        "Compose your first order",
        "You see what it would earn before you send it. The customer confirms by its link.",
        compose,
    )


def _waits(waiting: int) -> str:
    if not waiting:
        return "No order waits for an answer"
    return f"{_count(waiting, 'order')} {'waits' if waiting == 1 else 'wait'} for an answer"


def _count(count: int, noun: str) -> str:
    return f"{words.count_text(count)} {noun}" if count == 1 else f"{words.count_text(count)} {noun}s"
