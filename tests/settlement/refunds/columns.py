"""When it happens: the columns of the refund matrix, and the story of each, which has all of its cells."""

from collections.abc import Iterator
from datetime import date

from ofrecord.kernel.calendar import Month
from settlement.refunds.rows import ROWS, Row
from settlement.refunds.stage import APRIL, MAY, PROGRAM, TURN, Cell, Column, bill, close, quote
from support import story

JUNE = Month(2009, 6)

COLUMNS = (
    Column(
        "before-close",
        "Before close",
        "It is of 30 April and recorded on 1 May, when April was billed and not closed. "
        "50 seats: 1,000.00 USD a month.",
        date(2009, 4, 30),
        (),
        recorded=TURN,
    ),
    Column(
        "after-close",
        "After close",
        "April is closed; it happens on 10 May. 5 seats: 100.00 USD a month. For April 10.00 USD were earned and "
        "carried, below the minimum of 50.00 USD: nothing was paid out.",
        date(2009, 5, 10),
        (APRIL,),
        seats=5,
    ),
    Column(
        "after-payout",
        "After payout",
        "April is closed; it happens on 10 May. 50 seats: 1,000.00 USD a month. For April 100.00 USD were earned and "
        "became payable.",
        date(2009, 5, 10),
        (APRIL,),
    ),
    Column(
        "new-partner",
        "After a change of partner",
        "April is closed; B is partner of record from 1 May on; it happens on 10 May. For April A earned 100.00 USD.",
        date(2009, 5, 10),
        (APRIL,),
        new_partner=True,
    ),
    Column(
        "new-tier",
        "After a change of tier",
        "April is closed; A is Gold from 1 May on and earns 15%; it happens on 10 May. For April, Registered, A earned "
        "100.00 USD.",
        date(2009, 5, 10),
        (APRIL,),
        new_tier=True,
    ),
    Column(
        "other-currency",
        "In another currency",
        "Statements in EUR; a euro was worth 1.25 USD on 30 April and 1.60 USD on 29 May. "
        "April is closed, 100.00 USD = 80.00 EUR; it happens on 10 May.",
        date(2009, 5, 10),
        (APRIL,),
        currency="EUR",
    ),
    Column(
        "capped",
        "While capped",
        "At most 150.00 USD are paid for a customer in a program year: 100.00 for April and 50.00 of 100.00 for May. "
        "Both are closed; it happens on 10 June.",
        date(2009, 6, 10),
        (APRIL, MAY),
        kind="-capped",
    ),
    Column(
        "held-back",
        "While held back",
        "20% is held back for 60 days: 20.00 of 100.00 USD for April until 30 June. April is closed; it happens on "
        "10 May.",
        date(2009, 5, 10),
        (APRIL,),
        kind="-held",
    ),
    Column(
        "after-claw-window",
        "After the claw window",
        "What is taken back more than 60 days after 30 April is not taken from the partner. April, May and June are "
        "closed; it happens on 10 July.",
        date(2009, 7, 10),
        (APRIL, MAY, JUNE),
    ),
)


def told(column: Column, impossible: set[str]) -> dict[str, Cell]:
    """Tells the column's story: one sale for each cell that can occur, up to the closes that show what came of it."""
    story.begin("2009-04-01", PROGRAM)
    cells = {row.name: Cell(row.name, column) for row in ROWS if row.name not in impossible}
    _begin(column, cells)
    for month in column.closed:
        _bill(cells, month)
        quote(month, "USD", "CHF")
        close(month)
        if month == APRIL:
            _turn(column, cells)
    if not column.closed:
        _bill(cells, APRIL)
        quote(APRIL, "USD", "CHF")
    for row, cell in _each(cells):
        row.happens(cell)
    for number, month in enumerate(shown_months(column)):
        if column.closed:
            quote(month, "USD", "CHF")
        close(month)
        for row, cell in _each(cells):
            if row.later is not None and number == 0:
                row.later(cell)
    return cells


def shown_months(column: Column) -> tuple[Month, ...]:
    """The months whose closes show what came of it: the one in which it happens, and one more for what comes later."""
    return (column.month, column.month.plus(1)) if column.closed else (column.month,)


def _each(cells: dict[str, Cell]) -> Iterator[tuple[Row, Cell]]:
    return ((row, cells[row.name]) for row in ROWS if row.name in cells)


def _begin(column: Column, cells: dict[str, Cell]) -> None:
    for row, cell in _each(cells):
        if column.currency:
            cell.state_in(column.currency)
        cell.sold = cell.sell(row.offer)
        row.begins(cell)


def _bill(cells: dict[str, Cell], month: Month) -> None:
    bill(month, month.plus(1).first)
    for row, cell in _each(cells):
        row.billed(cell, month)


def _turn(column: Column, cells: dict[str, Cell]) -> None:
    """What changes on 1 May, before it happens."""
    for cell in cells.values():
        if column.new_partner:
            cell.change_partner("B", TURN, TURN)
        if column.new_tier:
            cell.set_tier("Gold", TURN, TURN)
