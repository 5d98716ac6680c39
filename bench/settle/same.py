"""What all contenders need to know of the program, and of a book's columns."""

from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from ofrecord.engine.columns import BOOK

# As `engine.book_writer` has them; it is not asked, since what it imports takes memory.
ROWS_A_GROUP: Final = 20_000
MOST_GROUPS: Final = 500
COLUMNS: Final = tuple(name for name in BOOK.names if name != "number")
CLAUSE_COLUMNS: Final = ("clause", "tier", "is_ongoing", "rate_numerator", "rate_denominator", "cap_minor")
CLAUSES: Final = (
    ("first-year-registered", "Registered", False, 3, 25, 30_000),
    ("first-year-silver", "Silver", False, 7, 50, 30_000),
    ("first-year-gold", "Gold", False, 4, 25, 30_000),
    ("ongoing-registered", "Registered", True, 3, 50, 15_000),
    ("ongoing-silver", "Silver", True, 7, 100, 15_000),
    ("ongoing-gold", "Gold", True, 2, 25, 15_000),
)
# What a denominator of one of the rates can have in common with a numerator; neither library has a divisor of its own.
DIVISORS: Final = (100, 50, 25, 20, 10, 5, 4, 2)
REDUCING: Final = ("refund", "credit note", "chargeback", "write-off")

# The columns of a book that are the same in every line.
TEXTS: Final = {
    "role": "partner of record",
    "source": "sale",
    "way": "partner-of-record",
    "basis": "billed",
    "currency": "USD",
    "program": "benchmark",
    "version": "1",
    "rounding": "half up",
    "due_currency": "USD",
    "waits": "",
    "corrects": "",
    "cause": "",
}
ZEROS: Final = (
    "measured",
    "baseline_minor",
    "grown_minor",
    "amount_minor",
    "reached_minor",
    "booked_minor",
    "due_booked_minor",
    "held_minor",
    "waived_minor",
    "freed_minor",
)
ONES: Final = (
    "quantity_denominator",
    "share_numerator",
    "share_denominator",
    "exchange_numerator",
    "exchange_denominator",
)
# Nothing is shared, booked before, or due in another currency.
EARNED: Final = ("earned_minor", "due_earned_minor", "retained_minor", "fee_minor", "due_minor")

CAP_REACHED: Final = "The cap was reached before."
TOO_SMALL: Final = "What the rate gives is rounded to nothing."
ALL_TAKEN_BACK: Final = "All that was billed was taken back."


def rows_a_group(folder: Path) -> int:
    """How many rows a group of a book of the facts in the folder has, as the engine's writer has it."""
    lines = sum(pq.read_metadata(path).num_rows for path in (folder / "facts").iterdir())
    return max(ROWS_A_GROUP, lines // MOST_GROUPS)
