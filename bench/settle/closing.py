"""Closes a month of the installation in the environment, as `ofrecord settle` does, and says when each step began."""

import json
import re
import sys
import time

from bench.settle.contender import peak_mb

from ofrecord.commands.installation import enter_application
from ofrecord.kernel.calendar import Month


def main(month: str) -> None:
    began = time.perf_counter()
    enter_application()
    from ofrecord.access.types import SYSTEM  # noqa: PLC0415
    from ofrecord.clock.queries import now  # noqa: PLC0415
    from ofrecord.flows.settle_period import settle_period  # noqa: PLC0415
    from ofrecord.settlement.types import Progress  # noqa: PLC0415

    begun: list[tuple[int, str, float]] = []

    def watch(progress: Progress) -> None:
        """Of each step the first that it says: what it says later is how far it is."""
        if not begun or begun[-1][0] != progress.done:
            begun.append((progress.done, progress.says, time.perf_counter()))

    settled = settle_period(by=SYSTEM, at=now(), month=Month.parse(month), progress=watch)
    ended = time.perf_counter()
    # The last thing that is said is that the month is closed.
    steps = [(says, at) for _, says, at in begun[:-1]]
    until = [at for _, at in steps[1:]] + [ended]
    stages = {"Starting": round(steps[0][1] - began, 2)}
    for (says, at), end in zip(steps, until, strict=True):
        # The same name however many there are.
        name = re.sub(r"\b\d[\d,]* ", "", says)
        stages[name] = round(stages.get(name, 0) + end - at, 2)
    total = ended - began
    print(  # noqa: T201
        json.dumps(
            {
                "seconds": round(total, 2),
                "stages": stages,
                "shares": {name: round(taken / total, 3) for name, taken in stages.items()},
                "peak_mb": peak_mb(),
                "book_lines": settled.closed.lines,
                "partners": settled.partners,
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
