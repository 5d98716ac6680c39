"""What became of an invoice's lines: payments shared over them, and the most that can be taken back."""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ofrecord.billing import refusals
from ofrecord.billing.rules import (
    credit_parts,
    creditable,
    line_accounts,
    payable,
    require_sound,
    shares_of,
)
from ofrecord.billing.types import Credited, CreditKind, InvoiceBooks, LineBilled, Paid, WantedCredit
from ofrecord.kernel.money import Money

REFUND, NOTE, CHARGEBACK, WON_BACK, WRITE_OFF = (
    CreditKind.REFUND,
    CreditKind.CREDIT_NOTE,
    CreditKind.CHARGEBACK,
    CreditKind.WON_BACK,
    CreditKind.WRITE_OFF,
)
N = "N-2026-000001"


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def bill(*minor: int) -> tuple[LineBilled, ...]:
    return tuple(LineBilled(UUID(int=place), place, usd(each)) for place, each in enumerate(minor, start=1))


def on(day: int) -> date:
    return date(2026, 11, day)


def paid(number: int, day: int, minor: int) -> Paid:
    return Paid(UUID(int=100 + number), on(day), usd(minor))


def taken(number: int, line: int, kind: CreditKind, day: int, minor: int) -> Credited:
    return Credited(UUID(int=200 + number), UUID(int=line), kind, on(day), usd(minor))


def _minor(amounts: tuple[Money, ...]) -> list[int]:
    return [amount.minor for amount in amounts]


def _shares(books: InvoiceBooks) -> list[list[int]]:
    return [_minor(parts) for parts in shares_of(books).values()]


def test_a_payment_is_shared_in_proportion_to_what_each_line_owes() -> None:
    # 100 over 103.50 and 682.50: 100 × 10350/78600 = 13.167…, 86.832…; the cent goes to the larger remainder.
    books = InvoiceBooks(bill(10350, 68250), (paid(1, 5, 10000),))
    assert _shares(books) == [[1317, 8683]]
    # The rest pays each line to the end.
    rest = InvoiceBooks(books.lines, (*books.payments, paid(2, 9, 68600)))
    assert _shares(rest) == [[1317, 8683], [9033, 59567]]
    assert [account.owed.minor for account in line_accounts(rest)] == [0, 0]


def test_what_was_credited_before_owes_no_share_and_what_is_credited_later_does() -> None:
    lines = bill(1000, 1000)
    before = InvoiceBooks(lines, (paid(1, 5, 1000),), (taken(1, 1, NOTE, 4, -1000),))
    assert _shares(before) == [[0, 1000]]
    after = InvoiceBooks(lines, (paid(1, 5, 1000),), (taken(1, 1, NOTE, 6, -1000),))
    assert _shares(after) == [[500, 500]]
    assert [account.owed.minor for account in line_accounts(after)] == [-500, 500]


def test_what_is_paid_above_what_is_owed_by_a_credit_of_an_earlier_day_is_shared_by_amount() -> None:
    books = InvoiceBooks(bill(1000, 3000), (paid(1, 5, 4000),), (taken(1, 2, NOTE, 4, -400),))
    # 1000 and 2600 are owed; the 400 above that is shared 1 : 3.
    assert _shares(books) == [[1100, 2900]]


def test_payments_are_taken_by_day_and_then_by_id_however_they_arrive() -> None:
    early, late = paid(2, 5, 333), paid(1, 9, 500)
    one, other = (InvoiceBooks(bill(700, 701), order) for order in ((early, late), (late, early)))
    assert shares_of(one) == shares_of(other)


