"""A partner disputes a line, finance answers, and all of it stays on the line."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from ofrecord.access.actions import add_person
from ofrecord.access.refusals import NotFound, NotPermitted
from ofrecord.access.rules import permissions_of
from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM, PartnerRole, VendorRole
from ofrecord.flows.answer_dispute import answer_dispute
from ofrecord.flows.open_dispute import open_dispute, withdraw
from ofrecord.flows.settle_period import settle_period
from ofrecord.journal.queries import history_of
from ofrecord.kernel.calendar import Month
from ofrecord.mail.models import Message
from ofrecord.partners.actions.people import add_member
from ofrecord.statements.models import Dispute
from ofrecord.statements.queries import card, disputes_of, lines_of, statements
from ofrecord.statements.refusals import AlreadyDisputed, DisputeOver, WordsMissing
from ofrecord.statements.types import Outcome
from support import story
from support.story import CHIEF, House, at

pytestmark = pytest.mark.django_db

WRONG = "Seven of the seats were ours to bill, not eleven."


@pytest.fixture
def harbor(settings: object, tmp_path: Path) -> House:
    """April 2009 is closed: 50 seats of one customer, 90.00."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    story.begin()
    harbor = story.partner("Harbor Lane")
    story.sell(harbor, "Ball Corporation", 50, "2009-04-01")
    _joins(harbor.id, PartnerRole.FINANCE, "fiona@harbor-lane.example")
    _joins(harbor.id, PartnerRole.SELLER, "sven@harbor-lane.example")
    _joins(None, VendorRole.FINANCE, "frank@northwind.example")
    settle_period(by=SYSTEM, at=story.after("2009-04"), month=Month(2009, 4))
    return harbor


def _joins(partner_id: UUID | None, role: PartnerRole | VendorRole, email: str) -> None:
    with entered(OFFICE):
        person = add_person(
            name=email, email=email, password="a long password of the tests", at=at("2009-04-02")
        )
        add_member(by=SYSTEM, at=at("2009-04-02"), person_id=person, partner_id=partner_id, role=role.value)


def the_line(house: House) -> str:
    with entered(house.reader.scope):
        (line,) = lines_of(card(statements(house.reader.scope).get()), house.reader.scope)
    return line.id


def disputed(house: House, reason: str = WRONG) -> UUID:
    with entered(house.reader.scope):
        return open_dispute(reader=house.reader, at=at("2009-05-04"), line_id=the_line(house), reason=reason)


def answered(dispute_id: UUID, outcome: Outcome = Outcome.UPHELD, answer: str = "You are right.") -> None:
    with entered(OFFICE):
        answer_dispute(
            reader=CHIEF, at=at("2009-05-06"), dispute_id=dispute_id, outcome=outcome, answer=answer
        )


def letters() -> list[tuple[str, str]]:
    """To whom, and about what."""
    with entered(OFFICE):
        return sorted(
            Message.objects.filter(subject__icontains="dispute").values_list("to", "subject").order_by("pk")
        )


def said_of(house: House) -> list[tuple[str, Outcome | None, str]]:
    with entered(house.reader.scope):
        return [
            (each.reason, each.outcome, each.answer)
            for each in disputes_of(the_line(house), house.reader.scope)
        ]


def test_a_dispute_is_opened_answered_and_stays_on_the_line(harbor: House) -> None:
    line, dispute_id = the_line(harbor), disputed(harbor)
    assert said_of(harbor) == [(WRONG, None, "")]
    assert letters() == [
        ("fiona@harbor-lane.example", f"Your dispute of line {line}"),
        ("frank@northwind.example", f"Harbor Lane disputes line {line}"),
    ]
    answered(dispute_id)
    assert said_of(harbor) == [(WRONG, Outcome.UPHELD, "You are right.")]
    upheld = f"Northwind Online has upheld your dispute of line {line}"
    assert ("fiona@harbor-lane.example", upheld) in letters()
    with entered(harbor.reader.scope):
        told = [each.verb for each in history_of(dispute_id, harbor.reader.scope)]
    assert told == ["dispute answered", "line disputed"]


def test_a_line_has_one_open_dispute_and_may_have_another_later(harbor: House) -> None:
    first = disputed(harbor)
    with pytest.raises(AlreadyDisputed):
        disputed(harbor, "Once more.")
    assert len(said_of(harbor)) == 1
    answered(first, Outcome.REJECTED, "The seats are as invoiced.")
    disputed(harbor, "Look at the order, please.")
    assert [outcome for _, outcome, _ in said_of(harbor)] == [None, Outcome.REJECTED]


