"""The shape of every table of the lexicons: white space, identical rows, ids, sources, examples, order."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pv.lexicon.table import Row

# Written by a program in this order; elsewhere rows stand where people find them.
SORTED = frozenset({"drugs_bdpm.csv"})
# Tables whose ids are concepts or analytes, written to the database and named in other tables.
CONCEPT_IDS = frozenset({"events.csv", "labs.csv"})
# The ids of these are words that patterns name, in French.
FREE_IDS = frozenset({"time_patterns.csv"})
_CONCEPT_ID = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")
_RULE_ID = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
# Characters of a cell that a message repeats.
_SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong with a row: the table's name, the line and the reason."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it stands in its file; ``rows`` are those as wide as the header, ``raw`` the same untrimmed."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    raw: tuple[Row, ...]


def problem(row: Row, reason: str) -> Problem:
    """Give the problem of a row."""
    return Problem(row.file, row.line, reason)


def shown(text: str) -> str:
    """Give a text in quotes, cut where it is long."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def read_tables(folder: Path) -> dict[str, Table]:
    """Read every table of a folder as far as it can be read; what cannot is for the loaders to complain of."""
    found: dict[str, Table] = {}
    for path in sorted(folder.glob("*.csv")):
        try:
            with path.open(encoding="utf-8", newline="") as handle:
                found[path.name] = _read(path.name, csv.reader(handle, strict=True))
        except (OSError, UnicodeDecodeError, csv.Error):
            continue
    return found


def _read(name: str, reader: Iterator[list[str]]) -> Table:
    columns = tuple(next(reader, []))
    raw = []
    for cells in reader:
        line: int = reader.line_num  # type: ignore[attr-defined]
        if len(cells) == len(columns):
            raw.append(Row(name, line, dict(zip(columns, cells, strict=True))))
    rows = (Row(name, r.line, {c: cell.strip() for c, cell in r.cells.items()}) for r in raw)
    return Table(name, columns, tuple(rows), tuple(raw))


def rows_with(tables: Mapping[str, Table], name: str, *columns: str) -> Sequence[Row]:
    """Give the rows of a table, none where it is missing or lacks one of these columns."""
    table = tables.get(name)
    return table.rows if table and set(columns) <= set(table.columns) else ()


def check_shape(tables: Mapping[str, Table]) -> Iterator[Problem]:
    """Yield what is wrong with the shape of any table."""
    for table in tables.values():
        yield from _white_space(table)
        yield from _doubles(table)
        yield from _blanks(table)
        if "id" in table.columns:
            yield from _ids(table)
        if table.name in SORTED:
            yield from _order(table)


def _white_space(table: Table) -> Iterator[Problem]:
    for row in table.raw:
        for column, cell in row.cells.items():
            if cell != " ".join(cell.split()):
                yield problem(row, f"column {column}: stray white space in {shown(cell)}")
            if not unicodedata.is_normalized("NFC", cell):
                yield problem(row, f"column {column}: {shown(cell)} has an accent apart from its letter; retype it")


def _doubles(table: Table) -> Iterator[Problem]:
    first: dict[tuple[str, ...], int] = {}
    for row in table.rows:
        line = first.setdefault(tuple(row.cells.values()), row.line)
        if line != row.line:
            yield problem(row, f"the row stands already in line {line}")


def _blanks(table: Table) -> Iterator[Problem]:
    for column in {"source", "example"} & set(table.columns):
        yield from (problem(row, f"column {column} is empty") for row in table.rows if not row[column])


def _ids(table: Table) -> Iterator[Problem]:
    shape = _CONCEPT_ID if table.name in CONCEPT_IDS else _RULE_ID
    first: dict[str, int] = {}
    for row in table.rows:
        if table.name not in FREE_IDS and not shape.fullmatch(row["id"]):
            yield problem(row, f"column id: {row['id']!r} is not made of plain lower-case letters, digits and joints")
        line = first.setdefault(row["id"], row.line)
        if line != row.line:
            yield problem(row, f"the id {row['id']} stands already in line {line}")


def _order(table: Table) -> Iterator[Problem]:
    key = table.columns[0]
    for before, row in zip(table.rows, table.rows[1:], strict=False):
        if row[key] < before[key]:
            yield problem(row, f"{row[key]!r} stands after {before[key]!r}; the importer writes this table, in order")
