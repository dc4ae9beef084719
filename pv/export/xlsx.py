"""The line listing as an XLSX workbook: one sheet for pairs, one for signals, one with the provenance.

Values are typed: a spreadsheet sorts and filters dates and numbers as such, and takes no text for one or for a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from pv.errors import OutputError
from pv.export.cells import RUN, show
from pv.export.columns import Kind

# What a sheet and a cell can hold at most (ECMA-376; Microsoft, "Excel specifications and limits").
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
# Spreadsheets count days from 1900, and wrongly before March of that year.
_FIRST_YEAR = 1901
_DAY = 10
_CUT = " […]"
_NARROW, _WIDE, _WIDEST = 12, 24, 80
_WIDE_COLUMNS = frozenset({"report", "drug", "event", "missing", "indication"})
_WIDEST_COLUMNS = frozenset({"evidence"})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its name, the columns that it takes from each row with their headings and kinds, and the rows.

    ``rows`` is called when the sheet is written, after those before it.
    """

    name: str
    columns: Sequence[str]
    headings: Sequence[str]
    kinds: Sequence[Kind]
    rows: Callable[[], Iterable[Mapping[str, object]]]


def write_xlsx(handle: BinaryIO, sheets: Iterable[Sheet]) -> None:
    """Write a workbook; raises OutputError for more rows than a sheet holds."""
    book = Workbook(write_only=True)
    book.calculation.fullCalcOnLoad = False
    for sheet in sheets:
        _write_sheet(book.create_sheet(sheet.name), sheet)
    book.save(handle)


def _write_sheet(target: Any, sheet: Sheet) -> None:
    # The published types of a write-only sheet lack what it shares with the others.
    target.freeze_panes = "A2"
    for i, column in enumerate(sheet.columns, 1):
        target.column_dimensions[get_column_letter(i)].width = _width(column)
    target.append([_heading(target, text) for text in sheet.headings])
    count = 1
    for row in sheet.rows():
        count += 1
        if count > MOST_ROWS:
            raise OutputError(f"more than the {MOST_ROWS - 1:,} rows that a sheet holds; narrow the choice, or use CSV")
        target.append([_cell(target, row.get(c), k) for c, k in zip(sheet.columns, sheet.kinds, strict=True)])
    target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count}"


def _width(column: str) -> int:
    if column in _WIDEST_COLUMNS:
        return _WIDEST
    return _WIDE if column in _WIDE_COLUMNS else _NARROW


def _heading(target: Any, text: str) -> Cell:
    cell = WriteOnlyCell(target, text)
    cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(target: Any, value: object, kind: Kind) -> object:
    """Give a value as a typed cell; what is unknown is an empty one."""
    if value is None or value == "":
        return None
    if kind is Kind.MOMENT and isinstance(value, datetime):
        return _day(target, value.date())
    if kind is Kind.DATE and (day := whole_date(str(value))):
        return _day(target, day)
    if isinstance(value, int | float):
        return value
    return _text(target, show(value))


def whole_date(text: str) -> date | None:
    """Give the date of an ISO 8601 text that a spreadsheet can hold as one; None for a year or a month alone."""
    if len(text) != _DAY:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year >= _FIRST_YEAR else None


def _day(target: Any, day: date) -> Cell:
    cell = WriteOnlyCell(target)
    cell.value = day
    cell.number_format = "yyyy-mm-dd"
    return cell


def _text(target: Any, text: str) -> Cell | str:
    """Give a text that is no formula, marked as typed with an apostrophe where editing would make it one."""
    text = storable(text)
    if not text.startswith(RUN):
        return text
    cell = WriteOnlyCell(target, text)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell


def storable(text: str) -> str:
    """Give a text as a cell can hold it: line feeds, no control characters, no half of a pair, cut where too long."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = ILLEGAL_CHARACTERS_RE.sub(" ", text).encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= MOST_CHARACTERS else text[: MOST_CHARACTERS - len(_CUT)] + _CUT
