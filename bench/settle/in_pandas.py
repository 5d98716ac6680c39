"""The same sums in pandas, with arithmetic in NumPy and lists made by Arrow.

In its favor: it works by ranges of subscriptions, so that it fits into memory, and each range is sorted by itself: with
several of them the book is not in order. Its whole numbers have 64 bits; an amount that a product would not hold is
refused.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from bench.settle import same

from ofrecord.engine.columns import BOOK

LINES_AT_ONCE: Final = 2_000_000
LARGEST: Final = 2**63 // 400
_SCHEMA: Final = pa.schema([BOOK.field(name) for name in same.COLUMNS])
_FACTS: Final = (
    "invoice_line",
    "invoice",
    "invoice_day",
    "subscription",
    "started_on",
    "customer",
    "offer",
    "region",
    "segment",
    "seats",
    "unit_price_minor",
    "billed_minor",
    "service_first",
    "service_until",
    "deal",
)


def settle(folder: Path, book: Path, terms_sha256: str, through: str, memory: str) -> dict[str, float]:
    """Writes the book of the facts in the folder. Pandas keeps to no limit of memory."""
    last = date.fromisoformat(through)
    spans = _read(folder / "recognitions.parquet", filters=[("role", "=", "partner of record")])
    taken, tiers = _taken(folder, last), _tiers(folder, last)
    with pq.ParquetWriter(book, _SCHEMA, compression="zstd") as writer:
        for wanted in _ranges(folder, spans):
            facts = _facts(folder, terms_sha256, last, wanted)
            figures = _capped(_priced(_whole_and_cut(_lines(facts, taken, spans)), tiers))
            ordered = figures.sort_values(["partner", "invoice", "piece_first", "invoice_line"])
            writer.write_table(_book(ordered, terms_sha256), row_group_size=same.rows_a_group(folder))
    return {}


def _read(path: Path, **asked: Any) -> pd.DataFrame:
    return pq.read_table(path, **asked).to_pandas(date_as_object=False)


def _ranges(folder: Path, spans: pd.DataFrame) -> Iterator[list[tuple[str, str, str]]]:
    """Ranges of subscriptions that have not too many lines each, as filters."""
    lines = sum(pq.read_metadata(path).num_rows for path in sorted((folder / "facts").iterdir()))
    count = -(-lines // LINES_AT_ONCE)
    starts = [spans["subscription"].iloc[len(spans) * number // count] for number in range(count)]
    for number, start in enumerate(starts):
        wanted = [("subscription", ">=", start)] if number else []
        if number + 1 < count:
            wanted.append(("subscription", "<", starts[number + 1]))
        yield wanted


def _facts(folder: Path, terms_sha256: str, last: date, wanted: list[tuple[str, str, str]]) -> pd.DataFrame:
    asked: list[tuple[str, str, Any]] = [
        ("terms_sha256", "=", terms_sha256),
        ("way", "=", "partner-of-record"),
    ]
    asked += [("currency", "=", "USD"), ("invoice_day", "<=", last), *wanted]
    return _read(folder / "facts", columns=list(_FACTS), filters=asked)


def _taken(folder: Path, last: date) -> pd.DataFrame:
    """What was taken back of each line."""
    credits = _read(folder / "credits", filters=[("day", "<=", last), ("kind", "in", same.REDUCING)])
    lines = credits.sort_values(["day", "id"]).groupby("invoice_line", sort=False)
    return lines.agg(
        credited_minor=("amount_minor", "sum"), credited_on=("day", "max"), facts=("id", list)
    ).reset_index()


def _tiers(folder: Path, last: date) -> pd.DataFrame:
    """Each partner's tier on each day of invoices."""
    paths = sorted((folder / "facts").iterdir())
    days = pd.concat(
        [_read(path, columns=["invoice_day"]).drop_duplicates() for path in paths]
    ).drop_duplicates()
    held = _read(folder / "tiers.parquet").merge(days[days["invoice_day"] <= pd.Timestamp(last)], how="cross")
    counts = (held["first"] <= held["invoice_day"]) & ~(held["until"] <= held["invoice_day"])
    return held.loc[counts, ["partner", "invoice_day", "tier"]]


