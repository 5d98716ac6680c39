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
    from ofrecord.billing.facts import billed_facts  # noqa: PLC0415
    from ofrecord.engine import books  # noqa: PLC0415
    from ofrecord.engine.judge import judge  # noqa: PLC0415
    from ofrecord.kernel.calendar import Month  # noqa: PLC0415
    from ofrecord.program.queries import terms_by_sha  # noqa: PLC0415

    month = Month.parse(text)
    with step("facts"), entered(OFFICE):
        facts = billed_facts(month)
        terms = terms_by_sha()
    with step(f"judge, {len(facts)} facts"):
        lines = judge(terms, facts)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with step("snapshot"):
            books.write_snapshot(root, month, facts)
        with step(f"book, {len(lines)} lines"):
            book = books.write_book(root, month, lines)
        with step("book read back, every line worked out again"):
            books.sums_of(root, month, book.sha256, terms)


if __name__ == "__main__":
    main()
