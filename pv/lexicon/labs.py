"""The laboratory tables: analytes and their names, units, reference bounds, CTCAE thresholds, words around values.

Five tables: ``labs.csv`` (analytes), ``lab_units.csv``, ``lab_bounds.csv`` (by sex and age), ``lab_thresholds.csv``
(grades) and ``lab_words.csv`` (the words that may stand between an analyte and its value). Numbers in the tables use a
point as decimal sign; bounds and thresholds are in the analyte's canonical unit.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TypeVar

from pv.errors import LexiconError
from pv.lexicon.expansion import expand, split_terms
from pv.lexicon.lab_tables import Analyte, Band, Bounds, LabName, LabTables, Threshold
from pv.lexicon.lab_units import UnitTable
from pv.text.folding import fold
from pv.text.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["LabTables", "load_labs"]

COLUMNS = {
    "labs.csv": (
        *("id", "label", "names", "names_with_unit", "low_words", "high_words", "unit", "units", "multiples", "bare"),
        *("before", "plausible", "second", "low_event", "high_event", "source", "example"),
    ),
    "lab_units.csv": ("unit", "spellings", "kind", "example"),
    "lab_bounds.csv": ("analyte", "sex", "age_from", "age_to", "lower", "upper", "source"),
    "lab_thresholds.csv": ("analyte", "direction", "grade", "operator", "bound", "basis", "source", "term"),
    "lab_words.csv": ("kind", "words", "value", "example"),
}
DIRECTIONS = ("low", "high")
OPERATORS = ("<", "<=", ">", ">=")
BASES = ("value", "LLN", "ULN")
UNIT_KINDS = ("decimal", "whole", "multiple", "other")
# What the reader of values knows how to treat; the words themselves are data.
WORD_VALUES: Mapping[str, tuple[str, ...]] = {
    "filler": ("",),
    "comparator": ("<", "≤", ">", "≥"),
    "times": ("",),
    "low": ("low",),
    "high": ("high",),
    "normal": ("normal",),
    "range": ("",),
    "grade": ("",),
    "drift": ("",),
    "to": ("",),
    "then": ("",),
    "and": ("",),
    "day": ("",),
    "of": ("",),
    "delta": ("",),
}
_T = TypeVar("_T")
_Row = tuple[str, int, dict[str, str]]


def load_labs(folder: Path) -> LabTables:
    """Load the five tables of a folder; raises LexiconError with file, line and reason where one is wrong."""
    unit_rows = list(_rows(folder, "lab_units.csv"))
    units = _units(unit_rows)
    rows = list(_rows(folder, "labs.csv"))
    ids: set[str] = set()
    for at in rows:
        if at[2]["id"] in ids:
            raise _wrong(at, f"the id {at[2]['id']!r} stands twice")
        ids.add(at[2]["id"])
    bounds = _by_analyte(_rows(folder, "lab_bounds.csv"), ids, _bounds)
    thresholds = _by_analyte(_rows(folder, "lab_thresholds.csv"), ids, _threshold)
    analytes: dict[str, Analyte] = {}
    for at in rows:
        analyte = _analyte(at, units, bounds, thresholds)
        if analyte.second and analyte.second not in ids:
            raise _wrong(at, f"unknown analyte {analyte.second!r} in column second")
        analytes[analyte.id] = analyte
    return LabTables(analytes, _names(rows, analytes), units, _words(_rows(folder, "lab_words.csv")))


def _wrong(at: _Row, reason: str) -> LexiconError:
    return LexiconError(f"{at[0]}, line {at[1]}: {reason}")


def _rows(folder: Path, name: str) -> Iterator[_Row]:
    path = folder / name
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS[name]:
                raise LexiconError(f"{name}, line 1: the columns must be {','.join(COLUMNS[name])}")
            for row in reader:
                at = (name, reader.line_num, row)
                if None in row or None in row.values():
                    raise _wrong(at, f"the row must have {len(COLUMNS[name])} cells")
                for column in ("source", "example"):
                    if column in row and not row[column].strip():
                        raise _wrong(at, f"the column {column} is empty")
                yield at
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LexiconError(f"{name}: cannot be read ({error.__class__.__name__}); restore the file as UTF-8") from error


def _number(at: _Row, text: str, what: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise _wrong(at, f"{text!r} is not a number ({what})") from None


def _choice(at: _Row, column: str, allowed: tuple[str, ...]) -> str:
    value = at[2][column]
    if value not in allowed:
        raise _wrong(
            at, f"{value!r} in column {column}: one of {', '.join(a or '(empty)' for a in allowed)} is expected"
        )
    return value


def _phrases(at: _Row, cell: str) -> list[str]:
    try:
        return expand(cell)
    except ValueError as error:
        raise _wrong(at, str(error)) from None


def _units(rows: list[_Row]) -> UnitTable:
    spellings: list[tuple[str, str]] = []
    kinds: dict[str, str] = {}
    for at in rows:
        unit = at[2]["unit"]
        kind = _choice(at, "kind", UNIT_KINDS)
        if (kind == "other") != (unit == ""):
            raise _wrong(at, "only units of the kind other have no name")
        if unit and unit in kinds:
            raise _wrong(at, f"the unit {unit!r} stands twice")
        kinds[unit] = kind
        spellings += [(phrase, unit) for phrase in _phrases(at, at[2]["spellings"])]
    return UnitTable.of(spellings, kinds)


def _bounds(at: _Row) -> Bounds:
    row = at[2]
    lower = _number(at, row["lower"], "lower") if row["lower"] else None
    upper = _number(at, row["upper"], "upper") if row["upper"] else None
    if lower is not None and upper is not None and lower >= upper:
        raise _wrong(at, "the lower bound is not below the upper")
    age_from, age_to = (_number(at, row[c] or default, c) for c, default in (("age_from", "0"), ("age_to", "200")))
    if age_from >= age_to:
        raise _wrong(at, "age_from is not below age_to")
    return Bounds(_choice(at, "sex", ("", "F", "M")), age_from, age_to, lower, upper)


def _threshold(at: _Row) -> Threshold:
    row = at[2]
    if row["grade"] not in {"1", "2", "3", "4"}:
        raise _wrong(at, f"{row['grade']!r} is not a grade from 1 to 4")
    direction, operator = _choice(at, "direction", DIRECTIONS), _choice(at, "operator", OPERATORS)
    if (direction == "low") != operator.startswith("<"):
        raise _wrong(at, f"the operator {operator} does not go with the direction {direction}")
    bound = _number(at, row["bound"], "bound")
    return Threshold(direction, int(row["grade"]), operator, bound, _choice(at, "basis", BASES), row["source"])


def _by_analyte(rows: Iterator[_Row], ids: set[str], read: Callable[[_Row], _T]) -> dict[str, tuple[_T, ...]]:
    found: dict[str, list[_T]] = {}
    for at in rows:
        if at[2]["analyte"] not in ids:
            raise _wrong(at, f"unknown analyte {at[2]['analyte']!r}")
        found.setdefault(at[2]["analyte"], []).append(read(at))
    return {key: tuple(values) for key, values in found.items()}


def _span(at: _Row, text: str, column: str) -> tuple[float, float]:
    low, _, high = text.partition("-")
    first, last = _number(at, low, column), _number(at, high, column)
    if first >= last:
        raise _wrong(at, f"{text!r} in column {column} does not run from low to high")
    return first, last


def _bands(at: _Row, column: str) -> tuple[Band, ...]:
    bands = []
    for cell in split_terms(at[2][column]):
        span, _, factor = cell.partition("=")
        bands.append(Band(*_span(at, span, column), _number(at, factor, column)))
    return tuple(bands)


def _analyte(
    at: _Row, units: UnitTable, bounds: Mapping[str, tuple[Bounds, ...]], grades: Mapping[str, tuple[Threshold, ...]]
) -> Analyte:
    row = at[2]
    factors: dict[str, float] = {}
    for cell in split_terms(row["units"]):
        unit, _, factor = cell.partition("=")
        if unit not in units.kinds:
            raise _wrong(at, f"unknown unit {unit!r}; lab_units.csv has the known ones")
        factors[unit] = _number(at, factor, "units")
    if row["unit"] and factors.get(row["unit"]) != 1:
        raise _wrong(at, f"the canonical unit {row['unit']!r} must stand in column units with the factor 1")
    if not (row["low_event"] or row["high_event"]):
        raise _wrong(at, "neither low_event nor high_event is given")
    return Analyte(
        id=row["id"],
        label=row["label"],
        unit=row["unit"],
        units=factors,
        multiples=_choice(at, "multiples", ("", "yes")) == "yes",
        bare=_bands(at, "bare"),
        before=_bands(at, "before"),
        plausible=_span(at, row["plausible"], "plausible"),
        second=row["second"],
        low_event=row["low_event"],
        high_event=row["high_event"],
        bounds=bounds.get(row["id"], ()),
        thresholds=tuple(sorted(grades.get(row["id"], ()), key=lambda t: -t.grade)),
    )


def _names(rows: list[_Row], analytes: Mapping[str, Analyte]) -> dict[str, tuple[LabName, ...]]:
    found: dict[tuple[tuple[str, ...], tuple[str, ...], str], tuple[list[Analyte], bool]] = {}
    for at in rows:
        columns = (("names", ""), ("names_with_unit", ""), ("low_words", "low"), ("high_words", "high"))
        for column, implied in columns:
            for phrase in _phrases(at, at[2][column]):
                term = phrase.removeprefix("=")
                surfaces = tuple(term[s:e] for s, e in tokenize(term))
                if not surfaces:
                    raise _wrong(at, f"{phrase!r} in column {column} has no token")
                key = (tuple(fold(s) for s in surfaces), surfaces if phrase != term else (), implied)
                owners, _ = found.setdefault(key, ([], column == "names_with_unit"))
                if analytes[at[2]["id"]] not in owners:
                    owners.append(analytes[at[2]["id"]])
    names: dict[str, list[LabName]] = {}
    for (tokens, surfaces, implied), (owners, needs_unit) in found.items():
        names.setdefault(tokens[0], []).append(LabName(tokens, surfaces, tuple(owners), needs_unit, implied))
    return {
        first: tuple(sorted(group, key=lambda n: (-len(n.tokens), not n.surfaces))) for first, group in names.items()
    }


def _words(rows: Iterator[_Row]) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for at in rows:
        kind = _choice(at, "kind", tuple(WORD_VALUES))
        value = _choice(at, "value", WORD_VALUES[kind])
        for phrase in split_terms(at[2]["words"]):
            for start, end in tokenize(phrase):
                words.setdefault(fold(phrase[start:end]), {})[kind] = value
    return words