@pytest.mark.parametrize(
    ("kind", "payments", "credits", "most"),
    [
        (NOTE, [], [], [1000, 500]),
        (NOTE, [paid(1, 2, 1500)], [taken(1, 1, NOTE, 3, -400)], [600, 500]),
        (REFUND, [], [], [0, 0]),
        (REFUND, [paid(1, 2, 750)], [], [500, 250]),
        (REFUND, [paid(1, 2, 1500)], [taken(1, 1, REFUND, 3, -400)], [600, 500]),
        (REFUND, [paid(1, 2, 1500)], [taken(1, 1, NOTE, 3, -400)], [600, 500]),
        (CHARGEBACK, [paid(1, 2, 1500)], [taken(1, 2, REFUND, 3, -500)], [1000, 0]),
        (WON_BACK, [paid(1, 2, 1500)], [taken(1, 2, CHARGEBACK, 3, -500)], [0, 500]),
        (WRITE_OFF, [paid(1, 2, 750)], [], [500, 250]),
        (WRITE_OFF, [paid(1, 2, 1500)], [], [0, 0]),
    ],
)
def test_the_most_that_can_be_taken_back(
    kind: CreditKind, payments: list[Paid], credits: list[Credited], most: list[int]
) -> None:
    books = InvoiceBooks(bill(1000, 500), tuple(payments), tuple(credits))
    assert _minor(creditable(books, kind, on(10))) == most


def test_what_is_known_of_later_days_counts_and_what_is_not_paid_yet_does_not() -> None:
    books = InvoiceBooks(bill(1000), (paid(1, 5, 1000),), (taken(1, 1, REFUND, 9, -300),))
    assert _minor(creditable(books, REFUND, on(4))) == [0]
    assert _minor(creditable(books, REFUND, on(5))) == [700]
    assert _minor(creditable(books, REFUND, on(12))) == [700]


def test_a_credit_is_shared_by_what_can_be_credited_to_each_line() -> None:
    books = InvoiceBooks(bill(1000, 500), (), (taken(1, 1, NOTE, 2, -1000),))
    assert _minor(credit_parts(books, WantedCredit(NOTE, on(3), "x", usd(99)), N)) == [0, 99]
    whole = InvoiceBooks(bill(1000, 500))
    assert _minor(credit_parts(whole, WantedCredit(NOTE, on(3), "x"), N)) == [1000, 500]
    assert _minor(credit_parts(whole, WantedCredit(NOTE, on(3), "x", usd(100)), N)) == [67, 33]
    assert _minor(credit_parts(whole, WantedCredit(NOTE, on(3), "x", usd(100), line=2), N)) == [0, 100]


@pytest.mark.parametrize(
    ("wanted", "refusal", "sentence"),
    [
        (
            WantedCredit(NOTE, on(3), "x", usd(1), line=3),
            refusals.LineUnknown,
            "Invoice N-2026-000001 has no line 3. Its lines are numbered from 1 to 2; without a line the whole "
            "invoice is meant.",
        ),
        (
            WantedCredit(NOTE, on(3), "x", Money(1, "EUR")),
            refusals.CurrencyDiffers,
            "Invoice N-2026-000001 is in USD, and 0.01 EUR is not. State the amount in USD.",
        ),
        (
            WantedCredit(NOTE, on(3), "x", usd(0)),
            refusals.AmountNotPositive,
            "0.00 USD is not an amount that can be recorded on invoice N-2026-000001. State an amount above zero, "
            "or none for all of it.",
        ),
        (
            WantedCredit(NOTE, on(3), "x", usd(501), line=2),
            refusals.CreditTooLarge,
            "A credit note of 5.01 USD is too much for line 2 of invoice N-2026-000001: what is left of what was "
            "billed on 3 November 2026 and after is 5.00 USD. State at most 5.00 USD. Nothing can be taken back "
            "twice; look at what was taken back already.",
        ),
        (
            WantedCredit(REFUND, on(3), "x"),
            refusals.CreditTooLarge,
            "No refund is possible on invoice N-2026-000001 for 3 November 2026: what was paid and not given back "
            "is nothing. Use a credit note for what was billed and not paid.",
        ),
    ],
)
def test_what_cannot_be_credited_is_refused_with_its_place(
    wanted: WantedCredit, refusal: type[Exception], sentence: str
) -> None:
    with pytest.raises(refusal) as caught:
        credit_parts(InvoiceBooks(bill(1000, 500)), wanted, N)
    assert str(caught.value) == sentence


