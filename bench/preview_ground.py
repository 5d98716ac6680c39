"""An installation with many lines behind, for measuring: rows by SQL, and books of months copied from a few partners.

Every partner `p` has the same sales as the partner `p % PATTERNS`, under ids that end in its own number. So the few
patterns are settled by the engine itself, month by month, and every other partner's lines are theirs with its ids.
"""

import json
import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.compute as pc

from ofrecord.commands.installation import set_up_django
from ofrecord.kernel.calendar import Month
from ofrecord.machine.environment import application_environment, owner_environment
from ofrecord.machine.folder import DataFolder, Mode, Running
from ofrecord.machine.postgres import SUPERUSER, placed
from ofrecord.machine.processes import Program
from ofrecord.machine.roles import DATABASE, make_roles
from ofrecord.machine.supervisor import Supervisor

FIRST = Month(2009, 4)
# Says what was made, once all of it is.
MADE = "made.json"
PATTERNS = 4
SALES = 42
# Previews of one partner read none, so none is made of most months.
NO_SNAPSHOT = "0" * 64
AT = "2009-04-01 12:00:00+00"
# The ids of a partner's rows: what kind of row, which month, which sale, and the partner's number last.
# That number is written so that it is found in an id nowhere else.
BEGIN = 0xB00000000000
TAIL = f"to_hex({BEGIN} + {{of}})"
ID = (
    "(lpad(to_hex({kind} * 16777216 + {month} * 65536 + {sale}), 8, '0') || '-0000-7000-8000-' || "
    + TAIL
    + ")::uuid"
)
PARTNER, CUSTOMER, SUBSCRIPTION, ORDER, INVOICE, LINE, PAYMENT, CREDIT, STATEMENT = range(10, 100, 10)


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def partner_id(number: int) -> str:
    return f"{PARTNER * 16777216:08x}-0000-7000-8000-{tail(number)}"


def tail(number: int) -> str:
    """What the ids of a partner's rows end in."""
    return f"{BEGIN + number:012x}"


def an_id(kind: int, month: object = 0, sale: object = 0, of: str = "p") -> str:
    return ID.format(kind=kind, month=month, sale=sale, of=of)


def closed_at(month: Month) -> datetime:
    """A few days after the month, in which nothing was credited yet of what was billed last."""
    return datetime.combine(month.last + timedelta(days=5), time_of_day(12), tzinfo=UTC)


@contextmanager
def running(root: Path) -> Iterator[str]:
    """PostgreSQL on the folder, migrated, with Django set up for it. Hands the superuser's address."""
    folder = DataFolder(root)
    with folder.locked():
        identity = folder.identity(Mode.DEMONSTRATION)
        supervisor = Supervisor(
            logs=folder.logs, say=lambda line: None, supervised="bench", heeds_signals=False
        )
        with placed(folder.cluster, is_durable=False) as cluster, supervisor:
            cluster.make(supervisor, identity.superuser_password)
            cluster.start(supervisor)
            make_roles(cluster, identity)
            at = Running(str(cluster.socket), "http://localhost")
            migrate = (sys.executable, "-P", "-m", "ofrecord.commands", "migrate")
            supervisor.run(Program("migrate", migrate, owner_environment(folder, identity, at)))
            os.environ.update(application_environment(folder, identity, at))
            set_up_django()
            yield cluster.url(SUPERUSER, identity.superuser_password, DATABASE)


