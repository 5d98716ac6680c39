"""Runs of `ofrecord settle` that are killed: an installation to close a month on, and a nursery to kill in.

The nursery is a process that has everything loaded; for each order it forks one that is the command.
"""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Sum

from ofrecord.access.scope import entered
from ofrecord.access.types import OFFICE
from ofrecord.billing.models import Invoice
from ofrecord.billing.types import CreditKind
from ofrecord.engine import books
from ofrecord.engine.files import PARQUET
from ofrecord.engine.types import FeeLine
from ofrecord.journal.models import Entry
from ofrecord.kernel.calendar import Month
from ofrecord.ledger.models import PostingRow, Transfer
from ofrecord.settlement.models import ClosedMonth, HeldFee, Run
from ofrecord.settlement.queries import books_folder
from ofrecord.statements.models import Statement
from settlement.refunds.stage import APRIL, MAY, PROGRAM, Cell, Column, bill, close, quote
from support import story
from support.ground import Ground

POSTING = "Posting"
# The words with which the steps of a run begin; one in columns says more while it works out what lines earn.
STEPS = ("Billing", "Keeping what was billed", "", "Reading the book back", POSTING)
WITHIN = (
    "Finding what is new",
    "Working out all",
    "Writing down what caps",
    "Comparing",
    "Writing the lines",
)

KINDS = ("", "-capped", "-held")
POSTED = ("fees", "held", "released", "payable")
FIGURES = ("opening", "new", "corrected", "waived", "held", "released", "payable", "carried")

_NURSERY = """
import json, os, sys
from pathlib import Path
import django
django.setup()
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
import ofrecord.engine.book_sums
import ofrecord.engine.closing
import ofrecord.flows.keep_snapshot
import ofrecord.flows.running_engine
import ofrecord.flows.settle_period
from ofrecord.commands.main import run
MigrationLoader(None)
print("ready", flush=True)
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child == 0:
        out = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.environ["DATABASE_URL"] = order["url"]
        connections.settings["default"]["NAME"] = order["database"]
        settings.DATA = Path(order["data"])
        sys.argv = ["ofrecord", "settle", order["month"], "--engine", order["engine"]]
        code = 0
        try:
            run()
        except SystemExit as ended:
            code = ended.code or 0
        sys.stdout.flush()
        os._exit(code)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def founded(sales: int) -> None:
    """April is closed, so many sales of every kind later; things were taken back in May, which is to be closed."""
    story.begin("2009-04-01", PROGRAM)
    cells = [_sale(number, KINDS[number % len(KINDS)]) for number in range(sales)]
    bill(APRIL, date(2009, 5, 1))
    for cell in cells[::2]:
        cell.pay(APRIL.last)
    quote(APRIL, "USD", "CHF")
    close(APRIL)
    for cell in cells[::4]:
        cell.credit(CreditKind.REFUND, 40)
    for cell in cells[1::4]:
        cell.change_partner("B", date(2009, 4, 16), cell.day)
    quote(MAY, "USD", "CHF")
    story.turn_clock("2009-06-03")


def _sale(number: int, kind: str) -> Cell:
    column = Column("killed", "Killed", "", date(2009, 5, 10), (APRIL,), kind=kind)
    cell = Cell(f"sale {number:03}", column)
    if number % 5 == 0:
        cell.state_in("CHF")
    cell.sold = cell.sell()
    return cell


@dataclass
class Installation:
    """A copy of the founded installation: its database and its data folder."""

    ground: Ground
    database: str
    data: Path

    def order(self, month: Month, engine: str) -> str:
        return json.dumps(
            {
                "url": self.ground.app_url(self.database),
                "database": self.database,
                "data": str(self.data),
                "month": str(month),
                "engine": engine,
                "out": str(self.data / "said.txt"),
            }
        )

    @property
    def said(self) -> str:
        """What the last command said."""
        return (self.data / "said.txt").read_text(encoding="utf-8")


class Nursery:
    """Starts commands; one at a time."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        assert self._line() == "ready"

    def start(self, installation: Installation, month: Month, engine: str) -> int:
        """The id of the process that closes the month from now on."""
        assert self._process.stdin is not None
        self._process.stdin.write(installation.order(month, engine) + "\n")
        self._process.stdin.flush()
        return int(self._line())

    def ended(self) -> int:
        """Waits for the command; its exit code, or the number of the signal that ended it, negative."""
        return int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the nursery is gone"
        return line.strip()


@contextmanager
def nursery(ground: Ground, database: str, data: Path) -> Iterator[Nursery]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "ofrecord.site.settings",
        "DATABASE_URL": ground.app_url(database),
        "OFRECORD_DATA": str(data),
        "OFRECORD_SECRET_KEY": "the key of the tests",
    }
    command = [sys.executable, "-P", "-c", _NURSERY]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


