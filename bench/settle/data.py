"""The facts of the benchmark, as flat tables in Parquet: the same for the same number of lines.

Subscriptions of 20,000 partners over 24 months. A third starts inside a month, so that its line of the thirteenth month
is cut where the first year ends; a fifth changes its partner of record once or twice, half of them inside a month.
Tiers of partners change by month. One line in twenty is credited, in part or in whole, some of them twice.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import duckdb

from ofrecord.kernel.calendar import Month

FIRST: Final = Month(2024, 11)
MONTHS: Final = 24
THROUGH: Final[date] = FIRST.plus(MONTHS - 1).last
MOST_PARTNERS: Final = 20_000
# Of 24 subscriptions one after the other, 12 began in the year before, and then one in every second month.
A_CYCLE: Final = 12 * MONTHS + sum(MONTHS - month for month in range(0, MONTHS, 2))

# Numbers that look drawn, and are the same on every machine: `upto` is small, `n` at most some hundred millions.
_MACROS: Final = (
    """pick(n, salt, upto) AS
        ((((n + 1) * 2654435761 + salt * 40503977) % 4294967291) * 48271 % 2147483647) % upto""",
    # As UUIDs of version 7: those of one day lie together.
    """id_of(what, n, day) AS (lpad(lower(to_hex(epoch_ms(day::TIMESTAMP) + n % 40000000)), 12, '0')
        || '7' || substr(md5(what || ':' || n), 1, 3) || '8' || substr(md5(what || ':' || n), 4, 15))::UUID::VARCHAR""",
    "partner_of(n) AS id_of('partner', n, DATE '2020-01-01' + (n % 1000)::INTEGER)",
    "day_in(month, salt, n) AS month + pick(n, salt, day(last_day(month)))::INTEGER",
)

_SUBSCRIPTIONS: Final = """
    CREATE TABLE subscriptions AS
    WITH places AS (
        SELECT n, n % 24 AS place, CASE WHEN n % 24 < 12 THEN n % 24 - 12 ELSE 2 * (n % 24 - 12) END AS start
        FROM range($subscriptions) AS numbers(n)
    ), months AS (
        SELECT *, ($first + to_months(start::INTEGER))::DATE AS month,
            n // 24 * $cycle + CASE WHEN place < 12 THEN place * $months
                ELSE 12 * $months + (place - 12) * $months - (place - 12) * (place - 13) END AS lines_before
        FROM places
    )
    SELECT n, id_of('subscription', n, month) AS subscription, greatest(start, 0) AS first_month, lines_before,
        n * 4 // 5 AS customer_number, id_of('customer', n * 4 // 5, DATE '2023-01-01') AS customer,
        CASE WHEN pick(n, 1, 3) = 0 THEN day_in(month, 2, n) ELSE month END AS started_on,
        1 + pick(n, 3, 6) * pick(n, 4, 12) AS seats,
        [{'offer': 'mail', 'price': 600}, {'offer': 'suite', 'price': 1500},
            {'offer': 'backup', 'price': 399}][1 + pick(n, 5, 3)] AS sold,
        CASE WHEN pick(n, 6, 5) = 0 THEN 'CA' ELSE 'US' END AS region,
        CASE WHEN pick(n, 7, 4) = 0 THEN 'public' ELSE '' END AS segment,
        -- The product of two draws: some partners are large.
        pick(n, 8, $partners) * pick(n, 9, $partners) // $partners AS partner_number,
        pick(n, 10, 100) AS fate
    FROM months ORDER BY subscription
