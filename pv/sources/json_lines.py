"""Rows of a JSON lines file: one object a line."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from pv.errors import InputError, TooLargeError, UnreadableError
from pv.sources.lines import lines_of
from pv.sources.options import Columns
from pv.sources.rows import Row
from pv.text.decoding import decode

FIRST_ROW = 1


def json_rows(stream: io.BufferedReader, wanted: Columns, max_bytes: int) -> Iterator[Row | InputError]:
    """Yield a row for each line that is not blank; in place of one that is no such object, the reason.

    Raises UnreadableError where the table's encoding breaks off.
    """
    lines = lines_of(stream, newline="\n")
    try:
        # Accents and line ends of a report may be escaped: a line is longer than its text.
        for line in lines.bounded(2 * max_bytes + 100_000):
            if line is None:
                yield TooLargeError(f"a line much longer than the {max_bytes:,} bytes allowed; see --max-megabytes")
            elif line.strip():
                yield _row(lines.raw(line), wanted, lines.encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not valid {error.encoding}: the table is damaged or cut") from None


def _row(line: bytes, wanted: Columns, encoding: tuple[str, bool] | None) -> Row | InputError:
    try:
        decoded = decode(line)
        record = json.loads(decoded.text)
    except InputError as error:
        return error
    except (ValueError, RecursionError):
        return UnreadableError('no JSON object on this line: one report a line, as {"id": …, "text": …}')
    if not isinstance(record, dict):
        return UnreadableError("no JSON object on this line, but another value")
    if wanted.text not in record or wanted.id not in record:
        return UnreadableError(f"the object lacks {wanted.id!r} or {wanted.text!r}; see --id-column and --text-column")
    return Row(
        record[wanted.id],
        record[wanted.text],
        _optional(record, wanted.date, "date"),
        _optional(record, wanted.patient, "patient"),
        encoding=encoding or (decoded.encoding, decoded.assumed),
    )


def _optional(record: dict[str, Any], named: str | None, usual: str) -> object:
    return record.get(named or usual)
