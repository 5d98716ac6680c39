"""p50 and p95 of a partner's preview of the open month, and of what an order would pay, with many lines behind; with
--all also the preview of all partners, which a job works out.

Makes an installation of its own in a folder (with 20 million lines it takes some 20 GB and a while), keeps it there for
the next run, and shows where the time of a preview goes.
"""

import argparse
import cProfile
import pstats
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).parent))
import preview_ground as ground
from preview_programs import PROGRAMS

MONTHS = 24
TODAY = datetime(2011, 4, 20, 12, tzinfo=UTC)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", type=Path, default=Path("data-preview"), help="made when it is not there")
    words.add_argument("--lines", type=int, default=1_000_000)
    words.add_argument("--program", choices=sorted(PROGRAMS), default="plain")
    words.add_argument("--large", type=int, default=20, help="how many times as large the largest partner is")
    words.add_argument("--times", type=int, default=40)
    words.add_argument("--all", action="store_true", help="also of all partners, once")
    words.add_argument("--profile", action="store_true")
    asked = words.parse_args()
    each = ground.SALES * MONTHS
    partners = max(16, round(asked.lines / each / ground.PATTERNS) * ground.PATTERNS)
    what = {"partners": partners, "months": MONTHS, "program": asked.program, "large": asked.large}
    is_made = ground.is_made(asked.data, what)
    with ground.running(asked.data) as url:
        if not is_made:
            ground.make(
                url, asked.data, PROGRAMS[asked.program], partners=partners, months=MONTHS, large=asked.large
            )
            ground.say_made(asked.data, what)
        if asked.all:
            ground.keep_last_snapshot(url)
        measure(partners, asked.times, asked.profile, is_of_all=asked.all)


def measure(partners: int, times: int, is_profiled: bool, *, is_of_all: bool = False) -> None:
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import SYSTEM, Permission, Reader, Scope  # noqa: PLC0415
    from ofrecord.flows.foresee_fees import foresee  # noqa: PLC0415
    from ofrecord.flows.preview_month import preview  # noqa: PLC0415
    from ofrecord.settlement.refusals import PreviewTooLarge  # noqa: PLC0415

    shares = Shares()
    # Not the neighbours of the largest partner, with whom it shares sales.
    drawn = random.Random(7).sample(range(8, partners - 2), min(times, partners - 10))

    def reader(number: int) -> Reader:
        own = UUID(ground.partner_id(number))
        return Reader(SYSTEM, Scope.partner(own), own, frozenset(Permission), "bench")

    def previewed(number: int) -> Any:
        own = reader(number)
        with entered(own.scope):
            return preview(reader=own, at=TODAY)

    def foreseen(number: int) -> Any:
        own = reader(number)
        with entered(own.scope):
            return foresee(reader=own, at=TODAY, draft=draft(number))

    say("first preview of the process", [timed(previewed, drawn[0])])
    found = previewed(drawn[0])
    lines = [named.booked.line for named in found.lines]
    corrections = sum(line.is_correction for line in lines)
    print(f"  {len(lines)} lines, {corrections} of them corrections; payable {found.figures[0].payable}")  # noqa: T201
    print(f"  the same as from the whole history: {_is_the_same(previewed, foreseen, drawn[:4])}")  # noqa: T201
    with shares.taken():
        say("preview", [timed(previewed, number) for number in drawn])
    shares.tell(len(drawn))
    say("what an order would pay", [timed(foreseen, number) for number in drawn])
    try:
        say("preview of the largest partner", [timed(previewed, partners - 1) for _ in range(3)])
    except PreviewTooLarge as refused:
        print(f"preview of the largest partner: {refused}")  # noqa: T201
    if is_of_all:
        _preview_of_all(previewed, drawn)
    if is_profiled:
        for work in (previewed, foreseen):
            profile = cProfile.Profile()
            profile.enable()
            for number in drawn[:5]:
                work(number)
            profile.disable()
            pstats.Stats(profile).sort_stats("tottime").print_stats(35)


def _preview_of_all(previewed: Callable[[int], Any], drawn: list[int]) -> None:
    """How long each step takes, and whether the figures of the drawn partners are those of their own previews."""
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.engine.choice import DUCKDB, Choice  # noqa: PLC0415
    from ofrecord.flows.at_work import AtWork  # noqa: PLC0415
    from ofrecord.flows.preview_all import STEPS, preview_of_all  # noqa: PLC0415
    from ofrecord.flows.preview_month import open_month  # noqa: PLC0415
    from ofrecord.settlement.types import Progress, Purpose  # noqa: PLC0415

    begun: dict[int, tuple[float, str]] = {}

    def watch(progress: Progress) -> None:
        begun.setdefault(progress.done, (time.perf_counter(), progress.says))

    with entered(OFFICE):
        month = open_month()
    assert month is not None, "the last month is open"
    work = AtWork(purpose=Purpose.PREVIEW, month=month, steps=STEPS, watcher=watch)
    found = preview_of_all(work, TODAY.date(), Choice(DUCKDB))
    ends = [*(at for at, _ in begun.values()), time.perf_counter()]
    print(f"preview of all partners: {ends[-1] - ends[0]:.1f} s, {len(found.figures):,} statements")  # noqa: T201
    for (began, says), end in zip(begun.values(), ends[1:], strict=True):
        print(f"  {says}: {end - began:.1f} s")  # noqa: T201
    of_all = {each.partner: each for each in found.figures}
    same = all(each == of_all[each.partner] for number in drawn for each in previewed(number).figures)
    print(f"  of {len(drawn)} partners the same figures as each one's own preview: {same}")  # noqa: T201