def test_an_answer_is_final(harbor: House) -> None:
    dispute_id = disputed(harbor)
    answered(dispute_id, Outcome.REJECTED, "The seats are as invoiced.")
    with pytest.raises(DisputeOver):
        answered(dispute_id)
    with pytest.raises(DisputeOver), entered(harbor.reader.scope):
        withdraw(reader=harbor.reader, at=at("2009-05-07"), dispute_id=dispute_id)
    assert said_of(harbor) == [(WRONG, Outcome.REJECTED, "The seats are as invoiced.")]


def test_a_partner_withdraws_without_a_word_and_the_vendor_hears_of_it(harbor: House) -> None:
    line, dispute_id = the_line(harbor), disputed(harbor)
    with entered(harbor.reader.scope):
        withdraw(reader=harbor.reader, at=at("2009-05-05"), dispute_id=dispute_id)
    assert said_of(harbor) == [(WRONG, Outcome.WITHDRAWN, "")]
    assert ("frank@northwind.example", f"Harbor Lane has withdrawn its dispute of line {line}") in letters()


@pytest.mark.parametrize("words", ["", "   ", "x" * 4001])
def test_a_dispute_needs_a_reason_and_an_outcome_an_answer(harbor: House, words: str) -> None:
    with pytest.raises(WordsMissing):
        disputed(harbor, words)
    assert said_of(harbor) == []
    dispute_id = disputed(harbor)
    before = letters()
    with pytest.raises(WordsMissing):
        answered(dispute_id, answer=words)
    assert said_of(harbor) == [(WRONG, None, "")]
    assert letters() == before


def test_another_partner_can_neither_dispute_nor_withdraw_nor_tell_that_there_is_a_line(
    harbor: House,
) -> None:
    ridge, line, dispute_id = story.partner("Ridge"), the_line(harbor), disputed(harbor)
    with entered(ridge.reader.scope):
        for unknown in (line, "2009-04/0000000001", "words"):
            with pytest.raises(NotFound):
                open_dispute(reader=ridge.reader, at=at("2009-05-04"), line_id=unknown, reason=WRONG)
        for foreign in (dispute_id, uuid4()):
            with pytest.raises(NotFound):
                withdraw(reader=ridge.reader, at=at("2009-05-04"), dispute_id=foreign)
        assert disputes_of(line, ridge.reader.scope) == []
        assert not Dispute.objects.exists()
    assert said_of(harbor) == [(WRONG, None, "")]


def test_who_may_dispute_and_who_may_answer(harbor: House) -> None:
    seller = replace(harbor.reader, permissions=permissions_of(PartnerRole.SELLER))
    manager = replace(CHIEF, permissions=permissions_of(VendorRole.ACCOUNT_MANAGER))
    dispute_id = disputed(harbor)
    refused: list[Callable[[], object]] = [
        lambda: open_dispute(reader=seller, at=at("2009-05-04"), line_id=the_line(harbor), reason=WRONG),
        lambda: withdraw(reader=seller, at=at("2009-05-04"), dispute_id=dispute_id),
        lambda: answer_dispute(
            reader=manager, at=at("2009-05-04"), dispute_id=dispute_id, outcome=Outcome.UPHELD, answer="Yes."
        ),
    ]
    for act in refused:
        with pytest.raises(NotPermitted):
            act()
    # A partner does not answer its own dispute, and the vendor does not open one.
    with pytest.raises(NotFound), entered(harbor.reader.scope):
        answer_dispute(
            reader=harbor.reader,
            at=at("2009-05-04"),
            dispute_id=dispute_id,
            outcome=Outcome.UPHELD,
            answer="Yes.",
        )
    with pytest.raises(NotFound), entered(OFFICE):
        open_dispute(reader=CHIEF, at=at("2009-05-04"), line_id=the_line(harbor), reason=WRONG)
    assert said_of(harbor) == [(WRONG, None, "")]


@pytest.mark.parametrize(
    "statement",
    [
        "update statements_dispute set reason = 'another'",
        "update statements_dispute set line = '2009-04/0000000001'",
        "delete from statements_dispute",
    ],
)
def test_postgresql_keeps_what_was_said(harbor: House, statement: str) -> None:
    disputed(harbor)
    with entered(OFFICE), connection.cursor() as cursor:
        assert Dispute.objects.filter(reason=WRONG).exists()
        with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
            cursor.execute(statement)


def test_postgresql_keeps_an_answer_and_lets_no_dispute_end_without_an_outcome(harbor: House) -> None:
    dispute_id = disputed(harbor)
    end = "update statements_dispute set status = 'answered', answered_at = now()"
    with entered(OFFICE), connection.cursor() as cursor:
        with pytest.raises(IntegrityError, match="has_an_outcome"), transaction.atomic():
            cursor.execute(end)
        answered(dispute_id)
        with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
            cursor.execute("update statements_dispute set answer = 'another'")