def _lines(facts: pd.DataFrame, taken: pd.DataFrame, spans: pd.DataFrame) -> pd.DataFrame:
    """A row for each line and each partner of record that has days of its month."""
    lines = facts.merge(taken, on="invoice_line", how="left")
    lines = lines.merge(spans[["subscription", "partner", "first", "until"]], on="subscription")
    lines = lines[(lines["first"] < lines["service_until"]) & ~(lines["until"] <= lines["service_first"])]
    lines["credited_minor"] = lines["credited_minor"].fillna(0).astype("int64")
    lines["source_minor"] = lines["billed_minor"] + lines["credited_minor"]
    assert lines["source_minor"].max() < LARGEST, "a product of 64 bits holds the amount"
    lines["second_year"] = lines["started_on"] + pd.DateOffset(months=12)
    lines["piece_first"] = lines[["first", "service_first"]].max(axis=1)
    lines["piece_until"] = lines[["until", "service_until"]].min(axis=1)
    return lines


def _days(first: pd.Series, until: pd.Series) -> pd.Series:
    return (until - first).dt.days.astype("int64")


def _whole_and_cut(lines: pd.DataFrame) -> pd.DataFrame:
    is_whole = (
        (lines["piece_first"] == lines["service_first"])
        & (lines["piece_until"] == lines["service_until"])
        & ~((lines["service_first"] < lines["second_year"]) & (lines["second_year"] < lines["service_until"]))
    )
    whole = lines[is_whole].assign(piece=0, weights=None, basis_minor=lines["source_minor"])
    return pd.concat([whole, _shared(lines[~is_whole])], ignore_index=True)[list(whole.columns)]


def _shared(cut: pd.DataFrame) -> pd.DataFrame:
    """The pieces of the lines that are cut, each with its share by largest remainder."""
    before = cut[cut["piece_first"] < cut["second_year"]]
    before = before.assign(piece_until=before[["piece_until", "second_year"]].min(axis=1))
    after = cut[cut["piece_until"] > cut["second_year"]]
    after = after.assign(piece_first=after[["piece_first", "second_year"]].max(axis=1))
    pieces = pd.concat([before, after]).sort_values(["invoice_line", "piece_first"], ignore_index=True)
    days = _days(pieces["piece_first"], pieces["piece_until"])
    lines = days.groupby(pieces["invoice_line"], sort=False)
    pieces["piece"] = lines.cumcount()
    pieces["weights"] = pieces["invoice_line"].map(lines.agg(list))
    exact, total = pieces["source_minor"] * days, lines.transform("sum")
    pieces["floor"], pieces["rest"] = exact // total, exact % total
    left = pieces["source_minor"] - pieces.groupby("invoice_line", sort=False)["floor"].transform("sum")
    by_rest = pieces.sort_values(["invoice_line", "rest", "piece"], ascending=[True, False, True])
    place = by_rest.groupby("invoice_line", sort=False).cumcount()
    pieces["basis_minor"] = pieces["floor"] + (place.reindex(pieces.index) < left)
    return pieces


def _priced(pieces: pd.DataFrame, tiers: pd.DataFrame) -> pd.DataFrame:
    clauses = pd.DataFrame(same.CLAUSES, columns=list(same.CLAUSE_COLUMNS))
    priced = pieces.merge(tiers, on=["partner", "invoice_day"], how="left")
    priced["tier"] = priced["tier"].fillna("Registered")
    priced["is_ongoing"] = priced["piece_first"] >= priced["second_year"]
    priced = priced.merge(clauses, on=["tier", "is_ongoing"])
    product, by = priced["basis_minor"] * priced["rate_numerator"], priced["rate_denominator"]
    divisor = np.ones(len(priced), "int64")
    for number in reversed(same.DIVISORS):
        divisor = np.where((by % number == 0) & (product % number == 0), number, divisor)
    priced["raw_minor"] = (2 * product + by) // (2 * by)
    priced["exact_numerator"], priced["exact_denominator"] = product // divisor, by // divisor
    return priced