def fill(url: str, partners: int, months: int, large: int) -> None:
    """The rows of so many partners; the last of them is `large` times as large as the others."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set maintenance_work_mem = '1GB'")
        connection.execute("set work_mem = '256MB'")
        last = partners - 1
        # Of each partner its sales; `pattern` is what the sale is like.
        connection.execute(
            f"""create unlogged table bench_sale as
            select p, sale, p % {PATTERNS} as pattern, (sale * 7 + (p % {PATTERNS}) * 13) % 90 + 5 as seats
              from generate_series(0, {last}) p,
                   lateral generate_series(0, case when p = {last} then {SALES * large} else {SALES} end - 1) sale
             order by sale, p"""
        )
        for name, statement in statements(partners, months):
            began = time.perf_counter()
            done = connection.execute(statement).rowcount
            say(f"{name}: {done} rows, {time.perf_counter() - began:.1f} s")
        connection.execute("drop table bench_sale")
        connection.execute("vacuum analyze")


def statements(partners: int, months: int) -> Iterator[tuple[str, str]]:
    """The statements that fill the tables, each with the name of what it adds."""
    first = FIRST.first
    day = f"(date '{first}' + make_interval(months => m))::date"
    until = f"(date '{first}' + make_interval(months => m + 1))::date"
    each_month = f"generate_series(0, {months - 1}) m"
    version = "(select id from program_programversion limit 1)"
    person = "(select id from access_person limit 1)"
    started = f"(date '{first}' + (sale % 28))"
    handed = "sale % 20 = 3"
    next_partner = f"(p + 1) % {partners}"
    yield (
        "partners",
        f"""insert into partners_partner (id, number, name, region, website, about, statement_currency, status,
            applicant_id, applied_at, decided_at, reason)
            select {an_id(PARTNER)}, 'P-' || lpad(p::text, 8, '0'), 'Partner ' || p, 'US', '', '', '', 'approved',
            {person}, '{AT}', '{AT}', '' from generate_series(0, {partners - 1}) p""",
    )
    yield (
        "tiers",
        f"""insert into partners_tierspan (partner_id, tier, during, learned_at)
            select {an_id(PARTNER)}, tier, daterange(a, b), '{AT}' from generate_series(0, {partners - 1}) p,
            (values ('Registered', date '2009-01-01', date '2010-01-01'), ('Gold', date '2010-01-01', null))
            t (tier, a, b)""",
    )
    yield (
        "customers",
        f"""insert into customers_customer (id, number, name, region, brought_by_id, added_at)
            select {an_id(CUSTOMER, 0, "sale / 2")}, 'C-' || lpad(to_hex(p), 5, '0') || lpad(to_hex(sale / 2), 3, '0'),
            'Customer ' || sale / 2, 'US', {an_id(PARTNER)}, '{AT}' from bench_sale where sale % 2 = 0""",
    )
    yield (
        "subscriptions",
        f"""insert into subscriptions_subscription (id, number, order_id, customer_id, version_id, way, region, offer,
            offer_title, unit_price_minor, currency, commitment_months, deal, started_on, added_at)
            select {an_id(SUBSCRIPTION, 0, "sale")}, 'S-' || lpad(to_hex(p), 5, '0') || lpad(to_hex(sale), 3, '0'),
            {an_id(ORDER, 0, "sale")}, {an_id(CUSTOMER, 0, "sale / 2")}, {version}, 'partner-of-record', 'US',
            'business-suite', 'Business suite', 1500, 'USD', 12, case when sale % 2 = 0 then 'new' else 'upsell' end,
            {started}, '{AT}' from bench_sale""",
    )
    yield (
        "seats",
        f"""insert into subscriptions_seatchange (subscription_id, day, seats, learned_at)
            select {an_id(SUBSCRIPTION, 0, "sale")}, {started}, seats, '{AT}' from bench_sale""",
    )
    yield (
        "partners of record",
        f"""insert into subscriptions_partnerofrecord (subscription_id, partner_id, during, learned_at)
            select {an_id(SUBSCRIPTION, 0, "sale")}, {an_id(PARTNER)},
            daterange({started}, case when {handed} then date '2009-10-16' end), timestamptz '{AT}' from bench_sale
            union all select {an_id(SUBSCRIPTION, 0, "sale")}, {an_id(PARTNER, of=next_partner)},
            daterange(date '2009-10-16', null), timestamptz '{AT}' from bench_sale where {handed}""",
    )
    amount = f"""round(seats * 1500 * case when m = 0 then ({until} - {started})::numeric / 30 else 1 end)::bigint"""
    yield (
        "invoices",
        f"""insert into billing_invoice (id, number, subscription_id, month, during, day, total_minor, currency,
            learned_at)
            select {an_id(INVOICE, "m", "sale")},
            lpad(to_hex(m), 2, '0') || lpad(to_hex(sale), 4, '0') || {TAIL.format(of="p")},
            {an_id(SUBSCRIPTION, 0, "sale")}, {day}, daterange({day}, {until}), {until} - 1, {amount}, 'USD', {until}
            from {each_month}, bench_sale""",
    )
    yield (
        "invoice lines",
        f"""insert into billing_invoiceline (id, invoice_id, number, first, until, seats, unit_price_minor,
            amount_minor)
            select {an_id(LINE, "m", "sale")}, {an_id(INVOICE, "m", "sale")}, 1, greatest({day}, {started}), {until},
            seats, 1500, {amount} from {each_month}, bench_sale""",
    )
    yield (
        "payments",
        f"""insert into billing_payment (id, invoice_id, day, amount_minor, reference, at)
            select {an_id(PAYMENT, "m", "sale")}, {an_id(INVOICE, "m", "sale")}, {until} + 9, {amount}, '', {until} + 9
            from {each_month}, bench_sale""",
    )
    yield (
        "credits",
        f"""insert into billing_credit (id, line_id, kind, day, amount_minor, number, reason, reference, at)
            select {an_id(CREDIT, "m", "sale")}, {an_id(LINE, "m", "sale")}, 'refund', {until} + 14,
            -({amount} / 4), '', 'Too much', '', {until} + 14
            from {each_month}, bench_sale where (sale * 3 + m) % 20 = 0""",
    )


def close_months(url: str, root: Path, partners: int, months: int) -> None:
    """Books of all months, from the lines that the engine gives for the patterns; and what closing them posts."""
    from django.db import connection  # noqa: PLC0415

    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE  # noqa: PLC0415
    from ofrecord.engine import books  # noqa: PLC0415
    from ofrecord.engine.booking import to_book  # noqa: PLC0415
    from ofrecord.engine.columns import line_table  # noqa: PLC0415
    from ofrecord.engine.files import keep_table  # noqa: PLC0415
    from ofrecord.engine.judging.judge import judge  # noqa: PLC0415
    from ofrecord.engine.types import Booked, History, line_id  # noqa: PLC0415
    from ofrecord.flows.gather_history import gather  # noqa: PLC0415

    own = {partner_id(number): number for number in range(1, PATTERNS + 1)}
    with entered(OFFICE), connection.cursor() as cursor:
        # Beside each pattern stands the partner before it, which hands sales over to it.
        cursor.execute(
            "select id from customers_customer where right(id::text, 12) = any(%s)",
            [[tail(number) for number in range(PATTERNS + 1)]],
        )
        customers = [row[0] for row in cursor.fetchall()]
        gathered = gather(FIRST.plus(months), customer_ids=customers)
    laws, on_record = gathered.laws, {}
    closed = []
    for number in range(months):
        month = FIRST.plus(number)
        facts = [f for m, found in gathered.by_month.items() if m <= month for f in found]
        facts = [_known(f, month.last) for f in facts]
        history = History(facts)
        began = time.perf_counter()
        earned = [line for line in judge(laws, history, month.last) if line.partner in own]
        lines = books.in_order(to_book(laws, history, earned, on_record, month))
        numbers = books.numbers_of(lines)
        for at, line in zip(numbers, lines, strict=True):
            before = on_record.get(line.key)
            on_record[line.key] = Booked(
                before.line_id if before else line_id(month, at),
                line,
                *(
                    getattr(line, name) + (getattr(before, name) if before else 0)
                    for name in ("fee_minor", "due_minor", "waived_minor", "held_minor")
                ),
            )
        settled = time.perf_counter() - began
        table = _copied(line_table(lines, numbers), own, partners)
        folder = root / "books" / str(month)
        shutil.rmtree(folder, ignore_errors=True)
        kept = keep_table(folder, books.BOOK_KIND, table)
        size = (folder / f"book-{kept.sha256}.parquet").stat().st_size
        say(f"book {month}: {kept.rows} lines, {size / 2**20:.0f} MB; patterns settled in {settled:.1f} s")
        closed.append((month, kept))
    post(url, closed, partners)


def _known(fact, last: date):
    from dataclasses import replace  # noqa: PLC0415

    return replace(
        fact,
        credits=tuple(c for c in fact.credits if c.day <= last),
        receipts=tuple(r for r in fact.receipts if r.day <= last),
    )


IDS = ("event", "invoice_line", "invoice", "subscription", "customer")


def _copied(table: pa.Table, own: dict[str, int], partners: int) -> pa.Table:
    """The lines of the patterns, again for every partner: in ids each partner's number stands at the end."""
    patterns = {
        number % PATTERNS: (number, table.filter(pc.equal(table["partner"], partner)).combine_chunks())
        for partner, number in own.items()
    }
    parts = []
    for partner in range(partners):
        number, lines = patterns[partner % PATTERNS]
        parts.append(_of_partner(lines, number, partner, partners))
    whole = pa.concat_tables(parts)
    rows = pa.array([(n * 2654435761) % 10**10 for n in range(whole.num_rows)], pa.int64())
    return whole.set_column(whole.schema.get_field_index("number"), whole.schema.field("number"), rows)