def kill(child: int) -> None:
    """At once and without a word; it may have ended by itself, and what it left is held to the same."""
    with suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)


def wait_for_step(says: str, seconds: float = 60) -> None:
    """Until the run says that it is there, or is beyond: some words last no longer than it takes to ask for them."""
    until, step = time.monotonic() + seconds, STEPS.index("" if says in WITHIN else says)
    while time.monotonic() < until:
        run = Run.objects.filter(month=MAY.first).first()
        if run is not None and (run.says.startswith(says) or run.done > step or run.status != "running"):
            return
        time.sleep(0.002)
    raise AssertionError(f"the run never came to {says}")


def wait_until_alone(seconds: float = 30) -> None:
    """Until PostgreSQL has noticed that the killed process is gone, and has ended what it had begun."""
    until = time.monotonic() + seconds
    query = (
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
    )
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(query)
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.01)
    raise AssertionError("somebody is still connected")


def posted(month: Month) -> dict[str, Any]:
    """Everything that closing the month posts, in words that are the same in every run; empty where nothing is."""
    first = month.first
    with entered(OFFICE):
        transfers = [(name, key, amount) for name in POSTED for key, amount in _transfers(f"{name}:{month}:")]
        found = {
            "closed": list(ClosedMonth.objects.filter(month=first).values_list("facts", "lines")),
            "statements": sorted(_statements(month)),
            "held": sorted(
                HeldFee.objects.filter(closed=first).values_list("partner__name", "release", "amount_minor")
            ),
            "transfers": sorted(transfers),
            "journal": ["month closed"]
            * Entry.objects.filter(verb="month closed", data__month=str(month)).count(),
            "runs": ["closed"] * Run.objects.filter(month=first, status="closed").count(),
        }
    return {name: each for name, each in found.items() if each}


def _transfers(prefix: str) -> list[tuple[str, int]]:
    rows = PostingRow.objects.filter(transfer__key__startswith=prefix, amount_minor__lt=0)
    return [
        (f"{account} {currency} {partner}", minor)
        for account, currency, partner, minor in rows.values_list(
            "account", "currency", "partner_id", "amount_minor"
        )
    ]


def _statements(month: Month) -> list[tuple[Any, ...]]:
    columns = [f"{name}_minor" for name in FIGURES]
    rows = Statement.objects.filter(month=month.first)
    return list(rows.values_list("partner__name", "currency", *columns))


def whole(month: Month) -> dict[str, Any]:
    """What the month came to: what was posted, what was billed, every line of its book, and the sums of the ledger."""
    with entered(OFFICE):
        billed = Invoice.objects.filter(month=month.first).aggregate(total=Sum("total_minor"))["total"]
        sums = PostingRow.objects.values_list("account", "currency", "partner_id").annotate(
            total=Sum("amount_minor")
        )
        return posted(month) | {
            "billed": (Invoice.objects.filter(month=month.first).count(), billed),
            "transfers in all": Transfer.objects.count(),
            "ledger": sorted(map(str, sums.order_by())),
            "lines": sorted(map(str, _lines(month))),
        }


def _lines(month: Month) -> list[tuple[object, ...]]:
    row = ClosedMonth.objects.get(month=month.first)
    partners = (
        Statement.objects.filter(month=month.first).values_list("partner_id", "partner__name").distinct()
    )
    return [
        (name, *_figures(booked.line))
        for partner_id, name in partners
        for booked in books.lines_of(books_folder(), month, row.book_sha256, str(partner_id))
    ]


def _figures(line: FeeLine) -> tuple[object, ...]:
    return (
        line.clause,
        line.service,
        line.basis_minor,
        line.earned_minor,
        line.booked_minor,
        line.fee_minor,
        line.due_minor,
        line.due_currency,
        line.held_minor,
        line.waived_minor,
        line.is_correction,
        line.cause,
    )


def files_are_whole(data: Path) -> bool:
    """Whether every file that shows has the bytes that its name says; what was begun and not ended is hidden."""
    shown = [path for path in (data / "books").rglob(f"*.{PARQUET}") if not _is_hidden(path, data)]
    return bool(shown) and all(
        path.stem.endswith(hashlib.sha256(path.read_bytes()).hexdigest()) for path in shown
    )


def rests(data: Path) -> list[str]:
    """What was begun and not ended."""
    return sorted(str(path) for path in (data / "books").rglob("*") if _is_hidden(path, data))


def _is_hidden(path: Path, data: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(data).parts)
