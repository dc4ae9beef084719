"""Reading of one CSV table of the lexicons, with file and line in every complaint."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pv.errors import LexiconError
from pv.lexicon.expansion import expand


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: where it stands and what its cells say, white space trimmed."""

    file: str
    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def error(self, reason: str) -> LexiconError:
        """Give the error that names this row's place."""
        return LexiconError(f"{self.file}:{self.line}: {reason}")

    def number(self, column: str) -> int | None:
        """Give a cell as a whole number, None where it is empty."""
        cell = self.cells[column]
        if not cell:
            return None
        if not cell.isdecimal():
            raise self.error(f"column {column}: {cell!r} is not a whole number")
        return int(cell)

    def choice(self, column: str, allowed: Sequence[str]) -> str:
        """Give a cell that must hold one of a few values."""
        cell = self.cells[column]
        if cell not in allowed:
            raise self.error(f"column {column}: {cell!r} is not one of {', '.join(a or '(empty)' for a in allowed)}")
        return cell

    def flag(self, column: str) -> bool:
        """Give a yes/no cell; empty means no."""
        return self.choice(column, ("yes", "no", "")) == "yes"

    def phrases(self, column: str, macros: dict[str, tuple[str, ...]]) -> list[str]:
        """Give the literal phrases that a cell's notation stands for."""
        try:
            return expand(self.cells[column], macros)
        except ValueError as error:
            raise self.error(f"column {column}: {error}") from error


def read_table(path: Path, columns: Sequence[str], required: Sequence[str] = ()) -> Iterator[Row]:
    """Yield the rows of a UTF-8 CSV table that has exactly these columns.

    Raises LexiconError, with file, line and reason, for a missing file, another header, a row of another width, or an
    empty cell in a required column.
    """
    reader = csv.reader(io.StringIO(_content(path), newline=""), strict=True)
    last_line = 0
    try:
        header = next(reader, [])
        if header != list(columns):
            raise LexiconError(f"{path.name}:1: the columns are {','.join(header)}; expected {','.join(columns)}")
        last_line = reader.line_num
        for cells in reader:
            last_line = reader.line_num
            row = Row(path.name, last_line, dict(zip(columns, map(str.strip, cells), strict=False)))
            if len(cells) != len(columns):
                raise row.error(f"{len(cells)} cells instead of {len(columns)}")
            for column in required:
                if not row[column]:
                    raise row.error(f"column {column} is empty")
            yield row
    except csv.Error as error:
        raise LexiconError(f"{path.name}:{last_line + 1}: {error} in the row that begins here") from error


def _content(path: Path) -> str:
    """Give a table's text, read at once: a decoder that reads piece by piece cannot tell the line of a bad byte."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise LexiconError(f"{path.name}: cannot be read ({error.strerror}); is the installation complete?") from error
    if content.startswith(codecs.BOM_UTF8):
        raise LexiconError(f"{path.name}:1: begins with a byte order mark; save it as UTF-8 without one")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise LexiconError(f"{path.name}:{line}: not UTF-8 ({error.reason}); save the table as UTF-8") from error


def load_macros(path: Path) -> dict[str, tuple[str, ...]]:
    """Read the named sets of alternatives, ``<de>`` and the like."""
    macros: dict[str, tuple[str, ...]] = {}
    for row in read_table(path, ("name", "alternatives", "source"), required=("name", "alternatives", "source")):
        if row["name"] in macros:
            raise row.error(f"macro {row['name']} is defined twice")
        alternatives = tuple(a.strip() for a in row["alternatives"].split("|"))
        macros[row["name"]] = alternatives
    return macros