def _of_partner(lines: pa.Table, number: int, partner: int, partners: int) -> pa.Table:
    before = (partner - 1) % partners
    tokens = {tail(number): f"~{tail(partner)}", tail(number - 1): f"~{tail(before)}"}
    for name in (*IDS, "partner", "facts", "corrects"):
        column = lines[name].combine_chunks()
        values = column.values if pa.types.is_list(column.type) else column
        for of, to in tokens.items():
            values = pc.replace_substring(values, of, to)
        values = pc.replace_substring(values, "~", "")
        if pa.types.is_list(column.type):
            values = pa.ListArray.from_arrays(column.offsets, values, type=column.type)
        lines = lines.set_column(lines.schema.get_field_index(name), lines.schema.field(name), values)
    return lines


def post(url: str, closed: list, partners: int) -> None:
    """Closed months with what a close posts: a run, a statement and postings for each partner."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        for number, (month, kept) in enumerate(closed):
            run, transfer = (an_id(kind, number, of="0") for kind in (STATEMENT + 10, STATEMENT + 20))
            connection.execute(
                f"""insert into settlement_run (id, purpose, month, status, started_at, ended_at, done, steps, says,
                stop_asked)
                values ({run}, 'close', %s, 'closed', %s, %s, 1, 1, '', false)""",
                [month.first, AT, AT],
            )
            connection.execute(
                f"""insert into settlement_closedmonth (month, run_id, snapshot_sha256, book_sha256,
                carried_sha256, facts, lines, closed_at)
                values (%s, {run}, %s, %s, '', 0, %s, %s)""",
                [month.first, NO_SNAPSHOT, kept.sha256, kept.rows, closed_at(month)],
            )
            connection.execute(
                f"""insert into ledger_transfer (id, key, day, at, memo) values ({transfer}, %s, %s, %s, '')""",
                [f"bench/{month}", month.last, AT],
            )
            connection.execute(
                f"""insert into ledger_posting (transfer_id, account, partner_id, amount_minor, currency)
                select {transfer}, account, {an_id(PARTNER)}, amount, 'USD' from generate_series(0, {partners - 1}) p,
                (values ('partner balance', -100), ('partner balance', 100)) a (account, amount)"""
            )
            connection.execute(
                f"""insert into statements_statement (id, partner_id, closed_id, month, currency, total_minor,
                opening_minor,
                new_minor, corrected_minor, waived_minor, held_minor, released_minor, payable_minor,
                carried_minor, lines,
                zero_lines, corrections, waiting, at)
                select {an_id(STATEMENT, number)}, {an_id(PARTNER)}, %s, %s, 'USD', 100, 0, 100, 0, 0, 0, 0, 100, 0,
                1, 0, 0,
                0, %s from generate_series(0, {partners - 1}) p""",
                [month.first, month.first, AT],
            )
        connection.execute("vacuum analyze")


def keep_last_snapshot(url: str) -> None:
    """What the last close would have kept, from which the preview of all partners begins; once."""
    from ofrecord.flows.keep_snapshot import keep_snapshot  # noqa: PLC0415
    from ofrecord.settlement.queries import books_folder, last_closed  # noqa: PLC0415

    last = last_closed()
    assert last is not None, "months were posted"
    if last.snapshot_sha256 != NO_SNAPSHOT:
        return
    began = time.perf_counter()
    kept, _ = keep_snapshot(books_folder(), last.month)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            "update settlement_closedmonth set snapshot_sha256 = %s where month = %s",
            [kept.sha256, last.month.first],
        )
    say(f"snapshot of {last.month}: {time.perf_counter() - began:.1f} s")


def is_made(root: Path, what: dict[str, object]) -> bool:
    """Whether the whole of it is there; False where nothing is. Ends where it is half made, or another one."""
    try:
        found = json.loads((root / MADE).read_text())
    except (OSError, ValueError):
        found = None
    if found == what:
        return True
    if not root.exists() or not any(root.iterdir()):
        return False
    is_said = f"is of {told(found)}" if found else "is not whole, or is something else"
    raise SystemExit(f"{root} {is_said}; this measures {told(what)}. Remove it, or name another by --data.")


def told(what: dict[str, object]) -> str:
    return ", ".join(f"{value} {name}" for name, value in what.items())


def say_made(root: Path, what: dict[str, object]) -> None:
    """Last of all: what is not said to be made is not measured."""
    (root / MADE).write_text(json.dumps(what))


def make(url: str, root: Path, program: str, *, partners: int, months: int, large: int) -> None:
    """The whole installation, from nothing."""
    _begin(program)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            """insert into access_person (id, login, email, name, password, is_active, created_at)
            values ('00000000-0000-7000-8000-000000000001', 'a', 'a', 'A', '', true, now())"""
        )
    fill(url, partners, months, large)
    close_months(url, root, partners, months)


def _begin(program: str) -> None:
    """A demonstration in which the program is in force, on the day before anybody is served."""
    from ofrecord.access.scope import entered  # noqa: PLC0415
    from ofrecord.access.types import OFFICE, SYSTEM, Permission, Reader  # noqa: PLC0415
    from ofrecord.clock.actions import wind  # noqa: PLC0415
    from ofrecord.clock.types import DEMONSTRATION  # noqa: PLC0415
    from ofrecord.flows import publish_program  # noqa: PLC0415

    chief = Reader(SYSTEM, OFFICE, None, frozenset(Permission), "Chief")
    with entered(OFFICE):
        wind(mode=DEMONSTRATION, day=FIRST.first)
        at = datetime(2009, 4, 1, 12, tzinfo=UTC)
        publish_program.publish(reader=chief, at=at, document=program.encode())
