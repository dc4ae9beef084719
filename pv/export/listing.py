"""The line listing for safety teams as CSV and as JSON lines: one row a pair."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from pv.errors import UsageError
from pv.export.cells import cell
from pv.export.columns import headings


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file is written; the default is what a French spreadsheet opens with a double click."""

    separator: str = ";"
    encoding: str = "utf-8-sig"
    decimal: str = ","

    def __post_init__(self) -> None:
        """Raise UsageError for signs that would make the file unreadable."""
        if len(self.separator) != 1 or self.separator in '"\r\n' or self.separator.isalnum():
            raise UsageError("--sep takes one sign, such as ; or , (or `tab`)")
        if self.decimal not in (".", ","):
            raise UsageError("--decimal takes . or ,")
        try:
            "".encode(self.encoding)
        except LookupError as error:
            raise UsageError(f"--encoding: {self.encoding!r} is unknown; try utf-8-sig, utf-8 or cp1252") from error


def write_csv(
    handle: TextIO,
    rows: Iterable[Mapping[str, object]],
    columns: Sequence[str],
    dialect: Dialect,
    language: str = "en",
) -> None:
    """Write the headings and a line for each row; a column that a row lacks is empty."""
    writer = csv.writer(handle, delimiter=dialect.separator, lineterminator="\r\n")
    writer.writerow(headings(columns, language))
    for row in rows:
        writer.writerow([cell(row.get(c), dialect.decimal) for c in columns])


def write_json_lines(handle: TextIO, rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Write one JSON object a row, whose keys are the columns; time stamps are ISO 8601, what is unknown is null."""
    handle.writelines(json.dumps({c: _plain(row.get(c)) for c in columns}, ensure_ascii=False) + "\n" for row in rows)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
