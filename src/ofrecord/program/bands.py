"""Whether bands follow one another: from nothing up, without a gap, in one measure, the last without end."""

from typing import Any, Final

from ofrecord.program.clause_types import Measure
from ofrecord.program.fee_kinds import Edge
from ofrecord.program.positions import Path
from ofrecord.program.reading import Reading

ASCENDING: Final = "Write the bands from the lowest up."
Row = dict[str, Any]


def check_bands(reading: Reading, path: Path, clause: dict[str, Any]) -> None:
    """Notes every place at which the bands of a clause do not follow one another."""
    at = (*path, "bands")
    rows: tuple[Row, ...] = clause["bands"]
    if reading.is_faulty(at) or not reading.positions.has(at):
        return  # others stand in for bands that could not be read
    if len(rows) < 2:
        says = "One band is a rate." if rows else "There are no bands."
        reading.fault(at, says, "Write `rate`, or state where the first band ends.")
        return
    if not any(row["rate"] for row in rows):
        reading.fault(at, "No band pays anything.", "Declare the case under [unpaid] and say why.")
    if _are_of_one_measure(reading, at, rows):
        _check_edges(reading, at, rows)
        _check_slices(reading, path, clause)


def _are_of_one_measure(reading: Reading, path: Path, rows: tuple[Row, ...]) -> bool:
    edges = [
        ((*path, number, key), row[key])
        for number, row in enumerate(rows)
        for key in ("from", "up_to")
        # Nothing is nothing in any measure.
        if row[key] is not None and row[key].number
    ]
    for at, edge in edges:
        first: Edge = edges[0][1]
        if edge.unit != first.unit:
            if edge.measure is first.measure:
                says = f"Two currencies: {edge} and {first} cannot be compared."
            else:
                says = f"Bands are in one measure, and {edge} is in another than {first}."
            reading.fault(at, says, "Write a clause for each, or all bands in one.")
            return False
    return True


def _check_edges(reading: Reading, path: Path, rows: tuple[Row, ...]) -> None:
    ends: Edge | None = None
    begin_is_known = True
    for number, row in enumerate(rows):
        at, end = (*path, number), row["up_to"]
        if begin_is_known:
            _check_begin(reading, at, row["from"], ends)
        _check_end(reading, at, end, ends, is_last=number == len(rows) - 1)
        begin_is_known = end is not None
        if end is not None and (ends is None or end.number > ends.number):
            ends = end


def _check_end(reading: Reading, path: Path, end: Edge | None, before: Edge | None, *, is_last: bool) -> None:
    if end is None and not is_last:
        reading.fault(path, "Only the last band has no end.", f"State `up_to`. {ASCENDING}")
    elif end is not None and is_last:
        says = f"Nothing is said of what is above {end}."
        reading.fault((*path, "up_to"), says, "The last band has no end: leave its `up_to` out.")
    elif end is not None and end.number <= (before.number if before else 0):
        says = f"The band ends at {end}, before it begins."
        reading.fault((*path, "up_to"), says, ASCENDING)


def _check_begin(reading: Reading, path: Path, begin: Edge | None, ends: Edge | None) -> None:
    """Where a band begins: at nothing, or where the one before ends; of counts, one more is the next."""
    if begin is None or begin.number == (expected := ends.number if ends else 0):
        return
    if begin.measure is not Measure.AMOUNT and begin.number == expected + 1:
        return
    if ends is None:
        says, remedy = f"Nothing is said of what is below {begin}.", "The first band begins at nothing."
    elif begin.number > expected:
        says, remedy = f"There is no rate from {ends} to {begin}.", f'Write `from = "{ends.text}"`.'
    else:
        says, remedy = f"Two rates hold from {begin} to {ends}.", f'Write `from = "{ends.text}"`.'
    reading.fault((*path, "from"), says, remedy)


def _check_slices(reading: Reading, path: Path, clause: dict[str, Any]) -> None:
    """A slice is a part of an amount, or of the seats that an amount was billed for."""
    measure = next((row["up_to"].measure for row in clause["bands"] if row["up_to"] is not None), None)
    if clause["graduated_per"] is not None and measure in (Measure.CUSTOMERS, Measure.SUBSCRIPTIONS):
        says = f"A graduated rate has slices of an amount or of seats; there are none of {measure.value}."
        remedy = "Write `whole_amount_per`: all of the amount at the rate that is reached."
        reading.fault((*path, "graduated_per"), says, remedy, at_key=True)
