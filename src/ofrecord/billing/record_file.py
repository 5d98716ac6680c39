"""Payments and credits as a file states them: one line for each, with the invoice's number."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from ofrecord.billing.types import CreditKind, WantedCredit, WantedPayment
from ofrecord.kernel.money import Money, MoneyFault

T = TypeVar("T", WantedPayment, WantedCredit)
# A file that is recorded again must find what it brought before, so nothing comes without a reference.
PAYMENT_COLUMNS = ("invoice", "day", "amount", "currency", "reference")
CREDIT_COLUMNS = ("invoice", "line", "kind", "day", "amount", "currency", "reason", "reference")
LARGEST_BYTES = 20_000_000
REFERENCE_LENGTH, REASON_LENGTH = 120, 500

Fields = Mapping[str, str]
LineFault = tuple[int, str]


@dataclass(frozen=True, slots=True)
class FileRow(Generic[T]):
    """One line of the file: the invoice's number, and what is to be recorded."""

    line: int
    invoice: str
    wanted: T


class _Unreadable(ValueError):
    """A cell that says nothing we know; its words are the fault."""


def read_payments(content: bytes) -> tuple[list[FileRow[WantedPayment]], list[LineFault]]:
    """The lines that can be read, and every fault of the others with its line. No amount means all that is owed."""
    return _read(content, PAYMENT_COLUMNS, _payment)


def read_credits(content: bytes) -> tuple[list[FileRow[WantedCredit]], list[LineFault]]:
    """The same of credits. No line means the whole invoice, no amount all that can be taken back."""
    return _read(content, CREDIT_COLUMNS, _credit)


def _payment(fields: Fields) -> WantedPayment:
    return WantedPayment(_day(fields), _amount(fields), _reference(fields))


def _credit(fields: Fields) -> WantedCredit:
    reason = fields["reason"]
    if not 0 < len(reason) <= REASON_LENGTH:
        raise _Unreadable(f"A reason of at most {REASON_LENGTH} letters is needed.")
    return WantedCredit(
        kind=_kind(fields),
        day=_day(fields),
        reason=reason,
        amount=_amount(fields),
        line=_line(fields),
        reference=_reference(fields),
    )


def _read(
    content: bytes, columns: Sequence[str], wanted: Callable[[Fields], T]
) -> tuple[list[FileRow[T]], list[LineFault]]:
    if len(content) > LARGEST_BYTES:
        return [], [(1, f"The file is larger than {LARGEST_BYTES:,} bytes; divide it.")]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], [(1, "The file is not UTF-8 text.")]
    reader = csv.DictReader(io.StringIO(text, newline=""), restval="")
    try:
        if list(reader.fieldnames or ()) != list(columns):
            return [], [(1, f"The first line must be: {','.join(columns)}")]
        return _rows(reader, wanted)
    except csv.Error as fault:
        return [], [(reader.line_num, f"This is no CSV: {fault}.")]


def _rows(
    reader: "csv.DictReader[str]", wanted: Callable[[Fields], T]
) -> tuple[list[FileRow[T]], list[LineFault]]:
    rows: list[FileRow[T]] = []
    faults: list[LineFault] = []
    for cells in reader:
        line = reader.line_num
        if None in cells:
            faults.append((line, "The line has more cells than the first line names."))
            continue
        fields = {name: value.strip() for name, value in cells.items()}
        try:
            rows.append(FileRow(line, fields["invoice"], wanted(fields)))
        except _Unreadable as fault:
            faults.append((line, str(fault)))
    if not rows and not faults:
        faults.append((1, "The file has no line but its head."))
    return rows, faults


def _day(fields: Fields) -> date:
    try:
        return date.fromisoformat(fields["day"])
    except ValueError as fault:
        raise _Unreadable(f"{fields['day']!r} is no day; write it like 2026-11-20.") from fault


def _amount(fields: Fields) -> Money | None:
    if not fields["amount"]:
        return None
    text = f"{fields['amount']} {fields['currency']}"
    try:
        return Money.parse(text)
    except MoneyFault as fault:
        raise _Unreadable(f"{text!r} is no amount; write 750.00 and USD in their columns.") from fault


def _reference(fields: Fields) -> str:
    if not 0 < len(fields["reference"]) <= REFERENCE_LENGTH:
        raise _Unreadable(
            f"A reference of at most {REFERENCE_LENGTH} letters is needed, so that the file can come again."
        )
    return fields["reference"]


def _kind(fields: Fields) -> CreditKind:
    try:
        return CreditKind(fields["kind"])
    except ValueError as fault:
        raise _Unreadable(f"{fields['kind']!r} is none of {', '.join(CreditKind)}.") from fault


def _line(fields: Fields) -> int | None:
    if not fields["line"]:
        return None
    if not (fields["line"].isascii() and fields["line"].isdigit() and len(fields["line"]) < 6):
        raise _Unreadable(f"{fields['line']!r} is no number of a line.")
    return int(fields["line"])