def _capped(priced: pd.DataFrame) -> pd.DataFrame:
    in_order = priced.sort_values(
        ["subscription", "clause", "invoice_day", "service_first", "invoice_line", "piece"]
    )
    raw = in_order["raw_minor"]
    running = raw.groupby([in_order["subscription"], in_order["clause"]], sort=False).cumsum()
    in_order["cap_used_minor"] = np.minimum(running - raw, in_order["cap_minor"])
    in_order["whole_minor"] = np.minimum(raw, in_order["cap_minor"] - in_order["cap_used_minor"])
    return in_order


def _month_index(start: pd.Series, day: pd.Series) -> np.ndarray:
    """Which month since `start`: a month is full on the same day of it, or on its last one."""
    months = (day.dt.year - start.dt.year) * 12 + day.dt.month - start.dt.month
    reached = np.minimum(start.dt.day, day.dt.days_in_month) <= day.dt.day
    return (months + reached).to_numpy("int32")


def _lists(column: pd.Series, otherwise: np.ndarray | None, kind: pa.ListType) -> pa.Array:
    """The lists of the column; where there is none, a list of the one value, or an empty one."""
    has = column.notna().to_numpy()
    lengths = np.full(len(column), 0 if otherwise is None else 1, "int64")
    lengths[has] = column[has].map(len)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    values = np.empty(offsets[-1], dtype=object if otherwise is None else "int64")
    if otherwise is not None:
        values[offsets[:-1][~has]] = otherwise[~has]
    if has.any():
        stated = np.concatenate([np.asarray(each) for each in column[has]])
        values[np.repeat(has, lengths)] = stated
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values, kind.value_type), kind)


def _slices(figures: pd.DataFrame, kind: pa.ListType) -> pa.Array:
    fields = list(kind.value_type)
    named = ("basis_minor", "rate_numerator", "rate_denominator")
    columns = [
        pa.array(figures[name].to_numpy("int64")).cast(each.type)
        for name, each in zip(named, fields, strict=True)
    ]
    values = pa.StructArray.from_arrays(columns, fields=fields)
    return pa.ListArray.from_arrays(pa.array(np.arange(len(figures) + 1), pa.int32()), values, kind)


def _reason(figures: pd.DataFrame) -> np.ndarray:
    found = [figures["whole_minor"] > 0, figures["raw_minor"] > 0, figures["basis_minor"] > 0]
    return np.select(found, ["", same.CAP_REACHED, same.TOO_SMALL], same.ALL_TAKEN_BACK)


def _book(figures: pd.DataFrame, terms_sha256: str) -> pa.Table:
    """The columns of a book, in its order."""
    count, last = len(figures), figures["piece_until"] - pd.Timedelta(days=1)
    days = _days(figures["piece_first"], figures["piece_until"]).to_numpy()
    given = {"event": "invoice_line", "event_day": "invoice_day", "recognized_from": "first"}
    given |= {"service_first": "piece_first", "service_until": "piece_until"}
    given |= dict.fromkeys(same.EARNED, "whole_minor")
    always: dict[str, Any] = same.TEXTS | dict.fromkeys(same.ZEROS, 0) | dict.fromkeys(same.ONES, 1)
    always |= {
        "terms_sha256": terms_sha256,
        "quantity_numerator": 0,
        "share_remainder": 0,
        "withdrawn": False,
    }
    always |= dict.fromkeys(("floor_minor", "release_on", "exchange_day"))
    made: dict[str, Any] = {
        "family": np.where(figures["offer"] == "backup", "protection", "collaboration"),
        "month_first": _month_index(figures["started_on"], figures["piece_first"]),
        "month_last": _month_index(figures["started_on"], last),
        "facts": _lists(figures["facts"], None, _SCHEMA.field("facts").type),
        "weights": _lists(figures["weights"], days, _SCHEMA.field("weights").type),
        "slices": _slices(figures, _SCHEMA.field("slices").type),
        "reason": _reason(figures),
    }

    def column(name: str, kind: pa.DataType) -> pa.Array:
        if name in always:
            return pa.repeat(pa.scalar(always[name], kind), count)
        found = made[name] if name in made else figures[given.get(name, name)]
        return found if isinstance(found, pa.Array) else pa.array(found, from_pandas=True).cast(kind)

    return pa.Table.from_arrays([column(each.name, each.type) for each in _SCHEMA], schema=_SCHEMA)
