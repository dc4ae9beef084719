"""The line listing as Parquet, typed, for those who analyse it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import BinaryIO

from pv.errors import OutputError
from pv.export.columns import Kind, kind

_ROWS_TOGETHER = 10_000


def write_parquet(handle: BinaryIO, rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Write the rows; raises OutputError where pyarrow is not installed."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise OutputError("--format parquet needs pyarrow: pip install 'pv[parquet]'") from error
    types = {
        Kind.TEXT: pa.string(),
        Kind.TEXTS: pa.list_(pa.string()),
        Kind.WHOLE: pa.int32(),
        Kind.NUMBER: pa.float64(),
        Kind.TRUTH: pa.bool_(),
        # As text: many are known to the month or the year alone.
        Kind.DATE: pa.string(),
        Kind.MOMENT: pa.timestamp("us", tz="UTC"),
    }
    schema = pa.schema([(column, types[kind(column)]) for column in columns])
    iterator = iter(rows)
    with pq.ParquetWriter(handle, schema) as writer:
        while group := [{c: row.get(c) for c in columns} for row in islice(iterator, _ROWS_TOGETHER)]:
            writer.write_table(pa.Table.from_pylist(group, schema))
