"""Rows of a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from pv.errors import InputError, UnreadableError
from pv.sources.options import Columns
from pv.sources.rows import Row, find_columns

# Rows that are in memory together; a report may be as large as the bound allows.
_BATCH = 64
FIRST_ROW = 1


def parquet_rows(stream: BinaryIO, wanted: Columns) -> Iterator[Row | InputError]:
    """Yield the rows of a file that can be read at any place.

    Raises UnreadableError where columns are missing, the file is damaged, or the extra is not installed.
    """
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise UnreadableError("a Parquet file needs the extra: pip install 'pv[parquet]'") from None
    try:
        with parquet.ParquetFile(stream) as file:
            columns = find_columns(file.schema_arrow.names, wanted)
            names = [columns.id, columns.text, columns.date, columns.patient]
            for batch in file.iter_batches(_BATCH, columns=[n for n in dict.fromkeys(names) if n is not None]):
                cells = [None if n is None else batch.column(n) for n in names]
                yield from (_row(cells, i) for i in range(batch.num_rows))
    except (pa.ArrowException, OSError, ValueError) as error:
        raise UnreadableError(f"no Parquet file, or a damaged one ({type(error).__name__}): fetch it again") from None


def _row(columns: Sequence[Any], i: int) -> Row | InputError:
    try:
        return Row(*(None if cells is None else cells[i].as_py() for cells in columns))
    except (UnicodeDecodeError, OverflowError):
        # The library does not look whether a text is UTF-8, or a time stamp one that Python knows.
        return UnreadableError("a cell of the row cannot be read")
