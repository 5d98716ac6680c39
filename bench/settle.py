"""How long the steps of closing the demonstration's open month take, without posting anything.

Reads the facts from the running installation, writes snapshot and book into a folder that is thrown away.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ofrecord.commands.installation import enter


@contextmanager
def step(says: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{says}: {time.perf_counter() - began:.2f} s")  # noqa: T201


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", type=Path, default=Path("data"))
    words.add_argument("--month", default="2026-10")
    asked = words.parse_args()
    enter(asked.data)
    measure(asked.month)


def measure(text: str) -> None:
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.engine import books  # noqa: PLC0415
    from ofrecord.engine.booking import to_book  # noqa: PLC0415
    from ofrecord.engine.judging.judge import judge  # noqa: PLC0415
    from ofrecord.engine.snapshots import write_snapshot  # noqa: PLC0415
    from ofrecord.flows.gather_history import gather  # noqa: PLC0415
    from ofrecord.kernel.calendar import Month  # noqa: PLC0415
    from ofrecord.settlement.queries import booked_months, books_folder  # noqa: PLC0415

    month = Month.parse(text)
    with step("facts of the whole history"), entered(OFFICE):
        gathered = gather(month)
    laws, history = gathered.laws, gathered.history
    with step(f"judge, {len(history.facts)} facts"):
        lines = judge(laws, history, month.last)
    with step("what earlier books hold"), entered(OFFICE):
        on_record = books.on_record(books_folder(), booked_months(before=month))
    with step(f"what is to be booked of {len(lines)} lines"):
        new = to_book(laws, history, lines, on_record, month)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with step("snapshot"):
            write_snapshot(root, month, gathered.by_month, gathered.beside, laws)
        with step(f"book, {len(new)} lines"):
            book = books.write_book(root, month, new)
        with step("book read back, every line worked out again"):
            books.sums_of(root, month, book.sha256, laws.by_sha)


if __name__ == "__main__":
    main()
