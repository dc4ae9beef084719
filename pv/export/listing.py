"""The line listing for safety teams: one row a pair, columns in the order in which an assessor reads."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from pv.errors import UsageError
from pv.export.cells import cell

# Others parse this heading, which the columns of a user's MedDRA table may follow: a change is in CHANGELOG.md.
COLUMNS = (
    "report",
    "received",
    "patient_age",
    "patient_sex",
    "drug",
    "atc",
    "event",
    "cim10",
    "link",
    "certainty",
    "current",
    "start",
    "onset",
    "days_to_onset",
    "action_taken",
    "outcome",
    "dechallenge",
    "rechallenge",
    "serious",
    "seriousness_criterion",
    "confidence",
    "evidence",
    "rule",
    "detector_version",
    "lexicon_version",
)


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


def write_listing(
    handle: TextIO, rows: Iterable[Mapping[str, object]], dialect: Dialect, more: Sequence[str] = ()
) -> int:
    """Write the heading and a line for each row; give the number of rows.

    ``more`` names columns of the rows to write behind the usual ones; others are left out.
    """
    columns = (*COLUMNS, *more)
    writer = csv.writer(handle, delimiter=dialect.separator, lineterminator="\r\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([cell(row[c], dialect.decimal) for c in columns])
        count += 1
    return count
