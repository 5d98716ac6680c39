"""The benchmark's program, and its facts as the judge takes them."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from ofrecord.engine.flat import FLAT
from ofrecord.program.document import check
from ofrecord.program.types import Terms


def terms() -> Terms:
    found = check(Path(__file__).with_name("program.toml").read_bytes()).terms
    assert found is not None, "the program of the benchmark is without fault"
    return found


def tables(folder: Path) -> dict[str, pa.Table]:
    """The flat tables of the folder, in memory: for few lines."""
    return {name: _table(folder, name).cast(schema) for name, schema in FLAT.items()}


def _table(folder: Path, name: str) -> pa.Table:
    path = folder / name
    return pq.read_table(path if path.is_dir() else path.with_suffix(".parquet"))
