"""The benchmark's program, and its facts as the engine and the judge take them."""

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


def paths(folder: Path, name: str) -> list[Path]:
    """The files of the flat table: of each month one, or one."""
    several = folder / name
    return sorted(several.iterdir()) if several.is_dir() else [several.with_suffix(".parquet")]


def tables(folder: Path) -> dict[str, pa.Table]:
    """The flat tables of the folder, in memory: for few lines."""
    return {name: pq.read_table(paths(folder, name)).cast(schema) for name, schema in FLAT.items()}
