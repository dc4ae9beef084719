"""A background that the user gives: counts from another, larger base, with which a small one can be compared.

A CSV table in UTF-8 with the columns drug, event, n, n_drug, n_event and total, one row a combination: cases with both,
with the drug, with the event, and all. Names are compared without regard to case and accents.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pv.errors import InputError, TooLargeError
from pv.text.folding import strip_accents

COLUMNS = ("drug", "event", "n", "n_drug", "n_event", "total")
_MOST_ROWS = 2_000_000
_MOST_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Background:
    """Joint counts and margins of another base, by plain names; ``digest`` tells one table from another."""

    joint: Mapping[tuple[str, str], int]
    drugs: Mapping[str, int]
    events: Mapping[str, int]
    total: int
    digest: str


def read_background(path: Path) -> Background:
    """Read a user's table; raises InputError with the line and the reason, TooLargeError beyond the bounds."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise TooLargeError(f"{path}: larger than {_MOST_BYTES // 1_000_000} MB; leave combinations out")
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not in UTF-8; save the table as CSV in UTF-8") from error
    rows = csv.DictReader(text.splitlines(), delimiter=delimiter(text))
    if missing := [c for c in COLUMNS if c not in (rows.fieldnames or ())]:
        raise InputError(f"{path}:1: no column {', '.join(missing)}; a background has {', '.join(COLUMNS)}")
    return _background(path, rows, hashlib.sha256(raw).hexdigest()[:16])


def delimiter(text: str) -> str:
    """Give the sign between the columns of a table: of `;`, TAB and `,` the one that its first line holds most."""
    heading = text.partition("\n")[0]
    return max(",;\t", key=heading.count)


def _background(path: Path, rows: Iterable[Mapping[str, str]], digest: str) -> Background:
    joint: dict[tuple[str, str], int] = {}
    drugs: dict[str, int] = {}
    events: dict[str, int] = {}
    total = -1
    for line, row in enumerate(rows, 2):
        if line > _MOST_ROWS:
            raise TooLargeError(f"{path}: more than {_MOST_ROWS} rows; leave rare combinations out")
        drug, event = strip_accents((row["drug"] or "").strip()), strip_accents((row["event"] or "").strip())
        n, n_drug, n_event, everything = (_count(row[c], f"{path}:{line}", c) for c in COLUMNS[2:])
        total = everything if total < 0 else total
        if not drug or not event:
            raise InputError(f"{path}:{line}: the drug or the event has no name")
        if (drug, event) in joint:
            raise InputError(f"{path}:{line}: the combination stands twice (case and accents do not part two names)")
        same = drugs.setdefault(drug, n_drug) == n_drug and events.setdefault(event, n_event) == n_event
        if not same or everything != total:
            raise InputError(f"{path}:{line}: n_drug, n_event or total is not that of the rows before")
        if not n <= min(n_drug, n_event) or n_drug + n_event - n > total:
            raise InputError(f"{path}:{line}: no set of {total} cases has n={n}, n_drug={n_drug}, n_event={n_event}")
        joint[drug, event] = n
    if not joint:
        raise InputError(f"{path}: the table has no row")
    return Background(joint, drugs, events, total, digest)


def _count(cell: str | None, place: str, column: str) -> int:
    text = (cell or "").strip()
    if not (text.isascii() and text.isdigit()) or len(text) > 12:
        raise InputError(f"{place}: column {column}: a whole number is expected")
    return int(text)
