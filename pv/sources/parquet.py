"""Rows of a Parquet file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

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
                for i in range(batch.num_rows):
                    yield Row(*(None if n is None else batch.column(n)[i].as_py() for n in names))
    except (pa.ArrowException, OSError) as error:
        raise UnreadableError(f"no Parquet file, or a damaged one ({type(error).__name__}): fetch it again") from None
