"""Rows of a CSV file, whatever sign stands between its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from pv.errors import InputError, TooLargeError, UnreadableError
from pv.sources.lines import Lines, lines_of
from pv.sources.options import Columns
from pv.sources.rows import Row, find_columns
from pv.text.decoding import decode

_DELIMITERS = (";", ",", "\t", "|")
# The bound of the csv module, which is one for the whole program: other tables are read while a source streams.
_USUAL_LIMIT = 131_072
FIRST_ROW = 2


def csv_rows(stream: io.BufferedReader, wanted: Columns, max_bytes: int) -> Iterator[Row | InputError]:
    """Yield the rows below the heading; in place of one whose cells do not fit the heading, the reason.

    Raises InputError where columns are missing, a line is beyond all bounds, or quotes do not fit together: after them
    nobody can tell where a report ends and the next begins.
    """
    lines = lines_of(stream, newline="")
    # Of a report up to the bound the length is told as that of any other; the parser's own bound ends the table.
    before = csv.field_size_limit(max(_USUAL_LIMIT, 2 * max_bytes))
    try:
        yield from _rows(lines, wanted, _refusing(lines.bounded(4 * max_bytes)))
    except csv.Error:
        raise UnreadableError(
            "quotes that do not fit together: write a quote in a text twice, and close each cell"
        ) from None
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not valid {error.encoding}: the table is damaged or cut") from None
    finally:
        csv.field_size_limit(before)


def _refusing(lines: Iterable[str | None]) -> Iterator[str]:
    for line in lines:
        if line is None:
            raise TooLargeError("a line beyond all bounds; see --max-megabytes")
        yield line


def _rows(lines: Lines, wanted: Columns, texts: Iterator[str]) -> Iterator[Row | InputError]:
    first = next((t for t in texts if t.strip()), None)
    if first is None:
        raise UnreadableError("empty: no heading in it")
    delimiter, heading = _heading(lines, first, wanted)
    columns = find_columns(heading, wanted)
    places = [
        heading.index(c) if c is not None else None for c in (columns.id, columns.text, columns.date, columns.patient)
    ]
    reader = csv.reader(chain((first,), texts), delimiter=delimiter, strict=True)
    next(reader)
    for cells in reader:
        if not cells:
            continue
        if len(cells) != len(heading):
            yield UnreadableError(f"{len(cells)} cells, where the heading has {len(heading)}: is a sign not quoted?")
            continue
        report, text, date, patient = (None if place is None else lines.raw(cells[place]) for place in places)
        yield Row(report, text, date, patient, lines.encoding)


def _heading(lines: Lines, line: str, wanted: Columns) -> tuple[str, list[str]]:
    """Give the sign between columns, which is the one that makes the wanted columns, and the columns' names."""
    found: list[tuple[str, list[str]]] = []
    for delimiter in _DELIMITERS:
        names = [decode(lines.raw(cell)).text.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
        found.append((delimiter, names))
        if wanted.text.casefold() in {n.casefold() for n in names}:
            return found[-1]
    return max(found, key=lambda f: len(f[1]))