def test_a_payment_is_never_more_than_is_owed() -> None:
    books = InvoiceBooks(bill(1000, 500), (paid(1, 2, 400),), (taken(1, 1, NOTE, 3, -100),))
    assert payable(books, None, N) == usd(1000)
    assert payable(books, usd(1000), N) == usd(1000)
    with pytest.raises(refusals.PaymentTooLarge, match=r"10\.01 USD is more than the 10\.00 USD owed"):
        payable(books, usd(1001), N)
    settled = InvoiceBooks(books.lines, (*books.payments, paid(2, 4, 1000)), books.credits)
    assert payable(settled, None, N) == usd(0)
    with pytest.raises(refusals.PaymentTooLarge, match="Nothing is owed on invoice"):
        payable(settled, usd(1), N)


def test_a_credit_note_that_would_take_the_ground_from_a_refund_is_refused() -> None:
    # On the 5th both lines were paid 500, and line 1 was refunded. A note of the 4th for line 1 would move the payment.
    history = (taken(1, 1, REFUND, 6, -500), taken(2, 1, NOTE, 4, -500))
    books = InvoiceBooks(bill(1000, 1000), (paid(1, 5, 1000),), history)
    with pytest.raises(refusals.RefundedUnpaid) as caught:
        require_sound(books, on(4), N)
    assert (caught.value.line, caught.value.day) == (1, on(6))
    later = InvoiceBooks(books.lines, books.payments, (history[0], taken(2, 1, NOTE, 6, -500)))
    require_sound(later, on(6), N)


amounts = st.lists(st.integers(0, 10**6), min_size=1, max_size=6).filter(any)


@given(amounts, st.lists(st.tuples(st.integers(1, 28), st.integers(1, 10**6)), max_size=6))
def test_shares_sum_to_the_payment_and_pay_no_line_twice(
    billed: list[int], received: list[tuple[int, int]]
) -> None:
    books = InvoiceBooks(bill(*billed))
    for number, (day, minor) in enumerate(received):
        rest = payable(books, None, N)
        if rest:
            payment = paid(number, day, min(minor, rest.minor))
            books = InvoiceBooks(books.lines, (*books.payments, payment))
    shares = shares_of(books)
    for payment in books.payments:
        assert sum(_minor(shares[payment.id])) == payment.amount.minor
    for account in line_accounts(books):
        assert 0 <= account.paid.minor <= account.line.amount.minor


@given(amounts, st.data())
def test_whatever_is_allowed_leaves_every_line_between_nothing_and_what_was_billed(
    billed: list[int], data: st.DataObject
) -> None:
    books = InvoiceBooks(bill(*billed))
    for number in range(data.draw(st.integers(1, 8))):
        day = data.draw(st.integers(1, 28))
        books = _with_something(books, number, day, data)
    for account in line_accounts(books):
        assert 0 <= account.left.minor <= account.line.amount.minor
        assert account.kept.minor >= 0
        assert account.charged_back.minor <= 0


def _with_something(books: InvoiceBooks, number: int, day: int, data: st.DataObject) -> InvoiceBooks:
    """The books with one more payment or credit, if the rules allow it."""
    kind = data.draw(st.sampled_from([None, *CreditKind]))
    amount = usd(data.draw(st.integers(1, 10**6)))
    try:
        if kind is None:
            payment = paid(number, day, payable(books, amount, N).minor)
            more = InvoiceBooks(books.lines, (*books.payments, payment), books.credits)
        else:
            parts = credit_parts(books, WantedCredit(kind, on(day), "x", amount), N)
            sign = 1 if kind is WON_BACK else -1
            made = [
                taken(10 * number + line.number, line.number, kind, day, sign * part.minor)
                for line, part in zip(books.lines, parts, strict=True)
                if part
            ]
            more = InvoiceBooks(books.lines, books.payments, (*books.credits, *made))
        require_sound(more, on(day), N)
    except (refusals.PaymentTooLarge, refusals.CreditTooLarge, refusals.RefundedUnpaid):
        return books
    return more