def _is_the_same(previewed: Callable[[int], Any], foreseen: Callable[[int], Any], drawn: list[int]) -> bool:
    """Whether previews, and what orders would pay, are what judging everything gives."""
    from unittest.mock import patch  # noqa: PLC0415

    from ofrecord.flows import foresee_fees, preview_month  # noqa: PLC0415

    def told(number: int) -> Any:
        preview = previewed(number)
        return preview.figures, preview.held, [named.booked.line for named in preview.lines], foreseen(number)

    lean = [told(number) for number in drawn]
    with (
        patch.object(preview_month, "gather_open", lambda *asked: None),
        patch.object(foresee_fees, "judged_once", lambda *asked: None),
    ):
        return lean == [told(number) for number in drawn]


def draft(number: int) -> Any:
    """Twenty seats for a customer that the partner has."""
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.kernel.money import Money  # noqa: PLC0415
    from ofrecord.orders.types import Draft  # noqa: PLC0415
    from ofrecord.program.queries import in_force  # noqa: PLC0415

    with entered(OFFICE):
        version = in_force(TODAY.date())
    return Draft(
        partner_id=UUID(ground.partner_id(number)),
        customer_id=UUID(f"{ground.CUSTOMER * 16777216:08x}-0000-7000-8000-{ground.tail(number)}"),
        version_id=version.id,
        way="partner-of-record",
        region="US",
        offer="business-suite",
        offer_title="Business suite",
        seats=20,
        unit_price=Money(1500, "USD"),
        commitment_months=12,
        starts_on=date(2011, 4, 25),
        note="",
        services=(),
        link_days=30,
    )


class Shares:
    """How long the parts of a preview take: functions of the flow are replaced by ones that look at the clock.

    Of this process that is the processor's time, which does not grow with how long it waits; of PostgreSQL the wait.
    """

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.queries = 0

    def taken(self) -> Any:
        from contextlib import contextmanager  # noqa: PLC0415

        from django.db import connection  # noqa: PLC0415

        from ofrecord.flows import preview_month  # noqa: PLC0415

        def asked(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                self.spent["in PostgreSQL"] += time.perf_counter() - began
                self.queries += 1

        def watched(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
            def call(*args: Any, **named: Any) -> Any:
                began = time.process_time()
                try:
                    return work(*args, **named)
                finally:
                    self.spent[name] += time.process_time() - began

            return call

        @contextmanager
        def taking() -> Any:
            places = {
                name: (preview_month.PartnerBooks if "." in name else preview_month, name.split(".")[-1])
                for name in WATCHED
            }
            former = {name: getattr(*place) for name, place in places.items()}
            for name, work in former.items():
                setattr(*places[name], watched(WATCHED[name], work))
            with connection.execute_wrapper(asked):
                yield
            for name, work in former.items():
                setattr(*places[name], work)

        return taking()

    def tell(self, times: int) -> None:
        for name, spent in self.spent.items():
            print(f"  {name}: {spent / times * 1000:.0f} ms")  # noqa: T201
        print(f"  queries: {self.queries / times:.0f}")  # noqa: T201


WATCHED = {
    "_gathered": "facts",
    "bearing_on": "of that, whose sales bear on it",
    "judge": "judge",
    "PartnerBooks.sums": "what books hold",
    "PartnerBooks.on_record": "booked lines that differ",
    "to_book": "booking",
    "with_names": "names",
}


def timed(work: Callable[[int], Any], number: int) -> tuple[float, float]:
    began, used = time.perf_counter(), time.process_time()
    work(number)
    return time.perf_counter() - began, time.process_time() - used


def say(what: str, times: list[tuple[float, float]]) -> None:
    told = []
    for found in (sorted(column) for column in zip(*times, strict=True)):
        told += [found[min(len(found) - 1, int(len(found) * part))] * 1000 for part in (0.5, 0.95)]
    print(  # noqa: T201
        f"{what}: n {len(times)}, p50 {told[0]:.0f} ms, p95 {told[1]:.0f} ms; of that this process computes "
        f"p50 {told[2]:.0f} ms, p95 {told[3]:.0f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
