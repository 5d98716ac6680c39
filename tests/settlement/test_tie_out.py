"""What is payable, posted: months closed one after the other, and held against themselves."""

from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE, SYSTEM
from ofrecord.engine.files import Kept
from ofrecord.engine.types import PartnerSum
from ofrecord.kernel.calendar import Month
from ofrecord.kernel.money import Money
from ofrecord.ledger.actions import Move, post
from ofrecord.ledger.models import Transfer
from ofrecord.ledger.queries import balance
from ofrecord.ledger.types import BALANCE, BANK, FEES, HELD, PAYABLE, Posting
from ofrecord.program.types import Payment
from ofrecord.settlement.actions.close_month import close_month
from ofrecord.settlement.actions.runs import begin_run
from ofrecord.settlement.models import HeldFee
from ofrecord.settlement.queries import held_by, openings, released_in
from ofrecord.settlement.rules import all_figures, held_parts
from ofrecord.settlement.types import Purpose
from ofrecord.statements.actions import issue_statements
from ofrecord.statements.models import Statement
from ofrecord.statements.queries import figures_of, tie_out
from support import story
from support.story import House

pytestmark = pytest.mark.django_db

APRIL, MAY, JUNE, JULY = (Month(2009, number) for number in (4, 5, 6, 7))


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def lines(house: House, new: int = 0, taken: int = 0, held: tuple[tuple[Month, int], ...] = ()) -> PartnerSum:
    return PartnerSum(
        partner=str(house.id),
        currency="USD",
        new=usd(new),
        corrected=usd(-taken),
        waived=usd(0),
        taken=usd(-taken),
        held=tuple((month, usd(minor)) for month, minor in held),
        freed=usd(0),
        lines=1,
        zero_lines=0,
    )


def close(month: Month, *sums: PartnerSum) -> None:
    """What the settlement of a month posts, for lines that come to so much."""
    at = story.after(str(month))
    with entered(OFFICE):
        figures = all_figures(sums, openings(), released_in(month), Payment())
        close_month(
            by=SYSTEM,
            at=at,
            month=month,
            run_id=begin_run(by=SYSTEM, at=at, purpose=Purpose.CLOSE, month=month),
            snapshot=Kept("snapshot", "0" * 64, 1),
            book=Kept("book", "1" * 64, 1),
            figures=figures,
            held=held_parts(month, sums),
        )
        issue_statements(at=at, month=month, figures=figures)
        assert tie_out(month, sums) == ()


def stated(month: Month, partner: UUID) -> dict[str, int]:
    """The figures of the partner's statement that are not zero."""
    with entered(OFFICE):
        (figures,) = [each for each in figures_of(month) if each.partner == partner]
    names = ("opening", "new", "corrected", "waived", "held", "released", "payable", "carried")
    return {name: getattr(figures, name).minor for name in names if getattr(figures, name)}


@pytest.fixture
def harbor() -> House:
    story.begin()
    return story.partner("Harbor Lane")


def four_months(harbor: House) -> list[tuple[PartnerSum, ...]]:
    months = [
        (lines(harbor, new=10000, held=((JULY, 2000),)),),
        (lines(harbor, new=1000, taken=15000),),
        (),
        (lines(harbor, new=20000),),
    ]
    for number, sums in enumerate(months):
        close(APRIL.plus(number), *sums)
    return months


def test_what_is_carried_held_back_and_released_goes_through_the_ledger(harbor: House) -> None:
    months = four_months(harbor)
    # 100.00 − 20.00 held back
    assert stated(APRIL, harbor.id) == {"new": 10000, "held": 2000, "payable": 8000}
    # 10.00 − 150.00
    assert stated(MAY, harbor.id) == {"new": 1000, "corrected": -15000, "carried": -14000}
    # Without a line there is a statement still: it carries the balance.
    assert stated(JUNE, harbor.id) == {"opening": -14000, "carried": -14000}
    # −140.00 + 200.00 + 20.00 released
    july = {"opening": -14000, "new": 20000, "released": 2000, "payable": 8000}
    assert stated(JULY, harbor.id) == july
    with entered(OFFICE):
        held = {account: -balance(account, "USD", harbor.id).minor for account in (BALANCE, HELD, PAYABLE)}
        assert held == {BALANCE: 0, HELD: 0, PAYABLE: 16000}
        assert balance(FEES, "USD") == usd(16000)
        keys = {key.split(":")[0] for key in Transfer.objects.values_list("key", flat=True)}
        assert keys == {"fees", "held", "released", "payable"}
        # Each month still ties out when later ones are closed.
        assert [tie_out(APRIL.plus(number), sums) for number, sums in enumerate(months)] == [()] * 4


def test_a_partner_reads_what_is_held_back_of_its_own_fees_alone(harbor: House) -> None:
    ridge = story.partner("Ridge")
    close(APRIL, lines(harbor, new=100, held=((JULY, 20),)), lines(ridge, new=50, held=((MAY, 5),)))
    for house, release, minor in ((harbor, JULY, 20), (ridge, MAY, 5)):
        with entered(house.reader.scope):
            (part,) = held_by(APRIL, house.reader.scope)
            assert (part.partner, part.release, part.amount) == (house.id, release, usd(minor))
            assert HeldFee.objects.count() == 1


def test_a_transfer_by_hand_breaks_the_month_in_which_it_falls(harbor: House) -> None:
    months = four_months(harbor)
    with entered(OFFICE):
        one = usd(100)
        by_hand = Move("by hand", "by hand", (Posting(BANK, one), Posting(BALANCE, -one, harbor.id)))
        post(moves=[by_hand], day=date(2009, 5, 3), at=story.at("2009-08-01"))
        found = {
            str(APRIL.plus(number)): [
                (each.figure, each.ledger - each.statement) for each in tie_out(APRIL.plus(number), sums)
            ]
            for number, sums in enumerate(months)
        }
    assert found == {
        "2009-04": [],
        "2009-05": [("carried", one)],
        "2009-06": [("carried", one), ("opening", one)],
        "2009-07": [("carried", one), ("opening", one)],
    }


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"payable_minor": 8001}, "a_statement_adds_up"),
        ({"carried_minor": 1}, "a_statement_adds_up"),
        ({"new_minor": 1}, "a_statement_sums_its_lines"),
        ({"payable_minor": -1, "carried_minor": 8001}, "nothing_below_zero_is_payable"),
    ],
)
def test_postgresql_holds_the_sum_of_a_statement(
    harbor: House, change: dict[str, int], constraint: str
) -> None:
    close(APRIL, lines(harbor, new=10000, held=((JULY, 2000),)))
    with entered(OFFICE):
        row = Statement.objects.get()
        row.pk, row.month = UUID(int=1), MAY.first
        for name, minor in change.items():
            setattr(row, name, minor)
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            row.save(force_insert=True)


def test_what_is_held_back_stays_on_the_record(harbor: House) -> None:
    close(APRIL, lines(harbor, new=10000, held=((JULY, 2000),)))
    with entered(OFFICE), connection.cursor() as cursor:
        for statement in (
            "update settlement_heldfee set release = '2010-01-01'",
            "delete from settlement_heldfee",
        ):
            with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
                cursor.execute(statement)
        row = HeldFee.objects.get()
        row.pk = UUID(int=1)
        with pytest.raises(IntegrityError, match="held_back_once"), transaction.atomic():
            row.save(force_insert=True)