"""

_RECOGNITIONS: Final = """
    COPY (
        WITH changes AS (
            SELECT *, CASE WHEN fate < 80 THEN 0 WHEN fate < 95 THEN 1 ELSE 2 END AS changes,
                started_on + 20 + pick(n, 11, 300)::INTEGER AS drawn
            FROM subscriptions
        ), days AS (
            SELECT *, CASE WHEN pick(n, 12, 2) = 0 THEN drawn ELSE last_day(drawn) + 1 END AS once,
                once + 5 + pick(n, 13, 200)::INTEGER AS again
            FROM changes
        ), spans AS (
            SELECT *, unnest([started_on, once, again][:changes + 1]) AS first,
                unnest([once, again, NULL][:changes] || [NULL::DATE]) AS until,
                unnest([0, 1, 2][:changes + 1]) AS turn
            FROM days
        )
        SELECT subscription, partner_of((partner_number + turn * (1 + pick(n, 14, 7))) % $partners) AS partner,
            'partner of record' AS role, first, until,
            NULL::BIGINT AS share_numerator, NULL::BIGINT AS share_denominator
        FROM spans WHERE first <= $through ORDER BY subscription, first
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

# A tenth of the partners has none recorded, and so the program's first.
_TIERS: Final = """
    COPY (
        WITH spans AS (
            SELECT n, unnest([0, 1, 2]) AS turn,
                ($first + to_months((4 + pick(n, 21, 8))::INTEGER))::DATE AS second,
                ($first + to_months((12 + pick(n, 22, 10))::INTEGER))::DATE AS third
            FROM range($partners) AS partners(n) WHERE n % 10 > 0
        )
        SELECT partner_of(n) AS partner,
            CASE turn WHEN 0 THEN DATE '2020-01-01' WHEN 1 THEN second ELSE third END AS first,
            CASE turn WHEN 0 THEN second WHEN 1 THEN third END AS until,
            ['Registered', 'Silver', 'Gold'][1 + (pick(n, 23, 3) + turn * (1 + pick(n, 24, 2))) % 3] AS tier
        FROM spans ORDER BY partner, first
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

_LINES: Final = """
    SELECT *, lines_before + {number} - first_month AS line,
        sold.price * seats AS month_minor,
        greatest(started_on, {month}) AS service_first, last_day({month}) + 1 AS service_until,
        ((2 * sold.price * seats * (last_day({month}) + 1 - greatest(started_on, {month})) + day(last_day({month})))
            // (2 * day(last_day({month}))))::BIGINT AS billed_minor
    FROM subscriptions WHERE first_month <= {number} AND lines_before + {number} - first_month < $lines
"""

_FACTS: Final = """
    COPY (
        SELECT id_of('line', line, last_day({month})) AS invoice_line,
            'N-' || strftime({month}, '%Y%m') || '-' || customer_number AS invoice,
            last_day({month}) AS invoice_day, subscription, started_on, customer, sold.offer AS offer,
            'partner-of-record' AS way, region, segment, 'USD' AS currency, seats::INTEGER AS seats,
            sold.price::BIGINT AS unit_price_minor, billed_minor, service_first, service_until,
            $terms AS terms_sha256, billed_minor AS list_minor, NULL::BIGINT AS wholesale_minor,
            seats::INTEGER AS first_seats, 'new' AS deal, 12::INTEGER AS commitment_months
        FROM ({lines})
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

_CREDITS: Final = """
    COPY (
        WITH credited AS (
            SELECT line, billed_minor, last_day({month}) AS billed_on,
                CASE WHEN pick(line, 32, 3) = 0 THEN billed_minor
                    ELSE greatest(1, billed_minor * pick(line, 33, 90) // 100) END AS taken
            FROM ({lines}) WHERE pick(line, 31, 20) = 0
        ), twice AS (
            SELECT *, unnest([taken, least(500, billed_minor - taken)][:CASE WHEN pick(line, 34, 8) = 0
                AND taken < billed_minor THEN 2 ELSE 1 END]) AS amount,
                unnest([0, 1][:CASE WHEN pick(line, 34, 8) = 0 AND taken < billed_minor THEN 2 ELSE 1 END]) AS turn
            FROM credited
        )
        SELECT id_of('credit', line * 2 + turn, billed_on) AS id, id_of('line', line, billed_on) AS invoice_line,
            ['credit note', 'refund'][1 + pick(line, 35, 2)] AS kind,
            billed_on + 1 + pick(line, 36 + turn, 60)::INTEGER AS day, -amount AS amount_minor
        FROM twice ORDER BY invoice_line, id
    ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""

_RECEIPTS: Final = """
    COPY (SELECT '' AS id, '' AS invoice_line, DATE '2000-01-01' AS day, 0::BIGINT AS amount_minor WHERE FALSE)
    TO '{path}' (FORMAT parquet)
"""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much there is of everything."""

    lines: int

    @property
    def subscriptions(self) -> int:
        """As many as it takes, in whole cycles; the last ones end early."""
        return -(-self.lines // A_CYCLE) * 24

    @property
    def partners(self) -> int:
        """Fewer where there are few lines, so that each still has some."""
        return max(20, min(MOST_PARTNERS, self.lines // 100))


def write(folder: Path, lines: int, terms_sha256: str, memory: str = "2GB") -> None:
    """Writes `facts/MONTH.parquet` and `credits/MONTH.parquet`, `recognitions`, `tiers` and `receipts`."""
    scale = Scale(lines)
    for name in ("facts", "credits"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder / "made.duckdb")) as made:
        made.execute(f"SET memory_limit = '{memory}'; SET threads = 2; SET enable_progress_bar = false")
        for macro in _MACROS:
            made.execute(f"CREATE MACRO {macro}")
        of_all = {"partners": scale.partners, "first": FIRST.first, "through": THROUGH}
        of_all |= {"subscriptions": scale.subscriptions, "cycle": A_CYCLE, "months": MONTHS}
        of_all |= {"lines": lines, "terms": terms_sha256}
        _run(made, _SUBSCRIPTIONS, of_all)
        _run(made, _RECOGNITIONS.format(path=folder / "recognitions.parquet"), of_all)
        _run(made, _TIERS.format(path=folder / "tiers.parquet"), of_all)
        _run(made, _RECEIPTS.format(path=folder / "receipts.parquet"), of_all)
        for number in range(MONTHS):
            _write_month(made, folder, number, of_all)
    (folder / "made.duckdb").unlink()


def _write_month(
    made: duckdb.DuckDBPyConnection, folder: Path, number: int, of_all: dict[str, object]
) -> None:
    month = FIRST.plus(number)
    told = {"number": number, "month": f"DATE '{month.first}'"}
    told["lines"] = _LINES.format(**told)
    _run(made, _FACTS.format(path=folder / "facts" / f"{month}.parquet", **told), of_all)
    _run(made, _CREDITS.format(path=folder / "credits" / f"{month}.parquet", **told), of_all)


def _run(made: duckdb.DuckDBPyConnection, statement: str, of_all: dict[str, object]) -> None:
    """Runs the statement with those of the values that it names."""
    made.execute(statement, {name: value for name, value in of_all.items() if f"${name}" in statement})
