"""The parts that machines have written one by one, as one Parquet file in their order."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_BATCH = 8_192


def merge(parts: Iterable[Any], path: Path, schema: pa.Schema, rows_a_group: int) -> int:
    """Writes the rows of all parts, one after the other, under the schema; how many. One group of rows is in memory.

    Parts are Parquet files, open or by their paths. Raises pa.ArrowInvalid where a value is missing that the schema
    asks for.
    """
    rows = 0
    with pq.ParquetWriter(
        path, schema, compression="zstd", version="2.6", write_page_checksum=True
    ) as writer:
        for group in _groups(parts, schema, rows_a_group):
            writer.write_table(group, row_group_size=rows_a_group)
            rows += group.num_rows
    return rows


def _groups(parts: Iterable[Any], schema: pa.Schema, size: int) -> Iterator[pa.Table]:
    """The rows in groups of one size, the last one smaller."""
    waiting: list[pa.Table] = []
    for part in parts:
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches(_BATCH):
                waiting.append(pa.Table.from_batches([batch]).select(schema.names).cast(schema))
                while sum(table.num_rows for table in waiting) >= size:
                    whole = pa.concat_tables(waiting)
                    yield whole.slice(0, size)
                    waiting = [whole.slice(size)]
    left = pa.concat_tables([schema.empty_table(), *waiting])
    if left.num_rows:
        yield left
