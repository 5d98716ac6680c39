"""The rows of an installation in which one month was billed and waits to be closed: by SQL, for very many lines.

As in `data`: some partners are large, a third of the subscriptions starts inside the month, one in twenty changes its
partner of record inside it, one line in twenty is credited. Triggers and foreign keys are not asked while the rows are
written, since they ask for each row: what is written here keeps to what they hold.
"""

import time
from collections.abc import Callable, Iterator
from typing import Final

import psycopg

from ofrecord.kernel.calendar import Month

MONTH: Final = Month(2026, 10)
MOST_PARTNERS: Final = 20_000
_AT: Final = "2026-10-01 12:00:00+00"

# Ids as UUIDs of version 7, and numbers that look drawn: the same in every run.
_FUNCTIONS: Final = (
    """create function bench_id(what text, n bigint) returns uuid immutable language sql as $$
        select (lpad(to_hex(1790000000000 + n), 12, '0') || '7' || substr(md5(what || n), 1, 3)
            || '8' || substr(md5(what || n), 4, 15))::uuid $$""",
    """create function bench_pick(n bigint, salt bigint, upto bigint) returns bigint immutable language sql as $$
        select ((((n + 1) * 2654435761 + salt * 40503977) % 4294967291) * 48271 % 2147483647) % upto $$""",
)
_SALES: Final = """
    create unlogged table bench_sales as
    with drawn as (
        select n, bench_id('subscription', n) as id, bench_id('customer', n * 4 / 5) as customer_id,
            bench_pick(n, 8, {partners}) * bench_pick(n, 9, {partners}) / {partners} as partner,
            1 + bench_pick(n, 3, 6) * bench_pick(n, 4, 12) as seats,
            (array['mail', 'suite', 'backup'])[1 + bench_pick(n, 5, 3)] as offer,
            (array[600, 1500, 399])[1 + bench_pick(n, 5, 3)]::bigint as price,
            date '{first}' + case when bench_pick(n, 1, 3) = 0 then bench_pick(n, 2, 25)::int else 0 end as started_on
        from generate_series(0, {lines} - 1) n
    )
    select *, (2 * seats * price * (date '{until}' - started_on) + {days}) / (2 * {days}) as amount,
        case when bench_pick(n, 10, 20) = 0 then date '{until}' - 3 end as handed_on
    from drawn
"""
_ROWS: Final = {
    "access_person": """(id, login, email, name, password, is_active, created_at)
        values ('00000000-0000-7000-8000-000000000001', 'a@b.example', 'a@b.example', 'A', '', true, '{at}')""",
    "partners_partner": """(id, number, name, region, website, about, statement_currency, status, applicant_id,
            applied_at, decided_at, reason)
        select bench_id('partner', n), 'P-' || lpad(n::text, 8, '0'), 'Partner ' || n, 'US', '', '', '', 'approved',
            '00000000-0000-7000-8000-000000000001', '{at}', '{at}', '' from generate_series(0, {partners} - 1) n""",
    "partners_tierspan": """(partner_id, tier, during, learned_at)
        select bench_id('partner', n), (array['Registered', 'Silver', 'Gold'])[1 + n % 3],
            daterange('2020-01-01', null), '{at}' from generate_series(0, {partners} - 1) n where n % 10 > 0""",
    "customers_customer": """(id, number, name, region, brought_by_id, added_at)
        select distinct on (customer_id) customer_id, 'C-' || lpad((n * 4 / 5)::text, 9, '0'),
            'Customer ' || n * 4 / 5, 'US', bench_id('partner', partner), timestamptz '{at}'
        from bench_sales order by customer_id, n""",
    "customers_relationship": """(customer_id, partner_id, since)
        select distinct customer_id, bench_id('partner', partner), date '{first}' from bench_sales""",
    "orders_order": """(id, number, partner_id, customer_id, version_id, way, region, offer, offer_title, seats,
            unit_price_minor, currency, commitment_months, starts_on, note, status, composed_at)
        select bench_id('order', n), 'O-' || lpad(n::text, 9, '0'), bench_id('partner', partner), customer_id,
            program_programversion.id, 'partner-of-record', 'US', offer, initcap(offer), seats, price, 'USD', 12,
            started_on, '', 'confirmed', '{at}' from bench_sales, program_programversion""",
    "subscriptions_subscription": """(id, number, order_id, customer_id, version_id, way, region, offer, offer_title,
            unit_price_minor, currency, commitment_months, deal, started_on, added_at)
        select bench_sales.id, 'S-' || lpad(n::text, 9, '0'), bench_id('order', n), customer_id,
            program_programversion.id, 'partner-of-record', 'US', offer, initcap(offer), price, 'USD', 12, 'new',
            started_on, '{at}' from bench_sales, program_programversion""",
    "subscriptions_seatchange": """(subscription_id, day, seats, learned_at)
        select id, started_on, seats, '{at}' from bench_sales""",
    "subscriptions_partnerofrecord": """(subscription_id, partner_id, during, learned_at)
        select id, bench_id('partner', partner), daterange(started_on, handed_on), timestamptz '{at}' from bench_sales
        union all select id, bench_id('partner', (partner + 1) % {partners}), daterange(handed_on, null), '{at}'
        from bench_sales where handed_on is not null""",
    "billing_invoice": """(id, number, subscription_id, month, during, day, total_minor, currency, learned_at)
        select bench_id('invoice', n), 'N-2026-' || lpad(n::text, 9, '0'), id, '{first}',
            daterange('{first}', '{until}'), date '{until}' - 1, amount, 'USD', '{at}' from bench_sales""",
    "billing_invoiceline": """(id, invoice_id, number, first, until, seats, unit_price_minor, amount_minor)
        select bench_id('line', n), bench_id('invoice', n), 1, started_on, '{until}', seats, price, amount
        from bench_sales""",
    "billing_credit": """(id, line_id, kind, day, amount_minor, number, reason, reference, at)
        select bench_id('credit', n), bench_id('line', n), 'refund', date '{until}' - 1,
            -case when n % 3 = 0 then amount else greatest(1, amount / 4) end, '', 'Too much', '', '{at}'
        from bench_sales where bench_pick(n, 31, 20) = 0""",
    "ledger_transfer": """(id, key, day, at, memo)
        select bench_id('transfer', n), 'invoice:' || bench_id('invoice', n), date '{until}' - 1, '{at}',
            'Invoice N-2026-' || lpad(n::text, 9, '0') from bench_sales""",
    "ledger_posting": """(transfer_id, account, amount_minor, currency)
        select bench_id('transfer', n), account, sign * amount, 'USD' from bench_sales,
            (values ('customers receivable', 1), ('subscription revenue', -1)) as sides (account, sign)""",
}


def partners_of(lines: int) -> int:
    """Fewer where there are few lines, so that each still has some."""
    return max(20, min(MOST_PARTNERS, lines // 10))


def write(url: str, lines: int, say: Callable[[str], None]) -> None:
    """Fills a database that is migrated and in which the program is published; `url` is its superuser's."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set maintenance_work_mem = '512MB'")
        connection.execute("set work_mem = '256MB'")
        for name, statement in _statements(lines):
            began = time.perf_counter()
            rows = connection.execute(statement).rowcount
            say(f"{name}: {rows:,} rows, {time.perf_counter() - began:.1f} s")
        connection.execute("drop table bench_sales")
        connection.execute("drop function bench_id, bench_pick")
        connection.execute("vacuum analyze")


def _statements(lines: int) -> Iterator[tuple[str, str]]:
    told = {"lines": lines, "partners": partners_of(lines), "at": _AT, "first": MONTH.first}
    told |= {"until": MONTH.plus(1).first, "days": MONTH.span.days}
    for function in _FUNCTIONS:
        yield "function", function
    yield "sales", _SALES.format(**told)
    for table, rows in _ROWS.items():
        yield table, f"insert into {table} {rows.format(**told)}"
