"""Lists of names that the user gives for the rules of use: important medical events, monitored substances."""

from __future__ import annotations

import csv
from pathlib import Path

from pv.errors import InputError, TooLargeError
from pv.signals.background import delimiter
from pv.text.folding import strip_accents

# Headings under which a list has its names; a file without any of them is a list without a heading.
HEADINGS = ("pt name", "pt", "term", "event", "substance", "inn", "drug", "name")
_MOST_BYTES = 20_000_000


def read_names(path: Path) -> frozenset[str]:
    """Give the plain names of a list: CSV in UTF-8, the column of one of the headings, else the first column.

    Raises InputError where it cannot be read or is empty.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TooLargeError(f"{path}: larger than {_MOST_BYTES // 1_000_000} MB; is it a list of names?")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not in UTF-8; save the list as CSV in UTF-8") from error
    rows = [row for row in csv.reader(text.splitlines(), delimiter=delimiter(text)) if any(row)]
    if not rows:
        raise InputError(f"{path}: the list is empty")
    heading = [cell.strip().lower() for cell in rows[0]]
    at = next((heading.index(h) for h in HEADINGS if h in heading), None)
    column, body = (0, rows) if at is None else (at, rows[1:])
    names = frozenset(strip_accents(row[column].strip()) for row in body if len(row) > column and row[column].strip())
    if not names:
        raise InputError(f"{path}: the list is empty below its heading")
    return names
