"""Files that hold many reports: tables, and archives of reports and tables."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from pv.errors import InputError
from pv.sources import csv_table, json_lines
from pv.sources.archive import members
from pv.sources.content import load_bytes
from pv.sources.document import Document, failed_document
from pv.sources.expansion import Budget, counted, damage_told, gunzipped, read_bounded
from pv.sources.file import refuse_no_file
from pv.sources.formats import TABLES, Format, format_of, is_gzip
from pv.sources.options import Columns, SourceOptions
from pv.sources.parquet import FIRST_ROW as FIRST_OF_PARQUET
from pv.sources.parquet import parquet_rows
from pv.sources.patterns import is_excluded
from pv.sources.rows import Row, Table

_Rows = Callable[[io.BufferedReader, Columns, int], Iterator[Row | InputError]]
_TEXT_TABLES: dict[Format, tuple[_Rows, int]] = {
    Format.CSV: (csv_table.csv_rows, csv_table.FIRST_ROW),
    Format.JSON_LINES: (json_lines.json_rows, json_lines.FIRST_ROW),
}


def is_container(name: str) -> bool:
    """Say whether a file of this name holds many reports."""
    return format_of(name) in TABLES | {Format.ZIP}


@dataclass(frozen=True, slots=True)
class Container:
    """A file that holds reports; ``name`` is its path below the folder given, ``received`` when it was last changed."""

    source: str
    kind: str
    name: str
    received: datetime | None
    options: SourceOptions

    def documents(self, path: Path) -> Iterator[Document]:
        """Yield the reports of a file; what cannot be read is a document that says so."""
        with ExitStack() as opened:
            try:
                with damage_told():
                    refuse_no_file(path)
                    stream = opened.enter_context(path.open("rb"))
                    size = path.stat().st_size
            except InputError as error:
                yield self._table(self.name).failure(error)
                return
            yield from self._of_stream(stream, self.name, Budget(size), depth=1)

    def _of_stream(self, stream: BinaryIO, name: str, budget: Budget, depth: int) -> Iterator[Document]:
        """Yield the reports of an archive or table; the name ends as its content is."""
        form = format_of(name)
        try:
            if form is Format.ZIP:
                yield from self._of_archive(self._seekable(stream, name, budget), name, budget, depth)
                return
            if form is Format.PARQUET:
                rows = parquet_rows(self._seekable(stream, name, budget), self.options.columns)
                yield from self._table(name).documents(rows, FIRST_OF_PARQUET)
                return
        except InputError as error:
            yield self._table(name).failure(error)
            return
        if form in _TEXT_TABLES:
            read, first = _TEXT_TABLES[form]
            content = gunzipped(stream, budget) if is_gzip(name) else counted(stream, Budget.unbounded())
            rows = _told(read(content, self.options.columns, self.options.max_bytes))
            yield from self._table(name).documents(rows, first)

    def _seekable(self, stream: BinaryIO, name: str, budget: Budget) -> BinaryIO:
        """Give a stream that can be read at any place: itself, or what is compressed or in an archive, in memory."""
        if is_gzip(name):
            stream = cast("BinaryIO", gunzipped(stream, budget))
        elif stream.seekable():
            return stream
        with damage_told():
            return io.BytesIO(read_bounded(stream, self.options.max_bytes))

    def _of_archive(self, stream: BinaryIO, name: str, budget: Budget, depth: int) -> Iterator[Document]:
        for member in members(stream, budget, depth):
            if is_excluded(member.name, self.options.exclude):
                continue
            inside = f"{name}/{member.name}"
            if is_container(member.name):
                yield from self._of_stream(cast("BinaryIO", member.stream), inside, budget, depth + 1)
            elif format_of(member.name):
                yield self._report(member.stream, inside, budget)

    def _report(self, stream: io.BufferedReader, name: str, budget: Budget) -> Document:
        """Give one report of an archive: its bytes are kept, what they say is found out when its turn comes."""
        try:
            with damage_told():
                data = read_bounded(cast("BinaryIO", stream), self.options.max_bytes)
        except InputError as error:
            if budget.spent:
                raise
            return failed_document(self.source, self.kind, name, error)
        return Document(
            source=self.source,
            kind=self.kind,
            name=name,
            received=self.received or datetime.fromtimestamp(0, UTC),
            load=partial(load_bytes, data, name),
            patient=self.options.patient_of(name),
            dated=self.received is not None,
            held=len(data),
        )

    def _table(self, name: str) -> Table:
        return Table(self.source, self.kind, name, self.received)


def _told(rows: Iterator[Row | InputError]) -> Iterator[Row | InputError]:
    """Yield rows; what the stream below them raises becomes an error that is told."""
    with damage_told():
        yield from rows
