"""The same sums in polars: a lazy plan, run by its streaming engine."""

from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl
from bench.settle import same

_WIDE: Final = pl.Decimal(38, 0)


def settle(folder: Path, book: Path, terms_sha256: str, through: str, memory: str) -> dict[str, float]:
    """Writes the book of the facts in the folder. Polars keeps to no limit of memory."""
    last = date.fromisoformat(through)
    lines = _lines(folder, terms_sha256, last)
    priced = _priced(_whole_and_cut(lines), _tiers(folder, last))
    ordered = _capped(priced).sort("partner", "invoice", "service_first", "event")
    book_columns(ordered, terms_sha256).sink_parquet(
        book, compression="zstd", row_group_size=same.rows_a_group(folder), engine="streaming"
    )
    return {}


def _lines(folder: Path, terms_sha256: str, last: date) -> pl.LazyFrame:
    """A row for each line and each partner of record that has days of its month."""
    facts = pl.scan_parquet(folder / "facts" / "*.parquet").filter(
        pl.col("terms_sha256") == terms_sha256,
        pl.col("way") == "partner-of-record",
        pl.col("currency") == "USD",
        pl.col("invoice_day") <= last,
    )
    taken = (
        pl.scan_parquet(folder / "credits" / "*.parquet")
        .filter(pl.col("day") <= last, pl.col("kind").is_in(same.REDUCING))
        .group_by("invoice_line")
        .agg(
            credited_minor=pl.col("amount_minor").sum(),
            credited_on=pl.col("day").max(),
            facts=pl.col("id").sort_by("day", "id"),
        )
    )
    spans = (
        pl.scan_parquet(folder / "recognitions.parquet")
        .filter(pl.col("role") == "partner of record")
        .select("subscription", "partner", "first", "until")
    )
    return (
        facts.join(taken, on="invoice_line", how="left")
        .join(spans, on="subscription")
        .filter(
            pl.col("first") < pl.col("service_until"),
            pl.col("until").is_null() | (pl.col("until") > pl.col("service_first")),
        )
        .with_columns(
            credited_minor=pl.col("credited_minor").fill_null(0),
            source_minor=pl.col("billed_minor") + pl.col("credited_minor").fill_null(0),
            second_year=pl.col("started_on").dt.offset_by("12mo"),
            piece_first=pl.max_horizontal("first", "service_first"),
            piece_until=pl.min_horizontal("until", "service_until"),
        )
    )


def _whole_and_cut(lines: pl.LazyFrame) -> pl.LazyFrame:
    is_whole = (
        (pl.col("piece_first") == pl.col("service_first"))
        & (pl.col("piece_until") == pl.col("service_until"))
        & ~pl.col("second_year").is_between("service_first", "service_until", closed="none")
    )
    whole = lines.filter(is_whole).with_columns(
        piece=pl.lit(0, pl.Int64),
        weights=pl.concat_list((pl.col("service_until") - pl.col("service_first")).dt.total_days()),
        basis_minor=pl.col("source_minor"),
    )
    return pl.concat([whole, _shared(lines.filter(~is_whole)).select(whole.collect_schema().names())])


def _shared(cut: pl.LazyFrame) -> pl.LazyFrame:
    """The pieces of the lines that are cut, each with its share by largest remainder."""
    before = cut.filter(pl.col("piece_first") < pl.col("second_year")).with_columns(
        piece_until=pl.min_horizontal("piece_until", "second_year")
    )
    after = cut.filter(pl.col("piece_until") > pl.col("second_year")).with_columns(
        piece_first=pl.max_horizontal("piece_first", "second_year")
    )
    days = (pl.col("piece_until") - pl.col("piece_first")).dt.total_days()
    exact = pl.col("source_minor").cast(pl.Int128) * pl.col("days")
    total = pl.col("days").sum().over("invoice_line")
    return (
        pl.concat([before, after])
        .sort("invoice_line", "piece_first")
        .with_columns(days=days)
        .with_columns(
            piece=pl.int_range(pl.len()).over("invoice_line"),
            weights=pl.col("days").over("invoice_line", mapping_strategy="join"),
            floor=exact // total,
            rest=exact % total,
        )
        .with_columns(left=pl.col("source_minor") - pl.col("floor").sum().over("invoice_line"))
        .sort(["invoice_line", "rest", "piece"], descending=[False, True, False])
        .with_columns(place=pl.int_range(pl.len()).over("invoice_line"))
        .with_columns(
            basis_minor=(pl.col("floor") + (pl.col("place") < pl.col("left")).cast(pl.Int128)).cast(pl.Int64)
        )
    )


def _tiers(folder: Path, last: date) -> pl.LazyFrame:
    """Each partner's tier on each day of invoices."""
    days = pl.scan_parquet(folder / "facts" / "*.parquet").select("invoice_day").unique()
    return (
        pl.scan_parquet(folder / "tiers.parquet")
        .join(days.filter(pl.col("invoice_day") <= last), how="cross")
        .filter(
            pl.col("first") <= pl.col("invoice_day"),
            pl.col("until").is_null() | (pl.col("until") > pl.col("invoice_day")),
        )
        .select("partner", "invoice_day", "tier")
    )


def _priced(pieces: pl.LazyFrame, tiers: pl.LazyFrame) -> pl.LazyFrame:
    clauses = pl.LazyFrame(same.CLAUSES, schema=list(same.CLAUSE_COLUMNS), orient="row")
    product = pl.col("basis_minor").cast(pl.Int128) * pl.col("rate_numerator")
    by = pl.col("rate_denominator")
    divides = [pl.when(by % n == 0, product % n == 0).then(n).otherwise(1) for n in same.DIVISORS]
    return (
        pieces.join(tiers, on=["partner", "invoice_day"], how="left")
        .with_columns(
            tier=pl.col("tier").fill_null("Registered"),
            is_ongoing=pl.col("piece_first") >= pl.col("second_year"),
        )
        .join(clauses, on=["tier", "is_ongoing"])
        .with_columns(
            divisor=pl.max_horizontal(divides).cast(pl.Int64),
            raw_minor=((2 * product + by) // (2 * by)).cast(pl.Int64),
        )
        .with_columns(exact_numerator=product // pl.col("divisor"), exact_denominator=by // pl.col("divisor"))
    )


def _capped(priced: pl.LazyFrame) -> pl.LazyFrame:
    in_order = ["invoice_day", "service_first", "invoice_line", "piece"]
    running = pl.col("raw_minor").cum_sum().over(["subscription", "clause"], order_by=in_order)
    used = pl.min_horizontal(running - pl.col("raw_minor"), "cap_minor")
    return priced.with_columns(cap_used_minor=used).select(
        pl.exclude("service_first", "service_until"),
        event=pl.col("invoice_line"),
        service_first=pl.col("piece_first"),
        service_until=pl.col("piece_until"),
        whole_minor=pl.min_horizontal("raw_minor", pl.col("cap_minor") - used),
    )


def _month_index(day: pl.Expr) -> pl.Expr:
    start = pl.col("started_on")
    months = (day.dt.year() - start.dt.year()) * 12 + day.dt.month() - start.dt.month()
    reached = start.dt.offset_by(pl.format("{}mo", months)) <= day
    return (months + reached.cast(pl.Int32)).cast(pl.Int32)


def book_columns(figures: pl.LazyFrame, terms_sha256: str) -> pl.LazyFrame:
    """The columns of a book, in its order."""
    made: dict[str, Any] = {name: pl.lit(text) for name, text in same.TEXTS.items()}
    made |= dict.fromkeys(same.ZEROS, pl.lit(0, pl.Int64)) | dict.fromkeys(same.ONES, pl.lit(1).cast(_WIDE))
    made |= dict.fromkeys(same.EARNED, pl.col("whole_minor")) | {"terms_sha256": pl.lit(terms_sha256)}
    rates = [pl.col(name).cast(_WIDE) for name in ("rate_numerator", "rate_denominator")]
    made |= {
        "event_day": pl.col("invoice_day"),
        "family": pl.when(pl.col("offer") == "backup")
        .then(pl.lit("protection"))
        .otherwise(pl.lit("collaboration")),
        "month_first": _month_index(pl.col("service_first")),
        "month_last": _month_index(pl.col("service_until").dt.offset_by("-1d")),
        "recognized_from": pl.col("first"),
        "facts": pl.col("facts").fill_null([]),
        "piece": pl.col("piece").cast(pl.Int32),
        "slices": pl.concat_list(pl.struct(pl.col("basis_minor").alias("amount_minor"), *rates)),
        "quantity_numerator": pl.lit(0).cast(_WIDE),
        "exact_numerator": pl.col("exact_numerator").cast(_WIDE),
        "exact_denominator": pl.col("exact_denominator").cast(_WIDE),
        "floor_minor": pl.lit(None, pl.Int64),
        "share_remainder": pl.lit(0, pl.Int32),
        "release_on": pl.lit(None, pl.Date),
        "exchange_day": pl.lit(None, pl.Date),
        "withdrawn": pl.lit(False),
        "reason": _reason(),
    }
    return figures.select(made.get(name, pl.col(name)).alias(name) for name in same.COLUMNS)


def _reason() -> pl.Expr:
    return (
        pl.when(pl.col("whole_minor") > 0)
        .then(pl.lit(""))
        .when(pl.col("raw_minor") > 0)
        .then(pl.lit(same.CAP_REACHED))
        .when(pl.col("basis_minor") > 0)
        .then(pl.lit(same.TOO_SMALL))
        .otherwise(pl.lit(same.ALL_TAKEN_BACK))
    )
